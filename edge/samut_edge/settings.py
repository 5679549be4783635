"""Settings of one edge computer, read once from a TOML file. A wrong or missing key stops the start and is named."""

import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from samut_edge.errors import SettingsError

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Role = Literal["gate", "kiosk", "desk"]


class HubSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the hub is and how this device proves who it is. File names are relative to the settings file."""

    host: str
    mqtt_port: int = 8883
    url: str
    ca: str = "ca.crt"
    certificate: str = "device.crt"
    key: str = "device.key"
    signing_key: str = "snapshot.pub"
    card_key: str = "card.key"


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


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    device: str
    role: Role
    name: str = ""
    page_host: str = "127.0.0.1"
    page_port: int = 8490
    virtual: bool = False
    hub: HubSettings
    parts: dict[str, PartSettings]
    gate: GateSettings | None = None
    kiosk: KioskSettings | None = None
    sip2: Sip2Settings | None = None
    desk: DeskSettings | None = None
    folder: Path = Path()

    def file(self, name: str) -> Path:
        """A file named in the settings, beside the settings file unless the name is absolute."""
        return self.folder / name


def read_settings(path: Path) -> Settings:
    """Read and check the settings file; raises SettingsError with the key that is wrong."""
    try:
        table: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"No settings at {path}. Make them on the hub with “samut device add”.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    try:
        settings = msgspec.convert({**table, "folder": str(path.parent)}, Settings, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}. Correct that line and start again.") from None
    return _with_role_table(settings, path)


def _with_role_table(settings: Settings, path: Path) -> Settings:
    if getattr(settings, settings.role) is None:
        raise SettingsError(f"{path}: role is “{settings.role}” but there is no [{settings.role}] table. Add it.")
    return settings


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
