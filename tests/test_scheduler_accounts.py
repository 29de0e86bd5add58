"""Members' own accounts over the weeks: lists there, consents that end, and lists without any Spotify."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.errors import GrantLost
from catalog.spotify import SpotifySecrets, SpotifySettings
from sandbox.accounts import Account
from sandbox.faults import FaultKind
from scheduler.accounts import OwnAccounts
from scheduler.consent_notices import HAS_ENDED, NOT_TAKEN, ConsentNotices, due_notice
from scheduler.consenting import Consenting, read_address
from scheduler.late_playlists import LatePlaylists
from scheduler.playlists import PlaylistWriter
from scheduler.steps import PickStep, WriteStep
from storage.drops import Drop, DropState, Owner
from storage.member_accounts import MemberAccount
from storage.people import Author
from tests.account_helpers import ANA_THERE, Letterbox, landing, lists_of
from tests.fixtures.scheduler import WEEK, Channel, House, OpenHouse, author, hours, settle_community, states

REDIRECT = "http://127.0.0.1:8888/callback"
ANA = author(0)


@asynccontextmanager
async def accounts_in(house: House, *, most: int = 5, has_app: bool = True) -> AsyncIterator[OwnAccounts]:
    """Let a house write into members' own accounts; without an app, into none at all."""
    sandbox = house.sandbox
    settings = SpotifySettings(sandbox.spotify_api_base, sandbox.accounts_base, members_max=most)
    secrets = SpotifySecrets(sandbox.client_id, sandbox.client_secret if has_app else "")
    own = OwnAccounts(house.storage, settings, secrets, house.clock, house.storage.quota)
    house.writer = PlaylistWriter(house.spotify, house.storage, house.clock, own, has_app=has_app)
    weekly = house.weekly
    weekly._writes = WriteStep(house.storage, house.writer)
    weekly._picks = PickStep(
        house.storage, house.picker, house.resolver, house.clock, house.settings, house.sources, has_app=has_app
    )
    try:
        yield own
    finally:
        own.close()


async def link(house: House, own: OwnAccounts, who: Author = ANA, there: Account = ANA_THERE) -> MemberAccount:
    """Let a member link their account."""
    consenting = Consenting(house.storage, own, REDIRECT)
    landed = await landing(house.sandbox, await consenting.begin(who.discord_id), there)
    assert read_address(landed, REDIRECT)
    return (await consenting.finish(who, landed)).account


async def drop_of(house: House, week: str = WEEK, who: Author = ANA) -> Drop:
    """Return a member's drop of a week."""
    person = await house.storage.people.by_discord_id(who.discord_id)
    assert person is not None
    drop = await house.storage.drops.get(week, Owner("person", person.id))
    assert drop is not None
    return drop


async def picked_ids(house: House, drop: Drop) -> list[str | None]:
    """Return the Spotify ids of a drop's picks."""
    return [pick.track.spotify_id for pick in await house.storage.drops.picks(drop.id)]


async def test_a_linked_members_list_is_written_into_their_account(house: House, channel: Channel) -> None:
    """Theirs stands there and is announced from there; everybody else's in the bot's account."""
    await settle_community(house)
    async with accounts_in(house) as own:
        await link(house, own)
        house.clock.advance(hours(1))
        await house.weekly.run()
        (playlist,) = lists_of(house.sandbox, ANA_THERE)
        assert playlist.track_ids == await picked_ids(house, await drop_of(house))
        assert len(lists_of(house.sandbox, house.sandbox.accounts.owner)) == 4  # three members' and the server's
        (message,) = channel.of(100)
        urls = {entry.owner_name: entry.url for entry in message.entries}
        assert playlist.id in urls[ANA.name]
        assert len({url for url in urls.values() if url}) == 5


async def test_tokens_turn_with_every_refresh_one_at_a_time(house: House) -> None:
    """Ten calls at once refresh once; the new refresh token is kept, the old one is dead."""
    await settle_community(house)
    async with accounts_in(house) as own:
        account = await link(house, own)
        store = house.storage.member_accounts.grants_of(account.person_id)
        before = await store.grant()
        house.clock.advance(hours(2))
        spotify = await own.spotify_of(account.person_id)
        assert before is not None
        assert spotify is not None
        asked = house.sandbox.calls.count("accounts", "POST")
        await asyncio.gather(*(spotify.me() for _ in range(10)))
        assert house.sandbox.calls.count("accounts", "POST") == asked + 1
        after = await store.grant()
        assert after is not None
        assert after.refresh_token != before.refresh_token
        assert after.consented_at == before.consented_at
        assert house.sandbox.accounts.refresh_tokens[before.refresh_token].revoked


async def test_a_consent_that_was_taken_back_loses_no_list(house: House, channel: Channel) -> None:
    """invalid_grant: tokens go, this week's list stands in the bot's playlist, and they are told once."""
    await settle_community(house)
    async with accounts_in(house) as own:
        account = await link(house, own)
        house.clock.advance(hours(1))
        await house.weekly.run()
        old = list(lists_of(house.sandbox, ANA_THERE)[0].track_ids)
        house.sandbox.accounts.revoke(ANA_THERE)
        house.clock.advance(timedelta(days=7))
        for one in range(4):
            await house.rate(author(one), house.sandbox.catalogue.shareable[200 + one], 1)
        await house.weekly.run()
        drop = await drop_of(house, "2026-W03")
        assert drop.state is DropState.ANNOUNCED
        assert drop.note.count(HAS_ENDED) == 1
        kept = [one for one in lists_of(house.sandbox, house.sandbox.accounts.owner) if ANA.name in one.name]
        assert [one.track_ids for one in kept] == [await picked_ids(house, drop)]
        assert lists_of(house.sandbox, ANA_THERE)[0].track_ids == old
        assert await house.storage.member_accounts.grants_of(account.person_id).grant() is None
        asked = house.sandbox.calls.count("accounts", "POST")
        house.clock.advance(timedelta(days=7))
        await house.weekly.run()
        assert HAS_ENDED not in (await drop_of(house, "2026-W04")).note
        tokens = house.sandbox.calls.count("accounts", "POST") - asked
        assert tokens <= 1  # the bot's own
        entry = next(each for each in channel.of(100)[-1].entries if each.owner_name == ANA.name)
        assert kept[0].id in entry.url


async def test_an_account_that_left_the_apps_list_loses_no_list(house: House) -> None:
    """A refusal of that account alone: the list stands in the bot's playlist and says so; the link stays."""
    await settle_community(house)
    async with accounts_in(house) as own:
        account = await link(house, own)
        house.sandbox.faults.inject(FaultKind.NOT_ALLOW_LISTED, "spotify", "/v1/me/playlists", "POST")
        house.clock.advance(hours(1))
        await house.weekly.run()
        drop = await drop_of(house)
        assert NOT_TAKEN in drop.note
        assert [one for one in lists_of(house.sandbox, house.sandbox.accounts.owner) if ANA.name in one.name]
        assert await own.spotify_of(account.person_id) is not None
        assert await LatePlaylists(house.storage, house.writer, house.clock)() == 1
        assert lists_of(house.sandbox, ANA_THERE)[0].track_ids == await picked_ids(house, drop)


async def test_who_wants_letters_is_told_thirty_seven_and_one_days_ahead(house: House) -> None:
    """Each once, and once when it has ended; renewing begins anew."""
    await settle_community(house)
    box = Letterbox()
    async with accounts_in(house) as own:
        account = await link(house, own)
        await house.storage.people.set_places(ANA, by_dm=True, hushed=False)
        chore = ConsentNotices(house.storage, house.clock, box)
        told = []
        for day in range(184):
            if await chore():
                told.append(day)
            if day == 183:
                spotify = await own.spotify_of(account.person_id)
                assert spotify is not None
                with pytest.raises(GrantLost):
                    await spotify.me()
            house.clock.advance(timedelta(days=1))
        assert told == [152, 175, 181]
        assert await chore() == 1
        assert await chore() == 0
        assert [("in 30 days" in box.letters[0][2]), box.letters[-1][2] == HAS_ENDED] == [True, True]
        await link(house, own)
        assert await chore() == 0


async def test_who_wants_no_letters_is_told_with_the_next_list(house: House) -> None:
    """The list of the week in which it is due says it, and the one after does not repeat it."""
    await settle_community(house)
    async with accounts_in(house) as own:
        account = await link(house, own)
        person = (await house.storage.people.get([account.person_id]))[account.person_id]
        house.clock.advance(timedelta(days=154, hours=1))
        for number, says in ((0, True), (1, False)):
            for one in range(2):
                await house.rate(author(one), house.sandbox.catalogue.shareable[300 + 10 * number + one], 1)
            house.clock.advance(timedelta(days=7))
            await house.weekly.run()
            newest = await house.storage.drops.latest(Owner("person", person.id))
            assert newest is not None
            assert ("`/link` renews it" in newest.note) is says


def test_a_notice_is_due_at_its_day_and_once(house: House) -> None:
    """After a long sleep only the nearest one is told."""
    now = house.clock.now()
    account = MemberAccount(1, 2, "x", (), now - timedelta(days=180))
    due = due_notice(account, now)
    assert due is not None
    assert due[0] == 7
    assert due_notice(replace(account, told=7), now) is None
    assert due_notice(replace(account, told=7), now + timedelta(days=1)) is not None
    assert due_notice(replace(account, ended=True, told=1), now) == (0, HAS_ENDED)


async def test_without_any_spotify_everybody_has_their_list(house: House, channel: Channel) -> None:
    """No app at all: lists are picked, some without an id, and announced; nobody is asked."""
    await settle_community(house)
    async with accounts_in(house, has_app=False):
        house.clock.advance(hours(1))
        calls = house.sandbox.calls.count("spotify")
        await house.weekly.run()
        assert set((await states(house)).values()) == {DropState.ANNOUNCED}
        assert len(await house.storage.drops.picks((await drop_of(house)).id)) == 10
        (message,) = channel.of(100)
        assert [entry.url for entry in message.entries] == [""] * 5
        assert house.sandbox.calls.count("spotify") == calls
        assert await LatePlaylists(house.storage, house.writer, house.clock)() == 0


async def test_a_spotify_that_stays_away_holds_nobody_up_for_ever(house: House, channel: Channel) -> None:
    """After six hours lists come without their playlists; these follow once Spotify is back."""
    await settle_community(house)
    async with accounts_in(house):
        house.sandbox.faults.inject("server_error", "spotify", "*", times=None)
        late = LatePlaylists(house.storage, house.writer, house.clock, house.weekly.announce_again)
        house.clock.advance(hours(1))
        for _ in range(12):
            await house.weekly.run()
            await late()
            house.clock.advance(hours(1))
        assert set((await states(house)).values()) == {DropState.ANNOUNCED}
        assert not house.sandbox.spotify.playlists.all()
        (message,) = channel.of(100)
        assert all(entry.picks and not entry.url for entry in message.entries)
        house.sandbox.faults.clear()
        house.clock.advance(hours(2))
        assert await late() == 5
        assert await late() == 0
        assert all(entry.url for entry in channel.of(100)[0].entries)
        assert len(channel.of(100)) == 1
        drop = await drop_of(house)
        wanted = [each for each in await picked_ids(house, drop) if each]
        assert wanted in [playlist.track_ids for playlist in house.sandbox.spotify.playlists.all()]


async def test_a_playlist_of_the_week_is_never_written_twice_by_the_chore(house: House) -> None:
    """What holds its week is left alone."""
    await settle_community(house)
    async with accounts_in(house):
        house.clock.advance(hours(1))
        await house.weekly.run()
        writes = house.sandbox.calls.count("spotify", "PUT")
        assert await LatePlaylists(house.storage, house.writer, house.clock)() == 0
        assert house.sandbox.calls.count("spotify", "PUT") == writes


async def test_letters_are_for_who_wants_them(open_house: OpenHouse, channel: Channel) -> None:
    """Who asked for direct messages gets one a week, whether or not a server's announcement names them."""
    async with open_house(announcer=channel) as house:
        authors = await settle_community(house)
        await house.storage.people.set_places(authors[0], by_dm=True, hushed=True)
        await house.storage.people.set_places(authors[1], by_dm=True, hushed=False)
        house.clock.advance(hours(1))
        await house.weekly.run()
        await house.weekly.run()
        assert sorted(who for _, who in channel.letters) == [authors[0].discord_id, authors[1].discord_id]
        (message,) = channel.of(100)
        names = [entry.owner_name for entry in message.entries]
        assert authors[0].name not in names
        assert authors[1].name in names
