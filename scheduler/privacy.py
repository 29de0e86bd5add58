"""What a server says stays in it: reasons that name people are shown in that server alone.

A person active in one server gets reasons with names, and each such pick carries the server among its
origins. A person active in several servers gets reasons without names, since their one drop is announced
in all of them. Should that person join another server later, `visible_in` takes the names away there.
"""

from collections.abc import Iterable
from dataclasses import replace

from catalog.models import Pick

_TAG = "server:"

NEUTRAL_REASON = "Picked for the taste shown by reactions in another server."


def tagged(pick: Pick, server_id: int) -> Pick:
    """Return the pick marked as naming people of that server."""
    return replace(pick, origins=(*pick.origins, f"{_TAG}{server_id}"))


def visible_in(pick: Pick, server_id: int | None) -> Pick:
    """Return the pick as it may be shown in that server (None: outside any), without names of other servers' people."""
    tags = [origin for origin in pick.origins if origin.startswith(_TAG)]
    plain = tuple(origin for origin in pick.origins if not origin.startswith(_TAG))
    if not tags or (server_id is not None and tags == [f"{_TAG}{server_id}"]):
        return replace(pick, origins=plain)
    return replace(pick, origins=plain, reasons=(NEUTRAL_REASON,), shared_by=())


def all_visible_in(picks: Iterable[Pick], server_id: int | None) -> tuple[Pick, ...]:
    """Return the picks as they may be shown in that server."""
    return tuple(visible_in(pick, server_id) for pick in picks)
