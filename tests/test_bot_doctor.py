"""The doctor: what it finds with everything there, and who may ask it on Discord."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from bot import doctor as doctor_module
from bot.doctor import Finding, State, examine, summary
from sandbox.clock import FastClock
from tests.fixtures.bot import OpenRoom
from tests.fixtures.product import Product

TOKEN = "a-token-for-tests"


@pytest_asyncio.fixture
async def discord_api() -> AsyncIterator[tuple[str, dict[str, int]]]:
    """Serve the two things that the doctor asks Discord; the flags can be set."""
    said = {"flags": 1 << 19}

    async def me(request: web.Request) -> web.Response:
        good = request.headers["Authorization"] == f"Bot {TOKEN}"
        answer = web.json_response({"username": "Tastebud"}, status=200 if good else 401)
        answer.headers["Date"] = "Mon, 05 Jan 2026 08:00:00 GMT"
        return answer

    async def application(_: web.Request) -> web.Response:
        return web.json_response(said)

    app = web.Application()
    app.router.add_get("/users/@me", me)
    app.router.add_get("/applications/@me", application)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", said
    finally:
        await runner.cleanup()


def by_name(found: list[Finding]) -> dict[str, Finding]:
    """Return the findings by what they are about."""
    return {each.what: each for each in found}


async def test_with_everything_there_nothing_is_broken(
    product: Product, discord_api: tuple[str, dict[str, int]]
) -> None:
    """Every line is good or says what to do; a wrong clock and a missing intent are seen."""
    base, said = discord_api
    await product.services.adoption()
    settings = replace(product.settings, discord=replace(product.settings.discord, api_base=base))
    product.clock.move_to(datetime(2026, 1, 5, 8, 0, 10, tzinfo=UTC))
    found = by_name(await examine(settings, product.secrets, product.clock))
    assert [each for each in found.values() if each.state is State.BAD] == []
    for name in ("database", "disk", "key", "discord", "message content", "clock", "spotify account", "deezer"):
        assert found[name].state is State.GOOD, found[name]
    assert "2026-07-06" in found["spotify consent"].said
    said["flags"] = 0
    clock = FastClock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    found = by_name(await examine(settings, product.secrets, clock))
    assert (found["message content"].state, found["clock"].state) == (State.BAD, State.WARNING)
    assert "ahead of" in found["clock"].said


async def test_what_the_services_refuse_is_named(product: Product, discord_api: tuple[str, dict[str, int]]) -> None:
    """A wrong token, a lapsed Premium and a source that is down are told apart, each with what to do."""
    base, _ = discord_api
    await product.services.adoption()
    settings = replace(product.settings, discord=replace(product.settings.discord, api_base=base))
    product.sandbox.faults.inject("not_premium", "spotify", times=None)
    product.sandbox.faults.inject("server_error", "reccobeats", times=None)
    secrets = replace(product.secrets, discord_token=SecretStr("wrong"))
    found = by_name(await examine(settings, secrets, product.clock))
    assert (found["discord"].state, "Reset Token" in found["discord"].do) == (State.BAD, True)
    assert (found["spotify"].state, "Premium" in found["spotify"].do) == (State.BAD, True)
    assert found["reccobeats"].state is State.WARNING
    assert TOKEN not in str(found)
    assert summary(list(found.values())).endswith("good.")


async def test_the_doctor_answers_its_owner_alone(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody else gets one sentence; the owner sees every line, below the command and nowhere else."""

    async def examined(*_: object) -> list[Finding]:
        return [Finding("database", State.GOOD, "Sound."), Finding("disk", State.BAD, "Full.", "Free some space.")]

    monkeypatch.setattr(doctor_module, "examine", examined)
    async with open_room(check_errors=False) as room:
        ann, eve = room.member("Ann"), room.member("Eve")
        room.bot.owner_id = ann.id
        refused = await eve.slash(room.channel, "doctor")
        assert refused.response is not None
        assert "Only the owner" in (refused.response.content or "")
        shown = await ann.slash(room.channel, "doctor")
        answers = [each for each in (shown.response, *shown.followups) if each is not None and each.embeds]
        assert answers[0].embeds[0].title == "1 broken, 0 to look at, 1 good."
        assert "❌ **disk** Full. Free some space." in (answers[0].embeds[0].description or "")
        assert room.said() == []
