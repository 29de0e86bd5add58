"""Who leads: one at a time, and whoever was overtaken writes nothing any more."""

from datetime import timedelta

import pytest

from sandbox.clock import FastClock
from storage.database import StorageSettings
from storage.leases import LASTS, Held, Overtaken
from storage.stores import Storage, open_storage


async def test_one_leads_until_its_lease_ends(
    storage: Storage, opened_settings: StorageSettings, clock: FastClock
) -> None:
    """Another has to wait until the lease is over or given back; the epoch grows with every change of hands."""
    async with open_storage(opened_settings, clock) as other:
        assert (await storage.leases.take("one")).epoch == 1
        with pytest.raises(Held, match="one"):
            await other.leases.take("two")
        clock.advance(LASTS / 2)
        await storage.leases.renew()
        clock.advance(LASTS / 2)
        with pytest.raises(Held):
            await other.leases.take("two")
        await storage.leases.release()
        assert (await other.leases.take("two")).epoch == 2


async def test_a_process_that_slept_writes_nothing_any_more(
    storage: Storage, opened_settings: StorageSettings, clock: FastClock
) -> None:
    """A machine that was asleep for three days wakes up sure of itself, and every write of it is refused."""
    async with open_storage(opened_settings, clock) as other:
        await storage.leases.take("asleep")
        await storage.servers.ensure(1, "before")
        clock.advance(timedelta(days=3))
        await other.leases.take("awake")
        await other.servers.ensure(2, "by the other")
        with pytest.raises(Overtaken, match="awake"):
            await storage.servers.ensure(3, "after")
        with pytest.raises(Overtaken):
            await storage.leases.check()
        with pytest.raises(Overtaken):
            await storage.leases.renew()
        assert [server.id for server in await other.servers.all()] == [1, 2]
        await other.leases.renew()


async def test_a_long_sleep_that_nobody_used_changes_nothing(storage: Storage, clock: FastClock) -> None:
    """The lease ran out, but nobody took it: the same process leads on, in the same epoch."""
    await storage.leases.take("one")
    clock.advance(timedelta(days=3))
    await storage.leases.check()
    assert (await storage.leases.renew()).epoch == 1
    await storage.servers.ensure(1, "still here")


async def test_a_killed_process_is_followed_at_once_on_its_own_machine(
    storage: Storage, opened_settings: StorageSettings, clock: FastClock
) -> None:
    """The lock file tells that it is gone, so nobody waits for its lease; another machine's is waited for."""
    async with open_storage(opened_settings, clock) as after:
        await storage.leases.take("this machine")
        with pytest.raises(Held):
            await after.leases.take("this machine")
        with pytest.raises(Held):
            await after.leases.take("another", alone=True)
        assert (await after.leases.take("this machine", alone=True)).epoch == 2
        with pytest.raises(Overtaken):
            await storage.servers.ensure(1, "one")


async def test_who_does_not_lead_writes_as_before(storage: Storage, clock: FastClock) -> None:
    """`tastebud link` and its like write beside the bot without leading."""
    del clock
    await storage.leases.check()
    await storage.servers.ensure(1, "one")
    with pytest.raises(Overtaken, match="does not lead"):
        await storage.leases.renew()


async def test_the_servers_lock_is_held_by_one(storage: Storage, opened_settings: StorageSettings) -> None:
    """PostgreSQL keeps a second process out for as long as the first one's connection lasts."""
    async with open_storage(opened_settings, FastClock()) as other:
        async with storage.leases.server_lock() as held:
            if held is None:
                assert opened_settings.url.startswith("sqlite")
                return
            with pytest.raises(Held, match="stop it first"):
                async with other.leases.server_lock():
                    pass
        async with other.leases.server_lock() as held:
            assert held is not None
