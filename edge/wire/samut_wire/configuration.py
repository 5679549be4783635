"""What a device is set to do: the same tables in its settings file and in what the hub sends it.

Only these tables can come from the hub; where the hub is, and how the device proves who it is, stay with the device.
"""

from ipaddress import ip_address
from typing import Annotated, Any, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class PartSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part: its driver and whatever that driver asks for."""

    driver: str
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class GateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`directions` says for each reader whether it stands at the way in or out."""

    open_seconds: float = 3.0
    repeat_seconds: float = 2.0
    directions: dict[str, Literal["in", "out"]]


class KioskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`hub_seconds`: how long to wait for the hub before the local rules decide."""

    hub_seconds: float = 1.5
    idle_seconds: float = 45.0
    offline_max_items: int = 5


class DeskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The desk's own page serves while the hub is away; `idle_minutes` without a touch sign the librarian out."""

    hub_seconds: float = 1.5
    idle_minutes: float = 10.0
    offline_max_items: int = 20


class Sip2Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Kiosks of other makers that speak no TLS are carried on to the hub's SIP2 server, which listens on `hub_port`.

    `clients`: the addresses they come from. Without any the line is open to this computer alone.
    """

    hub_port: Port
    listen: str = "127.0.0.1"
    port: Port = 6001
    clients: tuple[str, ...] = ()
    connections: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4

    def __post_init__(self) -> None:
        try:
            is_own = ip_address(self.listen).is_loopback
            known = [str(ip_address(client)) for client in self.clients]
        except ValueError as error:
            raise ValueError(f"`listen` and `clients` are addresses of computers: {error}") from None
        if not is_own and not known:
            raise ValueError("`clients` must name the kiosks' addresses when `listen` is not this computer alone")
