"""What a week of fifty shares and four hundred candidates costs in calls, service by service, and in the ledger."""

import random
from collections import Counter
from datetime import timedelta

from catalog.models import Track
from tests.fixtures.knowing import OpenStudy, Study, distinct, matched

SHARES, CANDIDATES = 50, 400
HOURS = 7 * 24
TICK = timedelta(hours=1)


async def live_a_week(study: Study) -> int:
    """Let shares trickle in and candidates arrive each day in one go; return how many tracks there are."""
    rng = random.Random(3)
    sources = distinct(study.sandbox)[: SHARES + CANDIDATES]
    shares, candidates = sources[:SHARES], sources[SHARES:]
    at = sorted(rng.randrange(HOURS) for _ in shares)
    storage = study.services.storage
    for step in range(HOURS):
        while at and at[0] <= step:
            at.pop(0)
            await study.add(shares[len(at)])
        if step % (24) == 0 and candidates:
            daily: list[Track] = [matched(source) for source in candidates[: CANDIDATES // 6]]
            await storage.tracks.ensure(daily)
            del candidates[: CANDIDATES // 6]
        await study.knower.run(40)
        study.clock.advance(TICK)
    return len(await storage.tracks.all_ids())


async def test_a_week_costs_what_is_planned(open_study: OpenStudy) -> None:
    """Batches hold: some dozen calls where hundreds are answered together, one a track where there is no other way."""
    async with open_study(keyless=True) as study:
        tracks = await live_a_week(study)
        assert tracks > SHARES + CANDIDATES - 30  # some recordings are entries of one another
        calls = Counter(call.service for call in study.sandbox.calls.calls)
        links, codes = study.calls("musicbrainz", "*/url"), study.calls("musicbrainz", "*/isrc/*")
        for service in ("musicbrainz", "reccobeats", "listenbrainz"):
            assert not await study.open_questions(service)
        # A share is asked about within the hour, alone if no other came; four hundred candidates are a dozen calls.
        assert len(links) <= SHARES + 12
        assert calls["reccobeats"] <= SHARES + 12
        assert calls["listenbrainz"] <= 2 * (SHARES + 12)
        assert len(codes) <= 0.8 * tracks
        assert calls["musicbrainz"] == len(links) + len(codes)
        albums = {call.path for call in study.calls("deezer", "/album/*")}
        assert len(study.calls("deezer", "/album/*")) == len(albums)
        assert calls["deezer"] <= 2 * tracks
        counted = Counter[str]()
        day = study.clock.now() - timedelta(days=8)
        for service, buckets in {"musicbrainz": ("url", "isrc"), "reccobeats": ("features",)}.items():
            for bucket in buckets:
                counted[service] += await study.services.storage.quota.spent(service, bucket, day)
        assert counted == {name: calls[name] for name in counted}


async def test_a_hundred_new_tracks_cost_a_handful_of_batches(open_study: OpenStudy) -> None:
    """What arrives together is asked for together: forty, fifty or a hundred a call."""
    async with open_study() as study:
        await study.services.storage.tracks.ensure([matched(source) for source in distinct(study.sandbox)[:100]])
        for _ in range(12):
            await study.knower.run(40)
            study.clock.advance(timedelta(hours=2))
        calls = Counter(call.service for call in study.sandbox.calls.calls)
        assert calls["reccobeats"] == 3
        assert len(study.calls("musicbrainz", "*/url")) <= 4
        assert len(study.calls("listenbrainz", "*/lookup/")) <= 3
        assert len(study.calls("listenbrainz", "*/recording/")) <= 2
        artists = {call.query["artist"] for call in study.calls("lastfm")}
        of_artists = [call for call in study.calls("lastfm") if call.query["method"] == "artist.getTopTags"]
        assert len(of_artists) == len(artists)


async def test_listenbrainz_waits_for_who_tracks_are(open_study: OpenStudy) -> None:
    """MusicBrainz finds them out some at a time; ListenBrainz is asked about many of them together."""
    async with open_study(keyless=True) as study:
        await study.services.storage.tracks.ensure([matched(source) for source in distinct(study.sandbox)[:100]])
        for _ in range(12):
            await study.knower.run(40)
            study.clock.advance(timedelta(minutes=10))
        assert len(study.calls("musicbrainz", "*/isrc/*")) > 40
        assert not await study.open_questions("listenbrainz")
        assert len(study.calls("listenbrainz", "*/recording/")) == 2
