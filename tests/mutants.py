"""`make mutants`: break the lending rules on purpose, everywhere, and see whether a test notices.

The rules and their tests are copied to build/mutants and changed there by mutmut. Ends with an error when fewer than
`LEAST` of a hundred mutants are killed.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "build" / "mutants"
LEAST = 90
SETTINGS = """\
[tool.mutmut]
source_paths = ["samut_rules"]
also_copy = ["tests"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = ["tests/rules"]

[tool.pytest.ini_options]
addopts = "-q --import-mode=importlib"
"""
FEW_EXAMPLES = '''\
"""Made-up cases are few here: each mutant meets them all."""

from hypothesis import settings

settings.register_profile("mutants", max_examples=12, deadline=None, database=None, derandomize=True)
settings.load_profile("mutants")
'''


def main() -> int:
    lay_out()
    ended = subprocess.run([sys.executable, "-m", "mutmut", "run", *sys.argv[1:]], cwd=PLACE, check=False)
    subprocess.run([sys.executable, "-m", "mutmut", "export-cicd-stats"], cwd=PLACE, check=True)
    found = json.loads((PLACE / "mutants" / "mutmut-cicd-stats.json").read_text())
    killed, tried = found["killed"] + found["timeout"], found["total"] - found["skipped"]
    score = 100 * killed / tried if tried else 0
    print(f"{killed} of {tried} mutants were killed: {score:.1f} %. Those that lived: cd {PLACE}; mutmut results")
    return ended.returncode or int(score < LEAST)


def lay_out() -> None:
    """Only what the rules need: their package, their tests, and the settings of this run."""
    for name in ("samut_rules", "tests"):
        shutil.rmtree(PLACE / name, ignore_errors=True)
    shutil.copytree(ROOT / "hub" / "rules" / "samut_rules", PLACE / "samut_rules")
    shutil.copytree(ROOT / "tests" / "rules", PLACE / "tests" / "rules")
    (PLACE / "tests" / "__init__.py").touch()
    (PLACE / "tests" / "rules" / "conftest.py").write_text(FEW_EXAMPLES)
    (PLACE / "pyproject.toml").write_text(SETTINGS)


if __name__ == "__main__":
    sys.exit(main())
