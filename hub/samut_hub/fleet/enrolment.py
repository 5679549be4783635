"""A folder with all that a new edge device needs: its settings, its certificate and the keys it checks with."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.fleet.certificates import issue, snapshot_public_key
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import join_device
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.secrets import keep_secret, read_secret

PARTS = {
    "gate": """\
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
    "kiosk": """\
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
}
"""The usual parts of each role; the technician corrects them for the hardware at hand."""

SETTINGS = """\
device = "{device}"
role = "{role}"
name = "{name}"
page_port = {page_port}
virtual = {virtual}

[hub]
host = "{host}"
mqtt_port = {mqtt_port}
url = "{url}"

{parts}"""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """`parts` is TOML in place of the usual parts of the role; `virtual` puts virtual hardware behind them."""

    id: str
    role: str
    name: str
    page_port: int = 8490
    virtual: bool = False
    parts: str = ""


def enrol(
    session: Session, config: Config, library: Library, new: NewDevice, folder: Path, *, now: datetime
) -> Device:
    """Enter the device into the fleet and write its folder."""
    device = join_device(session, device_id=new.id, role=new.role, name=new.name, now=now)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    issued = issue(config.secrets, new.id, now)
    (folder / "device.crt").write_bytes(issued.certificate)
    (folder / "ca.crt").write_bytes((config.secrets / "ca.crt").read_bytes())
    (folder / "snapshot.pub").write_bytes(snapshot_public_key(config.secrets))
    keep_secret(folder / "device.key", issued.key)
    keep_secret(folder / "card.key", card_key(read_secret(config, "card.key"), library.code))
    write_settings(config, new, folder)
    return device


def write_settings(config: Config, new: NewDevice, folder: Path) -> None:
    """Write the device's settings file anew, for example after the hub's address changed."""
    settings = SETTINGS.format(
        device=new.id,
        role=new.role,
        name=new.name,
        page_port=new.page_port,
        virtual="true" if new.virtual else "false",
        host=urlsplit(config.url).hostname or config.http_host,
        mqtt_port=config.mqtt_port,
        url=config.url,
        parts=new.parts or PARTS[new.role],
    )
    (folder / "settings.toml").write_text(settings, "utf-8")
