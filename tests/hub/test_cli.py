"""The hub's commands, each in a process of its own as an administrator runs them."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from click.testing import CliRunner
from samut_hub.cli import main
from samut_hub.db import Database
from samut_hub.libraries.models import Library

answer = CliRunner().invoke(main, ["--home", sys.argv[1], "setup"], catch_exceptions=False)
assert answer.exit_code == 0, answer.output
database = Database(f"sqlite:///{sys.argv[1]}/samut.db")
with database.session(None) as session:
    session.add(Library(code="one", name_th="หนึ่ง", name_en="One"))
with database.session(None) as session:
    session.connection().exec_driver_sql("DELETE FROM replica_changes")
    session.query(Library).one().name_en = "The first"
with database.session(None) as session:
    print(session.connection().exec_driver_sql("SELECT count(*) FROM replica_changes").scalar())
"""


def test_what_a_command_changes_is_noted_for_the_devices(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "1\n", done.stderr
