"""What members and servers wish, and who wished to be forgotten, on either database."""

from datetime import timedelta

import pytest

from catalog.clock import Clock
from catalog.models import Pick, Track
from storage.forgetting import ForgottenAlready, without
from storage.owners import Owner
from storage.people import Author
from storage.personal import Somebody
from storage.server_wishes import ServerWishes
from storage.stores import Storage

ANN, BEA = Author(111_111_111_111_111_111, "Ann"), Author(222_222_222_222_222_222, "Bea")
SERVER, CHANNEL = 5, 6


async def test_a_servers_wishes_come_back_whole(storage: Storage) -> None:
    """And go when the server does."""
    wishes = ServerWishes(SERVER, (1, 2), ("🔥",), ("🌚",), 7, False, True, True, True, 8, 9)
    await storage.wishes.save(ServerWishes(SERVER))
    await storage.wishes.save(wishes)
    assert await storage.wishes.all() == {SERVER: wishes}
    await storage.wishes.forget(SERVER)
    assert await storage.wishes.all() == {}


async def test_a_members_wishes_are_kept(storage: Storage) -> None:
    """Each apart from the others; the first hint is given once."""
    await storage.people.set_dial(ANN, 7)
    await storage.people.set_paused(ANN, True)
    person = await storage.people.set_places(ANN, by_dm=True, hushed=True)
    assert (person.dial, person.paused, person.by_dm, person.hushed, person.hinted) == (7, True, True, True, False)
    assert [await storage.people.take_hint(ANN.discord_id) for _ in range(2)] == [True, False]
    assert not await storage.people.take_hint(BEA.discord_id)


async def test_forgetting_leaves_others_what_is_theirs(storage: Storage, clock: Clock) -> None:
    """Ann's rows go, her share stays with nobody, and Bea's picks do not name her."""
    (track_id,) = await storage.tracks.ensure([Track("A track")])
    await storage.shares.record(SERVER, CHANNEL, 9, ANN, [track_id], clock.now(), "my words")
    await storage.feedback.react(9, BEA, "👍", 1, clock.now())
    bea = await storage.people.by_discord_id(BEA.discord_id)
    assert bea is not None
    drop = await storage.drops.plan("2026-W01", Owner("person", bea.id), clock.now())
    reasons = ("shared by Ann", "2 people here liked it: Bob, Ann", "close to Ann by Annabel, which you liked")
    await storage.drops.record_picks(
        drop.id, [Pick(Track("A track", id=track_id), 0.5, reasons, shared_by=(ANN.discord_id,))]
    )
    assert await storage.forgetting.forget(ANN.discord_id, clock.now()) == []
    with pytest.raises(ForgottenAlready):
        await storage.forgetting.forget(ANN.discord_id, clock.now())
    assert await storage.people.by_discord_id(ANN.discord_id) is None
    (share,) = await storage.shares.recent()
    assert (share.discord_id, share.said) == (0, None)
    (pick,) = await storage.drops.picks(drop.id)
    assert pick.shared_by == ()
    assert [reason.startswith("Picked for") for reason in pick.reasons] == [True, True, False]
    left = await storage.personal.everything(Somebody(bea.id, BEA.discord_id))
    assert [row["track"] for row in left["feedback"]] == ["A track"]


async def test_what_was_said_before_is_not_read_back(storage: Storage, clock: Clock) -> None:
    """By a sweep; a reaction to a newer message is."""
    (track_id,) = await storage.tracks.ensure([Track("A track")])
    await storage.shares.record(SERVER, CHANNEL, 9, BEA, [track_id], clock.now())
    await storage.forgetting.forget(ANN.discord_id, clock.now())
    assert await storage.feedback.settle(9, "👍", 1, [ANN], clock.now()) == (0, 0)
    await storage.shares.record(SERVER, CHANNEL, 10, BEA, [track_id], clock.now() + timedelta(seconds=1))
    assert await storage.feedback.settle(10, "👍", 1, [ANN], clock.now()) == (1, 0)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"shared_by": [1, 2], "reasons": ["liked by Ann"]}, {"shared_by": [2], "reasons": [...]}),
        (["shared by Annabel"], ["shared by Annabel"]),
        (["Ann liked this on the album", 1], ["Ann liked this on the album"]),
    ],
)
def test_a_name_goes_where_it_names_somebody(told: object, left: object) -> None:
    """A word of a title stays a word."""
    found = without(told, 1, "Ann")
    expected = str(left).replace("Ellipsis", "'Picked for the taste shown by reactions in your server.'")
    assert str(found) == expected
