"""The hub's commands as an administrator runs them."""

import getpass
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from samut_hub.catalogue.models import MaterialType
from samut_hub.cli import main
from samut_hub.db import Database
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.passwords import fits

SCHOOL = ("library", "add", "school", "--name-th", "โรงเรียน", "--name-en", "School")
WANNA = ("staff", "add", "wanna", "--library", "school", "--name", "วรรณา")
TWICE = "between the shelves\nbetween the shelves\n"

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


def samut(home: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments], input=typed)


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


def test_a_new_hub_knows_what_a_title_may_be(tmp_path: Path) -> None:
    samut(tmp_path, "setup")
    with Database(f"sqlite:///{tmp_path}/samut.db").session(None, writes=False) as session:
        assert {"book", "magazine", "equipment"} <= set(session.scalars(select(MaterialType.code)))


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Path:
    """The home of a hub with one library and nobody in it."""
    (tmp_path / "samut.toml").write_text(f'database = "{database_url}"\n')
    assert samut(tmp_path, *SCHOOL).exit_code == 0
    return tmp_path


def test_a_code_of_another_library_is_refused_in_a_sentence(home: Path) -> None:
    again = samut(home, *SCHOOL)
    assert (again.exit_code, again.stderr) == (2, "There is a library “school” already. Choose another code.\n")


def test_a_user_name_of_somebody_else_is_refused_in_a_sentence(home: Path) -> None:
    assert samut(home, *WANNA, typed=TWICE).exit_code == 0
    again = samut(home, *WANNA, typed=TWICE)
    assert again.exit_code == 2
    assert again.stderr.splitlines()[-1] == "The user name “wanna” is taken. Choose another."


def test_a_password_that_is_short_or_mistyped_is_asked_for_again(home: Path, database: Database) -> None:
    done = samut(home, *WANNA, typed=f"short\nshort\nbetween the shelves\nbetween teh shelves\n{TWICE}")
    assert done.exit_code == 0, done.output
    assert "at least 10 characters" in done.output
    assert "do not match" in done.output
    assert samut(home, *WANNA[:2], "mali", *WANNA[3:], typed="short\nshort\n").exit_code == 1
    with database.session(None) as session:
        (account,) = session.query(StaffAccount).all()
        assert fits(account.password_hash, "between the shelves")
