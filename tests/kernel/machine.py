"""Debian's own kernel in QEMU, without KVM, which runs one bench with the drivers of this checkout."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 600
"""The kernel runs on an emulated processor, and others may want the real one."""

MADE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "samut-kernel"


class MachineError(Exception):
    """The machine cannot be made or started, or its bench did not come to its end; the sentence says why."""


@dataclass(frozen=True)
class Said:
    """What a bench said, each thing by its name; `console` is all that stood on the guest's screen."""

    things: dict[str, Any]
    console: str

    def __getitem__(self, name: str) -> Any:
        if name not in self.things:
            raise MachineError(f"The bench said nothing of “{name}”. Its screen:\n{self.console[-4000:]}")
        return self.things[name]


def set_up() -> None:
    """Installs and downloads what is missing; a minute the first time, nothing after it."""
    done = subprocess.run(
        ["sh", ROOT / "tests/kernel/set_up.sh", MADE], stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode or shutil.which("qemu-system-x86_64") is None:
        raise MachineError(f"The kernel's tests cannot run here: {done.stderr.strip() or 'QEMU is missing.'}")


def run_bench(name: str) -> Said:
    """Starts the machine for one bench of tests/kernel/benches."""
    with tempfile.TemporaryDirectory(prefix="samut-kernel-") as folder:
        console, said = Path(folder, "console"), Path(folder, "said")
        ended = subprocess.run(_command(name, console, said), check=False, capture_output=True, text=True)
        screen = console.read_text(errors="replace") if console.exists() else ended.stderr
        if ended.returncode == 124:
            raise MachineError(f"The bench {name} did not end within {SECONDS} s. Its screen:\n{screen[-4000:]}")
        if ended.returncode:
            raise MachineError(f"QEMU could not run the bench {name}: {ended.stderr}")
        lines = [json.loads(line) for line in said.read_text().splitlines() if line.startswith("{")]
    return Said({line["name"]: line["seen"] for line in lines}, screen)


def _command(name: str, console: Path, said: Path) -> list[str]:
    words = f"console=ttyS0 quiet loglevel=3 panic=-1 bench={name} checkout={ROOT} made={MADE}"
    share = "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
    return [
        *("nice", "-n", "15", "timeout", str(SECONDS)),
        *("qemu-system-x86_64", "-M", "q35,accel=tcg", "-cpu", "max", "-m", "768", "-no-reboot"),
        *("-display", "none", "-monitor", "none", "-nic", "none"),
        *("-serial", f"file:{console}", "-serial", f"file:{said}"),
        *("-kernel", str(MADE / "vmlinuz"), "-initrd", str(MADE / "first.gz"), "-append", words, "-virtfs", share),
    ]
