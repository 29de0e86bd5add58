"""What all sources that tell of tracks have in common, and the tags that come of their answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from catalog.models import Service, Track
from catalog.tags import Tag, TagLevel, TagSource, TrackTag
from storage.tags import asked_block

MOST_TAGS = 20
"""Tags kept of each thing: those that fewest people gave are typing errors and private shelves."""

TAGS_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Told:
    """What a source told of a track: numbers for its block, None for a miss, and tags."""

    numbers: npt.NDArray[np.float32] | None
    tags: tuple[TrackTag, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """How a source is asked.

    `block` and `version` say under which name is kept that it was asked; `source` whose tags these are, None for
    numbers alone. `together` tracks are worth one call; `apart` tells that each may cost calls of its own. Only
    tracks with a ref into `service` are asked about, and such as have the block `after`, be it a miss.
    """

    block: str
    version: str
    source: TagSource | None = None
    together: int = 1
    apart: bool = False
    service: Service | None = None
    after: str | None = None


class Teller(Protocol):
    """A source that is asked about tracks: about many at once (`prepare`), then about each (`tell`)."""

    asking: Asking

    async def prepare(self, tracks: Sequence[Track]) -> None:
        """Ask what can be asked about all these tracks at once; raise CatalogError when it could not be asked."""
        ...

    async def tell(self, track: Track) -> Told | None:
        """Return what is told of a track that was prepared, None while it cannot be said."""
        ...


def asking_tags(
    source: TagSource,
    together: int = 1,
    *,
    apart: bool = False,
    service: Service | None = None,
    after: str | None = None,
) -> Asking:
    """Return how a source of tags is asked."""
    return Asking(asked_block(source), TAGS_VERSION, source, together, apart, service, after)


def told(tags: Iterable[TrackTag]) -> Told:
    """Return a track's tags as an answer; no tags at all are a miss, since there may be some later."""
    found = tuple(tags)
    return Told(np.array([len(found)], dtype=np.float32) if found else None, found)


def tags_of(tags: Iterable[Tag], level: TagLevel, source: TagSource) -> list[TrackTag]:
    """Return a thing's tags in the form that is kept, the most given first; nobody stands behind those of count 0."""
    given = sorted((tag for tag in tags if tag.count > 0), key=lambda tag: (-tag.count, tag.name))
    return [TrackTag(tag.name, tag.count, level, source, tag.genre) for tag in given[:MOST_TAGS]]
