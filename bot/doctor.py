"""`tastebud doctor` and `!doctor`: every dependency, how it is, and what to do."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum

import aiohttp
from rich.console import Console
from rich.table import Table

from bot.config import Secrets, Settings, plain
from bot.doctor_local import local_checks
from catalog.clock import Clock
from catalog.errors import CatalogError, PremiumNeeded

PATIENCE = aiohttp.ClientTimeout(total=15)
MOST_SKEW = 60.0
"""Seconds by which a clock may be wrong before tokens and times of drops suffer."""

CONTENT_FLAGS = (1 << 18) | (1 << 19)
"""The flags of an application that may read messages: the intent as granted, and as limited to few servers."""


class State(StrEnum):
    """How something is: `warning` works, and should be looked at."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it (empty where there is nothing to do)."""

    what: str
    state: State
    said: str
    do: str = ""


Check = Callable[[], Awaitable[list[Finding]]]


async def examine(settings: Settings, secrets: Secrets, clock: Clock) -> list[Finding]:
    """Look at everything, one thing after the other; whatever a look raises is a finding."""
    found = [Finding("settings", State.GOOD, "config.toml and the environment are as they should be.")]
    rows = await local_checks(settings, secrets, clock)
    found += [Finding(what, State(state), said, do) for what, state, said, do in rows]
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        for what, check in (
            ("discord", lambda: _discord(session, settings, secrets, clock)),
            ("spotify", lambda: _spotify(settings, secrets, clock)),
            ("sources", lambda: _sources(session, settings, secrets)),
        ):
            found += await _guarded(what, check)
    return found


async def _guarded(what: str, check: Check) -> list[Finding]:
    try:
        return await check()
    except Exception as error:  # noqa: BLE001 - a doctor that falls ill tells nothing of the others
        return [
            Finding(what, State.BAD, f"This could not be looked at ({type(error).__name__}).", "Look into the log.")
        ]


async def _discord(session: aiohttp.ClientSession, settings: Settings, secrets: Secrets, clock: Clock) -> list[Finding]:
    token = plain(secrets.discord_token)
    if token is None:
        return [Finding("discord", State.BAD, "DISCORD_TOKEN is not set.", "Put the bot's token into .env.")]
    headers = {"Authorization": f"Bot {token}"}
    try:
        async with session.get(f"{settings.discord.api_base}/users/@me", headers=headers) as answer:
            status, date = answer.status, answer.headers.get("Date")
            name = str((await answer.json()).get("username", "")) if status == 200 else ""
        async with session.get(f"{settings.discord.api_base}/applications/@me", headers=headers) as answer:
            flags = int((await answer.json()).get("flags", 0)) if answer.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        sentence = f"Discord cannot be reached ({type(error).__name__})."
        return [Finding("discord", State.BAD, sentence, "Check the network, and https://discordstatus.com.")]
    if status != 200:
        do = "Copy the token anew from the developer portal (Bot, Reset Token) into .env."
        return [Finding("discord", State.BAD, f"Discord does not accept the token (status {status}).", do)]
    found = [Finding("discord", State.GOOD, f"The token is that of {name}."), _intent(flags)]
    return found + ([_skew(date, clock)] if date else [])


def _intent(flags: int | None) -> Finding:
    if flags is None:
        return Finding("message content", State.WARNING, "Discord does not say which intents are on.")
    if flags & CONTENT_FLAGS:
        return Finding("message content", State.GOOD, "The intent is on.")
    do = "In the developer portal, under Bot, turn on Message Content Intent."
    return Finding("message content", State.BAD, "The bot may not read messages, so it sees no links.", do)


def _skew(date: str, clock: Clock) -> Finding:
    off = (clock.now() - parsedate_to_datetime(date)).total_seconds()
    if abs(off) <= MOST_SKEW:
        return Finding("clock", State.GOOD, "This machine's clock agrees with Discord's.")
    way = "ahead of" if off > 0 else "behind"
    said = f"This machine's clock is {abs(off):.0f} s {way} Discord's."
    return Finding("clock", State.WARNING, said, "Let it be set over the network (timedatectl set-ntp true).")


async def _spotify(settings: Settings, secrets: Secrets, clock: Clock) -> list[Finding]:
    from bot.doctor_spotify import spotify_checks

    try:
        rows = await spotify_checks(settings, secrets, clock)
    except PremiumNeeded as error:
        return [Finding("spotify", State.BAD, str(error), "Renew Premium of the account that owns the Spotify app.")]
    except CatalogError as error:
        return [Finding("spotify", State.BAD, str(error), "Run `tastebud link` if it is about the account.")]
    return [Finding(what, State(state), said, do) for what, state, said, do in rows]


async def _sources(session: aiohttp.ClientSession, settings: Settings, secrets: Secrets) -> list[Finding]:
    """Say of each source whether it is on and answers at all; what it knows is its own business."""
    found: list[Finding] = []
    for name, address, enabled, lack in _open_sources(settings, secrets):
        if not enabled or lack:
            said = "It is not asked." if enabled else "It is switched off."
            found.append(Finding(name, State.WARNING if lack else State.GOOD, said, lack))
            continue
        try:
            async with session.head(address, allow_redirects=False) as answer:
                broken = answer.status >= 500
        except (aiohttp.ClientError, TimeoutError, OSError):
            broken = True
        said = "It does not answer just now." if broken else "It answers."
        do = "Nothing, if that passes: the others go on, and what it knows is asked later." if broken else ""
        found.append(Finding(name, State.WARNING if broken else State.GOOD, said, do))
    return found


def _open_sources(settings: Settings, secrets: Secrets) -> list[tuple[str, str, bool, str]]:
    brainz, listen = settings.musicbrainz, settings.listenbrainz
    contact = "" if brainz.contact or "musicbrainz.org" not in brainz.api_base else "Set musicbrainz.contact."
    key = "" if secrets.lastfm_api_key else "A free key in LASTFM_API_KEY brings the best tags."
    return [
        ("deezer", settings.deezer.api_base, settings.deezer.enabled, ""),
        ("musicbrainz", brainz.api_base, brainz.enabled, contact if brainz.enabled else ""),
        ("listenbrainz", listen.api_base, listen.enabled, ""),
        ("listenbrainz labs", listen.labs_base, listen.labs, ""),
        ("reccobeats", settings.reccobeats.api_base, settings.reccobeats.enabled, ""),
        ("itunes", settings.itunes.api_base, settings.itunes.enabled, ""),
        ("last.fm", settings.lastfm.api_base, settings.lastfm.enabled, key if settings.lastfm.enabled else ""),
    ]


MARKS = {State.GOOD: "[green]✓[/]", State.WARNING: "[yellow]![/]", State.BAD: "[red]✗[/]"}


async def show_doctor(settings: Settings, secrets: Secrets, clock: Clock, console: Console, *, as_json: bool) -> int:
    """Print the findings, a line each, and return 1 if something is broken."""
    found = await examine(settings, secrets, clock)
    if as_json:
        console.print_json(json.dumps([asdict(each) for each in found], ensure_ascii=False))
    else:
        table = Table("", "what", "how it is", "what to do", box=None, pad_edge=False)
        for each in found:
            table.add_row(MARKS[each.state], each.what, _plain(each.said), _plain(each.do))
        console.print(table)
        console.print(summary(found), highlight=False)
    return 1 if any(each.state is State.BAD for each in found) else 0


def summary(found: list[Finding]) -> str:
    """Return the findings in one sentence."""
    bad = sum(each.state is State.BAD for each in found)
    warnings = sum(each.state is State.WARNING for each in found)
    if not bad and not warnings:
        return "All is well."
    return f"{bad} broken, {warnings} to look at, {len(found) - bad - warnings} good."


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
