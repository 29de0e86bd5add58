"""How far a channel has been read: the newest message before which nothing is still open. Pure."""


class Watermark:
    """One channel's live messages: those begun, and the newest with no open one before it.

    Messages that were never begun do not hold it up: they carry nothing to save. A message whose
    handling failed stays open, so that the next start reads it again.
    """

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._newest = 0
        self._following = False
        self.losses = 0

    def follow(self, position: int, losses: int) -> None:
        """Count live messages from here: everything up to `position` is saved.

        `losses` is what the attribute said when reading began: with another loss since, there is
        another gap that the reader has not seen.
        """
        self._newest = max(self._newest, position)
        self._following = self._following or losses == self.losses

    def lose(self) -> None:
        """Stop counting: messages may have been missed since the last one."""
        self._following = False
        self.losses += 1

    def begin(self, message_id: int) -> None:
        """Note a message that is being handled."""
        self._open.add(message_id)

    def done(self, message_id: int) -> None:
        """Note that all a message says is saved."""
        self._open.discard(message_id)
        self._newest = max(self._newest, message_id)

    @property
    def position(self) -> int | None:
        """Return the id up to which everything is saved, or None while that cannot be told."""
        if not self._following:
            return None
        return min([self._newest, *(message_id - 1 for message_id in self._open)])
