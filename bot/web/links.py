"""Unguessable links to drops: nothing is stored, the key signs them, and a new key ends them all."""

import base64
import binascii
import hmac
from enum import StrEnum

PURPOSE = "links to drops"
"""What the storage key is derived for."""

_ID, _MAC = 8, 16
LOOKS = "[A-Za-z0-9_-]{32}"
"""How a token looks: 8 bytes of the drop's id and 16 that only the key can make, in base64."""


class Sight(StrEnum):
    """How much a link shows. The two never open each other.

    MINE is for the drop's owner: reasons speak of what they like. DROP may be posted: the tracks alone.
    """

    MINE = "mine"
    DROP = "drop"


class DropLinks:
    """Make and read links to drops."""

    def __init__(self, key: bytes, base: str = "") -> None:
        self._key = key
        self._base = base

    def url(self, drop_id: int, sight: Sight) -> str | None:
        """Return the address of a drop's page, or None while there is no public address."""
        return f"{self._base}{self.path(drop_id, sight)}" if self._base else None

    def path(self, drop_id: int, sight: Sight) -> str:
        """Return the path of a drop's page."""
        number = drop_id.to_bytes(_ID, "big")
        token = base64.urlsafe_b64encode(number + self._mac(number, sight)).decode()
        return f"/{sight}/{token}"

    def read(self, sight: Sight, token: str) -> int | None:
        """Return the drop that a token leads to, or None for one that we have not made."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        number, mac = raw[:_ID], raw[_ID:]
        if len(raw) != _ID + _MAC or not hmac.compare_digest(mac, self._mac(number, sight)):
            return None
        return int.from_bytes(number, "big")

    def _mac(self, number: bytes, sight: Sight) -> bytes:
        return hmac.digest(self._key, sight.encode() + b":" + number, "sha256")[:_MAC]
