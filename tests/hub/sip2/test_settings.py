"""Administrators let machines sign in, on a page and at a terminal."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.cli import main
from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.errors import ConfigError
from samut_hub.sip2.accounts import accounts
from samut_hub.sip2.cli import tls_context
from samut_hub.sip2.models import Sip2Account
from samut_hub.staff.passwords import fits
from samut_hub.staff.policy import Role
from samut_hub.supervisor import write_supervisor_file
from tests.hub.conftest import Libraries, SignIn

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHOSEN = {
    "login": "Lobby",
    "networks": "192.168.1.20\n10.0.0.0/8",
    "encoding": "cp874",
    "language": "th",
    "institution": "",
    "currency": "THB",
    "connections": "3",
    "renewals": "y",
    "payments": "cash",
}


@pytest.fixture
def administrator(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.ADMINISTRATOR)


@dataclass
class Lobby:
    """An account that was made on a page, which told its password."""

    database: Database
    library: int
    page: str

    def now(self) -> Sip2Account:
        with self.database.session(self.library, writes=False) as session:
            return accounts(session)[0]


@pytest.fixture
def lobby(administrator: FlaskClient, database: Database, libraries: Libraries) -> Lobby:
    answer = administrator.post("/settings/sip2/new", data=CHOSEN)
    assert answer.status_code == 200
    return Lobby(database, libraries.north, answer.text)


@ON_SQLITE
def test_nobody_may_sign_in_at_first(administrator: FlaskClient, database: Database) -> None:
    assert "No machine may sign in yet." in administrator.get("/settings/sip2/").text
    with database.session(None, writes=False) as session:
        assert session.scalars(select(Sip2Account)).all() == []


@ON_SQLITE
def test_a_machine_is_added_and_its_password_is_told_once(administrator: FlaskClient, lobby: Lobby) -> None:
    password = lobby.page.partition('password-once">')[2].partition("<")[0]
    account = lobby.now()
    assert (account.login, account.networks) == ("lobby", ["192.168.1.20/32", "10.0.0.0/8"])
    assert (account.payments, account.blocks, account.ncip) == ("cash", False, False)
    assert (account.encoding, account.pin_needed, account.renewals, account.connections) == ("cp874", False, True, 3)
    assert account.password_hash.startswith("$argon2id$")
    assert fits(account.password_hash, password)
    assert password not in administrator.get(f"/settings/sip2/{account.id}").text


@ON_SQLITE
def test_the_login_is_one_machine_s(administrator: FlaskClient, lobby: Lobby) -> None:
    answer = administrator.post("/settings/sip2/new", data=CHOSEN)
    assert answer.status_code == 422
    assert "There is an account with this login already." in answer.text


@pytest.mark.parametrize("networks", ["", "school", "10.0.0.0/99"])
@ON_SQLITE
def test_a_machine_must_come_from_somewhere(administrator: FlaskClient, networks: str, database: Database) -> None:
    answer = administrator.post("/settings/sip2/new", data={**CHOSEN, "networks": networks})
    assert answer.status_code == 422
    with database.session(None, writes=False) as session:
        assert session.scalars(select(Sip2Account)).all() == []


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"networks": "192.168.1.0/24"}, "only single addresses"),
        ({"networks": "192.168.1.20", "payments": "cash"}, "take no payments"),
        ({"networks": "192.168.1.20", "blocks": "y"}, "block nobody"),
    ],
)
@ON_SQLITE
def test_a_machine_without_a_sign_in_is_one_address_and_may_do_little(
    administrator: FlaskClient, chosen: dict[str, str], said: str
) -> None:
    filled = {**CHOSEN, "payments": "", "by_address": "y", **chosen}
    answer = administrator.post("/settings/sip2/new", data=filled)
    assert answer.status_code == 422
    assert said in answer.text


@ON_SQLITE
def test_an_account_is_changed_gets_another_password_and_is_removed(
    administrator: FlaskClient, lobby: Lobby, database: Database
) -> None:
    before = lobby.now()
    address = f"/settings/sip2/{before.id}"
    assert administrator.post(address, data={**CHOSEN, "pin_needed": "y"}).status_code == 302
    assert lobby.now().pin_needed
    assert "password-once" in administrator.post(f"{address}/password").text
    assert lobby.now().password_hash != before.password_hash
    assert administrator.post(f"{address}/remove").status_code == 302
    with database.session(None, writes=False) as session:
        assert session.scalars(select(Sip2Account)).all() == []


@ON_SQLITE
def test_an_account_is_added_at_a_terminal(tmp_path: Path, database: Database, libraries: Libraries) -> None:
    (tmp_path / "samut.toml").write_text(f'database = "{database.engine.url}"\n')
    command = ["--home", str(tmp_path), "sip2", "add-account", "lobby"]
    without_place = CliRunner().invoke(main, command)
    assert "--from" in without_place.output
    told = CliRunner().invoke(main, [*command, "--library", "south", "--from", "10.1.1.1", "--pin"])
    with database.session(libraries.south, writes=False) as session:
        [account] = accounts(session)
    assert (account.networks, account.pin_needed) == (["10.1.1.1/32"], True)
    assert fits(account.password_hash, told.output.split("password ")[1].split()[0])
    again = CliRunner().invoke(main, [*command, "--library", "south", "--from", "10.1.1.1"])
    assert (again.exit_code, "already" in again.output) == (2, True)


def test_the_server_is_off_until_it_has_a_port(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["--home", str(tmp_path), "sip2", "serve"]).exit_code == 2
    config = Config(home=tmp_path)
    assert config.sip2_host == "127.0.0.1"
    assert "[program:sip2]" not in write_supervisor_file(config, ()).read_text()
    (tmp_path / "samut.toml").write_text("sip2_port = 6001\n")
    assert "[program:sip2]" in write_supervisor_file(read_config(tmp_path), ()).read_text()


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert tls_context(Config(home=tmp_path)) is None
    with pytest.raises(ConfigError, match="sip2_certificate"):
        tls_context(Config(home=tmp_path, sip2_certificate=str(tmp_path / "none.pem")))
