"""Who may speak with the server, and what becomes of those who may not."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.sip2 import server
from samut_hub.sip2.accounts import NewPassword, account_by_id, remove_account, set_password
from samut_hub.sip2.cli import tls_context
from samut_hub.sip2.server import Server
from samut_hub.sip2.service import Counter
from samut_hub.staff.passwords import hash_password
from samut_hub.staff.policy import MAX_FAILURES
from tests.hub.circulation.conftest import MANEE, School
from tests.hub.conftest import PASSWORD, Clock
from tests.hub.sip2.conftest import LOGIN, STAMP, AddAccount, Machine, Running, field, serving, wait_until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGN_IN = f"9300CN{LOGIN}|CO{PASSWORD}|"


def test_before_the_sign_in_there_is_only_the_status(running: Running, account: AddAccount) -> None:
    account()
    machine = running.machine("")
    answer = machine.ask("9900802.00")
    assert answer.startswith("98YNNNNN")
    assert answer[32:36] == "2.00"
    assert "north" not in answer.lower()
    machine.send(machine.sealed(f"23000{STAMP}AO|AA{MANEE}|") + b"\r")
    assert machine.receive() == b""


def test_a_machine_signs_in_and_learns_where_it_is(running: Running, account: AddAccount) -> None:
    account()
    machine = running.machine("")
    assert machine.ask(SIGN_IN) == "941"
    answer = machine.ask("9900802.00")
    assert answer.startswith("98YYYYNY050003")
    assert (field(answer, "AM"), field(answer, "BX")) == ("North School Library", "YYYNYYYYYNYNYYYY")


def test_wrong_passwords_end_in_waiting_and_the_connection_is_closed(
    running: Running, account: AddAccount, clock: Clock
) -> None:
    account()
    for _ in range(MAX_FAILURES):
        assert running.machine("").ask(f"9300CN{LOGIN}|COwrong|") == "940"
    assert running.machine("").ask(SIGN_IN) == "940"
    clock.pass_by(minutes=6)
    assert running.machine("").ask(SIGN_IN) == "941"
    machine = running.machine("")
    for _ in range(3):
        assert machine.ask("9300CNnobody|CO|") == "940"
    machine.send(machine.sealed("9300CNnobody|CO|") + b"\r")
    assert machine.receive() == b""


def test_from_elsewhere_the_right_password_is_wrong(running: Running, account: AddAccount) -> None:
    account(networks=["10.0.0.0/8"])
    account("other")
    assert running.machine("").ask(SIGN_IN) == "940"


def test_from_where_no_account_comes_nobody_is_listened_to(running: Running, account: AddAccount) -> None:
    account(networks=["10.0.0.0/8"])
    assert running.machine("").receive() == b""


@pytest.mark.parametrize("line", [b"\r", b"9900802.00AZFE1B\r", b"97AZFEF5\r", b"9" * 500])
def test_who_says_much_and_does_not_sign_in_is_hung_up_on(running: Running, account: AddAccount, line: bytes) -> None:
    account()
    stranger, quiet = running.machine(""), running.machine("")
    stranger.send(line * 22)
    assert len(stranger.receive_all()) < 22
    assert quiet.ask(SIGN_IN) == "941"
    quiet.send(b"\r" * 100)
    assert quiet.ask("9900802.00").startswith("98YY")


def test_strangers_leave_room_for_others(
    running: Running, account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_STRANGERS", 2)
    account()
    known = running.machine()
    first, second, third = (running.machine("") for _ in range(3))
    assert third.receive() == b""
    for machine in (known, first, second):
        assert machine.ask(SIGN_IN) == "941"
    assert running.machine("").ask(SIGN_IN) == "941"


def test_a_machine_that_does_not_read_is_cut_off_and_its_connection_gone(
    running: Running, school: School, account: AddAccount, database: Database
) -> None:
    """Closed, but not gone, it would stay open until the machine reads, and nobody would count it."""
    number = account()
    machine = running.machine()
    machine.patron(MANEE)
    machine.send_until_full(b"97AZFEF5\r")
    assert machine.is_connected(running.server.port)
    with database.session(school.library) as session:
        remove_account(session, account_by_id(session, number))
    running.refresh()
    wait_until("the connection is gone", lambda: not machine.is_connected(running.server.port))


def test_a_machine_signs_in_anew_in_its_own_place_and_loses_it_with_a_wrong_password(
    running: Running, school: School, account: AddAccount
) -> None:
    account(connections=1)
    machine = running.machine()
    assert machine.ask(SIGN_IN) == "941"
    assert machine.ask(f"9300CN{LOGIN}|COwrong|") == "940"
    machine.send(machine.sealed(f"23000{STAMP}AO|AA{MANEE}|") + b"\r")
    assert machine.receive() == b""
    assert running.machine().status(MANEE).startswith("24")


def test_a_machine_that_cannot_sign_in_is_known_by_its_address(
    running: Running, school: School, account: AddAccount
) -> None:
    account(by_address=True, networks=["127.0.0.1/32"], blocks=True, payments="cash")
    known = running.machine("")
    assert known.status(MANEE).startswith("24")
    known.ask(f"01Y{STAMP}AOnorth|AL|AA{MANEE}|AC|")
    assert school.member(MANEE).blocked == ""
    assert field(known.ask("9900802.00"), "BX") == "YYYNYYYYYNYNYYYY"
    account("other", by_address=True, networks=["127.0.0.1/32"])
    machine = running.machine("")
    assert machine.ask("9900802.00").startswith("98YNN")


def test_a_whole_network_must_sign_in(running: Running, account: AddAccount) -> None:
    account(by_address=True)
    assert running.machine("").ask("9900802.00").startswith("98YNN")


def test_an_account_has_so_many_connections_and_no_more(running: Running, account: AddAccount) -> None:
    account(connections=2)
    first, second = running.machine(), running.machine()
    assert running.machine("").ask(SIGN_IN) == "940"
    for machine in (first, second):
        assert machine.ask("9900802.00").startswith("98YY")


def test_a_change_of_the_account_reaches_the_machine_and_its_removal_cuts_it_off(
    running: Running, school: School, account: AddAccount, database: Database, clock: Clock
) -> None:
    number = account()
    machine = running.machine()
    with database.session(school.library) as session:
        account_by_id(session, number).institution = "THE SCHOOL"
    running.refresh()
    assert field(machine.status(MANEE), "AO") == "THE SCHOOL"
    with database.session(school.library) as session:
        set_password(session, account_by_id(session, number), NewPassword("new", hash_password("new")), now=clock())
    running.refresh()
    assert machine.receive() == b""
    with database.session(school.library) as session:
        remove_account(session, account_by_id(session, number))
    assert running.machine("").receive() == b""


def test_the_last_answer_is_said_again_without_its_sequence_number(kiosk: Machine, school: School) -> None:
    answer = kiosk.status(MANEE)
    again = kiosk.exchange(b"97AZFEF5")
    assert again.rpartition(b"AZ")[0].decode() == answer
    assert kiosk.exchange(b"97AZFEF5") == again


def test_a_message_with_a_wrong_checksum_is_asked_for_again_and_not_carried_out(
    kiosk: Machine, school: School
) -> None:
    wrong = kiosk.sealed(f"11NN{STAMP}{' ' * 18}AOnorth|AA{MANEE}|ABB00001|")[:-4] + b"0000"
    assert kiosk.exchange(wrong) == b"96AZFEF6"
    assert school.loans() == []


def test_an_account_may_do_without_checksums(running: Running, school: School, account: AddAccount) -> None:
    account(checksum_required=False)
    machine = running.machine()
    assert machine.exchange(f"17{STAMP}AO|ABB00001|".encode()).endswith(b"|")
    account("strict")
    assert running.machine("strict").exchange(f"17{STAMP}AO|ABB00001|".encode()) == b"96AZFEF6"


def test_lines_end_as_the_machine_ends_its_own(kiosk: Machine, school: School) -> None:
    assert kiosk.exchange(kiosk.sealed("9900802.00"), end=b"\r\n").startswith(b"98")
    kiosk.send(kiosk.sealed("9900802.00") + b"\n")
    assert kiosk.receive().startswith(b"98")


def test_a_machine_speaks_old_thai(running: Running, school: School, account: AddAccount) -> None:
    account(encoding="cp874", language="th")
    machine = running.machine(encoding="cp874")
    answer = machine.status(MANEE, language="000")
    assert field(answer, "AE") == "มานี มีใจ"
    assert machine.lend("๒๐๐๐๑", "B00001").startswith("121")


def test_with_a_certificate_the_server_speaks_tls_and_nothing_else(
    school: School, account: AddAccount, counter: Counter, tmp_path: Path
) -> None:
    account()
    make_authority(tmp_path, datetime.now(UTC), ("localhost",))
    files = {"sip2_certificate": str(tmp_path / "broker.crt"), "sip2_key": str(tmp_path / "broker.key")}
    context = tls_context(Config(home=tmp_path, **files))  # type: ignore[arg-type]
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.crt")
    with serving(Server(counter, host="127.0.0.1", port=0, context=context)) as running:
        assert Machine(running.server.port, context=trusting).ask(SIGN_IN) == "941"
        in_plain = Machine(running.server.port)
        in_plain.send(SIGN_IN.encode() + b"\r")
        assert not in_plain.receive().startswith(b"94")
