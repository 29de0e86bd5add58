"""Links of every service: one row a form that people paste, with the one link that it is."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.links import LinkKind, best_link, find_links, is_music_host, link_of
from catalog.models import Service, TrackRef
from tests.link_rows import FORMS, NOTHING, SHORT, TABLE


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
