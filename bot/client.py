"""The bot itself: what it listens to, what it is made of, and when it is ready."""

import asyncio
import hashlib
import json
import logging
import sys
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from bot.account_views import ACCOUNT_ITEMS
from bot.announcer import DiscordAnnouncer
from bot.apologies import Sentence
from bot.blend_views import WriteButton
from bot.cogs import COGS
from bot.cogs.errors import TastebudTree
from bot.cogs.help import HELP_ITEMS
from bot.coming_views import COMING_ITEMS
from bot.discover_views import DISCOVER_ITEMS
from bot.emoji import Verdicts
from bot.handing import HANDING_ITEMS
from bot.hinting import Hints
from bot.importing import Importing
from bot.importing_views import IMPORT_ITEMS
from bot.intake import Intake, links_in
from bot.inviting import Invitation
from bot.linking import Linking
from bot.lists import LIST
from bot.member_wishes import MemberWishes
from bot.mute_views import MUTE_ITEMS
from bot.offer_views import OFFER_ITEMS
from bot.offering import Offering
from bot.pager import PAGER_ITEMS, PageAsk, page_shown
from bot.pages import PageReader
from bot.privacy import Privacy
from bot.privacy_views import PRIVACY_ITEMS
from bot.progress import Progress
from bot.rating_views import RATING_ITEMS
from bot.reconcile import Reconciler
from bot.repeating import Repeating
from bot.schedule_views import WISH_ITEMS
from bot.server_settings import ServerSettings
from bot.services import Services
from bot.settings_views import SETTING_ITEMS
from bot.showing import BackButton
from bot.sweeping import Sweeper
from bot.taste_views import TASTE_ITEMS
from bot.turns import Turns
from bot.views import DYNAMIC_ITEMS
from bot.watching import Watch
from bot.welcoming import WELCOME_ITEMS
from bot.wishes import Wishes
from storage.errors import StorageError

log = logging.getLogger(__name__)

COMMANDS_ROW = "discord-commands"  # where the hash of the slash commands registered last is kept


def make_intents() -> discord.Intents:
    """Return what the bot listens to and nothing more; message content is the one privileged intent."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.guild_reactions = True
    intents.message_content = True
    return intents


class TastebudBot(commands.Bot):
    """Tastebud on Discord. Everything below Discord comes in with `services`; there is no global state."""

    def __init__(self, services: Services) -> None:
        settings = services.settings.discord
        super().__init__(
            command_prefix=settings.prefix,
            intents=make_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            help_command=None,
            case_insensitive=True,
            strip_after_prefix=True,
            tree_cls=TastebudTree,
        )
        storage = services.storage
        self.services = services
        self.wishes = Wishes(storage.wishes, Verdicts(settings.like, settings.dislike), settings.like, settings.dislike)
        self.watch = Watch(frozenset(settings.channels), settings.allow_bots, self.wishes.of)
        self.turns = Turns()
        self.progress = Progress(storage.checkpoints)
        self.intake = Intake(services)
        self.offering = Offering(self)
        self.importing = Importing(self)
        self.linking = Linking(self)
        self.repeating = Repeating(self)
        self.member_wishes = MemberWishes(self)
        self.privacy = Privacy(self)
        self.server_settings = ServerSettings(self)
        self.hints = Hints(self)
        self.invitation = Invitation(self.wishes)
        self.reconciler = Reconciler(self, storage.feedback, self.wishes)
        self.caught_up = asyncio.Event()
        self._announcer = DiscordAnnouncer(self)

    async def setup_hook(self) -> None:
        """Load what the bot is made of, before the first event."""
        await self.progress.load()
        await self.wishes.load()
        for cog in COGS:
            await self.add_cog(cog(self))
        self.add_dynamic_items(
            *DYNAMIC_ITEMS,
            *OFFER_ITEMS,
            *IMPORT_ITEMS,
            *PAGER_ITEMS,
            *DISCOVER_ITEMS,
            *COMING_ITEMS,
            *RATING_ITEMS,
            *MUTE_ITEMS,
            *TASTE_ITEMS,
            BackButton,
            WriteButton,
            *WISH_ITEMS,
            *HELP_ITEMS,
            *SETTING_ITEMS,
            *WELCOME_ITEMS,
            *PRIVACY_ITEMS,
            *ACCOUNT_ITEMS,
            *HANDING_ITEMS,
        )
        if self.services.settings.discord.sync_commands:
            await self._sync_commands()

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Let everybody hear of an event, as long as the bot is there: discord.py's READY may come late."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_ready(self) -> None:
        """Give the weekly run its voice."""
        self.services.weekly.announcer = self._announcer

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what a listener raised: storage speaks in sentences, anything else is a bug with a traceback."""
        error = sys.exception()
        if isinstance(error, StorageError):
            log.error("%s was not saved: %s", event_method, error)
        else:
            log.error("%s failed.", event_method, exc_info=error)

    async def close(self) -> None:
        """Leave Discord; the checkpoints stand where the live messages have come."""
        if self.services.weekly.announcer is self._announcer:
            self.services.weekly.announcer = None
        await super().close()
        try:
            await self.progress.save_all()
        except StorageError as error:
            log.warning("The checkpoints stay where they were: %s", error)

    def verdicts_in(self, server_id: int | None) -> Verdicts:
        """Return what emoji mean in a server (None: in private)."""
        return self.wishes.verdicts_in(server_id)

    def horizon(self) -> datetime:
        """Return how far back shares are looked through at start."""
        return self.services.clock.now() - timedelta(days=self.services.settings.discord.sweep_days)

    def may_share(self, message: discord.Message) -> bool:
        """Tell whether a message has a link and may count as a share."""
        return self.watch.counts(message) and message.author != self.user and bool(links_in(message))

    async def is_command(self, message: discord.Message) -> bool:
        """Tell whether a message is a command to this bot: a link in it is no share."""
        if not message.content.startswith(self.services.settings.discord.prefix):
            return False
        return (await self.get_context(message)).valid

    def has_heard(self, message: discord.Message) -> bool:
        """Tell whether this very process has received the message when it was written."""
        return any(cached.id == message.id for cached in self.cached_messages)

    async def obey_late(self, message: discord.Message) -> None:
        """Carry out a rating that was typed while the bot was away; other commands are stale by now."""
        context = await self.get_context(message)
        if context.command and context.command.name == "rate" and not message.author.bot:
            await self.invoke(context)

    async def weekly_sweep(self, limit: int = 50) -> int:
        """Look at the next shares that are too old for the sweep at start; return how many, 0 for none due."""
        return await Sweeper(self, PageReader(self)).weekly(limit)

    async def turn_page(self, interaction: discord.Interaction["TastebudBot"], week: str, page: int) -> None:
        """Put another page of the asker's list in place of the one they see."""
        found = await page_shown(self, LIST, PageAsk(interaction.user.id, interaction.guild_id, week, page))
        if found is None:
            raise Sentence("That list is not there any more: `/playlist` shows your latest.")
        await interaction.edit_original_response(embeds=list(found[0].embeds), view=found[1])

    async def _sync_commands(self) -> None:
        """Register the slash commands, once per change: Discord allows few registrations a day."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        version = hashlib.sha256(text.encode()).hexdigest()
        if await self.services.storage.models.load(COMMANDS_ROW, version) is not None:
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            log.warning("Discord did not take the slash commands, those with %s work: %s", self.command_prefix, error)
            return
        await self.services.storage.models.save(COMMANDS_ROW, version, b"")
