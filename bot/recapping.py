"""The look back on a week that comes with its drops, where a server wants one."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import discord

from bot.pictures.draw import Picture, draw
from bot.portraying import recap_card
from scheduler.recaps import Period, Span

if TYPE_CHECKING:
    from bot.client import TastebudBot

log = logging.getLogger(__name__)


async def recap_before(bot: "TastebudBot", guild: discord.Guild, week: str) -> Picture | None:
    """Return the picture of the week before that one (`2026-W05`), or None where none is wanted or nothing happened.

    It goes with the announcement, which must not fail for want of a picture.
    """
    if not bot.wishes.of(guild.id).recaps:
        return None
    try:
        year, number = week.split("-W")
        monday = datetime.combine(date.fromisocalendar(int(year), int(number), 1), time(), UTC)
        span = Span.around(Period.WEEK, monday - timedelta(days=1))
        look = await bot.services.society.recaps.back_on(guild.id, span)
        return await draw(recap_card(look, guild.name)) if look else None
    except Exception:  # whatever it is, the lists are what people wait for
        log.exception("The recap of %s in server %s is left out.", week, guild.id)
        return None
