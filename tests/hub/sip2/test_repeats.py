"""Messages that come again, and what a machine hears while the hub cannot."""

import pytest
from sqlalchemy import text

from samut_hub.db import Database
from samut_hub.sip2 import lending
from tests.hub.circulation.conftest import BOOKS, MANEE, PITI, School
from tests.hub.conftest import PASSWORD, Clock
from tests.hub.sip2.conftest import NEVER, STAMP, AddAccount, Machine, Running, field, fields
from tests.hub.sip2.test_patrons import give_password

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BOOK = BOOKS[0]


def test_what_was_refused_is_decided_anew(kiosk: Machine, school: School) -> None:
    kiosk.lend(MANEE, BOOK)
    assert kiosk.lend(PITI, BOOK).startswith("120")
    kiosk.take_back(BOOK)
    assert kiosk.lend(PITI, BOOK).startswith("121")


def test_a_loan_that_has_ended_is_not_told_again_but_made_anew(
    kiosk: Machine, running: Running, school: School
) -> None:
    assert kiosk.lend(MANEE, BOOK).startswith("121")
    kiosk.take_back(BOOK, stamp="20261123    100100")
    assert running.machine().lend(MANEE, BOOK).startswith("121")
    assert len(school.loans(MANEE)) == 1


def test_a_renewal_is_told_again_though_it_could_not_be_done_again(
    kiosk: Machine, school: School, clock: Clock
) -> None:
    kiosk.lend(MANEE, BOOK)
    clock.pass_by(days=3)
    renewal = f"29NN{STAMP}{NEVER}AOnorth|AA{MANEE}|AB{BOOK}|AC|"
    assert kiosk.ask(renewal) == kiosk.ask(renewal)
    assert [loan.renewals for loan in school.loans()] == [1]


def test_an_answer_is_repeated_only_to_who_knows_the_password(
    running: Running, school: School, account: AddAccount
) -> None:
    account(pin_needed=True)
    give_password(school, MANEE)
    machine, other = running.machine(), running.machine()
    assert machine.lend(MANEE, BOOK, more="ADwrong|").startswith("120")
    lent = machine.lend(MANEE, BOOK, more=f"AD{PASSWORD}|")
    assert lent.startswith("121")
    assert other.lend(MANEE, BOOK).startswith("120")
    assert other.lend(MANEE, BOOK, more=f"AD{PASSWORD}|") == lent


@pytest.mark.parametrize(
    "message",
    [
        f"11YN{STAMP}{NEVER}AOnorth|AA%s|AB{BOOK}|AC|",
        f"11YY{STAMP}{NEVER}AOnorth|AA%s|AB{BOOK}|AC|",
        f"29NN{STAMP}{NEVER}AOnorth|AA%s|AB{BOOK}|AC|",
        f"65{STAMP}AOnorth|AA%s|AC|",
        f"15+{STAMP}AOnorth|AA%s|AB{BOOK}|AC|",
        f"15-{STAMP}AOnorth|AA%s|AB{BOOK}|AC|",
        f"01Y{STAMP}AOnorth|AL|AA%s|AC|",
        f"25{STAMP}AOnorth|AA%s|AC|",
    ],
)
@pytest.mark.parametrize("more", ["", "ADwrong|"])
def test_who_is_a_member_is_not_found_out_without_the_password(
    running: Running, school: School, account: AddAccount, message: str, more: str
) -> None:
    account(pin_needed=True)
    machine = running.machine()
    give_password(school, MANEE)
    nobody = machine.ask(message % "99999" + more)
    assert machine.ask(message % MANEE + more) == nobody.replace("99999", MANEE)


def test_a_machine_hears_that_the_hub_cannot_now_and_asks_again(
    kiosk: Machine, school: School, database: Database
) -> None:
    rename(database, "loans", "gone")
    refused = {"120NUN": kiosk.lend(MANEE, BOOK), "100NUN": kiosk.take_back(BOOK), "64YYYY": kiosk.patron(MANEE)}
    for beginning, answer in refused.items():
        assert answer.startswith(beginning)
        assert field(answer, "AF") == "The library's system is busy. Please try again."
    rename(database, "gone", "loans")
    assert kiosk.lend(MANEE, BOOK).startswith("121")


def test_who_has_very_many_books_is_told_that_not_all_were_looked_at(
    kiosk: Machine, school: School, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for book in BOOKS[:2]:
        kiosk.lend(MANEE, book)
    clock.pass_by(days=3)
    monkeypatch.setattr(lending, "LONGEST_LIST", 1)
    answer = kiosk.ask(f"65{STAMP}AOnorth|AA{MANEE}|AC|")
    assert len(fields(answer, "BM")) == 1
    assert field(answer, "AF") == "Only the first 1 were looked at. Please have the others renewed at the desk."


def rename(database: Database, table: str, name: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
