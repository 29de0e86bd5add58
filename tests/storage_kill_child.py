"""Write feedback until killed, and print each reaction once storage has acknowledged it."""

import asyncio
import sys
from pathlib import Path

from catalog.clock import SystemClock
from catalog.models import Service, Track, TrackRef
from storage.database import StorageSettings
from storage.people import Author
from storage.stores import open_storage

WRITERS = 8


async def main(folder: Path) -> None:
    """React as fast as storage lets us, from several tasks at once."""
    settings = StorageSettings(url=f"sqlite:///{folder / 'tastebud.db'}", key_file=str(folder / "key"))
    async with open_storage(settings, SystemClock()) as storage:
        track = await storage.tracks.save(Track("One", refs=(TrackRef(Service.SPOTIFY, "1" * 22),)))
        assert track.id is not None
        await storage.shares.record(1, 2, 3, Author(1, "sharer"), [track.id], SystemClock().now())

        async def react(first: int) -> None:
            discord_id = first
            while True:
                discord_id += WRITERS
                await storage.feedback.react(3, Author(discord_id, "someone"), "👍", 1)
                sys.stdout.write(f"{discord_id}\n")
                sys.stdout.flush()

        await asyncio.gather(*(react(100 + writer) for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
