"""`tastebud similar`: the tracks nearest to one, in the terminal."""

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.apologies import Sentence
from bot.app import open_services
from bot.config import Secrets, Settings
from bot.errors import StartError
from bot.finding import find_tracks
from bot.similar import NOTHING_NEAR, NOTHING_SAID, tied_in_words
from bot.text import clean
from catalog.clock import Clock
from catalog.models import Track
from scheduler.similar import Surroundings

BAR = 10


async def show_similar(
    settings: Settings, secrets: Secrets, clock: Clock, console: Console, words: str, count: int
) -> None:
    """Print what is near the track that the words or the link mean; raise StartError where there is none."""
    async with open_services(settings, clock, secrets) as services:
        try:
            found, *others = await find_tracks(services, words, None)
        except Sentence as error:
            raise StartError(str(error)) from error
        around = await services.similar.around(found, count, None)
    _print(console, around)
    if others:
        console.print(Text("Or did you mean: " + "; ".join(clean(track.label) for track in others), style="dim"))


def _print(console: Console, around: Surroundings) -> None:
    console.print(Text.assemble((_title(around.track), "bold"), ("  " + " · ".join(around.tags), "green")))
    if not around.near:
        console.print(NOTHING_NEAR if around.tags else NOTHING_SAID.format(_title(around.track)), highlight=False)
        return
    table = Table("", "like", "", "track", "tied by", box=None, padding=(0, 2, 0, 0))
    for number, near in enumerate(around.near, 1):
        bar = Bar(1, 0, near.likeness, width=BAR, color="green")
        label, ties = Text(_title(near.track)), Text(tied_in_words(near), style="italic")
        table.add_row(str(number), f"{near.likeness:.2f}", bar, label, ties)
    console.print(table)


def _title(track: Track) -> str:
    return clean(track.label) or "a track without a name yet"
