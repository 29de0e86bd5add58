"""The one HTTP door, against a server on loopback that fails in the ways services fail."""

import asyncio
from datetime import timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from catalog import http, waits
from catalog.errors import BadAnswer, Refused, Unreachable
from catalog.http import Door
from catalog.lines import Pace
from sandbox.clock import FastClock
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger

ID = "4uLU6hMCjMI75M1A2tKUQC"
PAGE = f"https://open.spotify.com/track/{ID}"


async def test_json_comes_back_as_it_was_sent(door: Door, canned: CannedServer) -> None:
    """Parameters and headers go out, JSON comes in, and we say who we are."""
    canned.put("/thing", {"data": [1, "é"]})
    answer = await door.get_json("deezer", f"{canned.origin}/thing", {"q": "a b", "limit": 3}, {"X-Own": "1"})
    assert answer == {"data": [1, "é"]}
    (asked,) = canned.asked
    assert asked.query == {"q": "a b", "limit": "3"}
    assert asked.headers["User-Agent"].startswith("Tastebud")
    assert asked.headers["X-Own"] == "1"


async def test_404_is_a_miss(door: Door, canned: CannedServer) -> None:
    """Not found is no error, and is not asked again."""
    assert await door.get_json("deezer", f"{canned.origin}/nothing") is None
    assert await door.get_bytes(f"{canned.origin}/nothing", 100) is None
    assert len(canned.asked) == 2


@pytest.mark.parametrize("failure", [Canned(status=503), Canned(drop=True)])
async def test_a_passing_failure_is_tried_again(
    door: Door, canned: CannedServer, clock: FastClock, failure: Canned
) -> None:
    """Two failures in a row do not matter; between tries it waits on the clock it was given."""
    canned.put("/thing", failure, failure, {"ok": True})
    assert await door.get_json("deezer", f"{canned.origin}/thing") == {"ok": True}
    assert clock.slept >= http.FIRST_WAIT


@pytest.mark.parametrize("failure", [Canned(status=500), Canned(drop=True)])
async def test_a_lasting_failure_is_unreachable(door: Door, canned: CannedServer, failure: Canned) -> None:
    """After three tries it gives up, and says so in a sentence."""
    canned.put("/thing", failure)
    with pytest.raises(Unreachable, match=r"\.$"):
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert len(canned.asked) >= http.ATTEMPTS  # aiohttp repeats a GET on a lost connection by itself


async def test_nobody_listening_is_unreachable(door: Door) -> None:
    """A refused connection is mapped like any other silence."""
    with pytest.raises(Unreachable):
        await door.get_json("deezer", "http://127.0.0.1:9/thing")


async def test_a_slow_answer_is_unreachable(door: Door, canned: CannedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting ends."""
    monkeypatch.setattr(http, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    canned.put("/thing", Canned(delay=5))
    with pytest.raises(Unreachable, match="no answer in time"):
        await door.get_json("deezer", f"{canned.origin}/thing")


async def test_an_answer_that_is_no_json_is_bad(door: Door, canned: CannedServer) -> None:
    """A page of a proxy is not an answer, and not a miss either."""
    canned.put("/thing", Canned("<html>"))
    with pytest.raises(BadAnswer):
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert len(canned.asked) == 1


async def test_an_answer_without_end_is_not_read(door: Door, canned: CannedServer) -> None:
    """A file larger than asked for is refused, one just as large is taken."""
    canned.put("/file", Canned(b"x" * 1000))
    assert await door.get_bytes(f"{canned.origin}/file", 1000) == b"x" * 1000
    with pytest.raises(BadAnswer, match="larger"):
        await door.get_bytes(f"{canned.origin}/file", 999)


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_is_raised_at_once(door: Door, canned: CannedServer, status: int) -> None:
    """A refusal is neither a miss nor tried again."""
    canned.put("/thing", Canned("no", status))
    with pytest.raises(Refused) as raised:
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert raised.value.status == status
    assert len(canned.asked) == 1


async def test_a_short_pause_is_waited_for(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """A 429 of a few seconds costs a few seconds."""
    canned.put("/thing", Canned("slow down", 429, {"Retry-After": "5"}), {"ok": True})
    assert await door.get_json("deezer", f"{canned.origin}/thing") == {"ok": True}
    assert clock.slept == pytest.approx(5)


async def test_a_long_pause_is_kept_and_nothing_is_asked_in_it(
    door: Door, canned: CannedServer, clock: FastClock, ledger: MemoryLedger, http: aiohttp.ClientSession
) -> None:
    """The pause stands in the ledger: another door, as after a restart, asks nothing before its end."""
    canned.put("/thing", Canned("slow down", 429, {"Retry-After": "3600"}), {"ok": True})
    with pytest.raises(Refused) as raised:
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert raised.value.retry_after == 3600
    assert ledger.pause_of("deezer") == timedelta(hours=1)
    again = Door(http, clock, ledger)
    with pytest.raises(Refused, match="60 minutes"):
        await again.get_json("deezer", f"{canned.origin}/thing")
    assert len(canned.asked) == 1
    clock.advance(timedelta(hours=1))
    assert await again.get_json("deezer", f"{canned.origin}/thing") == {"ok": True}


async def test_a_second_refusal_is_kept_too(door: Door, canned: CannedServer, ledger: MemoryLedger) -> None:
    """When waiting did not help, the next pause is remembered."""
    canned.put("/thing", Canned(status=429, headers={"Retry-After": "2"}), Canned(status=429))
    with pytest.raises(Refused):
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert ledger.pause_of("deezer") == timedelta(seconds=waits.DEFAULT_WAIT)


async def test_a_longer_pause_is_not_shortened(door: Door, ledger: MemoryLedger) -> None:
    """Two refusals at once leave the longer pause."""
    await door.pause("deezer", 500, "long")
    await door.pause("deezer", 5, "short")
    assert ledger.pause_of("deezer") == timedelta(seconds=500)


def test_retry_after_is_read_as_number_and_as_date(clock: FastClock) -> None:
    """Both forms of the header count, nonsense is a minute, and no pause is endless."""
    date = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    headers = ["7", "0", "-3", date, None, "soon", "nan", "inf", "99999999"]
    found = [waits.retry_after(header, clock.now()) for header in headers]
    assert found == [7, 1, 1, 90, 60, 60, 60, 60, waits.LONGEST_WAIT]


async def test_the_rate_is_limited(door: Door, canned: CannedServer) -> None:
    """A service with a rate gets a limiter of its own."""
    canned.put("/thing", {})
    door.limit_rate("deezer", 1000.0)
    for _ in range(3):
        await door.get_json("deezer", f"{canned.origin}/thing")
    assert len(canned.asked) == 3


async def test_a_loop_whose_time_goes_back_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools that move a loop's time by hand may set it back: calls are not put off for as long as that."""
    pace, loop = Pace(10_000.0), asyncio.get_running_loop()
    real = loop.time
    monkeypatch.setattr(loop, "time", lambda: real() + 86_400.0)
    await pace.turn()
    monkeypatch.setattr(loop, "time", real)
    async with asyncio.timeout(5):
        await pace.turn()
