"""Sources that fail: each alone, nothing taken for a miss, nothing asked twice, and all of it found later."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from catalog.errors import BadAnswer
from catalog.models import Track
from sandbox.server import Sandbox
from scheduler.knowing import FAILURES, Knower
from scheduler.tellers import Asking, Told
from storage.stores import Storage
from tests.fixtures.knowing import OpenStudy, Study, distinct
from tests.storage_helpers import saved_ids

SERVICES = ("reccobeats", "musicbrainz", "listenbrainz", "deezer", "lastfm")
LATER = timedelta(hours=12)


async def catch_up(study: Study, passes: int = 12) -> None:
    """Let passes be made until nothing is told any more."""
    for _ in range(passes):
        study.clock.advance(timedelta(hours=7))
        await study.knower.run(40)


async def known_everywhere(study: Study, count: int) -> set[int]:
    """Share tracks that every source knows."""
    tagged = study.sandbox.knowledge.track_tags
    sources = distinct(study.sandbox, lambda _, known: known.linked and known.reccobeats and known.lastfm)
    return {await study.add(source) for source in [each for each in sources if tagged(each)][:count]}


@pytest.mark.parametrize("kind", ["server_error", "malformed", "rate_limited", "drop"])
@pytest.mark.parametrize("service", SERVICES)
async def test_a_source_fails_alone(open_study: OpenStudy, service: str, kind: str) -> None:
    """While one cannot be asked the others tell their part, and of the one nothing is remembered; later it tells too.

    A refusal comes as each service writes it: with status 429, or with status 200 and a code in the body.
    """
    # MusicBrainz stands alone where names are asked for without it.
    async with open_study(keyless=service == "listenbrainz") as study:
        ids = await known_everywhere(study, 3)
        fault = study.sandbox.faults.inject(kind, service, times=None)
        for _ in range(3):
            await study.knower.run(40)
            study.clock.advance(timedelta(minutes=1))
        assert fault.struck > 0
        assert not await study.asked(service)
        assert study.services.storage
        rows = await study.services.storage.tags.load()
        assert service not in rows.source
        for other in {"reccobeats", "listenbrainz", "deezer"} - {service}:
            assert await study.asked(other) == ids
        study.sandbox.faults.clear()
        await catch_up(study)
        assert not await study.open_questions(service)
        assert service == "musicbrainz" or await study.asked(service) == ids


@pytest.mark.parametrize("service", SERVICES)
async def test_a_moment_of_trouble_is_waited_out(open_study: OpenStudy, service: str) -> None:
    """A 503 with a Retry-After, then an answer, as MusicBrainz does with one try in five: one pass is enough."""
    async with open_study(keyless=service in ("musicbrainz", "listenbrainz")) as study:
        ids = await known_everywhere(study, 2)
        fault = study.sandbox.faults.inject("server_error", service, times=1)
        counts = await study.knower.run(40)
        assert fault.struck == 1
        assert counts["refused"] == 0
        assert not await study.open_questions(service)
        assert service == "musicbrainz" or await study.asked(service) == ids


@pytest.mark.parametrize(("service", "path"), [("musicbrainz", "*/isrc/*"), ("lastfm", "*"), ("deezer", "/album/*")])
async def test_a_service_that_goes_in_the_middle(study: Study, service: str, path: str) -> None:
    """What it told before it went is kept, what it was not asked is no miss, and nothing is asked twice."""
    known = distinct(study.sandbox, lambda _, each: each.musicbrainz and not each.linked and each.lastfm)
    albums = list({source.album.deezer_id: source for source in known}.values())[:8]
    ids = {await study.add(source) for source in albums}
    study.sandbox.listenbrainz.token = "another"  # names must not spare the codes
    study.sandbox.faults.inject("server_error", service, path, times=None, skip=3)
    await study.knower.run(40)
    told = await study.asked(service)
    assert 0 < len(told) <= 3
    assert await study.open_questions(service) <= ids - told
    study.sandbox.faults.clear()
    await catch_up(study)
    assert await study.asked(service) == ids
    answered = [call for call in study.calls(service, path) if call.fault is None]
    questions = [(call.path, tuple(sorted(call.query.items()))) for call in answered]
    assert len(questions) == len(set(questions))


async def test_a_restart_in_the_middle_goes_on(open_study: OpenStudy) -> None:
    """What was told before the process ended is not asked for by the next one."""
    async with open_study() as study:
        ids = await known_everywhere(study, 12)
        await study.knower.run(8)
        assert len(await study.asked("lastfm")) == 4
        asked = len(study.sandbox.calls.calls)
        assert asked > 0
    async with open_study() as study:
        await catch_up(study)
        assert await study.asked("lastfm") == await study.asked("deezer") == await study.asked("reccobeats") == ids
        seen = [(call.path, str(sorted(call.query.items())), str(call.body)) for call in study.sandbox.calls.calls]
        assert len(seen) == len(set(seen))


async def test_a_crash_between_tags_and_their_mark_costs_nothing(study: Study) -> None:
    """Rows are written before it is marked that they were asked for: the answers are kept and asked for again free."""
    ids = await known_everywhere(study, 2)
    save, failed = study.services.storage.features.save_many, OSError("no space left")

    async def crash(block: str, version: str, values: object) -> None:
        if block == "tags.lastfm":
            raise failed
        await save(block, version, values)  # type: ignore[arg-type]

    object.__setattr__(study.services.storage.features, "save_many", crash)
    with pytest.raises(OSError, match="no space left"):
        await study.knower.run(40)
    asked = len(study.calls("lastfm"))
    object.__delattr__(study.services.storage.features, "save_many")
    before = await study.services.storage.tags.load()
    await study.knower.run(40)
    assert len(study.calls("lastfm")) == asked
    assert await study.asked("lastfm") == ids
    assert {*before.name} <= {*(await study.services.storage.tags.load()).name}


@pytest.mark.parametrize("service", ["reccobeats", "listenbrainz", "lastfm"])
async def test_a_miss_stands_for_two_weeks(keyless: Study, study: Study, service: str) -> None:
    """What a source does not know is not asked for again, until it may know more."""
    one = study if service == "lastfm" else keyless
    linked = one.sandbox.knowledge.linked_artists
    source = next(
        each
        for each in distinct(one.sandbox, lambda _, known: not (known.musicbrainz or known.reccobeats or known.lastfm))
        if not any(artist.deezer_id in linked for artist in each.artists)
    )
    await one.add(source)
    await catch_up(one, 2)
    if service == "lastfm":  # the artist is known by name wherever the track is not
        assert not await one.names(1, "lastfm", "track")
        return
    assert not await one.asked(service)
    assert not await one.open_questions(service)
    one.clock.advance(timedelta(days=1))
    assert not any((await one.knower.run(40)).values())
    place = "musicbrainz" if service == "listenbrainz" else service
    asked = len(one.calls(place))
    assert asked > 0
    await catch_up(one, 3)
    assert len(one.calls(place)) == asked
    one.clock.advance(timedelta(days=15))
    await one.knower.run(40)
    assert len(one.calls(place)) > asked


class Picky:
    """A source that chokes on some tracks, or on every batch that holds one of them."""

    def __init__(self, poison: Sequence[int], *, apart: bool) -> None:
        self.asking = Asking("picky", "1", together=1 if apart else 40, apart=apart)
        self.poison = poison

    async def prepare(self, tracks: Sequence[Track]) -> None:
        if not self.asking.apart and {*self.poison} & {track.id for track in tracks}:
            raise BadAnswer("Nobody can read that.")

    async def tell(self, track: Track) -> Told | None:
        if track.id in self.poison:
            raise BadAnswer("Nobody can read that.")
        return Told(np.ones(1, dtype=np.float32))


@pytest.mark.parametrize(("apart", "bad"), [(True, FAILURES), (False, 1)])
async def test_bad_tracks_do_not_spoil_it_for_the_others(
    storage: Storage, sandbox: Sandbox, *, apart: bool, bad: int
) -> None:
    """Whether they are asked about alone or among others, those get their turn and the bad ones wait."""
    clock = sandbox.clock
    ids = await saved_ids(storage, 20)
    knower = Knower(storage, [Picky(ids[-bad:], apart=apart)], clock)
    for _ in range(150):
        await knower.run(40)
        await clock.sleep(600)
    found, _ = await storage.features.load("picky", "1")
    assert found.tolist() == ids[:-bad]


class Broken(Picky):
    """A source that fails at every track."""

    asked = 0

    async def tell(self, track: Track) -> Told | None:  # noqa: ARG002 - whichever it is
        self.asked += 1
        raise BadAnswer("Nobody can read that.")


async def test_a_source_that_fails_at_everything_is_left_alone(
    storage: Storage, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A few tracks in a pass, then longer and longer nothing, and one line in the log."""
    await saved_ids(storage, 20)
    broken = Broken((), apart=True)
    knower = Knower(storage, [broken], sandbox.clock)
    counts = await knower.run(40)
    assert (broken.asked, counts["refused"]) == (FAILURES, FAILURES)
    await knower.run(40)
    assert broken.asked == FAILURES
    for _ in range(5):
        await sandbox.clock.sleep(7_200)
        await knower.run(40)
    assert broken.asked == 6 * FAILURES
    assert caplog.text.count("waits for its source") == 1
