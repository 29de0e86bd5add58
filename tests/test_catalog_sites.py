"""Links of every service: one row a form that people paste, with the one link that it is."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.links import LinkKind, best_link, find_links, is_music_host, link_of
from catalog.models import Service, TrackRef

VIDEO = "FGBhQbmPwH8"
LIST = "OLAK5uy_kTestTestTestTestTestTest"
UUID = "1b418bb8-90a7-4f87-901d-707993838346"
PL = "pl.f4d106fed2bd41149aaacabb233eb5eb"
SPOTIFY = "4uLU6hMCjMI75M1A2tKUQC"

# service, kind, id, plain address, and the forms that lead to it
TABLE: list[tuple[Service, LinkKind, str, str, list[str]]] = [
    (
        Service.DEEZER,
        LinkKind.TRACK,
        "3135556",
        "https://www.deezer.com/track/3135556",
        [
            "https://www.deezer.com/track/3135556",
            "https://www.deezer.com/en/track/3135556?utm_campaign=clipboard-generic&deferredFl=1",
            "http://deezer.com/us/track/3135556",
            "deezer.com/track/3135556",
            "https://song.link/d/3135556",
        ],
    ),
    (
        Service.DEEZER,
        LinkKind.ALBUM,
        "302127",
        "https://www.deezer.com/album/302127",
        ["https://www.deezer.com/fr/album/302127"],
    ),
    (
        Service.DEEZER,
        LinkKind.PLAYLIST,
        "908622995",
        "https://www.deezer.com/playlist/908622995",
        ["https://deezer.com/playlist/908622995"],
    ),
    (
        Service.DEEZER,
        LinkKind.ARTIST,
        "27",
        "https://www.deezer.com/artist/27",
        ["https://www.deezer.com/us/artist/27"],
    ),
    (
        Service.APPLE,
        LinkKind.TRACK,
        "697195462",
        "https://music.apple.com/us/song/697195462",
        [
            "https://music.apple.com/us/album/one-more-time/697194953?i=697195462",
            "https://music.apple.com/us/album/one-more-time/697194953?uo=4&i=697195462&app=music",
            "https://music.apple.com/album/697194953?i=697195462",
            "https://music.apple.com/us/song/one-more-time/697195462",
            "https://music.apple.com/us/song/697195462?ls",
            "https://geo.music.apple.com/us/album/_/697194953?i=697195462&mt=1&app=music",
            "https://embed.music.apple.com/us/album/one-more-time/697194953?i=697195462",
            "https://itunes.apple.com/us/album/one-more-time/id697194953?i=697195462",
            "https://song.link/us/i/697195462",
            "https://song.link/i/697195462",
        ],
    ),
    (
        Service.APPLE,
        LinkKind.TRACK,
        "697195462",
        "https://music.apple.com/de/song/697195462",
        ["https://music.apple.com/de/album/für-dich/697194953?i=697195462"],
    ),
    (
        Service.APPLE,
        LinkKind.ALBUM,
        "697194953",
        "https://music.apple.com/us/album/697194953",
        [
            "https://music.apple.com/us/album/discovery/697194953",
            "https://itunes.apple.com/us/album/discovery/id697194953",
            "https://album.link/i/697194953",
        ],
    ),
    (
        Service.APPLE,
        LinkKind.PLAYLIST,
        PL,
        f"https://music.apple.com/us/playlist/{PL}",
        [f"https://music.apple.com/us/playlist/todays-hits/{PL}"],
    ),
    (
        Service.APPLE,
        LinkKind.ARTIST,
        "5468295",
        "https://music.apple.com/us/artist/5468295",
        ["https://music.apple.com/us/artist/daft-punk/5468295"],
    ),
    (
        Service.YOUTUBE,
        LinkKind.TRACK,
        VIDEO,
        f"https://www.youtube.com/watch?v={VIDEO}",
        [
            f"https://www.youtube.com/watch?v={VIDEO}",
            f"https://www.youtube.com/watch?feature=shared&v={VIDEO}&t=42s",
            f"https://www.youtube.com/watch?v={VIDEO}&list=RD{VIDEO}&start_radio=1",
            f"https://m.youtube.com/watch?v={VIDEO}",
            f"youtube.com/watch?v={VIDEO}",
            f"https://youtu.be/{VIDEO}?si=AbCdEf",
            f"youtu.be/{VIDEO}",
            f"https://www.youtube.com/shorts/{VIDEO}",
            f"https://youtube.com/live/{VIDEO}?feature=share",
            f"https://www.youtube.com/embed/{VIDEO}",
            f"https://www.youtube-nocookie.com/embed/{VIDEO}",
            f"https://music.youtube.com/watch?v={VIDEO}&si=x",
            f"https://song.link/y/{VIDEO}",
            f"_https://youtu.be/{VIDEO}_",
            f"https://www.youtube.com/watch?v={VIDEO}🔥",
        ],
    ),
    (
        Service.YOUTUBE,
        LinkKind.TRACK,
        "i6QeBOkIZd_",
        "https://www.youtube.com/watch?v=i6QeBOkIZd_",
        ["https://youtu.be/i6QeBOkIZd_", "see https://youtu.be/i6QeBOkIZd_."],
    ),
    (
        Service.YOUTUBE,
        LinkKind.ALBUM,
        LIST,
        f"https://music.youtube.com/playlist?list={LIST}",
        [f"https://music.youtube.com/playlist?list={LIST}&si=1", f"https://www.youtube.com/playlist?list={LIST}"],
    ),
    (
        Service.YOUTUBE,
        LinkKind.PLAYLIST,
        "PLabc123",
        "https://www.youtube.com/playlist?list=PLabc123",
        ["https://www.youtube.com/playlist?list=PLabc123", "https://music.youtube.com/playlist?list=PLabc123"],
    ),
    (
        Service.TIDAL,
        LinkKind.TRACK,
        "1550545",
        "https://tidal.com/track/1550545",
        [
            "https://tidal.com/browse/track/1550545",
            "https://tidal.com/track/1550545/u",
            "https://listen.tidal.com/track/1550545",
            "https://listen.tidal.com/album/1550543/track/1550545",
            "https://www.tidal.com/track/1550545",
            "https://song.link/t/1550545",
        ],
    ),
    (
        Service.TIDAL,
        LinkKind.ALBUM,
        "1550543",
        "https://tidal.com/album/1550543",
        ["https://tidal.com/browse/album/1550543", "https://listen.tidal.com/album/1550543"],
    ),
    (
        Service.TIDAL,
        LinkKind.PLAYLIST,
        UUID,
        f"https://tidal.com/playlist/{UUID}",
        [f"https://tidal.com/browse/playlist/{UUID}"],
    ),
    (Service.TIDAL, LinkKind.ARTIST, "8847", "https://tidal.com/artist/8847", ["https://tidal.com/browse/artist/8847"]),
    (
        Service.SOUNDCLOUD,
        LinkKind.TRACK,
        "forss/flickermood",
        "https://soundcloud.com/forss/flickermood",
        [
            "https://soundcloud.com/forss/flickermood",
            "https://m.soundcloud.com/forss/flickermood",
            "https://soundcloud.com/forss/flickermood?si=a&utm_source=clipboard&utm_medium=text",
            "soundcloud.com/forss/flickermood/",
            "_https://soundcloud.com/forss/flickermood_",
        ],
    ),
    (
        Service.SOUNDCLOUD,
        LinkKind.TRACK,
        "forss/secret/s-AbC12",
        "https://soundcloud.com/forss/secret/s-AbC12",
        ["https://soundcloud.com/forss/secret/s-AbC12?si=1"],
    ),
    (
        Service.SOUNDCLOUD,
        LinkKind.PLAYLIST,
        "forss/sets/soulhack",
        "https://soundcloud.com/forss/sets/soulhack",
        ["https://soundcloud.com/forss/sets/soulhack?si=1"],
    ),
    (Service.SOUNDCLOUD, LinkKind.ARTIST, "forss", "https://soundcloud.com/forss", ["https://soundcloud.com/forss"]),
    (
        Service.BANDCAMP,
        LinkKind.TRACK,
        "tycho/awake-2",
        "https://tycho.bandcamp.com/track/awake-2",
        [
            "https://tycho.bandcamp.com/track/awake-2",
            "tycho.bandcamp.com/track/awake-2?from=embed",
            "https://Tycho.Bandcamp.com/track/awake-2",
        ],
    ),
    (
        Service.BANDCAMP,
        LinkKind.ALBUM,
        "tycho/awake",
        "https://tycho.bandcamp.com/album/awake",
        ["https://tycho.bandcamp.com/album/awake#lyrics"],
    ),
    (
        Service.SPOTIFY,
        LinkKind.TRACK,
        SPOTIFY,
        f"https://open.spotify.com/track/{SPOTIFY}",
        [f"https://song.link/s/{SPOTIFY}", f"https://odesli.co/s/{SPOTIFY}"],
    ),
    (
        Service.SPOTIFY,
        LinkKind.ALBUM,
        SPOTIFY,
        f"https://open.spotify.com/album/{SPOTIFY}",
        [f"https://album.link/s/{SPOTIFY}"],
    ),
]
FORMS = [(*row[:4], text) for row in TABLE for text in row[4]]

SHORT = {
    "https://link.deezer.com/s/30AbCdEf": "link.deezer.com/s/30AbCdEf",
    "https://deezer.page.link/AbC123?x=1": "deezer.page.link/AbC123",
    "https://dzr.page.link/AbC123": "dzr.page.link/AbC123",
    "https://on.soundcloud.com/AbCdE": "on.soundcloud.com/AbCdE",
    "https://song.link/onemoretime": "song.link/onemoretime",
    "https://song.link/sc/12345": "song.link/sc/12345",
    "https://album.link/discovery": "album.link/discovery",
    "https://odesli.co/abcdef": "odesli.co/abcdef",
}

NOTHING = [
    "https://www.deezer.com/",
    "https://www.deezer.com/en/track/abc",
    "https://www.deezer.com/track/123abc",
    "https://notdeezer.com/track/3135556",
    "https://www.deezer.com.evil.example/track/3135556",
    "https://evil.example/https://www.deezer.com/track/3135556",
    "https://www.deezer.com/track/99999999999999999999",
    "https://link.deezer.com/30AbCdEf",
    "https://music.apple.com/us/browse",
    "https://music.apple.com/us/album/discovery",
    "https://podcasts.apple.com/us/podcast/x/id1?i=1",
    "https://apps.apple.com/us/app/x/id697195462",
    "https://www.youtube.com/",
    "https://www.youtube.com/@somebody",
    "https://www.youtube.com/watch?v=short",
    f"https://www.youtube.com/watch?x={VIDEO}",
    f"https://www.youtube.com/watch?v={VIDEO}x",
    f"https://www.youtube.com/redirect?q=https://youtu.be/{VIDEO}",
    f"https://youtu.be.evil.example/{VIDEO}",
    f"https://evilyoutu.be/{VIDEO}",
    "https://www.youtube.com/embed/videoseries?list=PLabc",
    "https://www.youtube.com/results?search_query=x",
    "https://tidal.com/browse",
    "https://tidal.com/browse/track/x",
    "https://offer.tidal.com/track/1",
    "https://soundcloud.com/",
    "https://soundcloud.com/discover",
    "https://soundcloud.com/discover/sets/weekly",
    "https://soundcloud.com/search?q=x",
    "https://soundcloud.com/you/likes",
    "https://soundcloud.com/forss/likes",
    "https://soundcloud.com/forss/tracks",
    "https://soundcloud.com/forss/flickermood/recommended",
    "https://help.soundcloud.com/hc/articles",
    "https://bandcamp.com/tag/ambient",
    "https://daily.bandcamp.com/features/x",
    "https://tycho.bandcamp.com/",
    "https://tycho.bandcamp.com/merch/awake",
    "https://evil.example/tycho.bandcamp.com/track/awake",
    "https://tycho.bandcamp.com.evil.example/track/awake",
    "https://a.b.bandcamp.com/track/awake",
    "https://www.bandcamp.com/track/awake",
    "https://song.link/",
    "https://song.link/s/short",
    "https://evilsong.link/s/4uLU6hMCjMI75M1A2tKUQC",
]


@pytest.mark.parametrize(("service", "kind", "found", "url", "text"), FORMS, ids=[row[4] for row in FORMS])
def test_every_form_is_the_one_link(service: Service, kind: LinkKind, found: str, url: str, text: str) -> None:
    """Whatever form people paste, it is one link with a plain address, which is itself a form."""
    (link,) = find_links(f"have a listen: {text} !")
    assert (link.service, link.kind, link.id, link.url) == (service, kind, found, url)
    assert link.ref == (TrackRef(service, found) if kind is LinkKind.TRACK else None)
    assert find_links(link.url) == [link]


@pytest.mark.parametrize("text", SHORT)
def test_short_links_keep_their_code(text: str) -> None:
    """What they are turns out when they are followed."""
    (link,) = find_links(text)
    assert (link.kind, link.id) == (LinkKind.SHORT, SHORT[text])
    assert link.ref == TrackRef(Service.SHORT, SHORT[text])
    assert link.ref is not None
    assert link_of(link.ref) == link


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_link_is_not_found(text: str) -> None:
    """Other hosts, other pages of the same hosts, and links inside other addresses are no links of ours."""
    links = [link for link in find_links(text) if link.kind is not LinkKind.SHORT]
    assert links == []


@pytest.mark.parametrize("service", [service for service in Service if service is not Service.SHORT])
def test_every_service_has_its_row(service: Service) -> None:
    """A service without a row in the table of tests is one that nobody looks after."""
    kinds = {row[1] for row in TABLE if row[0] is service}
    assert LinkKind.TRACK in kinds
    assert LinkKind.ALBUM in kinds or service is Service.SOUNDCLOUD


@pytest.mark.parametrize("row", [row for row in TABLE if row[1] is LinkKind.TRACK], ids=lambda row: row[3])
def test_a_ref_leads_back_to_its_link(row: tuple[Service, LinkKind, str, str, list[str]]) -> None:
    """A placeholder's ref is enough to ask again; the shop of Apple's is the usual one then."""
    link = link_of(TrackRef(row[0], row[2]))
    assert link is not None
    assert link.url == row[3].replace("/de/", "/us/")


def test_the_shop_is_kept() -> None:
    """What one shop of Apple's has another may lack."""
    links = find_links(
        "https://music.apple.com/de/song/1 https://music.apple.com/GB/song/1 https://youtu.be/FGBhQbmPwH8"
    )
    assert [link.market for link in links] == ["de", "gb", ""]


def test_the_best_link_of_a_page() -> None:
    """Spotify before Deezer before others, a release before a playlist; entities are read as a browser does."""
    page = "https://youtu.be/FGBhQbmPwH8 https://open.spotify.com/playlist/4uLU6hMCjMI75M1A2tKUQC https://www.deezer.com/track/1"
    found = best_link(page)
    assert found is not None
    assert found.service is Service.DEEZER
    apple = best_link('<a href="https://music.apple.com/us/album/x/1?app=music&amp;i=2">')
    assert apple is not None
    assert apple.id == "2"
    assert best_link("nothing https://spotify.link/abcdef") is None


def test_hosts_of_music_are_known() -> None:
    """Whole names only, in any case."""
    assert all(
        map(is_music_host, ["tidal.com", "Tycho.Bandcamp.com", "on.soundcloud.com", "www.youtube.com", "song.link"])
    )
    assert not any(
        map(
            is_music_host,
            ["", "evil.example", "tidal.com.evil.example", "eviltidal.com", "bandcamp.com", "a.b.bandcamp.com"],
        )
    )


videos = st.text(string.ascii_letters + string.digits + "-_", min_size=11, max_size=11).filter(
    lambda v: v != "videoseries"
)
slugs = st.from_regex(r"[a-z0-9]([a-z0-9\-]{0,40}[a-z0-9])?", fullmatch=True)
numbers = st.integers(0, 10**18 - 1).map(str)
ADDRESSES = st.one_of(
    st.tuples(st.just(Service.YOUTUBE), videos, st.just("https://youtu.be/{}")),
    st.tuples(st.just(Service.YOUTUBE), videos, st.just("https://www.youtube.com/watch?v={}")),
    st.tuples(st.just(Service.DEEZER), numbers, st.just("https://www.deezer.com/de/track/{}")),
    st.tuples(st.just(Service.TIDAL), numbers, st.just("https://tidal.com/browse/track/{}")),
    st.tuples(st.just(Service.APPLE), numbers, st.just("https://music.apple.com/us/album/x/1?i={}")),
    st.tuples(
        st.just(Service.SOUNDCLOUD),
        slugs.map(lambda slug: f"somebody-1/a-{slug}"),
        st.just("https://soundcloud.com/{}"),
    ),
    st.tuples(
        st.just(Service.BANDCAMP), slugs.map(lambda slug: f"band/{slug}"), st.just("https://band.bandcamp.com/track/{}")
    ),
)
around = st.text(st.sampled_from(" \n\t<>()[]|*~\"'!?.,;:…🔥あ"), max_size=4)
decoration = st.sampled_from(["", "#x", "&si=1", "&t=3s#y"])


@given(st.lists(st.tuples(ADDRESSES, around, around, decoration), min_size=1, max_size=6))
def test_links_between_any_punctuation_are_all_found(
    parts: list[tuple[tuple[Service, str, str], str, str, str]],
) -> None:
    """Punctuation, markdown and emoji around links of any service hide none of them."""
    text = " ".join(
        f"{before} {form.format(found.removeprefix('band/'))}{deco if '?' in form else ''}{after}"
        for (_, found, form), before, after, deco in parts
    )
    expected = list(dict.fromkeys((service, found) for (service, found, _), *_ in parts))
    assert [(link.service, link.id) for link in find_links(text)] == expected


@given(st.text() | st.text(st.sampled_from("htps:/.?=&wyoutbecmdzrlinkag1-_% ")))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever people write, what comes back is a link with an address that reads back as itself."""
    for link in find_links(text):
        assert find_links(link.url) == [link]


@given(st.from_regex(r"[a-z0-9.\-]{1,30}", fullmatch=True), st.sampled_from(TABLE))
def test_no_other_host_passes(host: str, row: tuple[Service, LinkKind, str, str, list[str]]) -> None:
    """A known path at another host leads nowhere."""
    path = re.sub(r"^https://[^/]+", "", row[3])
    if not is_music_host(host):
        assert find_links(f"https://{host}{path}") == []
    assert find_links(f"https://www.deezer.com{host}.example{path}") == []
