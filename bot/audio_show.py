"""`tastebud audio show`: what the network hears in a clip."""

from pathlib import Path

from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from bot.audio_install import NoWeights
from bot.errors import StartError
from recommender.audio import MAX_BYTES, UnreadableAudio, open_clip
from recommender.cnn import CNN_TAGS, Network
from scheduler.settings import AudioSettings

SHOWN = 10


def show(settings: AudioSettings, file: Path, console: Console) -> None:
    """Print the most probable tags of a clip.

    Raises:
        NoWeights: they are not installed, or are no use.
        StartError: the clip cannot be read.
    """
    network = _network(settings)
    try:
        with file.open("rb") as opened:
            # One byte more than is decoded, so that a film is refused without being read whole.
            block = network.describe(open_clip(opened.read(MAX_BYTES + 1)))
    except OSError as error:
        raise StartError(f"{file} cannot be read ({error.strerror}).") from error
    except UnreadableAudio as error:
        raise StartError(str(error)) from error
    table = Table("tag", "probability", "", box=None)
    for probability, tag in sorted(zip(block.tolist(), CNN_TAGS, strict=False), reverse=True)[:SHOWN]:
        table.add_row(tag, f"{probability:.2f}", Bar(1, 0, probability, width=30))
    console.print(table)


def _network(settings: AudioSettings) -> Network:
    try:
        return Network.from_bytes(Path(settings.weights).read_bytes())
    except OSError as error:
        raise NoWeights(f"There are no weights in '{settings.weights}': run `tastebud audio install`.") from error
    except ValueError as error:
        raise NoWeights(f"{error} Run `tastebud audio install` to put them there anew.") from error
