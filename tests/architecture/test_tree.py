"""What must not be in the tree: grab-all modules, built things, addresses of package registries."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
GRAB_ALL = re.compile(r"(^|/)(utils?|helpers?|common|misc)\.(py|ts|js)$")
BUILT = re.compile(r"\.(mo|pyc|db|sqlite3?|whl)$|(^|/)(node_modules|kiosk_page|dist)/|(^|/)uv\.lock$")


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


def test_no_file_is_named_for_everything() -> None:
    assert [name for name in tracked() if GRAB_ALL.search(name)] == []


def test_nothing_built_is_kept() -> None:
    assert [name for name in tracked() if BUILT.search(name)] == []


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    python = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in python
    assert "://" not in python
    assert not re.search(r'"resolved": "\w+://', (ROOT / "package-lock.json").read_text())
