"""Which sources are opened, and that what they are asked is counted, kept and left alone over the whole product."""

import logging
from dataclasses import fields, replace

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.app import open_services
from bot.config import Secrets, Settings
from bot.quotas import show_quota
from bot.sources import open_sources
from catalog.errors import CatalogError
from catalog.http import Door
from catalog.sources import Sources
from catalog.spotify import Spotify
from sandbox.clock import FastClock
from sandbox.faults import FaultKind
from sandbox.server import Sandbox
from tests.fixtures.product import Product
from tests.fixtures.sources import MemoryAnswers


def opened(sources: Sources) -> set[str]:
    """Return the names of the clients that are there."""
    return {each.name for each in fields(Sources) if getattr(sources, each.name) is not None}


@pytest.fixture
def make(door: Door, answers: MemoryAnswers, spotify: Spotify, clock: FastClock) -> "Make":
    """Return a maker of sources from settings and secrets."""
    return Make(door, answers, spotify, clock)


class Make:
    """Open the sources of some settings."""

    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def __call__(self, settings: Settings, **secrets: str) -> set[str]:
        kept = Secrets(**{name: SecretStr(value) for name, value in secrets.items()})
        return opened(open_sources(settings, kept, *self.parts))  # type: ignore[arg-type]


def test_without_keys_the_open_ones_are_there(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """As delivered: all that need neither key nor contact, and a line that says what MusicBrainz wants."""
    with caplog.at_level(logging.WARNING):
        assert make(Settings()) == {"listenbrainz", "labs", "reccobeats", "itunes"}
    (line,) = caplog.messages
    assert "musicbrainz.contact" in line


def test_keys_and_a_contact_open_the_others(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """All but Spotify's features, which are a switch of their own."""
    settings = replace(Settings(), musicbrainz=replace(Settings().musicbrainz, contact="me@example.org"))
    with caplog.at_level(logging.WARNING):
        found = make(settings, lastfm_api_key="k", listenbrainz_token="t")
    assert found == {each.name for each in fields(Sources)} - {"spotify_features"}
    assert not caplog.messages


def test_each_can_be_switched_off(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """One setting each; what is off complains of nothing."""
    off = Settings()
    for name in ("musicbrainz", "listenbrainz", "reccobeats", "itunes", "lastfm"):
        off = replace(off, **{name: replace(getattr(off, name), enabled=False)})
    off = replace(off, listenbrainz=replace(off.listenbrainz, labs=False))
    with caplog.at_level(logging.WARNING):
        assert make(off, lastfm_api_key="k") == set()
        assert make(replace(off, spotify=replace(off.spotify, audio_features=True))) == {"spotify_features"}
    assert not caplog.messages


async def test_every_call_is_in_the_quota(product: Product, capsys: pytest.CaptureFixture[str]) -> None:
    """`tastebud quota` lists each service with what it was asked for."""
    services, sandbox = product.services, product.sandbox
    track = next(
        track for track in sandbox.catalogue.tracks if sandbox.knowledge.known[track.index].linked and track.isrc
    )
    artist = (track.artist.name,)
    mbid, sources = sandbox.knowledge.recording_mbid(track), services.sources
    assert sources.musicbrainz and sources.listenbrainz and sources.labs and sources.reccobeats  # noqa: PT018
    assert sources.itunes and sources.lastfm  # noqa: PT018
    await sources.musicbrainz.urls.fetch([track.spotify_url])
    await sources.musicbrainz.isrcs.fetch([track.isrc or ""])
    await sources.listenbrainz.recordings.fetch([mbid])
    await sources.labs.similar_recordings.fetch([mbid])
    await sources.reccobeats.features.fetch([track.spotify_id])
    await sources.reccobeats.recommend([track.spotify_id])
    await sources.itunes.tracks.fetch(["7"])
    await sources.lastfm.artist_tags.fetch([artist])
    await services.deezer.track(str(track.deezer_id))
    counted = {(service, bucket): calls for service, bucket, calls in await services.storage.quota.today()}
    assert counted == {
        ("deezer", "track"): 1,
        ("itunes", "lookup"): 1,
        ("labs", "similar-recordings"): 1,
        ("lastfm", "artist.getTopTags"): 1,
        ("listenbrainz", "recording"): 1,
        ("musicbrainz", "isrc"): 1,
        ("musicbrainz", "url"): 1,
        ("reccobeats", "features"): 1,
        ("reccobeats", "recommendation"): 1,
    }
    assert sum(counted.values()) == len(sandbox.calls.calls)
    await services.storage.quota.settle()
    await show_quota(product.settings, product.secrets, product.clock, Console(width=100))
    said = capsys.readouterr().out
    assert all(service in said for service, _ in counted)


async def test_answers_outlive_a_restart(product: Product) -> None:
    """What was answered stands on disk: another start asks nothing of it again, hit or miss."""
    tracks = product.sandbox.catalogue.shareable[:40]
    ids = [track.spotify_id for track in tracks]
    assert product.services.sources.reccobeats is not None
    found = await product.services.sources.reccobeats.features.fetch(ids)
    tracked = await product.services.sources.reccobeats.tracks.fetch(ids)
    async with open_services(product.settings, product.clock, product.secrets) as again:
        assert again.sources.reccobeats is not None
        assert await again.sources.reccobeats.features.fetch(ids) == found
        assert await again.sources.reccobeats.tracks.fetch(ids) == tracked
    assert product.sandbox.calls.count("reccobeats") == 2
    assert {value is None for value in found.values()} == {True, False}


async def test_one_that_is_gone_does_not_hold_up_the_others(product: Product) -> None:
    """Six sources fail in every way there is: Deezer and the rest answer, nothing is remembered as missed."""
    sandbox, sources = product.sandbox, product.services.sources
    assert sources.musicbrainz and sources.labs and sources.reccobeats and sources.lastfm  # noqa: PT018
    for service in ("musicbrainz", "labs", "reccobeats", "lastfm"):
        sandbox.faults.inject(FaultKind.SERVER_ERROR, service, times=None)
    track = sandbox.catalogue.shareable[0]
    for _ in range(8):
        for asked in (
            sources.musicbrainz.urls.fetch([track.spotify_url]),
            sources.labs.spotify_ids.fetch([(track.artist.name, "", track.title)]),
            sources.reccobeats.features.fetch([track.spotify_id]),
            sources.lastfm.artist_tags.fetch([(track.artist.name,)]),
        ):
            with pytest.raises(CatalogError):
                await asked
    struck = sandbox.calls.count()
    with pytest.raises(CatalogError, match="asked again in"):
        await sources.labs.spotify_ids.fetch([(track.artist.name, "", track.title)])
    assert sandbox.calls.count() == struck, "those that keep failing are left alone"
    assert await product.services.deezer.track(str(track.deezer_id))
    kinds = ("musicbrainz.url", "labs.spotify", "reccobeats.features", "lastfm.artist")
    keys = [track.spotify_url, track.spotify_id, track.artist.name.casefold()]
    assert not any([await product.services.storage.answers.recall(kind, keys) for kind in kinds])


async def test_what_the_sandbox_prints_points_everything_at_it(sandbox: Sandbox) -> None:
    """Every address and key of the knowledge services is a setting or secret that exists."""
    from bot.config_source import load_settings

    settings = load_settings(None, sandbox.environment)
    bases = sandbox.knowledge_bases
    assert settings.musicbrainz.api_base == bases["musicbrainz"]
    assert settings.listenbrainz.labs_base == bases["labs"]
    assert not settings.musicbrainz.nameless
    secrets = Secrets.from_environ(sandbox.environment)
    assert secrets.lastfm_api_key is not None
    assert secrets.lastfm_api_key.get_secret_value() == sandbox.lastfm.key
