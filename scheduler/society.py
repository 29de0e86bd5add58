"""Everything that shows people to each other, made together."""

from dataclasses import dataclass
from typing import Self

from catalog.clock import Clock
from scheduler.blending import Blender
from scheduler.linking import Linker
from scheduler.picking import Picker
from scheduler.playlists import PlaylistWriter
from scheduler.portraits import Portraits
from scheduler.portraits_server import ServerPortraits
from scheduler.recaps import Recaps
from scheduler.settings import ScheduleSettings
from storage.stores import Storage


@dataclass(frozen=True, slots=True)
class Society:
    """Portraits of people and servers, looks back, and lists for several people."""

    portraits: Portraits
    servers: ServerPortraits
    recaps: Recaps
    blender: Blender

    @classmethod
    def of(
        cls,
        storage: Storage,
        picker: Picker,
        linker: Linker,
        writer: PlaylistWriter,
        clock: Clock,
        schedule: ScheduleSettings,
    ) -> Self:
        """Make them over the same parts."""
        return cls(
            Portraits(storage, picker, clock, schedule),
            ServerPortraits(storage, clock, schedule),
            Recaps(storage, picker),
            Blender(storage, picker, linker, writer, clock, schedule),
        )
