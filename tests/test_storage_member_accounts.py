"""Members' own accounts, consents under way, and which playlist holds whose list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import Grant, Pick
from sandbox.clock import FastClock
from storage.consent_asks import ASK_LASTS, MOST_TRIES, Ask
from storage.drops import Owner
from storage.member_accounts import NotLinkable
from storage.people import Author
from storage.stores import Storage
from tests.fixtures.web import sample_picks

ANA, BEN = Author(11, "Ana"), Author(12, "Ben")
GRANT = Grant("ana-account", "refresh", ("playlist-modify-public",), datetime(2026, 1, 5, tzinfo=UTC), "access")
ASK = Ask("verifier", "http://127.0.0.1/callback", ("a", "b"))


async def written(storage: Storage, clock: FastClock, who: Author, week: str) -> Owner:
    """Let somebody have a drop of a week, and return the owner."""
    person = await storage.people.set_opted_out(who.discord_id, who.name, opted_out=False)
    owner = Owner("person", person.id)
    drop = await storage.drops.plan(week, owner, clock.now())
    picks = [Pick(await storage.tracks.save(pick.track), 0.5) for pick in sample_picks()]
    await storage.drops.record_picks(drop.id, picks)
    await storage.drops.mark_written(drop.id)
    return owner


async def hold(storage: Storage, owner: Owner, week: str) -> None:
    """Let an owner's playlist hold a week."""
    await storage.playlists.intend(owner, f"marker {owner.kind} {owner.id}")
    await storage.playlists.save(owner, f"{owner.kind}{owner.id}", f"https://x/{owner.kind}{owner.id}")
    await storage.playlists.mark_written(owner, week)


async def test_an_account_is_kept_and_told_of_without_its_tokens(storage: Storage) -> None:
    """Tokens come back to who asks for the grant, and stand in no export and no repr."""
    account = await storage.member_accounts.link(ANA, GRANT, 5)
    assert await storage.member_accounts.grants_of(account.person_id).grant() == GRANT
    said = f"{account!r} {await storage.member_accounts.export(account.person_id)}"
    assert "ana-account" in said
    assert "refresh" not in said.replace("refresh_token", "")
    assert await storage.member_accounts.export(99) == {"member_accounts": []}


async def test_who_may_not_be_linked(storage: Storage) -> None:
    """As many as may be, one account one person, the bot's own never, nobody who wants to be left alone."""
    await storage.accounts.save(replace(GRANT, account_id="the-bots"))
    await storage.member_accounts.link(ANA, GRANT, 1)
    await storage.member_accounts.link(ANA, replace(GRANT, refresh_token="newer"), 1)  # renewing needs no room
    for grant, most in ((replace(GRANT, account_id="x"), 1), (GRANT, 5), (replace(GRANT, account_id="the-bots"), 5)):
        with pytest.raises(NotLinkable):
            await storage.member_accounts.link(BEN, grant, most)
    await storage.people.set_opted_out(BEN.discord_id, BEN.name, opted_out=True)
    with pytest.raises(NotLinkable, match="opt in"):
        await storage.member_accounts.link(BEN, replace(GRANT, account_id="y"), 5)
    assert len(await storage.member_accounts.all()) == 1


async def test_an_ended_account_makes_room_and_an_unlinked_one_stays_so(storage: Storage) -> None:
    """Tokens that come in late bring neither back."""
    account = await storage.member_accounts.link(ANA, GRANT, 1)
    grants = storage.member_accounts.grants_of(account.person_id)
    await grants.discard()
    await grants.save(GRANT)
    found = await storage.member_accounts.of(ANA.discord_id)
    assert found is not None
    assert found.ended
    await storage.member_accounts.link(BEN, replace(GRANT, account_id="bens"), 1)
    assert await storage.member_accounts.unlink(ANA.discord_id) is not None
    await grants.save(GRANT)
    assert await storage.member_accounts.of(ANA.discord_id) is None
    assert await storage.member_accounts.unlink(ANA.discord_id) is None


async def test_a_consent_is_taken_once_by_its_person(storage: Storage) -> None:
    """By state where it was pasted, by word where a browser brought the code."""
    await storage.consent_asks.begin(11, "state", ASK)
    assert await storage.consent_asks.take_by_state(12, "state") is None
    assert await storage.consent_asks.take_by_state(11, "state") == ASK
    assert await storage.consent_asks.take_by_state(11, "state") is None
    await storage.consent_asks.begin(11, "state", ASK)
    assert await storage.consent_asks.take_by_word(11, "WORD") is None
    assert await storage.consent_asks.arrive("state", "code", "WORD")
    assert not await storage.consent_asks.arrive("state", "another", "OTHER")
    assert not await storage.consent_asks.arrive("unknown", "code", "WORD")
    assert await storage.consent_asks.take_by_word(11, "WORD") == replace(ASK, code="code")


async def test_a_consent_ends_by_time_by_tries_and_by_a_new_one(storage: Storage, clock: FastClock) -> None:
    """Ten minutes, five words, and whoever begins anew forgets the one before."""
    await storage.consent_asks.begin(11, "first", ASK)
    await storage.consent_asks.begin(11, "second", ASK)
    assert not await storage.consent_asks.arrive("first", "code", "WORD")
    clock.advance(ASK_LASTS)
    assert not await storage.consent_asks.arrive("second", "code", "WORD")
    assert await storage.consent_asks.take_by_state(11, "second") is None
    await storage.consent_asks.begin(11, "third", ASK)
    for _ in range(MOST_TRIES):
        assert await storage.consent_asks.take_by_state(11, "guess") is None
    assert await storage.consent_asks.take_by_state(11, "third") is None


async def test_which_playlist_is_shown(storage: Storage, clock: FastClock) -> None:
    """The one that holds the newest list; of two that do, the person's own."""
    owner = await written(storage, clock, ANA, "2026-W02")
    own = Owner("own", owner.id)
    await hold(storage, owner, "2026-W01")
    await hold(storage, own, "2026-W01")
    shown = await storage.playlists.shown(owner)
    assert shown is not None
    assert shown.owner == own
    await storage.playlists.mark_written(owner, "2026-W02")
    shown = await storage.playlists.shown(owner)
    assert shown is not None
    assert shown.owner == owner
    await storage.member_accounts.link(ANA, GRANT, 5)
    await storage.member_accounts.link(ANA, replace(GRANT, account_id="another"), 5)
    assert await storage.playlists.get(own) is None  # it stands in an account that is linked no more


async def test_which_playlists_are_behind(storage: Storage, clock: FastClock) -> None:
    """Those that do not hold their owner's newest list: where an account is linked, the one there counts."""
    since = clock.now() - timedelta(days=7)
    ana, ben = await written(storage, clock, ANA, "2026-W02"), await written(storage, clock, BEN, "2026-W02")

    async def behind() -> set[Owner]:
        return {each.owner for each in await storage.playlists.behind(since)}

    assert await behind() == {ana, ben}
    await hold(storage, ana, "2026-W02")
    await hold(storage, ben, "2026-W01")
    assert await behind() == {ben}
    account = await storage.member_accounts.link(ANA, GRANT, 5)
    assert await behind() == {ana, ben}
    await hold(storage, Owner("own", ana.id), "2026-W02")
    await hold(storage, ben, "2026-W02")
    assert await behind() == set()
    await storage.member_accounts.grants_of(account.person_id).discard()
    await storage.playlists.mark_written(ana, "2026-W01")
    assert await behind() == {ana}


async def test_a_note_is_added_once(storage: Storage, clock: FastClock) -> None:
    """A step that is repeated says the same thing once."""
    owner = await written(storage, clock, ANA, "2026-W02")
    drop = await storage.drops.get("2026-W02", owner)
    assert drop is not None
    for sentence in ("One.", "Two.", "One."):
        await storage.drops.add_note(drop.id, sentence)
    found = await storage.drops.by_id(drop.id)
    assert found is not None
    assert found.note == "One. Two."


async def test_repeats_are_of_one_server(storage: Storage, clock: FastClock) -> None:
    """What was shared elsewhere is nobody's business here; the newer share is not told of as the older."""
    track = await storage.tracks.save(sample_picks()[0].track)
    assert track.id is not None
    for server_id, message_id, who in ((1, 10, ANA), (2, 20, BEN), (1, 30, BEN)):
        await storage.shares.record(server_id, 5, message_id, who, [track.id], clock.now())
    assert [repeat.message_id for repeat in await storage.repeats.before(1, 30, [track.id])] == [10]
    assert [repeat.name for repeat in await storage.repeats.before(2, 40, [track.id])] == ["Ben"]
    assert await storage.repeats.before(1, 10, [track.id]) == []
