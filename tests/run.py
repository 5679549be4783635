"""`make test`: every check, with the time each took.

The quickest come first and alone. Then two lanes run beside each other: the tests of the hub, which keep every core
busy, and all others, which mostly wait for each other and for devices; these come first where both want a core. What
a check says is shown when it has ended. After one that failed no other begins.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
WORKERS = str(os.cpu_count() or 2)

ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What is compiled is kept: without, each process would do it anew, with all assertions to be rewritten."""

Check = tuple[str, list[str]]

QUICK: tuple[Check, ...] = (
    ("style (ruff)", [f"{BIN}/ruff", "check", "."]),
    ("format (ruff)", [f"{BIN}/ruff", "format", "--check", "."]),
)
PYTEST = [sys.executable, "-m", "pytest"]
BY_FILE = ["--dist", "loadfile", "--no-loadscope-reorder"]
"""A file's tests stay with one worker: what its pages and queries need is read, and its page built, once."""

HUB: tuple[Check, ...] = (
    ("hub on SQLite and PostgreSQL", ["nice", "-n", "10", *PYTEST, "tests/hub", "-n", WORKERS, *BY_FILE]),
)
OTHERS: tuple[Check, ...] = (
    ("types (mypy)", [f"{BIN}/mypy"]),
    ("pages (vitest, tsc)", ["npm", "test", "--silent"]),
    ("rules, wire, structure", [*PYTEST, "tests/rules", "tests/wire", "tests/architecture"]),
    ("edge with virtual hardware", [*PYTEST, "tests/edge", "tests/firmware", "-n", WORKERS, *BY_FILE]),
    ("whole system", [*PYTEST, "tests/system", "tests/browser"]),
)


@dataclass
class Round:
    """One run of all checks, of which several may run at a time."""

    failed: list[str] = field(default_factory=list)
    telling: threading.Lock = field(default_factory=threading.Lock)

    def go_through(self, checks: tuple[Check, ...]) -> None:
        for name, command in checks:
            if not self.failed:
                self.run(name, command)

    def run(self, name: str, command: list[str]) -> None:
        self.tell(f"── {name}: begun")
        began = time.monotonic()
        with tempfile.TemporaryFile() as said:  # a pipe would be waited for as long as anybody holds it
            ended = subprocess.run(command, cwd=ROOT, env=ENV, check=False, stdout=said, stderr=subprocess.STDOUT)
            said.seek(0)
            text = said.read().decode(errors="replace")
        if ended.returncode:
            self.failed.append(name)
        outcome = "failed" if ended.returncode else "passed"
        self.tell(f"{text}── {name}: {outcome}, {time.monotonic() - began:.0f} s")

    def tell(self, text: str) -> None:
        with self.telling:
            print(text, flush=True)


def main() -> int:
    """Run the checks; 1 where any failed."""
    (ROOT / "build" / "requirements.json").unlink(missing_ok=True)
    started, this_round = time.monotonic(), Round()
    this_round.go_through(QUICK)
    with ThreadPoolExecutor(2) as lanes:
        list(lanes.map(this_round.go_through, (HUB, OTHERS)))
    took = f"{time.monotonic() - started:.0f} s"
    print(
        f"Failed: {', '.join(this_round.failed)}. {took}" if this_round.failed else f"All passed in {took}.",
        flush=True,
    )
    return 1 if this_round.failed else 0


if __name__ == "__main__":
    sys.exit(main())
