"""Which machines may be connected to on behalf of a stranger's link."""

import ipaddress
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from catalog.errors import Refused

PORTS = {"http": 80, "https": 443}
_IPv4 = ipaddress.IPv4Address
# Networks whose addresses carry one of the old kind at their end: it is the one that is reached.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class Trust:
    """The exceptions that the owner made: configured base addresses, and extra hosts with or without a port."""

    def __init__(self, extra_hosts: Sequence[str] = (), bases: Sequence[str] = ()) -> None:
        self._hosts = frozenset(_place(host) for host in extra_hosts)
        urls = [URL(base) for base in bases if base]
        self._places = frozenset(((url.host or "").lower(), url.port) for url in urls)

    def trusts(self, url: URL) -> bool:
        """Tell whether an address is one of the exceptions."""
        return url.scheme in PORTS and not url.user and self.trusts_place(url.host or "", url.port)

    def trusts_place(self, host: str, port: int | None) -> bool:
        """Tell whether a host and port are one of the exceptions."""
        name = host.lower()
        return (name, port) in self._places or (name, port) in self._hosts or (name, None) in self._hosts


class PublicOnly(AbstractResolver):
    """Resolve names, and refuse those that lead into a private network.

    The client connects to exactly the addresses that come out of here, so nothing is resolved a second time.
    """

    def __init__(self, trust: Trust, names: AbstractResolver | None = None) -> None:
        self._trust = trust
        self._names = names or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a host's addresses; raise Refused where one of them is not on the open internet."""
        found = await self._names.resolve(host, port, family)
        if not self._trust.trusts_place(host, port) and not all(is_public(each["host"]) for each in found):
            raise Refused(f"{host} leads to a private address and is not asked.", 403, reason="private")
        return found

    async def close(self) -> None:
        """Close what resolves names."""
        await self._names.close()


def is_public(address: str) -> bool:
    """Tell whether an address is one machine on the open internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.sixtofour is not None or found.teredo is not None:
            return False
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _NAT64 or found in _COMPATIBLE:
            found = _IPv4(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and not found.is_reserved


def _place(host: str) -> tuple[str, int | None]:
    url = URL(f"//{host.strip()}")
    return (url.host or "").lower(), url.explicit_port
