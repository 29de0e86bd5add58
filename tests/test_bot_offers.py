"""Links that need a word from who posted them: asked once, answered by them alone, dropped after a day."""

from datetime import timedelta

import discord
import pytest

from sandbox import web_ids
from sandbox.faults import FaultKind
from sandbox.itunes import track_id
from sandbox.records import SandboxTrack
from sandbox.web import apple_album_url, apple_url
from tests.fixtures.bot import DISLIKE, LIKE, OpenRoom, Room

VIDEO = "https://youtu.be/dQw4w9WgXcQ"


def usual(room: Room) -> SandboxTrack:
    """Return a track that is everywhere, whose title stands for it alone."""
    catalogue = room.product.sandbox.catalogue
    titles = [track.title for track in catalogue.tracks]
    return next(
        track
        for track in catalogue.shareable
        if track.isrc == track.deezer_isrc
        and track.on_deezer
        and titles.count(track.title) == 1
        and track.album.total_tracks > 3
    )


def doubtful(room: Room, entry: SandboxTrack) -> str:
    """Put a video online that may show a track, and return its link."""
    room.product.sandbox.web.videos["dQw4w9WgXcQ"] = (f"{entry.byline} - {entry.title} (Live in Oslo 2019)", "a fan")
    return VIDEO


def thumbs(room: Room, message: discord.Message) -> list[str]:
    """Return the emoji below a message."""
    found = next(each for each in room.channel.history() if each.id == message.id)
    return [str(reaction.emoji) for reaction in found.reactions]


async def titles(room: Room, message: discord.Message) -> list[str]:
    """Return the titles of what a message shares."""
    share = await room.services.storage.shares.by_message(message.id)
    tracks = await room.services.storage.tracks.get(share.track_ids if share else ())
    return [track.title for track in tracks.values()]


PLACES = (
    "spotify",
    "deezer",
    "apple",
    "youtube",
    "youtube music",
    "tidal",
    "soundcloud",
    "bandcamp",
    "short",
    "song.link",
    "odesli.co",
)


@pytest.mark.parametrize("place", PLACES)
async def test_a_link_of_any_service_is_a_share(room: Room, place: str) -> None:
    """It gets both thumbs, and counts for the track that a Spotify link of it is."""
    entry = usual(room)
    web = room.product.sandbox.web
    urls = {
        "spotify": entry.spotify_url,
        "deezer": entry.deezer_url,
        "apple": apple_url(entry),
        "youtube": web_ids.youtube_url(entry),
        "youtube music": f"https://music.youtube.com/watch?v={web_ids.youtube_id(entry)}&si=abc",
        "tidal": web_ids.tidal_url(entry),
        "soundcloud": web_ids.soundcloud_url(entry),
        "bandcamp": web_ids.bandcamp_url(entry),
        "short": web.shorten(entry.deezer_url, "link.deezer.com"),
        "song.link": web.gather(entry),
        "odesli.co": f"https://odesli.co/i/{track_id(entry)}",
    }
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, urls[place])
    assert thumbs(room, message) == [LIKE, DISLIKE]
    await bea.react(message, LIKE)
    same = await bea.send(room.channel, entry.spotify_url)
    shares = await room.shared()
    assert shares[message.id] == shares[same.id] == [entry.spotify_id]
    assert await room.standing(message) == {(bea.id, LIKE, 1)}
    assert room.said() == []


async def test_a_doubtful_link_is_asked_about_and_the_sharer_answers(room: Room) -> None:
    """Until then it is no share; afterwards it is one, with the reactions that stood there meanwhile."""
    entry = usual(room)
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, doubtful(room, entry))
    assert await room.shared() == {}
    assert thumbs(room, message) == []
    (question,) = room.said()
    assert VIDEO.rpartition("/")[2] in question.content
    await bea.react(message, LIKE)
    labels = [child.label for row in question.components for child in row.children]  # type: ignore[union-attr]
    assert any(entry.title in (label or "") for label in labels)
    assert labels[-1] == "None of these"

    refused = await bea.click(question, custom_id="tb:meant:1:0")
    assert refused.response is not None
    assert refused.response.ephemeral
    assert "Only who posted" in refused.response.content
    assert await room.shared() == {}

    await ann.click(question, label=next(label for label in labels if entry.title in (label or "")))
    assert await titles(room, message) == [entry.title]
    assert set(thumbs(room, message)) == {LIKE, DISLIKE}
    assert await room.standing(message) == {(bea.id, LIKE, 1)}
    (answered,) = room.said()
    assert answered.components == []
    assert entry.title in answered.content
    again = await bea.send(room.channel, VIDEO)
    assert await titles(room, again) == [entry.title]
    assert len(room.said()) == 1, "the link is known from now on"


async def test_a_question_outlives_a_restart(room: Room) -> None:
    """All that its buttons need is kept."""
    entry = usual(room)
    ann = room.member("ann")
    message = await ann.send(room.channel, doubtful(room, entry))
    await room.leave()
    await room.come_back()
    (question,) = room.said()
    await ann.click(question, custom_id="tb:meant:1:0")
    assert await titles(room, message) == [entry.title]
    assert len(room.said()) == 1


async def test_none_of_these_is_an_answer_too(room: Room) -> None:
    """The question goes, nothing is shared, and the same message is not asked about again."""
    ann = room.member("ann")
    message = await ann.send(room.channel, doubtful(room, usual(room)))
    await ann.click(room.said()[0], label="None of these")
    assert room.said() == []
    await ann.edit(message, f"look: {VIDEO}")
    assert room.said() == []
    assert await room.shared() == {}


async def test_what_nobody_answers_is_dropped_after_a_day(room: Room) -> None:
    """Without a word; a late press of the button finds nothing to press."""
    ann = room.member("ann")
    await ann.send(room.channel, doubtful(room, usual(room)))
    assert await room.bot.offering.drop_overdue() == 0
    room.product.clock.advance(timedelta(days=1, seconds=1))
    assert await room.bot.offering.drop_overdue() == 1
    assert room.said() == []
    assert await room.bot.offering.drop_overdue() == 0
    offer = await room.services.storage.offers.get(1)
    assert offer is not None
    assert not offer.is_open


async def test_a_question_goes_with_its_message(room: Room) -> None:
    """Who deletes the link is not asked about it any more."""
    ann = room.member("ann")
    message = await ann.send(room.channel, doubtful(room, usual(room)))
    assert len(room.said()) == 1
    await ann.delete(message)
    assert room.said() == []
    assert await room.services.storage.offers.get(1) is None


async def test_bots_are_not_asked(open_room: OpenRoom) -> None:
    """Where their links count, what is in doubt is left alone: they could not answer."""
    async with open_room(allow_bots=True) as room:
        robot = room.guild.add_member(room.env.create_user("feed", bot=True))
        room.env.backend.create_message(room.channel.id, robot.id, doubtful(room, usual(room)))
        await room.env.settle()
        assert room.said() == []
        assert await room.shared() == {}


async def test_a_video_that_is_no_music_is_let_be(room: Room) -> None:
    """No thumbs, no question, no remark."""
    room.product.sandbox.web.videos["dQw4w9WgXcQ"] = ("My cat falls off the shelf, again", "Whiskers Daily")
    ann = room.member("ann")
    message = await ann.send(room.channel, VIDEO)
    await ann.send(room.channel, "https://www.youtube.com/watch?v=AAAAAAAAAAA")
    assert thumbs(room, message) == []
    assert room.said() == []
    assert await room.shared() == {}


async def test_a_track_of_one_site_alone_is_a_share_at_once(room: Room) -> None:
    """Where another service may have it, who posted it can say so, and what was said of it follows."""
    entry = usual(room)
    page = f'<meta property="og:title" content="{entry.title} (Bedroom Demo), by {entry.artist.name}">'
    room.product.sandbox.web.pages["https://band.bandcamp.com/track/demo"] = page
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, "https://band.bandcamp.com/track/demo")
    assert thumbs(room, message) == [LIKE, DISLIKE]
    assert await titles(room, message) == [f"{entry.title} (Bedroom Demo)"]
    await bea.react(message, DISLIKE)
    (question,) = room.said()
    await ann.click(question, custom_id="tb:meant:1:0")
    assert await titles(room, message) == [entry.title]
    assert await room.standing(message) == {(bea.id, DISLIKE, -1)}


async def test_an_album_offers_its_tracks(room: Room) -> None:
    """A menu, for who posted it: the chosen tracks are the share, and stay it whenever the message is read again."""
    entry = usual(room)
    ann, bea = room.member("ann"), room.member("bea")
    message = await ann.send(room.channel, f"this whole album: https://open.spotify.com/album/{entry.album.spotify_id}")
    (question,) = room.said()
    (menu,) = question.components[0].children  # type: ignore[union-attr]
    assert isinstance(menu, discord.SelectMenu)
    assert [option.label.partition(". ")[2] for option in menu.options].count(entry.title) == 1
    assert await room.shared() == {}
    place = next(option.value for option in menu.options if entry.title in option.label)
    other = next(option.value for option in menu.options if option.value != place)
    await bea.select(question, [place])
    assert await room.shared() == {}
    await ann.select(question, [place, other])
    shared = (await room.shared())[message.id]
    assert len(shared) == 2
    assert shared[0] == entry.spotify_id
    assert thumbs(room, message) == [LIKE, DISLIKE]
    await ann.edit(message, f"still this one: https://open.spotify.com/album/{entry.album.spotify_id}")
    assert (await room.shared())[message.id] == shared
    await room.leave()
    await room.come_back()
    assert (await room.shared())[message.id] == shared
    await ann.edit(message, "never mind")
    assert await room.shared() == {}


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://www.deezer.com/playlist/1", "whole playlists"),
        ("https://soundcloud.com/forss/sets/soulhack", "whole playlists"),
        ("https://tidal.com/album/1", "what is on that album"),
        ("https://www.deezer.com/artist/27", "single tracks"),
    ],
)
async def test_what_offers_nothing_gets_one_hint(room: Room, link: str, words: str) -> None:
    """Playlists are not swallowed whole; of some albums nobody tells what is on them."""
    ann = room.member("ann")
    for _ in range(2):
        await ann.send(room.channel, link)
    (hint,) = room.said()
    assert words in hint.content
    assert await room.shared() == {}


@pytest.mark.parametrize("place", ["deezer", "apple", "bandcamp", "tidal", "youtube"])
async def test_an_album_of_any_service_offers_its_tracks(room: Room, place: str) -> None:
    """Where the service does not list them, Deezer's album of that name does."""
    entry = usual(room)
    urls = {
        "deezer": f"https://www.deezer.com/album/{entry.album.deezer_id}",
        "apple": apple_album_url(entry.album),
        "bandcamp": web_ids.bandcamp_album_url(entry.album),
        "tidal": web_ids.tidal_album_url(entry.album),
        "youtube": web_ids.youtube_album_url(entry.album),
    }
    ann = room.member("ann")
    message = await ann.send(room.channel, urls[place])
    (question,) = room.said()
    (menu,) = question.components[0].children  # type: ignore[union-attr]
    assert isinstance(menu, discord.SelectMenu)
    await ann.select(question, [next(option.value for option in menu.options if entry.title in option.label)])
    assert await titles(room, message) == [entry.full_title]
    same = await ann.send(room.channel, entry.spotify_url)
    shares = await room.shared()
    assert shares[message.id] == shares[same.id] == [entry.spotify_id]


async def test_a_question_missed_while_away_is_asked_on_return(room: Room) -> None:
    """What was posted meanwhile is asked about, once."""
    entry = usual(room)
    ann = room.member("ann")
    await ann.send(room.channel, room.link(0))
    await room.leave()
    room.env.backend.create_message(room.channel.id, ann.id, doubtful(room, entry))
    await room.come_back()
    assert len(room.said()) == 1
    await room.leave()
    await room.come_back()
    assert len(room.said()) == 1


async def test_a_share_waits_for_a_site_that_is_down(room: Room) -> None:
    """The message is a share all the same; its track gets its name when the site is back."""
    entry = usual(room)
    room.product.sandbox.faults.inject(FaultKind.SERVER_ERROR, "web", times=None)
    room.product.sandbox.faults.inject(FaultKind.SERVER_ERROR, "musicbrainz", times=None)
    message = await room.member("ann").send(room.channel, web_ids.tidal_url(entry))
    assert thumbs(room, message) == [LIKE, DISLIKE]
    assert await titles(room, message) == [""]
    room.product.sandbox.faults.clear()
    room.product.clock.advance(timedelta(minutes=5))
    await room.services.enricher.run(5)
    assert await titles(room, message) == [entry.full_title]


async def test_rating_by_a_link_of_any_service(open_room: OpenRoom) -> None:
    """What is in doubt is not rated; what is not, is."""
    async with open_room(check_errors=False) as room:
        entry = usual(room)
        ann = room.member("ann")
        await ann.send(room.channel, f"!rate {web_ids.tidal_url(entry)} like")
        await ann.send(room.channel, f"!rate {doubtful(room, entry)} like")
        await ann.send(room.channel, "!rate https://www.deezer.com/album/1 like")
        said = " ".join(message.content for message in room.said())
        assert f"you like **{entry.title}**" in said
        assert "not sure which track" in said
        assert "an album, a playlist or an artist" in said
