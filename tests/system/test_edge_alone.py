"""The edge agent installs without anything of the hub."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") or "uv"
DISTRIBUTIONS = ("edge", "edge/wire", "hub/rules")
PROGRAM = """
import importlib.util
import samut_edge.agent, samut_edge.cli
for name in ("flask", "sqlalchemy", "samut_hub"):
    assert importlib.util.find_spec(name) is None, f"{name} came along"
print(samut_edge.agent.__file__)
"""


def versions(folder: Path) -> Path:
    """The locked versions without their hashes: packages of the checkout have none."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = [line.split(" ;")[0].rstrip(" \\") for line in lines if line and line[0].isalnum()]
    path = folder / "versions.txt"
    path.write_text("\n".join(pinned))
    return path


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_edge_computer_needs_no_flask_and_no_sqlalchemy(tmp_path: Path) -> None:
    clean = tmp_path / "venv"
    run(UV, "venv", "--python", sys.executable, clean)
    packages = [ROOT / folder for folder in DISTRIBUTIONS]
    locked = versions(tmp_path)
    run(UV, "pip", "install", "--python", clean, "--constraints", locked, "--build-constraints", locked, *packages)
    where = run(clean / "bin" / "python", "-I", "-c", PROGRAM)
    assert str(clean) in where
    assert run(clean / "bin" / "samut-edge", "--help").startswith("usage: samut-edge")
