"""Instants as they are kept: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

from catalog.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Return the instant as milliseconds; it must be timezone-aware."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return the milliseconds as an aware instant in UTC."""
    return _EPOCH + ms * _MILLISECOND


def maybe_ms(instant: datetime | None) -> int | None:
    """Return the instant as milliseconds, or None."""
    return None if instant is None else to_ms(instant)


def maybe_from_ms(ms: int | None) -> datetime | None:
    """Return the milliseconds as an instant, or None."""
    return None if ms is None else from_ms(ms)


class Stamper:
    """Give out live stamps that strictly increase, so that the newest opinion is always defined."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Return now in milliseconds, or one more than the stamp before."""
        self._last = max(self._last + 1, to_ms(self._clock.now()))
        return self._last
