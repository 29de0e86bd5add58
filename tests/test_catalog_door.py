"""What the door does for every source: counting, posting, waiting as asked, and leaving alone what keeps failing."""

import logging
from datetime import timedelta

import pytest

from catalog.breaker import LONGEST_REST, RESTING
from catalog.errors import BadAnswer, CatalogError, Refused, Unreachable
from catalog.http import ATTEMPTS, Door
from catalog.lines import Line, SourcesSettings
from catalog.questions import Question, Reply, body_of
from sandbox.clock import FastClock
from tests.fixtures.catalog import Canned, CannedServer, MemoryLedger

SETTINGS = SourcesSettings()


def question(canned: CannedServer, path: str = "/thing", **more: object) -> Question:
    """Return a question to the canned server."""
    return Question("musicbrainz", f"{canned.origin}{path}", **more)  # type: ignore[arg-type]


async def fail(door: Door, asked: Question, times: int = 1) -> CatalogError:
    """Ask what fails, and return the last failure."""
    for _ in range(times - 1):
        with pytest.raises(CatalogError):
            await door.ask(asked, body_of)
    with pytest.raises(CatalogError) as raised:
        await door.ask(asked, body_of)
    return raised.value


async def test_every_call_is_counted_in_its_bucket(
    door: Door, canned: CannedServer, ledger: MemoryLedger, clock: FastClock
) -> None:
    """Tries that failed cost the service as much, so they count too; files may have a line of their own."""
    canned.put("/thing", Canned(status=503), Canned(status=503), {"ok": True})
    await door.ask(question(canned, bucket="isrc"), body_of)
    canned.put("/file", Canned(b"sound"))
    await door.get_bytes(f"{canned.origin}/file", 100, ("deezer", "preview"))
    assert await ledger.spent("musicbrainz", "isrc", clock.now()) == 3
    assert await ledger.spent("deezer", "preview", clock.now()) == 1


async def test_a_payload_is_posted_and_parameters_may_repeat(door: Door, canned: CannedServer) -> None:
    """A question with a payload is a POST of JSON; a parameter given twice arrives twice, in order."""
    canned.put("/thing", {})
    await door.ask(question(canned, payload={"ids": [1, "é"]}, params=[("a", "1"), ("a", "2")]), body_of)
    (asked,) = canned.asked
    assert (asked.method, asked.json) == ("POST", {"ids": [1, "é"]})
    assert asked.query["a"] == "1"


async def test_a_body_that_explains_an_error_is_read(door: Door, canned: CannedServer) -> None:
    """Where the client asks for it, the body of an error comes to it with the status; a page of HTML does not."""
    canned.put(
        "/thing", Canned({"error": 6}, 404), Canned({"error": 8}, 503), Canned("<html>", 503), Canned("<html>", 404)
    )
    told = question(canned, told=frozenset({404, 503}))

    def seen(reply: Reply) -> tuple[int, object]:
        return reply.status, reply.body

    assert await door.ask(told, seen) == (404, {"error": 6})
    assert await door.ask(told, seen) == (503, {"error": 8})
    assert await door.ask(told, seen) == (404, None), "the page with 503 was tried again"


async def test_what_the_reader_raises_is_treated_like_what_the_door_sees(
    door: Door, canned: CannedServer, clock: FastClock, ledger: MemoryLedger
) -> None:
    """Errors hidden in a body with status 200 are retried, waited for, or raised, as they deserve."""
    canned.put("/thing", {"busy": True}, {"wait": True}, {"ok": True})

    def read(reply: Reply) -> object:
        if reply.body == {"busy": True}:
            raise Unreachable("It is busy.")
        if reply.body == {"wait": True}:
            raise Refused("Wait.", 200, 7.0, "quota")
        return reply.body

    assert await door.ask(question(canned), read) == {"ok": True}
    assert len(canned.asked) == 3
    assert clock.slept >= 7
    assert ledger.pauses["musicbrainz"][1] == "quota"


async def test_a_busy_service_is_asked_again_when_it_wants(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """A 503 with Retry-After, as MusicBrainz gives at any load, costs just that long."""
    canned.put("/thing", Canned("<html>", 503, {"Retry-After": "4"}), {"ok": True})
    assert await door.ask(question(canned), body_of) == {"ok": True}
    assert clock.slept == pytest.approx(4)


async def test_a_service_that_is_away_for_long_is_a_pause(
    door: Door, canned: CannedServer, clock: FastClock, ledger: MemoryLedger
) -> None:
    """Nobody waits an hour inside a call: the pause stands in the ledger instead."""
    canned.put("/thing", Canned("", 503, {"Retry-After": "3600"}))
    assert (await fail(door, question(canned))).args[0].startswith("MusicBrainz is out of order")
    assert ledger.pause_of("musicbrainz") == timedelta(hours=1)
    assert len(canned.asked) == 1
    assert clock.slept == 0


async def test_the_window_that_answers_tell_of_is_kept_to(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """When no call is left in it, the next waits for the next window, once."""
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "9"}
    canned.put(
        "/thing",
        Canned({}, headers={"X-RateLimit-Remaining": "1", "X-RateLimit-Reset-In": "9"}),
        Canned({}, headers=spent),
        {},
    )
    for slept in (0, 0, 9, 9):
        await door.ask(question(canned), body_of)
        assert clock.slept == pytest.approx(slept)


async def test_a_429_may_name_its_time_in_either_header(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """ListenBrainz says it in a header of its own; a service that says nothing waits as long as the client knows."""
    canned.put("/thing", Canned("", 429, {"X-RateLimit-Reset-In": "6"}), {})
    await door.ask(question(canned), body_of)
    assert clock.slept == pytest.approx(6)
    canned.put("/thing", Canned("", 429), {})
    await door.ask(question(canned, rest=2.0), body_of)
    assert clock.slept == pytest.approx(8)


async def test_an_address_is_never_part_of_an_error(door: Door, canned: CannedServer) -> None:
    """Some services want the key in the address, and errors are logged."""
    canned.put("/thing", Canned(status=302, headers={"Location": "/thing?api_key=hush"}))
    said = str(await fail(door, question(canned, params={"api_key": "hush"})))
    assert "hush" not in said
    assert said.endswith(".")


# --- the breaker


async def test_a_service_that_keeps_failing_is_left_alone(
    door: Door, canned: CannedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """After five failures in a row it is not asked, the log has one line of it, and other services go on."""
    canned.put("/thing", Canned(status=500))
    canned.put("/other", {"ok": True})
    with caplog.at_level(logging.WARNING):
        await fail(door, question(canned), SETTINGS.failures)
    asked = len(canned.asked)
    assert asked == SETTINGS.failures * ATTEMPTS
    refusal = await fail(door, question(canned))
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.retry_after) == (RESTING, 600)
    assert "MusicBrainz failed 5 times in a row; it will be asked again in 10 minutes." in str(refusal)
    assert len(canned.asked) == asked
    assert await door.get_json("deezer", f"{canned.origin}/other") == {"ok": True}
    (line,) = [record for record in caplog.records if record.name == "catalog.breaker"]
    assert line.getMessage().startswith("MusicBrainz failed 5 times in a row and is left alone for 10 minutes: ")


async def test_one_answer_begins_the_count_anew(door: Door, canned: CannedServer) -> None:
    """Only failures in a row open the breaker."""
    canned.put("/ok", {})
    canned.put("/bad", Canned(status=403))
    for _ in range(3):
        await fail(door, question(canned, "/bad"), SETTINGS.failures - 1)
        await door.ask(question(canned, "/ok"), body_of)
    assert canned.count("/bad") == 3 * (SETTINGS.failures - 1)


async def test_after_the_rest_one_try_decides(
    door: Door, canned: CannedServer, clock: FastClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It fails again: it rests twice as long. It answers: all is as before, and the log says so."""
    canned.put("/thing", Canned("no", 403))
    await fail(door, question(canned), SETTINGS.failures)
    clock.advance(timedelta(minutes=SETTINGS.rest_minutes))
    await fail(door, question(canned))
    assert len(canned.asked) == SETTINGS.failures + 1
    refusal = await fail(door, question(canned))
    assert isinstance(refusal, Refused)
    assert refusal.retry_after == 1200
    clock.advance(timedelta(minutes=20))
    canned.put("/thing", {"ok": True})
    with caplog.at_level(logging.INFO):
        assert await door.ask(question(canned), body_of) == {"ok": True}
    assert "MusicBrainz answers again." in caplog.messages
    canned.put("/thing", Canned("no", 403))
    await fail(door, question(canned), SETTINGS.failures - 1)
    canned.put("/thing", {"ok": True})
    assert await door.ask(question(canned), body_of) == {"ok": True}, "the count began anew"


async def test_rests_have_an_end(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """However often it fails, it is asked again within six hours."""
    canned.put("/thing", Canned("no", 403))
    await fail(door, question(canned), SETTINGS.failures)
    for _ in range(20):
        clock.advance(LONGEST_REST)
        await fail(door, question(canned))
    assert len(canned.asked) == SETTINGS.failures + 20


async def test_a_pause_is_no_failure(door: Door, canned: CannedServer, clock: FastClock) -> None:
    """Calls that are not made for a pause's sake say nothing about the service."""
    canned.put("/thing", Canned("", 429, {"Retry-After": "120"}))
    await fail(door, question(canned), SETTINGS.failures + 3)
    assert len(canned.asked) == 1
    canned.put("/thing", {"ok": True})
    clock.advance(timedelta(seconds=120))
    assert await door.ask(question(canned), body_of) == {"ok": True}


@pytest.mark.parametrize("body", ["<html>", "null", ""])
async def test_nonsense_counts_as_failure(door: Door, canned: CannedServer, body: str) -> None:
    """A page in place of JSON, as a dead service's address answers, is a failure like another."""
    canned.put("/thing", Canned(body))
    assert isinstance(await fail(door, question(canned), SETTINGS.failures), BadAnswer)
    assert isinstance(await fail(door, question(canned)), Refused)
    assert len(canned.asked) == SETTINGS.failures


async def test_any_rate_can_be_kept(clock: FastClock) -> None:
    """One call in two seconds is a rate too."""
    line = Line("slow", clock, SETTINGS)
    line.pace(0.5)
    await line.turn()


@pytest.mark.parametrize(("setting", "value"), [("failures", 0), ("rest_minutes", 0.0)])
def test_settings_that_cannot_work_are_refused(setting: str, value: float) -> None:
    """The refusal names the setting."""
    with pytest.raises(ValueError, match=setting):
        SourcesSettings(**{setting: value})  # type: ignore[arg-type]
