"""setup.sh on machines that lack something; the programs of the machine are stand-ins."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINE = {
    "id": "echo 1000",
    "df": "echo head; echo / 1 1 9000000 1% /",
    "dpkg-query": "echo install ok installed",
    "node": 'case "$1" in -p) echo 20;; *) echo v20.1.0;; esac',
    "npm": "exit 0",
    "python3.11": f'[ "$1" = -m ] && exit 1; exec {sys.executable} "$@"',
    "sudo": 'echo "$@" >>sudo.log; exit 1',
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("setup.sh", "apt.txt", "requirements.lock", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for name, script in MACHINE.items():
        stand_in(tmp_path, name, script)
    return tmp_path


def stand_in(checkout: Path, name: str, script: str) -> None:
    program = checkout / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def set_up(checkout: Path) -> str:
    """What it says before it gives up."""
    env = {"PATH": f"{checkout / 'bin'}:/usr/bin:/bin"}
    done = subprocess.run(
        ["sh", "setup.sh", "run"], cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    return done.stderr


def test_a_node_that_is_too_old_is_named(checkout: Path) -> None:
    stand_in(checkout, "node", 'case "$1" in -p) echo 18;; *) echo v18.19.0;; esac')
    assert "Node.js 20 or newer is needed; this is v18.19.0." in set_up(checkout)


def test_debian_packages_are_installed_without_questions(checkout: Path) -> None:
    stand_in(checkout, "dpkg-query", "exit 1")
    assert "python3-venv" in set_up(checkout)
    assert (checkout / "sudo.log").read_text().startswith("env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get")


def test_a_virtual_environment_without_pip_is_made_anew(checkout: Path) -> None:
    broken = checkout / ".venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert "A virtual environment cannot be made." in set_up(checkout)
    assert not broken.exists()
