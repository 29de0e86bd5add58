"""A week of five people through the whole product: few calls of Spotify, and every call of everybody counted."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from bot.app import open_services
from bot.quotas import show_quota
from bot.services import Services
from catalog.links import link_of
from catalog.models import Service, TrackRef
from sandbox.records import SandboxTrack
from sandbox.server import Sandbox
from scheduler.settings import ScheduleSettings
from tests.fixtures.product import Product
from tests.fixtures.scheduler import SERVER, author, by_distinct_artists

PEOPLE, SHARES = 5, 50
MOST_SPOTIFY_CALLS = 300
DESCRIBED = ScheduleSettings(enrich_batch=12)  # hearing previews asks nobody but Deezer, and takes long


def shares_of(sandbox: Sandbox, day: int) -> list[tuple[int, SandboxTrack]]:
    """Return who shares which track on a day: each of two tastes, none twice."""
    genres = sorted({track.genre for track in sandbox.catalogue.shareable})
    week = [
        (number % PEOPLE, by_distinct_artists(sandbox, genres[number % PEOPLE % 2])[number]) for number in range(SHARES)
    ]
    return week[day * SHARES // 7 : (day + 1) * SHARES // 7]


async def share(services: Services, number: int, source: SandboxTrack) -> None:
    """Let somebody post a Spotify link, as the bot takes it, and the others say what they think of it."""
    storage = services.storage
    message_id = 1_000 + await storage.shares.count()
    link = link_of(TrackRef(Service.SPOTIFY, source.spotify_id))
    assert link is not None
    track = await services.resolver.resolve(link)
    assert track is not None
    assert track.id is not None
    at = services.clock.now()
    await storage.shares.record(SERVER, SERVER + 1, message_id, author(number), [track.id], at)
    for other in range(PEOPLE):
        if other != number:
            value = 1 if other % 2 == number % 2 else -1
            await storage.feedback.react(message_id, author(other), "👍" if value > 0 else "👎", value)


async def live(product: Product) -> None:
    """Live through seven days, a drop and some questions at their end."""
    services = product.services
    await services.storage.servers.ensure(SERVER, "A server")
    product.clock.advance(timedelta(hours=2))  # that Monday's hour is over
    for day in range(7):
        for number, source in shares_of(product.sandbox, day):
            await share(services, number, source)
        await services.jobs.tick()
        product.clock.advance(timedelta(days=1))
    for number in range(PEOPLE):
        await services.linker.link(await services.picker.discover(author(number).discord_id, SERVER, 5))
    await services.jobs.tick()


def asked(sandbox: Sandbox) -> Counter[str]:
    """Return the calls that the services saw; a token's is one of Spotify's, a preview one of Deezer's."""
    names = {"accounts": "spotify"}
    return Counter(names.get(call.service, call.service) for call in sandbox.calls.calls)


async def counted(services: Services) -> Counter[str]:
    """Return the calls that the ledger holds, by service."""
    total: Counter[str] = Counter()
    for service, _, calls in await services.storage.quota.since(services.clock.now() - timedelta(days=30)):
        total[service] += calls
    return total


@pytest.mark.parametrize("others", [True, False], ids=["all services", "nobody else knows ids"])
async def test_a_week_of_five_people_and_fifty_shares(product: Product, others: bool) -> None:
    """Spotify is asked at most 300 times, even where no other service knows an id; the ledger holds every call."""
    if not others:
        for service in ("labs", "reccobeats"):
            product.sandbox.faults.inject("server_error", service, times=None)
    settings = replace(product.settings, schedule=DESCRIBED)
    async with open_services(settings, product.clock, product.secrets) as services:
        await live(replace(product, settings=settings, services=services))
        drops = await services.storage.drops.of_week(f"{product.clock.now():%G-W%V}")
        lists = [await services.storage.drops.picks(drop.id) for drop in drops]
        assert len(lists) == PEOPLE + 1
        assert all(len(picks) == DESCRIBED.drop_size for picks in lists) or not others
        assert all(pick.track.spotify_id for picks in lists for pick in picks)
        origins = {origin for picks in lists for pick in picks for origin in pick.origins}
        assert len(origins - {"shared"}) >= (5 if others else 3)
        calls = asked(product.sandbox)
        assert SHARES < calls["spotify"] <= MOST_SPOTIFY_CALLS
        assert await counted(services) == calls
    page = StringIO()
    await show_quota(settings, product.secrets, product.clock, Console(file=page, width=120))
    shown: Counter[str] = Counter()
    for line in page.getvalue().splitlines():
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) > 5 and cells[5].isdigit():
            shown[cells[1]] += int(cells[5])
    week = [
        call
        for call in product.sandbox.calls.calls
        if call.at.date() > (product.clock.now() - timedelta(days=7)).date()
    ]
    assert shown.total() == len(week)
