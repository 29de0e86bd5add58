"""What the doctor looks at of Spotify: the app, the account, its consent and Premium, and what may still be asked."""

from bot.account import missing_secrets
from bot.config import Secrets, Settings, plain
from bot.quotas import BUDGETED
from catalog.clock import Clock
from catalog.spotify import Spotify
from catalog.tokens import Tokens, consent_ends
from storage.stores import Storage, open_storage

Row = tuple[str, str, str, str]

SOON = 30
"""Days before the consent's end that are worth a word."""


async def spotify_checks(settings: Settings, secrets: Secrets, clock: Clock) -> list[Row]:
    """Return what is found; raise CatalogError for what Spotify itself says is wrong."""
    if missing := missing_secrets(secrets.spotify):
        do = "README, Set up, says how to get them; without them there are lists, but no playlists."
        return [("spotify app", "warning", f"{' and '.join(missing)} not set.", do)]
    async with open_storage(settings.storage, clock, plain(secrets.tastebud_key)) as storage:
        rows = [await _budget(storage, settings, clock)]
        until = await storage.quota.paused_until("spotify")
        if until is not None:
            said = f"Spotify asked us to wait until {until:%Y-%m-%d %H:%M} UTC."
            return [*rows, ("spotify", "warning", said, "Nothing: what waits is done then.")]
        grant = await storage.accounts.grant()
        if grant is None and not secrets.spotify.refresh_token:
            return [*rows, ("spotify account", "bad", "No account is linked.", "Run `tastebud link`.")]
        said = await _ask(settings, secrets, clock, storage)
        grant = await storage.accounts.grant()
        if grant is not None:
            days = (consent_ends(grant) - clock.now()).days
            state, do = ("good", "") if days > SOON else ("warning", "Run `tastebud link`.")
            rows.append(("spotify consent", state, f"It ends on {consent_ends(grant):%Y-%m-%d}, in {days} days.", do))
    return [*rows, ("spotify account", "good", said, "")]


async def _budget(storage: Storage, settings: Settings, clock: Clock) -> Row:
    left = settings.spotify.daily_budget - await storage.quota.spent(*BUDGETED, clock.now())
    do = "" if left > 0 else "Nothing: what waits is looked up tomorrow (UTC)."
    return "spotify budget", "good" if left > 0 else "warning", f"{max(left, 0)} look-ups are left today.", do


async def _ask(settings: Settings, secrets: Secrets, clock: Clock, storage: Storage) -> str:
    """Ask Spotify whose account it is, which it answers while the owner of the app has Premium."""
    tokens = Tokens(settings.spotify, secrets.spotify, storage.accounts, clock, storage.quota)
    spotify = Spotify(settings.spotify, tokens, storage.quota, clock)
    try:
        await spotify.me()
    finally:
        spotify.close()
    return "It answers, and Premium holds."
