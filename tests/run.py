"""`make test`: every check in turn, quick ones first, with the time each took. Ends at the first that fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
WORKERS = str(os.cpu_count() or 2)

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("style (ruff)", [f"{BIN}/ruff", "check", "."]),
    ("format (ruff)", [f"{BIN}/ruff", "format", "--check", "."]),
    ("types (mypy)", [f"{BIN}/mypy"]),
    ("pages (vitest, tsc)", ["npm", "test", "--silent"]),
    ("rules, wire, structure", ["pytest", "tests/rules", "tests/wire", "tests/architecture"]),
    ("hub on SQLite and PostgreSQL", ["pytest", "tests/hub", "-n", WORKERS]),
    ("edge with virtual hardware", ["pytest", "tests/edge", "-n", WORKERS]),
    ("whole system", ["pytest", "tests/system", "tests/browser"]),
)


def main() -> int:
    """Run the checks; the exit status of the first that failed, else 0."""
    (ROOT / "build" / "requirements.json").unlink(missing_ok=True)
    started = time.monotonic()
    for name, command in CHECKS:
        print(f"── {name}", flush=True)
        began = time.monotonic()
        status = subprocess.run(_program(command), cwd=ROOT, check=False).returncode
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
        if status:
            print(f"{name}: failed", flush=True)
            return status
    print(f"All passed in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def _program(command: list[str]) -> list[str]:
    if command[0] != "pytest":
        return command
    return [sys.executable, "-m", *command]


if __name__ == "__main__":
    sys.exit(main())
