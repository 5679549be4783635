"""The hub's commands as an administrator runs them."""

import getpass
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from samut_hub.cli import main

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


def samut(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments])


def test_set_up_leaves_all_that_the_broker_needs_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "samut.toml").write_text('mqtt_host = "0.0.0.0"\nmqtt_port = 18883\n')
    done = samut(tmp_path, "setup")
    assert done.exit_code == 0, done.output
    written = tmp_path / "broker" / "mosquitto.conf"
    assert str(written) in done.output
    settings = dict(line.split(" ", 1) for line in written.read_text().splitlines())
    assert settings["listener"] == "18883 0.0.0.0"
    assert settings["user"] == getpass.getuser()
    for name in ("cafile", "certfile", "keyfile", "acl_file"):
        assert Path(settings[name]).is_file()
