"""A device with a scanner, a reader and a gate: our udev rules in udev, and what `samut-edge check` reads back."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.kernel.gadget import UsbScanner, UsbSerial
from tests.kernel.guest import run, say, until
from tests.kernel.sim_chip import SimChip

LINK = Path("/dev/samut/scanner-honeywell")
READER = Path("/dev/serial/by-id/usb-Samut_bench_RDM_reader_0042-if00")
SETTINGS = f"""
device = "gate-1"
role = "gate"
[gate]
directions = {{ near = "in" }}
[hub]
host = "127.0.0.1"
url = "http://127.0.0.1:1"
[parts.scanner]
driver = "evdev_scanner"
options = {{ path = "{LINK}" }}
[parts.near]
driver = "serial_rdm6300"
options = {{ path = "{READER}" }}
[parts.gate_io]
driver = "rpi_gpio"
options = {{ relay = 17, active_low = ["relay"] }}
"""


async def check() -> tuple[int, dict[str, list[str]]]:
    """The exit status, and of each line the verdict and what was seen."""
    program = str(Path(sys.executable).parent / "samut-edge")
    line = [sys.executable, program, "check", "/tmp/gate/settings.toml", "--json", "--seconds", "15"]
    done = await asyncio.create_subprocess_exec(*line, stdout=asyncio.subprocess.PIPE)
    said, _ = await done.communicate()
    found = {one["what"]: [one["verdict"], one["seen"]] for one in json.loads(said)["found"]}
    return done.returncode or 0, {name: found[name] for name in ("scanner", "near", "gate_io")}


def of_udev(path: Path, *names: str) -> list[str]:
    told = subprocess.run(
        ["udevadm", "info", "--query=property", f"--name={path}"], capture_output=True, text=True, check=True
    )
    known = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    return [known.get(name, "") for name in names]


async def bench() -> None:
    Path("/tmp/gate").mkdir()
    Path("/tmp/gate/settings.toml").write_text(SETTINGS)
    chip = SimChip()
    chip.pull(17, 1)
    scanner = UsbScanner(0, 0x0C2E, 0x0B61, name="Voyager")
    reader = UsbSerial(1, 0x1A86, 0x55D4, name="RDM reader", serial="0042")
    scanner.plug_in()
    reader.plug_in()
    await until(lambda: LINK.exists() and READER.exists())
    say("link of the scanner", LINK.exists())
    say("scanner to udev", of_udev(LINK, "LIBINPUT_IGNORE_DEVICE", "ID_INPUT_KEYBOARD", "ID_VENDOR_ID"))
    say("reader to udev", of_udev(READER, "ID_MM_DEVICE_IGNORE", "ID_VENDOR_ID"))
    device = Path("/sys/class/input", LINK.resolve().name, "device").resolve()
    power = next(folder / "power/control" for folder in device.parents if (folder / "idVendor").exists())
    say("scanner's power", power.read_text().strip())
    say("chip's mode", oct(Path(f"/dev/gpiochip{chip.number}").stat().st_mode & 0o777))
    say("check with everything", await check())
    reader.pull_out()
    await until(lambda: not READER.exists())
    say("check without the reader", await check())


run(bench)
