"""The dead man's switch: told once, again after a week, and when it is over."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.clock import FastClock
from scheduler.backing_up import Backups
from scheduler.signs import CONSENT_DAYS, DiskSign, DropSign, SpotifySign
from scheduler.watchdog import EVERY, QUIET, STILL, Watchdog
from storage import backup
from storage.backup import standing
from storage.owners import Owner
from tests.fixtures.product import Product
from tests.storage_helpers import saved_ids, share


class Owned:
    """An owner who reads what they are told, and a sign that tests set."""

    def __init__(self, product: Product) -> None:
        self.clock = product.clock
        self.heard: list[str] = []
        self.words: set[str] = set()
        self.there = True
        self.found: dict[str, str] = {}
        self.watchdog = Watchdog(product.services.storage.troubles, product.clock, {"disk": self.look}, self.tell)

    async def look(self, _: datetime) -> Mapping[str, str]:
        return dict(self.found)

    async def tell(self, word: str, text: str) -> bool:
        if self.there and word not in self.words:
            self.words.add(word)
            self.heard.append(text)
        return self.there

    async def live(self, span: timedelta) -> None:
        """Let the watchdog look every ten minutes for a while."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.advance(EVERY)
            await self.watchdog.run()


@pytest.fixture
def owned(product: Product) -> Owned:
    """Return an owner with a watchdog."""
    return Owned(product)


async def test_a_trouble_is_told_once_again_after_a_week_and_when_it_is_over(owned: Owned) -> None:
    """Nobody is told every ten minutes, and nobody is left wondering."""
    await owned.live(EVERY)
    owned.found = {"disk": "Only 3 MB are left."}
    await owned.live(timedelta(days=2))
    assert owned.heard == ["⚠️ Only 3 MB are left."]
    owned.found = {"disk": "Only 2 MB are left."}
    await owned.live(STILL)
    assert len(owned.heard) == 2
    assert owned.heard[1].startswith("⚠️ Only 2 MB are left. (since ")
    owned.found = {}
    await owned.live(QUIET / 2)
    assert len(owned.heard) == 2
    await owned.live(QUIET)
    assert owned.heard[2] == "✅ Over: Only 2 MB are left."
    await owned.live(timedelta(days=1))
    assert len(owned.heard) == 3


async def test_what_comes_and_goes_is_one_trouble(owned: Owned) -> None:
    """A disk at its limit sends no message a minute."""
    for number in range(20):
        owned.found = {"disk": "Only 3 MB are left."} if number % 2 else {}
        await owned.live(EVERY)
    assert len(owned.heard) == 1


async def test_an_owner_who_cannot_be_told_yet_is_told_later(owned: Owned) -> None:
    """While Discord is away the trouble waits, and is told when it can be."""
    owned.there, owned.found = False, {"disk": "Full."}
    await owned.live(timedelta(hours=3))
    assert owned.heard == []
    owned.there = True
    await owned.live(EVERY)
    assert owned.heard == ["⚠️ Full."]


async def test_a_restart_tells_nothing_anew(owned: Owned, product: Product) -> None:
    """What was told is a row."""
    owned.found = {"disk": "Full."}
    await owned.live(timedelta(hours=1))
    owned.watchdog = Watchdog(product.services.storage.troubles, product.clock, {"disk": owned.look}, owned.tell)
    await owned.live(timedelta(hours=1))
    assert len(owned.heard) == 1


async def test_a_sign_that_cannot_be_read_is_a_trouble_and_hides_no_other(owned: Owned, product: Product) -> None:
    """The watchdog itself does not die silently either."""

    async def broken(_: datetime) -> Mapping[str, str]:
        raise RuntimeError("oh")

    owned.found = {"disk": "Full."}
    probes = {"drops": broken, "disk": owned.look}
    owned.watchdog = Watchdog(product.services.storage.troubles, product.clock, probes, owned.tell)
    await owned.live(EVERY)
    assert sorted(owned.heard) == ["⚠️ Full.", "⚠️ I could not look at drops (RuntimeError): the log says why."]


async def test_no_list_for_eight_days_is_told_while_people_are_active(product: Product) -> None:
    """Somebody active and no list is the trouble; nobody there, or a list last week, is none."""
    storage, clock = product.services.storage, product.clock
    sign = DropSign(storage.pulse, active_days=90)
    assert await sign.drops(clock.now()) == {}
    await share(storage, 1, await saved_ids(storage, 1))
    assert await sign.drops(clock.now() + timedelta(days=7)) == {}
    assert (
        "No list was written for 8 days (last: never)" in (await sign.drops(clock.now() + timedelta(days=9)))["drops"]
    )
    assert "1 track waits" in (await sign.enrichment(clock.now() + timedelta(days=2)))["enrichment"]
    drop = await storage.drops.plan("2026-W02", Owner("person", 1), clock.now())
    await storage.drops.record_picks(drop.id, [])
    clock.advance(timedelta(days=6))
    await storage.drops.mark_written(drop.id)
    assert await sign.drops(clock.now() + timedelta(days=7)) == {}
    assert await sign.drops(clock.now() + timedelta(days=9)) != {}
    assert await sign.drops(clock.now() + timedelta(days=200)) == {}


async def test_the_consents_end_is_told_ahead_and_premium_is_recognised(product: Product) -> None:
    """30, 7 and 1 days ahead, by names of their own; a lapsed Premium is said, a network that is away is not."""
    services, clock = product.services, product.clock
    sign = SpotifySign(services.spotify, services.storage.accounts, has_app=True)
    assert await sign(clock.now()) == {}
    await services.adoption()
    assert await sign(clock.now()) == {}
    ends = clock.now() + timedelta(days=182)
    for days in CONSENT_DAYS:
        found = await sign(ends - timedelta(days=days))
        assert list(found) == [f"spotify consent-{days}"]
        assert f"{ends:%Y-%m-%d}" in found[f"spotify consent-{days}"]
    product.sandbox.faults.inject("not_premium", "spotify", times=None)
    clock.advance(timedelta(hours=7))
    fresh = SpotifySign(services.spotify, services.storage.accounts, has_app=True)
    assert "Premium" in (await fresh(clock.now()))["spotify premium"]


async def test_a_disk_that_runs_short_is_told(tmp_path: Path) -> None:
    """What is left is compared with what a busy week needs."""
    now = datetime(2026, 1, 5, tzinfo=UTC)
    assert await DiskSign(tmp_path, least=1)(now) == {}
    assert "MB are left" in (await DiskSign(tmp_path, least=2**62)(now))["disk"]


async def test_a_backup_a_day(product: Product, clock: FastClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tick makes one when the newest is a day old; what fails is tried again in an hour and told."""
    settings = product.settings.storage
    backups = Backups(settings, clock)
    made = 0
    for _ in range(72):
        made += await backups.run()
        clock.advance(timedelta(hours=1))
    assert made == len(standing(settings)) == 3
    clock.advance(timedelta(days=1))
    with monkeypatch.context() as patch:
        patch.setattr(backup.snapshots, "copy", _full)
        assert not await backups.run()
    assert "cannot be written" in backups.trouble
    assert not await backups.run()
    clock.advance(timedelta(hours=1))
    assert await backups.run()
    assert backups.trouble == ""


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
