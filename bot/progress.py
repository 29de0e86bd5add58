"""How far each channel has been read, in memory and in the checkpoints."""

from collections.abc import Iterable
from dataclasses import replace

from bot.sweeping import ROUND_ROW
from bot.watermark import Watermark
from storage.checkpoints import Checkpoint, Checkpoints

SAVE_EVERY = 50  # messages without a share are not worth a write each; after a crash so many are read again


class Progress:
    """The one owner of the checkpoints while the bot runs, so that no two writers undo each other's.

    Live messages move a channel's checkpoint only while it is followed (its catch-up is complete) and
    the session is whole: between a lost connection and the answer whether it resumes, nothing moves.
    """

    def __init__(self, store: Checkpoints) -> None:
        self._store = store
        self._marks: dict[int, Watermark] = {}
        self._saved: dict[int, Checkpoint] = {}
        self._unsaved: dict[int, int] = {}
        self.whole = True

    async def load(self) -> None:
        """Read the checkpoints of earlier days."""
        saved = {checkpoint.channel_id: checkpoint for checkpoint in await self._store.all()}
        # The round's row is an instant of this machine's clock, which may be ahead of Discord's: no gap begins there.
        saved.pop(ROUND_ROW, None)
        self._saved = saved

    def checkpoint(self, channel_id: int) -> Checkpoint | None:
        """Return how far a channel has been read, or None if it never was."""
        return self._saved.get(channel_id)

    def newest(self) -> int | None:
        """Return the newest message of any channel that is known to be saved."""
        ids = [saved.newest_message_id for saved in self._saved.values() if saved.newest_message_id]
        return max(ids, default=None)

    def lose(self, channel_ids: Iterable[int]) -> None:
        """Follow these channels no more until they are caught up with again."""
        for channel_id in channel_ids:
            self._mark(channel_id).lose()

    def lose_all(self) -> None:
        """Follow no channel until it is caught up with again."""
        self.lose(self._marks)

    def begin(self, channel_id: int, message_id: int) -> None:
        """Note a live message that is being handled."""
        self._mark(channel_id).begin(message_id)

    async def done(self, channel_id: int, message_id: int, *, save: bool = False) -> None:
        """Note that what a message says is saved; `save` moves the checkpoint at once where it can move."""
        self._mark(channel_id).done(message_id)
        self._unsaved[channel_id] = self._unsaved.get(channel_id, 0) + 1
        if save or self._unsaved[channel_id] >= SAVE_EVERY:
            await self.save(channel_id)

    async def save(self, channel_id: int) -> None:
        """Move a channel's checkpoint to where its live messages have come."""
        position = self._mark(channel_id).position
        saved = self._saved.get(channel_id)
        self._unsaved[channel_id] = 0
        if self.whole and saved and position and position > (saved.newest_message_id or 0):
            await self.put(replace(saved, newest_message_id=position))

    async def save_all(self) -> None:
        """Move every checkpoint that can move."""
        for channel_id in list(self._marks):
            await self.save(channel_id)

    async def put(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint."""
        self._saved[checkpoint.channel_id] = checkpoint
        await self._store.save(checkpoint)

    def losses(self, channel_id: int) -> int:
        """Return how often the channel was lost so far; a reader remembers it for `follow`."""
        return self._mark(channel_id).losses

    async def follow(self, channel_id: int, losses: int) -> None:
        """Let live messages move this channel's checkpoint from now on, if it was not lost again meanwhile."""
        self._mark(channel_id).follow(self._saved[channel_id].newest_message_id or 0, losses)
        await self.save(channel_id)

    def _mark(self, channel_id: int) -> Watermark:
        return self._marks.setdefault(channel_id, Watermark())
