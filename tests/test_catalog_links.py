"""Spotify's links in every form that people paste, and what all links have in common."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.links import LinkKind, find_links, link_of
from catalog.models import Service, TrackRef

ID = "4uLU6hMCjMI75M1A2tKUQC"
OTHER = "7ouMYWpwJ422jRcDASZB7P"
PAGE = f"https://open.spotify.com/track/{ID}"

ONE_TRACK = [
    PAGE,
    f"http://open.spotify.com/track/{ID}",
    f"open.spotify.com/track/{ID}",
    f"HTTPS://Open.Spotify.COM/track/{ID}",
    f"https://open.spotify.com:443/track/{ID}",
    f"https://play.spotify.com/track/{ID}",
    f"https://open.spotify.com/intl-de/track/{ID}",
    f"https://open.spotify.com/intl-pt-BR/track/{ID}?si=0123abcd",
    f"https://open.spotify.com/embed/track/{ID}?utm_source=generator",
    f"{PAGE}?si=AbC-_123&context=spotify%3Aplaylist%3A{OTHER}",
    f"{PAGE}#0:42",
    f"{PAGE}/",
    f"{PAGE}&si=mangled",
    f"spotify:track:{ID}",
    f"<{PAGE}>",
    f"<{PAGE}?si=x>",
    f"<spotify:track:{ID}>",
    f"[this one]({PAGE})",
    f"[{PAGE}]({PAGE}?si=1)",
    f"||{PAGE}||",
    f"||{PAGE}?si=1||",
    f"**{PAGE}**",
    f"_{PAGE}_",
    f"`{PAGE}`",
    f'"{PAGE}"',
    f"({PAGE})",
    f"listen to {PAGE}.",
    f"have you heard {PAGE}?",
    f"{PAGE}!!!",
    f"{PAGE}, it is great",
    f"{PAGE}🔥",
    f"{PAGE}を聴いて",
    f"this:{PAGE}",
    f"{PAGE} {PAGE}?si=2 spotify:track:{ID}",
]

NOTHING = [
    "",
    "no link here",
    "https://open.spotify.com/",
    "https://open.spotify.com/track/",
    "https://open.spotify.com/track/abc",
    f"https://open.spotify.com/track/{ID}A",
    f"https://open.spotify.com/track/{ID[:-1]}",
    f"https://open.spotify.com/track/{ID[:-1]}-",
    f"https://open.spotify.com/track/{ID}-x",
    f"https://open.spotify.com/episode/{ID}",
    f"https://open.spotify.com/user/{ID}",
    f"https://open.spotify.com/x/track/{ID}",
    f"https://open.spotify.com.evil.example/track/{ID}",
    f"https://evil-open.spotify.com/track/{ID}",
    f"https://evil.open.spotify.com/track/{ID}",
    f"evil.open.spotify.com/track/{ID}",
    f"https://open.spotify.com@evil.example/track/{ID}",
    f"https://evil.example@open.spotify.com/track/{ID}",
    f"https://open.spotify.com:8080/track/{ID}",
    f"https://open.spotify.com\\@evil.example/track/{ID}",
    f"https://evil.example/open.spotify.com/track/{ID}",
    f"https://evil.example/?u={PAGE}",
    f"https://evil.example/?u=spotify:track:{ID}",
    f"https://evil.example#{PAGE}",
    f"https://open-spotify.com/track/{ID}",
    f"https://openXspotify.com/track/{ID}",
    f"ftp://open.spotify.com/track/{ID}",
    f"javascript:open.spotify.com/track/{ID}",
    f"someone@open.spotify.com/track/{ID}",
    f"myspotify:track:{ID}",
    f"spotify:track:{ID}x",
    "spotify:track:abc",
    f"spotify:episode:{ID}",
    "https://spotify.link/",
    "https://spotify.link.evil.example/abcdef",
    "https://evil.example/spotify.link/abcdef",
    "spotify:",
    "<:spotify:123456789012345678>",
]


@pytest.mark.parametrize("text", ONE_TRACK)
def test_every_form_of_a_track_link_is_found_once(text: str) -> None:
    """Whatever stands around it, a link is one track with a plain address."""
    (link,) = find_links(text)
    assert (link.service, link.kind, link.id, link.url) == (Service.SPOTIFY, LinkKind.TRACK, ID, PAGE)
    assert link.ref == TrackRef(Service.SPOTIFY, ID)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_link_is_not_found(text: str) -> None:
    """Other hosts, other ids and other kinds are no links of ours."""
    assert find_links(text) == []


@pytest.mark.parametrize("kind", ["album", "playlist", "artist"])
@pytest.mark.parametrize("form", ["https://open.spotify.com/intl-fr/{kind}/{id}?si=1", "spotify:{kind}:{id}"])
def test_other_kinds_are_told_apart(kind: str, form: str) -> None:
    """Albums, playlists and artists are recognised, and lead to no ref of a track."""
    (link,) = find_links(form.format(kind=kind, id=ID))
    assert (link.kind, link.id, link.ref) == (LinkKind(kind), ID, None)
    assert link.url == f"https://open.spotify.com/{kind}/{ID}"


@pytest.mark.parametrize(
    "text", [f"https://open.spotify.com/user/somebody/playlist/{ID}", f"spotify:user:somebody:playlist:{ID}"]
)
def test_old_playlist_links_name_their_owner(text: str) -> None:
    """Playlist links from before 2018 are still pasted."""
    assert [(link.kind, link.id) for link in find_links(text)] == [(LinkKind.PLAYLIST, ID)]


@pytest.mark.parametrize("host", ["spotify.link", "spotify.app.link", "spoti.fi"])
def test_short_links_are_known_by_their_host(host: str) -> None:
    """A short link keeps its code; what it is turns out when it is followed."""
    (link,) = find_links(f"<https://{host}/AbCdEf12>, {host}/AbCdEf12?_p=1")
    assert (link.kind, link.id, link.url) == (LinkKind.SHORT, f"{host}/AbCdEf12", f"https://{host}/AbCdEf12")
    assert link.ref == TrackRef(Service.SHORT, f"{host}/AbCdEf12")


def test_several_links_keep_their_order_without_repeats() -> None:
    """A message with several links gives each once, the first first."""
    text = f"1) {PAGE}\n2) spotify:album:{OTHER},spotify:track:{OTHER};{PAGE}?si=again <https://spotify.link/abcdef>"
    assert [(link.kind.value, link.id) for link in find_links(text)] == [
        ("track", ID),
        ("album", OTHER),
        ("track", OTHER),
        ("short", "spotify.link/abcdef"),
    ]


@pytest.mark.parametrize("text", [PAGE, "https://spotify.link/abcdef"])
def test_a_ref_leads_back_to_its_link(text: str) -> None:
    """A placeholder's ref is enough to ask again."""
    (link,) = find_links(text)
    assert link.ref is not None
    assert link_of(link.ref) == link


ids = st.text(string.ascii_letters + string.digits, min_size=22, max_size=22)
around = st.text(st.sampled_from(" \n\t<>()[]|*_~\"'!?.,;:…🔥あ"), max_size=5)
decoration = st.sampled_from(["", "?si=abc_-123", "#x", "/", "?a=1&b=2"])


@given(st.lists(st.tuples(ids, around, around, decoration), min_size=1, max_size=6))
def test_links_between_any_punctuation_are_all_found(parts: list[tuple[str, str, str, str]]) -> None:
    """Punctuation, markdown and emoji around links hide none of them."""
    text = " ".join(f"{before} https://open.spotify.com/track/{i}{deco}{after}" for i, before, after, deco in parts)
    assert [link.id for link in find_links(text)] == list(dict.fromkeys(i for i, *_ in parts))


@given(st.text())
def test_any_text_is_read_without_error_and_ids_are_well_formed(text: str) -> None:
    """Whatever people write, what comes back can be asked for."""
    for link in find_links(text + " " + PAGE):
        assert link.kind is LinkKind.SHORT or re.fullmatch(r"[0-9A-Za-z]{22}", link.id)


@given(st.from_regex(r"[a-z0-9.\-]{1,30}", fullmatch=True))
def test_no_other_host_passes(host: str) -> None:
    """Only the known hosts lead to tracks."""
    found = find_links(f"https://{host}/track/{ID}")
    assert bool(found) == (host in {"open.spotify.com", "play.spotify.com"})
    assert bool(find_links(f"https://open.spotify.com{host}/track/{ID}")) is False
