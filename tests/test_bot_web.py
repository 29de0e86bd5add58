"""The web server, over real HTTP on loopback."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from bot.config import Settings
from bot.errors import StartError
from bot.health import STALE_AFTER, Heartbeat
from bot.web.html import lost_html
from bot.web.lag import LagMeter
from bot.web.links import Sight
from bot.web.server import FORWARDED, SAFETY, WebServer
from bot.web.settings import WebSettings
from catalog.models import Artist, Track
from recommender.features import AUDIO_BLOCK
from recommender.taste import TASTE_MODEL
from sandbox.clock import FastClock
from storage.drops import Owner
from storage.feedback import Source
from storage.people import Author
from storage.stores import Storage
from tests.fixtures.web import ANA, MIA, SERVER_ID, WEEK, OpenSite, Site, sample_picks, write_drop
from tests.storage_helpers import saved_ids

LOST = ("/", "/mine", "/drop/", "/favicon.ico", "/mine/x", f"/mine/{'A' * 32}", "/%00", "/mine/é")


async def figures(site: Site) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every figure of /metrics, by name and labels."""
    answer = await site.get("/metrics")
    assert answer.status == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families(await answer.text())
        for sample in family.samples
    }


async def test_the_owner_sees_their_drop(site: Site) -> None:
    """Tracks, links, reasons, the playlist and both files; nobody else is named."""
    drop = await write_drop(site.storage, site.clock, sample_picks(), note="fewer than asked")
    await site.storage.playlists.intend(drop.owner, "marker")
    await site.storage.playlists.save(drop.owner, "1", "https://open.spotify.com/playlist/1")
    answer = await site.get(site.path(drop))
    text = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/html")
    for words in (
        "Ana Lucía’s list",
        "fewer than asked",
        "Paper Lanterns",
        "you liked 3 of 4",
        "wildcard",
        "playlist/1",
    ):
        assert words in text
    assert "Hidden" not in text


async def test_a_posted_link_shows_the_tracks_alone(site: Site) -> None:
    """Whoever follows it learns nothing of what the owner likes."""
    drop = await write_drop(site.storage, site.clock, sample_picks(), note="fewer than asked")
    text = await (await site.get(site.path(drop, Sight.DROP))).text()
    assert "Paper Lanterns" in text
    for words in ("you liked", "which you liked", "wildcard", "fewer than asked", "Hidden"):
        assert words not in text


async def test_a_servers_list_has_a_page_too(site: Site) -> None:
    """It bears the server's name."""
    await site.storage.servers.ensure(SERVER_ID, "The Listening Room")
    drop = await site.storage.drops.plan(WEEK, Owner("server", SERVER_ID), site.clock.now())
    picks = [replace(pick, track=await site.storage.tracks.save(pick.track)) for pick in sample_picks()]
    await site.storage.drops.record_picks(drop.id, picks)
    await site.storage.drops.mark_written(drop.id)
    text = await (await site.get(site.path(drop, Sight.DROP))).text()
    assert "The Listening Room: the list of us all" in text
    assert "Hidden" not in text


async def test_files_are_handed_over(site: Site) -> None:
    """With a type, a name, and what is in them; the cover is a picture."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    m3u = await site.get(site.path(drop) + "/playlist.m3u8")
    assert (await m3u.text(encoding="utf-8")).startswith("#EXTM3U")
    assert m3u.headers["Content-Disposition"] == f'attachment; filename="tastebud-{WEEK}.m3u8"'
    jspf = await site.get(site.path(drop, Sight.DROP) + "/playlist.jspf")
    assert jspf.content_type == "application/jspf+json"
    tracks = json.loads(await jspf.text())["playlist"]["track"]
    assert [track["title"] for track in tracks] == [pick.track.title for pick in sample_picks()]
    assert not any("annotation" in track for track in tracks), "a posted link has no reasons"
    cover = await site.get(site.path(drop) + "/cover.jpg")
    assert (cover.content_type, (await cover.read())[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.parametrize("state", ["planned", "picked", "opted out", "unknown", "server gone"])
async def test_a_drop_that_may_not_be_seen_is_not_there(site: Site, state: str) -> None:
    """Not written yet, its owner opted out, or no such row: the page says nothing of which."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    match state:
        case "planned" | "picked":
            person = await site.storage.people.set_opted_out(MIA.discord_id, MIA.name, opted_out=False)
            drop = await site.storage.drops.plan(WEEK, Owner("person", person.id), site.clock.now())
            if state == "picked":
                await site.storage.drops.record_picks(drop.id, [])
        case "opted out":
            await site.storage.people.set_opted_out(ANA.discord_id, ANA.name, opted_out=True)
        case "unknown":
            drop = replace(drop, id=2**62)
        case _:
            drop = await site.storage.drops.plan(WEEK, Owner("server", 12345), site.clock.now())
            await site.storage.drops.record_picks(drop.id, [])
            await site.storage.drops.mark_written(drop.id)
    for sight in Sight:
        for ending in ("", "/cover.jpg", "/playlist.m3u8", "/playlist.jspf"):
            answer = await site.get(site.path(drop, sight) + ending)
            assert (answer.status, await answer.text()) == (404, lost_html())


@pytest.mark.parametrize("path", LOST)
async def test_what_is_not_there_says_nothing(site: Site, path: str) -> None:
    """Every wrong address has the same answer."""
    answer = await site.get(path)
    assert (answer.status, await answer.text()) == (404, lost_html())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_nothing_can_be_sent(site: Site, method: str) -> None:
    """The server only reads."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    answer = await site.get(site.path(drop), method)
    assert (answer.status, await answer.text()) == (404, lost_html())


async def test_every_answer_is_safe(site: Site) -> None:
    """A policy without scripts, no referrer, no frame, no cookie, not kept by others, and no word of the software."""
    drop = await write_drop(site.storage, site.clock, sample_picks())
    endings = ("", "/cover.jpg", "/playlist.m3u8")
    for path in ("/healthz", "/metrics", "/nothing", "/icon.svg", *(site.path(drop) + ending for ending in endings)):
        answer = await site.get(path)
        for name in set(SAFETY) - {"Cache-Control"}:
            assert answer.headers[name] == SAFETY[name], path
        assert "Cache-Control" in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "aiohttp" not in str(answer.headers)
    policy = SAFETY["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|script-src|\*|https?:", policy)


async def test_a_failure_tells_its_visitor_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the traceback, the page has not; and it is as safe as any."""
    drop = await write_drop(site.storage, site.clock, sample_picks())

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("bot.web.server.drop_html", fail)
    answer = await site.get(site.path(drop))
    assert (answer.status, await answer.text()) == (500, lost_html())
    assert answer.headers["Content-Security-Policy"] == SAFETY["Content-Security-Policy"]
    assert "the secret reason" in caplog.text
    caplog.clear()


async def test_links_are_not_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the log cannot follow them."""
    caplog.set_level("DEBUG")
    drop = await write_drop(site.storage, site.clock, sample_picks())
    await site.get(site.path(drop))
    assert site.path(drop).rpartition("/")[2] not in caplog.text


async def test_health_is_the_heartbeats(site: Site) -> None:
    """Fresh: 200; old or gone: 503."""
    assert (await site.get("/healthz")).status == 503
    with Heartbeat(site.beat, site.clock, lambda: True):
        answer = await site.get("/healthz")
        assert (answer.status, await answer.json()) == (200, {"status": "ok", "discord": True})
        site.clock.advance(STALE_AFTER + timedelta(seconds=1))
        answer = await site.get("/healthz")
        assert (answer.status, await answer.json()) == (503, {"status": "stale", "discord": True})


async def test_a_bot_that_waits_for_discord_is_alive(open_site: OpenSite) -> None:
    """Restarting it would not help."""
    site = await open_site(WebSettings(enabled=True, port=0), is_connected=lambda: False)
    with Heartbeat(site.beat, site.clock, lambda: False):
        answer = await site.get("/healthz")
    assert (answer.status, await answer.json()) == (200, {"status": "ok", "discord": False})


async def test_metrics_of_an_empty_bot(site: Site) -> None:
    """Every figure is there from the beginning, so that an alarm can be set on it."""
    found = await figures(site)
    names = {name for name, _ in found}
    for name in (
        "tastebud_build_info",
        "tastebud_discord_connected",
        "tastebud_event_loop_lag_seconds",
        "tastebud_feedback",
        "tastebud_drops",
        "tastebud_enrichment_backlog",
        "tastebud_service_budget_remaining",
        "tastebud_taste_model_age_seconds",
        "process_resident_memory_bytes",
    ):
        assert name in names
    assert found["tastebud_feedback", (("source", "reaction"),)] == 0
    assert found["tastebud_service_budget_remaining", (("bucket", "get"), ("service", "spotify"))] == 400
    assert np.isnan(found["tastebud_taste_model_age_seconds", ()])


async def test_metrics_count_what_is_there(site: Site) -> None:
    """Feedback by source, drops by state, calls by service, the budget left, the backlog, the model's age."""
    storage, clock = site.storage, site.clock
    await write_drop(storage, clock, sample_picks())
    ids = await saved_ids(storage, 5)
    for track_id in ids[:3]:
        await storage.feedback.rate(Author(21, "Bo"), track_id, 1, source=Source.RATING)
    await storage.features.save(ids[0], AUDIO_BLOCK, "1", np.zeros(3))
    await storage.features.save(ids[1], AUDIO_BLOCK, "1", None)
    await storage.quota.spend("spotify", "get", 30)
    await storage.quota.spend("deezer", "get", 7)
    clock.advance(timedelta(days=1))
    await storage.quota.spend("spotify", "get", 12)
    await storage.quota.pause("deezer", clock.now() + timedelta(minutes=5), "rate limit")
    await storage.models.save(TASTE_MODEL, "1", b"x")
    clock.advance(timedelta(seconds=90))
    found = await figures(site)
    tracks = len(await storage.tracks.all_ids())
    assert found["tastebud_feedback", (("source", "rating"),)] == 3
    assert found["tastebud_drops", (("state", "written"),)] == 1
    assert found["tastebud_drops", (("state", "planned"),)] == 0
    assert found["tastebud_service_calls_total", (("bucket", "get"), ("service", "spotify"))] == 42
    assert found["tastebud_service_calls_total", (("bucket", "get"), ("service", "deezer"))] == 7
    assert found["tastebud_service_budget_remaining", (("bucket", "get"), ("service", "spotify"))] == 388
    assert found["tastebud_service_pause_seconds", (("service", "deezer"),)] == 210
    assert found["tastebud_tracks", ()] == tracks
    assert found["tastebud_enrichment_backlog", (("block", AUDIO_BLOCK),)] == tracks - 2
    assert found["tastebud_taste_model_age_seconds", ()] == 90
    assert found["tastebud_discord_connected", ()] == 1


async def test_metrics_hold_nothing_personal(site: Site) -> None:
    """No name, no title, no id of a member or server."""
    await site.storage.servers.ensure(987_654_321_987, "The Listening Room")
    await write_drop(site.storage, site.clock, sample_picks())
    text = await (await site.get("/metrics")).text()
    assert not any(word in text for word in ("Ana", "Hidden", "Lanterns", "Listening", "987654321987"))


async def test_the_database_is_counted_once_in_a_while(site: Site) -> None:
    """Asking in a loop costs little; later the figures are new."""
    before = await figures(site)
    await site.storage.tracks.save(Track("New", (Artist("x"),)))
    assert (await figures(site))["tastebud_tracks", ()] == before["tastebud_tracks", ()]
    site.clock.advance(timedelta(seconds=11))
    assert (await figures(site))["tastebud_tracks", ()] == before["tastebud_tracks", ()] + 1


@pytest.mark.parametrize("header", FORWARDED)
async def test_metrics_are_not_for_outside(site: Site, header: str) -> None:
    """What comes through a proxy sees a page that is not there."""
    answer = await site.get("/metrics", **{header: "203.0.113.7"})
    assert (answer.status, await answer.text()) == (404, lost_html())


async def test_metrics_can_be_switched_off(open_site: OpenSite) -> None:
    """The owner may not want them."""
    site = await open_site(WebSettings(enabled=True, port=0, metrics=False))
    assert (await site.get("/metrics")).status == 404


async def test_a_port_that_is_taken_is_a_sentence(open_site: OpenSite, storage: Storage, clock: FastClock) -> None:
    """It names the setting to change."""
    site = await open_site(WebSettings(enabled=True, port=0))
    taken = int(site.base.rpartition(":")[2])
    other = WebServer(Settings(web=WebSettings(enabled=True, port=taken)), storage, clock, Path("x"), lambda: True)
    with pytest.raises(StartError, match=r"web\.port"):
        await other.__aenter__()


async def test_it_stops_with_its_context(storage: Storage, clock: FastClock, tmp_path: Path) -> None:
    """Nothing listens afterwards."""
    settings = Settings(web=WebSettings(enabled=True, port=0))
    async with WebServer(settings, storage, clock, tmp_path / "beat", lambda: True) as server:
        port = server.port
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://127.0.0.1:{port}/healthz")


async def test_lag_is_how_late_the_loop_wakes() -> None:
    """The worst of a minute is shown, then forgotten."""
    with LagMeter() as meter:
        loop_time = asyncio.get_running_loop().time()
        meter._woken(loop_time - 2.5)
        assert 2.5 <= meter.worst < 60
        for _ in range(60):
            meter._woken(loop_time + 1_000)
        assert meter.worst == 0


async def test_covers_are_drawn_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is looked at often costs one drawing."""
    from bot.pictures.draw import draw

    drawn: list[object] = []

    async def counting(card: object) -> object:
        drawn.append(card)
        return await draw(card)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.web.server.draw", counting)
    drop = await write_drop(site.storage, site.clock, sample_picks())
    for sight in (*Sight, *Sight):
        assert (await site.get(site.path(drop, sight) + "/cover.jpg")).status == 200
    assert len(drawn) == 1


async def test_the_dashboard_shows_figures_that_exist(site: Site) -> None:
    """Every figure that a panel asks for is one of ours, and every one of ours has a panel."""
    await site.storage.quota.spend("spotify", "get")
    await site.storage.quota.pause("deezer", site.clock.now() + timedelta(minutes=5), "rate limit")
    known = {name for name, _ in await figures(site)}
    dashboard = json.loads((Path(__file__).parents[1] / "docs" / "grafana.json").read_text(encoding="utf-8"))
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    shown = set(re.findall(r"(?:tastebud|process)_\w+", asked))
    assert shown <= known
    assert {name for name in known if name.startswith("tastebud_")} <= shown
