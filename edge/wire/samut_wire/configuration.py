"""What a device is set to do: the same tables in its settings file and in what the hub sends it.

Only these tables can come from the hub; where the hub is, and how the device proves who it is, stay with the device.
"""

from ipaddress import ip_address
from typing import Annotated, Any, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


Role = Literal["gate", "kiosk", "desk"]


class PartSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part: its driver and whatever that driver asks for."""

    driver: str
    options: dict[str, Any] = msgspec.field(default_factory=dict)


Weight = Literal["off", "warn", "refuse"]
"""How much a rule of a gate counts: not at all, shown and noted, or nobody is let in against it."""


class GateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`directions` says for each reader whether it stands at the way in or out.

    `counts`: who is inside is known from the taps, or from the two beams of a way without a barrier. `exempt_types`
    are types of members who come in whatever the hours and however many are inside; those of `group_types` let
    their class in by a second tap. `hub_seconds`: how long an unknown card waits for the hub.
    """

    open_seconds: float = 3.0
    repeat_seconds: float = 2.0
    directions: dict[str, Literal["in", "out"]]
    hub_seconds: Annotated[float, msgspec.Meta(ge=0, le=5)] = 0.3
    counts: Literal["cards", "beams"] = "cards"
    anti_passback: Weight = "off"
    passback_hours: Annotated[float, msgspec.Meta(gt=0, le=72)] = 12.0
    follow_hours: Weight = "off"
    capacity: Annotated[int, msgspec.Meta(ge=1)] | None = None
    when_full: Weight = "warn"
    exempt_types: tuple[str, ...] = ()
    group_types: tuple[str, ...] = ()
    group_persons: Annotated[int, msgspec.Meta(ge=1, le=500)] = 40
    group_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 120.0
    occupancy_reset: Literal["midnight", "closing", "never"] = "midnight"
    tailgating: bool = True
    alarm_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 8.0
    door_held_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0


class KioskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`hub_seconds`: how long to wait for the hub before the local rules decide.

    `security`: with “pads” the tags of items are released after a loan and secured before a return, on the kiosk's
    pads. `staff_types`: codes of the types of members whose cards open the menu for staff.
    """

    hub_seconds: float = 1.5
    idle_seconds: float = 45.0
    offline_max_items: int = 5
    security: Literal["none", "pads"] = "none"
    staff_types: tuple[str, ...] = ()


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


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """All that the hub can set: the parts, and the tables of what the device does."""

    parts: dict[str, PartSettings]
    gate: GateSettings | None = None
    kiosk: KioskSettings | None = None
    desk: DeskSettings | None = None
    sip2: Sip2Settings | None = None


TABLES = Configuration.__struct_fields__


def read_configuration(content: object, role: str) -> Configuration:
    """Check what somebody wrote for a device of that role; raises ValueError that names the key at fault."""
    read = msgspec.convert(content, Configuration)
    if getattr(read, role) is None:
        raise ValueError(f"Object missing required field `{role}`")
    return read
