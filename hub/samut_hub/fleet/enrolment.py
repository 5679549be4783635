"""A folder with all that a new edge device needs: its settings, its certificate and the keys it checks with."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.errors import RefusedError
from samut_hub.fleet.certificates import BROKER_NAME, HUB_NAME, keep_good, snapshot_public_key
from samut_hub.fleet.joining.given import note_certificate
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import join_device
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.secrets import read_secret, replace_secret
from samut_wire.topics import DeviceRole

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TAKEN = (HUB_NAME, BROKER_NAME, "alerts", "groups", "joining", "stream")
"""Ids of the hub's own, and addresses of pages beside those of the devices."""
SETTINGS_FILE = "settings.toml"


PARTS: dict[DeviceRole, str] = {
    DeviceRole.GATE: """\
[gate]
open_seconds = 3.0
repeat_seconds = 2.0
directions = { reader_in = "in", reader_out = "out" }

[parts.reader_in]
driver = "pcsc"
options = { reader = "reader_in" }

[parts.reader_out]
driver = "pcsc"
options = { reader = "reader_out" }

[parts.gate]
driver = "rpi_gpio"
options = { relay = 17, green = 22, red = 23, buzzer = 24 }
""",
    DeviceRole.KIOSK: """\
[kiosk]
hub_seconds = 1.5
idle_seconds = 45.0

[parts.reader]
driver = "pcsc"

[parts.scanner]
driver = "serial_line"
options = { path = "/dev/serial/by-id/scanner" }

[parts.pad]
driver = "http_pad"
options = { url = "http://127.0.0.1:1667" }

[parts.printer]
driver = "escpos_printer"
options = { host = "127.0.0.1", port = 9100 }
""",
    DeviceRole.DESK: """\
[desk]
hub_seconds = 1.5
idle_minutes = 10.0

[parts.reader]
driver = "pcsc"
options = { reader = "NFC" }

[parts.id_card]
driver = "thai_id"
options = { reader = "Smart Card" }

[parts.scanner]
driver = "serial_line"
options = { path = "/dev/serial/by-id/scanner" }

[parts.printer]
driver = "escpos_printer"
options = { host = "127.0.0.1", port = 9100 }
""",
}
"""The usual parts of each role; the technician corrects them for the hardware at hand."""

SETTINGS = """\
device = {device}
role = {role}
name = {name}
page_port = {page_port}
virtual = {virtual}

[hub]
host = {host}
mqtt_port = {mqtt_port}
url = {url}

{parts}"""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """`parts` is TOML in place of the usual parts of the role; `virtual` puts virtual hardware behind them."""

    id: str
    role: DeviceRole
    name: str
    page_port: int = 8490
    virtual: bool = False
    parts: str = ""


def enrol(
    session: Session, config: Config, library: Library, new: NewDevice, folder: Path, *, now: datetime
) -> Device:
    """Enter the device into the fleet and write its folder. Raises RefusedError when something does not fit."""
    check_id(new.id)
    check_address(config)
    if (folder / SETTINGS_FILE).exists():
        raise RefusedError(f"There is already a device in {folder}. Choose another folder, or remove that one.")
    device = join_device(session, device_id=new.id, role=new.role, name=new.name, now=now)
    note_certificate(session, device, write_folder(config, library, new, folder, now=now), now=now)
    return device


def write_folder(
    config: Config, library: Library, new: NewDevice, folder: Path, *, now: datetime
) -> x509.Certificate:
    """Write all that the device needs; a certificate that is still good stays, and is returned.

    The settings are written last: with them the folder is whole.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate = keep_good(config.secrets, folder / "device", new.id, now)
    (folder / "ca.crt").write_bytes((config.secrets / "ca.crt").read_bytes())
    (folder / "snapshot.pub").write_bytes(snapshot_public_key(config.secrets))
    replace_secret(folder / "card.key", card_key(read_secret(config, "card.key"), library.code))
    (folder / SETTINGS_FILE).write_text(settings_of(config, new), "utf-8")
    return certificate


def toml_string(text: str) -> str:
    """A basic string of TOML 1.0: JSON's escapes, and the one control character that JSON lets through."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings_of(config: Config, new: NewDevice) -> str:
    """The settings file of the device."""
    return SETTINGS.format(
        device=toml_string(new.id),
        role=toml_string(new.role),
        name=toml_string(new.name),
        page_port=new.page_port,
        virtual="true" if new.virtual else "false",
        host=toml_string(urlsplit(config.url).hostname or config.http_host),
        mqtt_port=config.mqtt_port,
        url=toml_string(config.url),
        parts=new.parts or PARTS[new.role],
    )


def check_id(device_id: str) -> None:
    """It stands in topics, is the name of a certificate, and the last part of its page's address."""
    if device_id in TAKEN or not ID.fullmatch(device_id):
        raise RefusedError(
            f"“{device_id}” cannot be the id of a device. Use up to 40 small letters, digits and hyphens, "
            f"beginning with a letter or digit, and none of {', '.join(TAKEN)}."
        )


def check_address(config: Config) -> None:
    """Snapshots carry personal data: beyond this computer they travel encrypted."""
    address = urlsplit(config.url)
    if address.scheme != "https" and not _is_loopback(address.hostname or ""):
        raise RefusedError(
            f"Devices would fetch personal data from {config.url} unencrypted. "
            'Set public_url = "https://…" in samut.toml, run “samut setup” and try again.'
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
