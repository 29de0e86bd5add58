"""What the doctor looks at on this machine: database, key, backups, disk, process, ears and fonts."""

import io
import shutil
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from bot.config import Secrets, Settings, plain
from bot.health import BEAT_SUFFIX, judge
from bot.lock import beside_database
from catalog.clock import Clock
from scheduler.backing_up import EVERY
from scheduler.signs import LITTLE_DISK, NO_DROP, NOT_DESCRIBED
from storage import snapshots
from storage.backup import database_file, standing
from storage.errors import NewerDatabase, StorageError, WrongKey
from storage.looking import look
from storage.pulse import Pulse
from storage.vault import open_vault

Row = tuple[str, str, str, str]
Look = Callable[[Settings, Secrets, Clock], Awaitable[list[Row]]]


async def local_checks(settings: Settings, secrets: Secrets, clock: Clock) -> list[Row]:
    """Return (what, good | warning | bad, how it is, what to do) of everything here; nothing is written."""
    rows: list[Row] = []
    looks: tuple[tuple[str, Look], ...] = (
        ("database", _database),
        ("disk", _disk),
        ("key", _key),
        ("backups", _backups),
        ("process", _process),
        ("lists", _lists),
        ("ears", _ears),
        ("fonts", _fonts),
        ("web", _web),
    )
    for what, each in looks:
        try:
            rows += await each(settings, secrets, clock)
        except (StorageError, OSError, ImportError, RuntimeError) as error:
            rows.append((what, "bad", f"This could not be looked at: {error}", "Do what it says, and look again."))
    return rows


async def _database(settings: Settings, _: Secrets, __: Clock) -> list[Row]:
    file = database_file(settings.storage)
    if file is not None and not file.exists():
        do = "Nothing: the first start makes it. Otherwise check storage.url."
        return [("database", "warning", f"There is none yet ({file}).", do)]
    try:
        async with look(settings.storage.url):
            pass
    except NewerDatabase as error:
        return [("database", "bad", str(error), "Update Tastebud, or `tastebud restore` an older backup.")]
    except StorageError as error:
        return [("database", "warning" if "older" in str(error) else "bad", str(error), "")]
    if file is None:
        return [("database", "good", "The server answers, and the tables are up to date.", "")]
    held = snapshots.check(file)
    return [("database", "good", f"Sound, tables up to date, {held.total:,} rows in {file}.", "")]


async def _disk(settings: Settings, _: Secrets, __: Clock) -> list[Row]:
    folder = _existing((database_file(settings.storage) or Path(settings.storage.key_file)).resolve().parent)
    left = shutil.disk_usage(folder).free
    state, do = ("good", "") if left >= LITTLE_DISK else ("bad", "Free some space.")
    return [("disk", state, f"{left // 1024**2:,} MB are left on the disk of {folder}.", do)]


async def _key(settings: Settings, secrets: Secrets, __: Clock) -> list[Row]:
    path = Path(settings.storage.key_file)
    if secrets.tastebud_key is None and not path.exists():  # noqa: ASYNC240 - a glance
        return [("key", "warning", f"There is none yet ({path}).", "Nothing: the first start makes it.")]
    try:
        vault = open_vault(plain(secrets.tastebud_key), settings.storage.key_file)
    except WrongKey as error:
        return [("key", "bad", str(error), "Bring the old key back.")]
    if vault.keys > 1:
        return [("key", "warning", f"{vault.keys} keys are in use.", "Run `tastebud rotate-key` to the end.")]
    if secrets.tastebud_key is None and path.stat().st_mode & 0o077:  # noqa: ASYNC240 - a glance
        return [("key", "warning", f"Others on this machine may read {path}.", f"chmod 600 {path}")]
    return [("key", "good", "It can be read, by its owner alone.", "")]


async def _backups(settings: Settings, _: Secrets, clock: Clock) -> list[Row]:
    if not settings.storage.backup_days:
        return [("backups", "warning", "There are no daily ones.", "Set storage.backup_days, or make your own.")]
    made = standing(settings.storage)
    if not made:
        return [("backups", "warning", "There is none yet.", "`tastebud backup` makes one; the bot makes one a day.")]
    age = clock.now() - made[0].at
    said = f"{len(made)}, the newest of {made[0].at:%Y-%m-%d %H:%M} UTC ({made[0].path})."
    late = age > 2 * EVERY
    return [("backups", "warning" if late else "good", said, "See the log for what keeps them from being made." * late)]


async def _process(settings: Settings, _: Secrets, clock: Clock) -> list[Row]:
    alive, said = judge(beside_database(settings.storage, BEAT_SUFFIX), clock.now())
    return [("process", "good" if alive else "warning", said, "" if alive else "Start it: `tastebud run`.")]


async def _lists(settings: Settings, _: Secrets, clock: Clock) -> list[Row]:
    now = clock.now()
    try:
        async with look(settings.storage.url) as db:
            signs = await Pulse(db).read(now - timedelta(days=settings.schedule.active_days), now - NOT_DESCRIBED)
    except StorageError:
        return []  # the database has its own line
    last = f"The last was written on {signs.written:%Y-%m-%d %H:%M} UTC" if signs.written else "None was written yet"
    since = signs.written or signs.first
    late = bool(signs.active) and since is not None and now - since >= NO_DROP
    rows = [
        ("lists", "bad" if late else "good", f"{last}; {signs.active} people are active.", "See the log." * late),
    ]
    still = bool(signs.waiting) and (signs.described is None or now - signs.described >= NOT_DESCRIBED)
    said = f"{signs.waiting} shared tracks wait since yesterday." if signs.waiting else "No shared track waits."
    return [*rows, ("descriptions", "warning" if still else "good", said, "See the log." * still)]


async def _ears(settings: Settings, _: Secrets, __: Clock) -> list[Row]:
    import numpy as np
    import soundfile

    with closing(io.BytesIO()) as file:
        soundfile.write(file, np.zeros(800, dtype=np.float32), 8_000, format="MP3")
        file.seek(0)
        soundfile.read(file)
    rows: list[Row] = [("previews", "good", "MP3 is decoded here, without ffmpeg.", "")]
    weights = settings.audio.weights
    if weights and Path(weights).is_file():  # noqa: ASYNC240 - a glance
        return [*rows, ("network", "good", f"Its weights are in {weights}.", "")]
    do = "`tastebud audio install` fetches them (29 MB); everything works without."
    return [*rows, ("network", "warning", "The network that hears previews has no weights.", do)]


async def _fonts(_: Settings, __: Secrets, ___: Clock) -> list[Row]:
    found = all(find_spec(name) is not None for name in ("font_manrope", "matplotlib"))
    do = "" if found else "Install Tastebud anew: pip install tastebud."
    return [("pictures", "good" if found else "bad", "Font and drawing are there." if found else "No font.", do)]


async def _web(settings: Settings, _: Secrets, clock: Clock) -> list[Row]:
    web = settings.web
    if not web.enabled:
        return [("web", "good", "It is switched off; pages come as files.", "")]
    alive, _said = judge(beside_database(settings.storage, BEAT_SUFFIX), clock.now())
    with closing(socket.socket()) as probe:
        probe.settimeout(2)
        taken = web.port != 0 and probe.connect_ex((web.host if web.host != "0.0.0.0" else "127.0.0.1", web.port)) == 0  # noqa: S104
    address = f"{web.host}:{web.port}"
    if taken != alive and web.port != 0:
        said = f"Somebody else listens on {address}." if taken else f"Nobody listens on {address}."
        return [("web", "warning", said, "Choose another web.port." if taken else "See the log.")]
    if not web.public_url:
        return [("web", "good", f"{address}, for this network; pages come as files.", "")]
    return [("web", "good", f"{address}, reached as {web.public_url}.", "")]


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
