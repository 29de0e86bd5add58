"""`similar` on Discord and in the terminal."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bot.config import Settings
from bot.embeds import LIMIT_DESCRIPTION
from bot.errors import StartError
from bot.similar import NOTHING_NEAR, dots, similar_embed, tied_in_words
from bot.similar_show import show_similar
from catalog.models import Artist, Service, Track, TrackRef
from catalog.tags import TrackTag
from scheduler.similar import Near, Surroundings
from tests.fixtures.bot import OpenRoom, Room

SHOEGAZE = ("shoegaze", "dream pop", "noise pop")


async def tag(room: Room, number: int, *names: str) -> None:
    """Let MusicBrainz say this of the track with that number."""
    track_id = await room.track(number)
    assert track_id is not None
    rows = [TrackTag(name, 3.0, "track", "musicbrainz", False) for name in names]
    await room.services.storage.tags.save(track_id, "musicbrainz", rows)


def by_others(room: Room, count: int) -> list[int]:
    """Return the numbers of tracks of so many artists."""
    found = {track.artist: number for number, track in enumerate(room.tracks)}
    return list(found.values())[:count]


async def three(room: Room) -> list[int]:
    """Let somebody share two tracks of one genre and one of another; return their numbers."""
    ann, numbers = room.member("ann"), by_others(room, 3)
    for number in numbers:
        await ann.send(room.channel, f"hush hush {room.link(number)}")
    for number, tags in zip(numbers, (SHOEGAZE, SHOEGAZE[:2], ("bebop",)), strict=True):
        await tag(room, number, *tags)
    return numbers


async def test_similar_shows_neighbours_and_what_ties_them(room: Room) -> None:
    """By a link or by words; the tags that both have are named."""
    one, two, _ = await three(room)
    bea = room.member("bea")
    for asked in (room.link(one), f"{room.tracks[one].title} {room.tracks[one].artist.name}"):
        await bea.send(room.channel, f"!similar {asked}")
        embed = room.said()[-1].embeds[0]
        text = embed.description or ""
        assert room.tracks[one].title in (embed.title or "")
        assert room.tracks[two].spotify_id in text
        assert "shoegaze" in text.split("1.")[1]
        assert "dream pop" in text.split("1.")[1]
        assert "hush" not in text


async def test_slash_similar_is_seen_by_that_person_alone(room: Room) -> None:
    """And suggests tracks while somebody types."""
    one, *_ = await three(room)
    bea = room.member("bea")
    result = await bea.slash(room.channel, "similar", track=f"#{await room.track(one)}")
    assert result.ephemeral


async def test_what_another_server_shared_is_neither_found_nor_near(room: Room) -> None:
    """Not by words, not by its number, and not among the neighbours."""
    one, two, _ = await three(room)
    secret = by_others(room, 4)[3]
    other = room.env.create_guild("Elsewhere")
    channel = other.create_text_channel("music")
    cat = other.add_member(room.env.create_user("cat"))
    await cat.send(channel, room.link(secret))
    await tag(room, secret, *SHOEGAZE)
    bea = room.member("bea")
    await bea.send(room.channel, f"!similar {room.link(one)}")
    text = room.said()[-1].embeds[0].description or ""
    assert room.tracks[two].spotify_id in text
    assert room.tracks[secret].spotify_id not in text


@pytest.mark.parametrize("asked", ["words", "number"])
async def test_another_servers_track_cannot_be_asked_about(open_room: OpenRoom, asked: str) -> None:
    """Its title would tell what is shared there."""
    async with open_room(check_errors=False) as room:
        other = room.env.create_guild("Elsewhere")
        cat = other.add_member(room.env.create_user("cat"))
        await cat.send(other.create_text_channel("music"), room.link(0))
        words = f"{room.tracks[0].title} {room.tracks[0].artist.name}"
        await room.member("bea").send(
            room.channel, f"!similar {words if asked == 'words' else f'#{await room.track(0)}'}"
        )
        assert "I know no track by those words" in room.said()[-1].content


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("!similar", "Write `!similar <link or words>`"),
        ("!similar no such words at all", "I know no track by those words"),
        ("!similar https://open.spotify.com/album/6akEvsycLGftJxYudPjmqK", "album"),
        ("!similar https://open.spotify.com/track/0000000000000000000000", "I could not find that track"),
    ],
)
async def test_what_cannot_be_shown_is_answered_in_a_sentence(open_room: OpenRoom, typed: str, answer: str) -> None:
    """Every mistake gets one sentence that says what to do."""
    async with open_room(check_errors=False) as room:
        await room.member("ann").send(room.channel, typed)
        assert answer in room.said()[-1].content


async def test_a_track_of_which_nothing_is_known_says_so(open_room: OpenRoom) -> None:
    """In some minutes it will be."""
    async with open_room(check_errors=False) as room:
        await room.member("ann").send(room.channel, f"!similar {room.link(0)}")
        assert "Nobody has told me yet" in room.said()[-1].content


async def test_words_that_fit_several_tracks_name_the_others(room: Room) -> None:
    """The latest shared is shown; a word more leads to another."""
    ann = room.member("ann")
    artist = room.tracks[0].artist
    numbers = [number for number, track in enumerate(room.tracks) if track.artists == (artist,)][:3]
    for number in numbers:
        await ann.send(room.channel, room.link(number))
        await tag(room, number, *SHOEGAZE)
    await ann.send(room.channel, f"!similar {artist.name}")
    (field,) = room.said()[-1].embeds[0].fields
    assert "another" in (field.name or "")


def near(number: int, **fields: Any) -> Near:
    """Return a near track with everything as long as it gets."""
    track = Track("*T* " * 60, (Artist("[A](x) " * 40),), (TrackRef(Service.SPOTIFY, f"{number:022d}"),), id=number)
    return replace(Near(track, 0.7, ("`" * 40, "@everyone", "x" * 40), (), (), False), **fields)


def test_the_embed_holds_within_discords_limits() -> None:
    """Whatever titles and tags are like."""
    around = Surroundings(near(0).track, ("`tick`", "t" * 90, "@here"), tuple(near(number) for number in range(8)))
    embed = similar_embed(around, [near(9).track] * 5)
    assert len(embed.description or "") <= LIMIT_DESCRIPTION
    assert len(embed) <= 6_000
    assert all(len(field.value or "") <= 1_024 for field in embed.fields)
    text = embed.description or ""
    assert "@everyone" not in text
    assert "@here" not in text
    assert "8. **" in text


def test_the_embed_says_when_nothing_is_near() -> None:
    """With what is known of the track."""
    text = similar_embed(Surroundings(near(0).track, ("shoegaze",), ())).description or ""
    assert "shoegaze" in text
    assert NOTHING_NEAR in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ties": ("shoegaze", "dream pop")}, "shoegaze, dream pop"),
        ({"ties": (), "heard": ("jazz",)}, "sounds like jazz"),
        ({"ties": (), "kin": ("noise pop",)}, "akin: noise pop"),
        ({"ties": (), "sounds": True}, "sounds alike"),
        ({"ties": ()}, "sounds a little alike"),
    ],
)
def test_what_ties_two_tracks_is_said_in_words(fields: dict[str, Any], words: str) -> None:
    """What people say first, then what was heard."""
    assert tied_in_words(near(1, **fields)) == words


@pytest.mark.parametrize(("likeness", "shown"), [(0.01, "●○○○○"), (0.5, "●●○○○"), (0.93, "●●●●●"), (1.01, "●●●●●")])
def test_likeness_is_five_dots(likeness: float, shown: str) -> None:
    """Never none, never six."""
    assert dots(likeness) == shown


def terminal() -> tuple[Console, StringIO]:
    """Return a terminal and what is written to it."""
    out = StringIO()
    return Console(file=out, width=100, no_color=True), out


async def test_the_terminal_shows_them_too(room: Room) -> None:
    """For the owner, over all servers."""
    one, two, _ = await three(room)
    console, out = terminal()
    product = room.product
    await show_similar(product.settings, product.secrets, product.clock, console, room.link(one), 5)
    text = out.getvalue()
    assert text.startswith(f"{room.tracks[one].artist.name} - {room.tracks[one].full_title}")
    row = next(line for line in text.splitlines() if room.tracks[two].full_title in line)
    assert "dream pop, shoegaze" in row
    assert "hush" not in text


async def test_the_terminal_says_what_is_wrong(room: Room) -> None:
    """In one sentence, with the exit code of a slip."""
    product = room.product
    with pytest.raises(StartError, match="no track by those words"):
        await show_similar(product.settings, product.secrets, product.clock, terminal()[0], "nothing like it", 5)


def test_settings_keep_words_unless_told_otherwise() -> None:
    """They help, and are shown to nobody."""
    assert Settings().discord.remember_words
