"""Picking: cold starts, what counts at once, what never comes, and who may be named."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from catalog.models import Pick, Track
from recommender.taste import TASTE_MODEL, TasteModel
from scheduler.knowledge import load_features, load_tracks, model_version
from scheduler.privacy import NEUTRAL_REASON, tagged, visible_in
from scheduler.tagged import TAG_SPACE
from tests.fixtures.scheduler import SERVER, House, OpenHouse, author, by_distinct_artists, settle_community


def ids(picks: list[Pick]) -> list[int | None]:
    """Return the picked tracks."""
    return [pick.track.id for pick in picks]


async def test_an_empty_database_has_no_picks(house: House) -> None:
    """Before anything was shared there is nothing to discover, and no error either."""
    assert await house.picker.discover(1, SERVER, 5) == []


async def test_a_stranger_gets_the_communitys_picks(house: House) -> None:
    """Somebody who never said anything gets tracks of the server, with reasons."""
    await settle_community(house)
    picks = await house.picker.discover(77, SERVER, 5)
    assert len(picks) == 5
    assert all(pick.reasons for pick in picks)
    assert await house.storage.people.by_discord_id(77) is None


async def test_discover_asks_no_service(house: House) -> None:
    """An answer within a second cannot wait for others."""
    await settle_community(house)
    await house.picker.discover(5_000, SERVER, 5)
    assert house.sandbox.calls.count() == 0


async def test_feedback_of_a_minute_ago_counts(house: House) -> None:
    """A track rated after the last fit is gone from the picks, and opinions on its kind move the others."""
    await settle_community(house, people=4, shares=10)
    newcomer = author(20)
    await house.rate(newcomer, house.sandbox.catalogue.shareable[-1], 1)
    before = await house.picker.discover(newcomer.discord_id, SERVER, 40)
    genres = {track.full_title: track.genre for track in house.sandbox.catalogue.tracks}
    disliked = genres[before[0].track.title]
    rated = [pick for pick in before if genres[pick.track.title] == disliked][:8]
    for pick in rated:
        assert pick.track.id is not None
        await house.storage.feedback.rate(newcomer, pick.track.id, -1, server_id=SERVER)
    after = await house.picker.discover(newcomer.discord_id, SERVER, 10)
    assert not set(ids(after)) & set(ids(rated))
    assert sum(genres[pick.track.title] == disliked for pick in after[:5]) <= 2


async def test_asking_again_shows_others_until_there_are_none(house: House) -> None:
    """A second discover is not the first one again; when all was shown it begins anew."""
    await settle_community(house, people=2, shares=6)
    first = await house.picker.discover(5_000, SERVER, 3)
    second = await house.picker.discover(5_000, SERVER, 2)
    assert not set(ids(first)) & set(ids(second))
    assert len(await house.picker.discover(5_000, SERVER, 3)) == 3


async def test_a_track_shared_after_the_fit_can_come(house: House) -> None:
    """New shares are candidates at once."""
    await settle_community(house, people=2, shares=2)
    await house.picker.discover(5_000, SERVER, 1)
    source = house.sandbox.catalogue.shareable[-1]
    await house.share(author(1), source)
    picks = await house.picker.discover(5_000, SERVER, 10)
    assert await house.track(source) in ids(picks)


async def test_what_was_dropped_lately_does_not_come(house: House) -> None:
    """Picks of the last sixty days are left out, older ones may come again."""
    await settle_community(house, people=2, shares=6)
    await house.weekly.bring_forward(house.clock.now())
    await house.weekly.run()
    assert await house.picker.discover(5_000, SERVER, 10) == []
    house.clock.advance(timedelta(days=61))
    assert len(await house.picker.discover(5_000, SERVER, 10)) == 5


async def test_the_same_week_gives_the_same_picks(house: House) -> None:
    """Randomness comes from seed, person and week alone."""
    await settle_community(house, people=3)
    await house.picker.refit()
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    one = await house.picker.picks_for(person.id, [SERVER], 8, "2026-W02")
    assert one == await house.picker.picks_for(person.id, [SERVER], 8, "2026-W02")


async def test_models_learn_between_runs_when_there_is_something_new(house: House) -> None:
    """keep_fresh refits when feedback changed and some minutes passed, not otherwise."""
    await settle_community(house, people=2)
    assert await house.picker.keep_fresh()
    house.clock.advance(timedelta(minutes=11))
    assert not await house.picker.keep_fresh()
    await house.rate(author(0), house.sandbox.catalogue.shareable[-1], 1)
    assert await house.picker.keep_fresh()
    assert not await house.picker.keep_fresh()


async def test_names_are_given_in_the_one_server_of_a_person(house: House) -> None:
    """Reasons name who shared a track; elsewhere the pick is shown without them."""
    await settle_community(house, people=2)
    await house.picker.refit()
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    (pick,) = await house.picker.picks_for(person.id, [SERVER], 1, "2026-W02")
    assert "Member 1" in " ".join(pick.reasons)
    assert visible_in(pick, SERVER).reasons == pick.reasons
    assert visible_in(pick, SERVER).origins == ("shared",)
    for elsewhere in (200, None):
        shown = visible_in(pick, elsewhere)
        assert (shown.reasons, shown.shared_by) == ((NEUTRAL_REASON,), ())


async def test_no_names_for_a_person_of_two_servers(house: House) -> None:
    """Their drop is announced in both, so nobody is named, nor is anybody credited."""
    await settle_community(house, people=2)
    await house.picker.refit()
    person = await house.storage.people.by_discord_id(5_000)
    assert person is not None
    for pick in await house.picker.picks_for(person.id, [SERVER, 200], 5, "2026-W02"):
        assert "Member" not in " ".join(pick.reasons)
        assert pick.shared_by == ()
        assert visible_in(pick, 200) == pick


@pytest.mark.parametrize("server_id", [1, 2, None])
def test_a_pick_that_names_nobody_is_shown_everywhere(server_id: int | None) -> None:
    """Only picks that carry a server are kept in it."""
    pick = Pick(Track("Title", id=1), 0.5, ("close to something",), ("related",))
    assert visible_in(pick, server_id) == pick
    assert visible_in(tagged(pick, 1), 1) == pick


async def test_a_servers_list_pleases_its_minority_too(house: House) -> None:
    """Three of one taste and one of another: the list holds what the one likes, too."""
    authors = await settle_community(house, people=4, shares=10)
    genres = sorted({track.genre for track in house.sandbox.catalogue.shareable})[:2]
    for one in (*authors[:3], author(30), author(31)):
        for source in by_distinct_artists(house.sandbox, genres[0])[:8]:
            await house.rate(one, source, 1)
    await house.picker.refit()
    picks = await house.picker.picks_for_server(SERVER, 10, "2026-W02")
    titles = {track.full_title: track.genre for track in house.sandbox.catalogue.tracks}
    assert len(picks) == 10
    assert {titles[pick.track.title] for pick in picks} >= {genres[0]}


async def test_a_new_start_answers_from_the_stored_models(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart nobody waits for a fit: the stored model serves until the tick has made a new one."""
    async with open_house() as house:
        await settle_community(house, people=2)
        await house.picker.refit()
    monkeypatch.setattr("scheduler.learning.FITTED_AT_ONCE", 0)  # as in a large community
    monkeypatch.setattr(TasteModel, "fit", None)
    async with open_house() as house:
        await house.rate(author(0), house.sandbox.catalogue.shareable[-1], 1)
        assert len(await house.picker.discover(5_000, SERVER, 5)) == 5
    monkeypatch.undo()
    async with open_house() as house:
        assert await house.picker.keep_fresh()


async def test_a_stored_model_that_cannot_be_read_is_replaced(open_house: OpenHouse) -> None:
    """Bytes of another kind in the table cost a fit, not the answer."""
    async with open_house() as house:
        await settle_community(house, people=2)
        await house.storage.models.save_all(model_version(), {TASTE_MODEL: b"no model", TAG_SPACE: b"no space"})
        assert len(await house.picker.discover(5_000, SERVER, 5)) == 5


async def test_members_are_answered_while_everybody_is_fitted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long fit holds nobody up: the last models answer meanwhile."""
    await settle_community(house, people=2)
    await house.picker.refit()
    begun, go_on = threading.Event(), threading.Event()
    real = TasteModel.fit

    def slow(model: TasteModel, *args: Any) -> TasteModel:
        begun.set()
        go_on.wait(60)
        return real(model, *args)

    monkeypatch.setattr(TasteModel, "fit", slow)
    fitting = asyncio.create_task(house.picker.refit())
    await asyncio.to_thread(begun.wait, 60)
    assert len(await house.picker.discover(5_000, SERVER, 5)) == 5
    assert not fitting.done()
    go_on.set()
    await fitting


async def test_columns_stand_in_one_order_from_the_start(house: House) -> None:
    """A block that no track has yet has its place already, so that stored models read the right columns later."""
    await settle_community(house, people=1, shares=2)
    tracks = await load_tracks(house.storage)
    before, _ = await load_features(house.storage, tracks)
    await house.enricher.run(5)
    after, _ = await load_features(house.storage, tracks)
    assert before.names == after.names
    assert before.groups == after.groups
    assert before.matrix.shape == after.matrix.shape
    assert len(before.names) > 10


async def test_blocks_that_come_after_a_fit_count(house: House) -> None:
    """A model fitted before anything was described scores tracks described since."""
    await settle_community(house, people=2, shares=6)
    await house.picker.discover(5_000, SERVER, 3)
    await house.enricher.run(20)
    house.clock.advance(timedelta(minutes=1))
    assert len(await house.picker.discover(5_000, SERVER, 3)) == 2 + 1
