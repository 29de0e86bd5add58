"""`tastebud audio install`: fetch the weights of the network that hears previews, once.

They come in the wheel of a published package, of which nothing else is used: the wheel is unpacked here, not installed,
and its checkpoint is read without the library that wrote it.
"""

import asyncio
import hashlib
import io
import sys
import tempfile
import zipfile
from pathlib import Path

from rich.console import Console

from bot.errors import SettingsError, StartError
from recommender.cnn_checkpoint import read_checkpoint
from recommender.cnn_weights import Weights
from scheduler.settings import AudioSettings

PACKAGE = "musicnn==0.1.0"
WHEEL = "musicnn-0.1.0-py3-none-any.whl"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
INDEX = "musicnn/MSD_musicnn/.index"
DATA = "musicnn/MSD_musicnn/.data-00000-of-00001"
LICENCE = "musicnn-0.1.0.dist-info/LICENSE.md"
LICENCE_SUFFIX = ".LICENSE.txt"
"""The licence asks to stand beside every copy."""

AGAIN = "Tastebud works without them; run `tastebud audio install` again when you are online"

PIP_OPTIONS = (
    *("--no-deps", "--only-binary", ":all:", "--no-input", "--quiet", "--disable-pip-version-check"),
    *("--retries", "1", "--timeout", "30"),  # without a network the answer is wanted soon
)


class NoWeights(StartError):
    """The weights could not be had, or what is there is not them."""


async def install(settings: AudioSettings, wheel: Path | None, console: Console) -> None:
    """Put the weights where the settings want them, from a wheel at hand or fetched by pip; there already is well.

    Raises:
        SettingsError: no file is named in audio.weights.
        NoWeights: the wheel cannot be fetched, read or trusted, or the file cannot be written.
    """
    if not settings.weights:
        raise SettingsError("audio.weights is empty: name the file to keep the weights in, such as data/musicnn.npz.")
    target = Path(settings.weights)
    if await asyncio.to_thread(is_installed, target):
        console.print(f"The weights are in {target} already.", highlight=False)
        return
    if wheel is not None:
        await asyncio.to_thread(_install, wheel, target)
    else:
        console.print(f"Fetching the weights, {PACKAGE} (29 MB, once) ...", highlight=False)
        with tempfile.TemporaryDirectory(prefix="tastebud-audio-") as folder:
            await asyncio.to_thread(_install, await _download(Path(folder)), target)
    console.print(f"The weights are in {target}, their licence beside them.", highlight=False)


def is_installed(target: Path) -> bool:
    """Tell whether usable weights are in that file."""
    try:
        Weights.from_bytes(target.read_bytes())
    except (OSError, ValueError):
        return False
    return True


async def _download(folder: Path) -> Path:
    """Fetch the wheel by pip, through whatever index pip is set up for, and return its file."""
    command = (sys.executable, "-m", "pip", "download", *PIP_OPTIONS, "--dest", str(folder), PACKAGE)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        said = complaints.decode(errors="replace").strip().splitlines() or ["no reason given"]
        why = said[-1].removeprefix("ERROR: ").rstrip(".")
        raise NoWeights(f"The weights could not be fetched ({why}). {AGAIN}, or with --wheel and a copy of the wheel.")
    return folder / WHEEL


def _install(wheel: Path, target: Path) -> None:
    """Check the wheel, convert what is in it, and write both files whole or not at all."""
    weights, licence = _unpack(wheel)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target.with_suffix(LICENCE_SUFFIX), licence)
        _write(target, weights.to_bytes())
    except OSError as error:
        raise NoWeights(f"{target} cannot be written ({error.strerror}): check its folder and the disk.") from error


def _unpack(wheel: Path) -> tuple[Weights, bytes]:
    try:
        blob = wheel.read_bytes()
    except OSError as error:
        raise NoWeights(f"{wheel} cannot be read ({error.strerror}).") from error
    if hashlib.sha256(blob).hexdigest() != WHEEL_SHA256:
        raise NoWeights(f"{wheel.name} is not the wheel of {PACKAGE} that was published: nothing of it is used.")
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return Weights(read_checkpoint(archive.read(INDEX), archive.read(DATA))), archive.read(LICENCE)


def _write(target: Path, content: bytes) -> None:
    # Beside its place first: a bot that is running never reads half a file.
    part = target.with_name(target.name + ".part")
    part.write_bytes(content)
    part.replace(target)
