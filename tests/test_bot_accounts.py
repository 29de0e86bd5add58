"""Linking one's own Spotify account on Discord, where the address is pasted; and unlinking it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.models import Pick
from sandbox.server import Sandbox
from scheduler.consenting import LETTERS, read_address
from storage.drops import Owner
from storage.imports import ImportState
from storage.people import Author
from tests.account_helpers import (
    ANA_THERE,
    BEN_THERE,
    address_in,
    answers,
    ask_to_link,
    buttons,
    finish,
    landing,
    link_member,
    lists_of,
    text_of,
)
from tests.fixtures.bot import OpenRoom, Room
from tests.fixtures.scheduler import as_track

REDIRECT = "http://127.0.0.1:8888/callback"
WEEK = "2026-W02"


async def written_drop(room: Room, author: Author, week: str = WEEK, start: int = 0) -> list[str]:
    """Give somebody a drop that is written, and return its tracks' ids."""
    storage = room.services.storage
    person = await storage.people.set_opted_out(author.discord_id, author.name, opted_out=False)
    drop = await storage.drops.plan(week, Owner("person", person.id), room.services.clock.now())
    tracks = [await storage.tracks.save(as_track(source)) for source in room.tracks[start : start + 5]]
    picks = [Pick(track, 0.5) for track in tracks]
    await storage.drops.record_picks(drop.id, picks)
    await room.services.weekly._writes._writer.write(drop.owner, author.name, picks, week)
    await storage.drops.mark_written(drop.id)
    return [track.spotify_id or "" for track in tracks]


async def test_a_member_links_by_pasting_and_their_list_comes_there(room: Room, sandbox: Sandbox) -> None:
    """Asked in private, for one scope; this week's list stands in their own account, the bot's stays as it is."""
    ana = room.member("ana")
    ids = await written_drop(room, Author(ana.id, "Ana"))
    asked = await ask_to_link(room, ana)
    assert "change nothing else" in text_of(asked)
    assert "scope=playlist-modify-public&" in address_in(asked) + "&"
    assert "code_challenge_method=S256" in address_in(asked)
    (done,) = await finish(ana, asked, await landing(sandbox, address_in(asked)))
    assert "Your Spotify account is linked" in text_of(done)
    assert buttons(done) == ["Bring my library along", "Renew", "Unlink"]
    for chore in room.services.chores:
        await chore()
    (own,) = lists_of(sandbox, ANA_THERE)
    assert (own.track_ids, own.name) == (ids, "ana's Tastebud")
    assert lists_of(sandbox, sandbox.accounts.owner)[0].track_ids == ids
    shown = await room.services.storage.playlists.shown(Owner("person", 1))
    assert shown is not None
    assert own.id == shown.spotify_id
    assert not room.said()


async def test_tokens_are_encrypted_and_in_no_answer(
    room: Room, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the database's rows nor the log nor any message holds a token, a code, a verifier or a state."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(message))
    said = text_of(message) + "".join(text_of(each) for each in await finish(ana, message, landed))
    database = Path(room.product.settings.storage.url.partition(":///")[2])
    raw = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    found = read_address(landed, REDIRECT)
    assert found is not None
    assert b"ana-account" in raw
    secrets = [*sandbox.accounts.refresh_tokens, *sandbox.accounts.sessions, found["code"], found["state"]]
    for secret in secrets:
        assert secret.encode() not in raw
        assert secret not in said + caplog.text


@pytest.mark.parametrize(
    "typed",
    [
        "http://evil.example/callback?code={code}&state={state}",
        REDIRECT + ".evil.example?code={code}&state={state}",
        REDIRECT + "/?code={code}&state={state}",
        REDIRECT + "?code={code}&state={state}&more=1",
        REDIRECT + "?code={code}&code={code}&state={state}",
        REDIRECT + "?state={state}",
        REDIRECT + "?code={code}&state={state} and more",
        "https://127.0.0.1:8888/callback?code={code}&state={state}",
        "?code={code}&state={state}",
    ],
)
async def test_only_the_very_address_is_taken(room: Room, sandbox: Sandbox, typed: str) -> None:
    """Anything beside it is refused with a sentence, and the right one still counts."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(message))
    found = read_address(landed, REDIRECT)
    assert found is not None
    (refused,) = await finish(ana, message, typed.format(**found))
    assert "not the address" in text_of(refused) or "run out" in text_of(refused)
    assert sandbox.calls.count("accounts", "POST") == 0
    (done,) = await finish(ana, message, landed)
    assert "is linked" in text_of(done)


async def test_an_address_is_good_once_and_for_its_person_alone(room: Room, sandbox: Sandbox) -> None:
    """Whoever gets hold of somebody's address can do nothing with it, and nobody twice."""
    ana, ben = room.member("ana"), room.member("ben")
    message, other = await ask_to_link(room, ana), await ask_to_link(room, ben)
    landed = await landing(sandbox, address_in(message))
    (refused,) = await finish(ben, other, landed)
    assert "not begun by you" in text_of(refused)
    assert await room.services.storage.member_accounts.all() == []
    (done,) = await finish(ana, message, landed)
    assert "is linked" in text_of(done)
    (again,) = await finish(ana, message, landed)
    assert "run out" in text_of(again)


async def test_ten_minutes_and_no_longer(room: Room, sandbox: Sandbox) -> None:
    """A consent that lay about is worth nothing."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(message))
    room.product.clock.advance(timedelta(minutes=10))
    (late,) = await finish(ana, message, landed)
    assert "run out" in text_of(late)


async def test_wrong_words_end_a_consent(room: Room, sandbox: Sandbox) -> None:
    """Five guesses are all there are; then even the right address is too late."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(message))
    for number in range(5):
        (refused,) = await finish(ana, message, LETTERS[number] * 6)
        assert "run out" in text_of(refused)
    (late,) = await finish(ana, message, landed)
    assert "run out" in text_of(late)


async def test_no_is_taken_for_an_answer(room: Room, sandbox: Sandbox) -> None:
    """Who says no at Spotify is told that nothing is linked."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    (answer,) = await finish(ana, message, await landing(sandbox, address_in(message), None))
    assert "You said no" in text_of(answer)
    assert await room.services.storage.member_accounts.all() == []


async def test_every_consent_has_a_key_and_a_state_of_its_own(room: Room) -> None:
    """Nothing of one address tells anything of the next."""
    ana = room.member("ana")
    queries = [parse_qs(urlsplit(address_in(await ask_to_link(room, ana))).query) for _ in range(3)]
    for name in ("state", "code_challenge"):
        assert len({query[name][0] for query in queries}) == 3
        assert all(len(query[name][0]) >= 43 for query in queries)


async def test_another_verifier_is_refused_by_spotify(room: Room, sandbox: Sandbox) -> None:
    """PKCE: a code is of use to who has the verifier alone."""
    ana = room.member("ana")
    message = await ask_to_link(room, ana)
    landed = await landing(sandbox, address_in(message).replace("code_challenge=", "code_challenge=x"))
    (answer,) = await finish(ana, message, landed)
    assert "does not take its own answer" in text_of(answer)


async def test_an_account_that_the_app_does_not_list_is_told_so(room: Room, sandbox: Sandbox) -> None:
    """A new app's owner has to add each member by hand."""
    ana = room.member("ana")
    sandbox.faults.inject("not_allow_listed", "spotify", "/v1/me")
    (answer,) = await link_member(room, ana)
    assert "not on the app's list" in text_of(answer)
    assert await room.services.storage.member_accounts.all() == []


async def test_one_account_one_member_and_never_the_bots(room: Room, sandbox: Sandbox) -> None:
    """Two members with one account, or somebody with the bot's own, are refused."""
    await room.services.adoption()
    ana, ben = room.member("ana"), room.member("ben")
    await link_member(room, ana)
    assert "linked to somebody else" in text_of((await link_member(room, ben))[0])
    assert "my own Spotify account" in text_of((await link_member(room, ben, sandbox.accounts.owner))[0])
    assert len(await room.services.storage.member_accounts.all()) == 1


async def test_unlinking_takes_the_tokens_first_and_goes_on(room: Room, sandbox: Sandbox) -> None:
    """No token is left; the next list stands in the bot's playlist, theirs stays as it was."""
    ana = room.member("ana")
    await link_member(room, ana)
    ids = await written_drop(room, Author(ana.id, "Ana"))
    assert lists_of(sandbox, ANA_THERE)[0].track_ids == ids
    assert lists_of(sandbox, sandbox.accounts.owner) == []
    (answer,) = answers(await ana.slash(room.channel, "unlink"))
    assert "Unlinked" in text_of(answer)
    assert "spotify.com/account/apps" in text_of(answer)
    assert await room.services.storage.member_accounts.grants_of(1).grant() is None
    for chore in room.services.chores:
        await chore()
    assert lists_of(sandbox, sandbox.accounts.owner)[0].track_ids == ids
    assert lists_of(sandbox, ANA_THERE)[0].track_ids == ids


async def test_what_cannot_be_is_said_in_a_sentence(open_room: OpenRoom) -> None:
    """Nothing to unlink, no room for one more, linking switched off: each is told to its member alone."""
    async with open_room(check_errors=False) as room:
        ana, ben = room.member("ana"), room.member("ben")
        (nothing,) = answers(await ana.slash(room.channel, "unlink"))
        assert "no Spotify account linked" in text_of(nothing)
        await link_member(room, ana)
        room.services.accounts._settings = replace(room.product.settings.spotify, members_max=1)
        (full,) = answers(await ben.slash(room.channel, "link"))
        assert "no more members" in text_of(full)
        await ana.slash(room.channel, "unlink")
        assert "is linked" in text_of((await link_member(room, ben, BEN_THERE))[0])
        room.services.accounts._settings = replace(room.product.settings.spotify, members_max=0)
        (off,) = answers(await ana.slash(room.channel, "link"))
        assert "cannot be linked here" in text_of(off)


async def test_typed_commands_are_answered_by_direct_message(room: Room) -> None:
    """`!link` in a channel tells nothing there; without direct messages one sentence names the slash command."""
    ana = room.member("ana")
    await ana.send(room.channel, "!link")
    (letter,) = list(ana.user.dm_channel.history())
    assert "Link your Spotify account" in text_of(letter)
    assert room.said() == []


async def test_the_library_is_asked_for_only_when_wanted(room: Room, sandbox: Sandbox) -> None:
    """A second consent with two more scopes; its tracks count weakly, and unlinking takes them back."""
    ana = room.member("ana")
    (linked,) = await link_member(room, ana)
    now = room.services.clock.now()
    sandbox.spotify.saved = {f"spotify:track:{track.spotify_id}": now for track in room.tracks[:3]}
    sandbox.spotify.top_tracks = [room.tracks[4].spotify_id]
    (asked,) = answers(await ana.click(linked, label="Bring my library along"))
    assert "user-library-read" in address_in(asked)
    done, card = await finish(ana, asked, await landing(sandbox, address_in(asked)))
    assert "is linked" in text_of(done)
    assert "From your Spotify library" in text_of(card)
    await room.services.importer.run()
    assert await room.opinion(ana, 0) is not None
    (found,) = await room.services.storage.imports.of(ana.id)
    assert found.resolved == 4
    await ana.slash(room.channel, "unlink")
    assert (await room.services.storage.imports.of(ana.id))[0].state is ImportState.UNDONE
    assert await room.opinion(ana, 0) is None
