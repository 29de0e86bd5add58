"""What is said of tracks, read from storage when it has changed, and the space that turns it into vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catalog.models import Track
from catalog.tags import TagColumns
from recommender.features import Block
from scheduler.threads import in_thread
from storage.stores import Storage

if TYPE_CHECKING:  # heavy: not at start-up
    from recommender.tag_terms import Terms
    from recommender.tags import TagSpace


TAG_SPACE = "tags"
"""The name of the fitted space among stored models."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """The terms of tracks, the space they are placed in, and where that puts them: the block `tags`.

    `seen` is what storage looked like then: while it looks the same, nothing is read again.
    """

    seen: object
    terms: "Terms"
    space: "TagSpace"
    block: Block


async def load_tagged(
    storage: Storage, tracks: Mapping[int, Track], heard: Block, space: "TagSpace | None", before: Tagged | None
) -> Tagged:
    """Return what is said of these tracks, placed in that space; without one, in a space fitted to it.

    `heard` holds the network's tags; `before` is what was returned last.
    """
    said = await storage.said.load()
    titled = sum(not track.is_placeholder for track in tracks.values())
    seen = (await storage.tags.stamp(), len(tracks), titled, len(heard.ids), said)
    if before is None or before.seen != seen:
        terms = await in_thread(_gathered, tracks, await storage.tags.load(), heard, said)
        return await in_thread(_placed, seen, terms, space)
    return before if space is before.space else await in_thread(_placed, seen, before.terms, space)


def _gathered(
    tracks: Mapping[int, Track], tags: TagColumns, heard: Block, said: Mapping[int, Sequence[str]]
) -> "Terms":
    from recommender.tag_terms import terms_of

    return terms_of(tracks, tags, heard, said)


def _placed(seen: object, terms: "Terms", space: "TagSpace | None") -> Tagged:
    from recommender.tags import TAGS_NAMES, TagSpace

    space = space or TagSpace().fit(terms)
    rows = space.transform(terms)
    known = np.isfinite(rows).all(axis=1)
    return Tagged(seen, terms, space, Block(terms.track_ids[known], rows[known].astype(np.float32), TAGS_NAMES))
