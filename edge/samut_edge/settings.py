"""Settings of one edge computer, read once from a TOML file. A wrong or missing key stops the start and is named."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from samut_edge.configured import Kept, merged, read_kept
from samut_edge.errors import SettingsError
from samut_wire.configuration import DeskSettings, GateSettings, KioskSettings, PartSettings, Sip2Settings

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


class OutboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many events may wait for the hub, from how many on people are warned, how much of the disk stays free."""

    long_from: Annotated[int, msgspec.Meta(ge=1)] = 5_000
    most_events: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    free_megabytes: Annotated[int, msgspec.Meta(ge=0)] = 30


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    device: str
    role: Role
    name: str = ""
    page_host: str = "127.0.0.1"
    page_port: int = 8490
    virtual: bool = False
    hub: HubSettings
    outbox: OutboxSettings = OutboxSettings()
    parts: dict[str, PartSettings]
    gate: GateSettings | None = None
    kiosk: KioskSettings | None = None
    sip2: Sip2Settings | None = None
    desk: DeskSettings | None = None
    folder: Path = Path()

    def file(self, name: str) -> Path:
        """A file named in the settings, beside the settings file unless the name is absolute."""
        return self.folder / name


def read_settings(path: Path, kept: Kept | None = None) -> Settings:
    """Read and check the settings file, with what the hub has set, as it lies beside it or as the agent knows it;
    raises SettingsError with the wrong key."""
    try:
        table: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"No settings at {path}. Make them on the hub with “samut device add”.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    table = merged(table, (kept or read_kept(path.parent)).now)
    try:
        settings = msgspec.convert({**table, "folder": str(path.parent)}, Settings, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}. Correct that line and start again.") from None
    return _with_role_table(_with_logos(settings), path)


def _with_logos(settings: Settings) -> Settings:
    """A printer's `logo` is a file beside the settings, unless its name is absolute."""
    for part in settings.parts.values():
        if part.options.get("logo"):
            part.options["logo"] = str(settings.file(str(part.options["logo"])))
    return settings


def _with_role_table(settings: Settings, path: Path) -> Settings:
    if getattr(settings, settings.role) is None:
        raise SettingsError(f"{path}: role is “{settings.role}” but there is no [{settings.role}] table. Add it.")
    return settings


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
