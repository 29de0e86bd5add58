"""What the bot does on Discord, a cog each."""

from bot.cogs.accounts import Accounts
from bot.cogs.catch_up import CatchingUp
from bot.cogs.coming import Coming
from bot.cogs.discover import Discover
from bot.cogs.doctor import Doctor
from bot.cogs.drops import Drops
from bot.cogs.errors import Errors
from bot.cogs.help import Help
from bot.cogs.imports import Imports
from bot.cogs.not_my_taste import NotMyTaste
from bot.cogs.onboarding import Onboarding
from bot.cogs.privacy import PrivacyCog
from bot.cogs.rate import Rate
from bot.cogs.ratings import Ratings
from bot.cogs.reactions import Reactions
from bot.cogs.recap import RecapCog
from bot.cogs.schedule import Schedule
from bot.cogs.servers import ServerCog
from bot.cogs.settings import Settings
from bot.cogs.shares import Shares
from bot.cogs.similar import Similar
from bot.cogs.social import Social
from bot.cogs.taste import Taste

COGS = (
    Errors,
    Shares,
    Reactions,
    CatchingUp,
    Rate,
    Discover,
    Similar,
    Drops,
    Coming,
    Ratings,
    NotMyTaste,
    Imports,
    Accounts,
    Schedule,
    PrivacyCog,
    Settings,
    Onboarding,
    Taste,
    Social,
    ServerCog,
    RecapCog,
    Doctor,
    Help,
)
