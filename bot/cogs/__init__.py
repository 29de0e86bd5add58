"""What the bot does on Discord, a cog each."""

from bot.cogs.catch_up import CatchingUp
from bot.cogs.discover import Discover
from bot.cogs.drops import Drops
from bot.cogs.errors import Errors
from bot.cogs.help import Help
from bot.cogs.imports import Imports
from bot.cogs.rate import Rate
from bot.cogs.reactions import Reactions
from bot.cogs.shares import Shares
from bot.cogs.similar import Similar

COGS = (Errors, Shares, Reactions, CatchingUp, Rate, Discover, Similar, Drops, Imports, Help)
