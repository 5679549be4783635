"""An alarm of a gate stands on every desk's screen until somebody has seen it."""

from itertools import islice

import pytest

from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.visits.models import GateAlarm
from tests.hub.conftest import Clock, SignIn
from tests.hub.shelf import item, member
from tests.hub.visits.conftest import Gates

NAMED = "Taken without a loan?"


@pytest.mark.requirement("H-04")
def test_a_secured_item_is_named_on_the_desks_screen(gates: Gates, sign_in: SignIn) -> None:
    gates.alarms(barcode=gates.shelf.book, tag="E004")
    gates.alarms("door_forced")
    gates.alarms(barcode=gates.shelf.second, quiet=True)
    for page in ("/desk/", "/desk/return", "/visits/alarms/now"):
        text = sign_in().get(page).text
        assert "พระอภัยมณี" in text
        assert NAMED in text
        assert "The door was forced" in text
        assert "ขุนช้างขุนแผน" not in text


@pytest.mark.requirement("H-04")
def test_who_saw_it_takes_it_off_all_screens_and_is_written_down(
    gates: Gates, sign_in: SignIn, database: Database, clock: Clock
) -> None:
    alarm, one, other = gates.alarms(barcode=gates.shelf.book), sign_in("assistant"), sign_in()
    clock.pass_by(minutes=2)
    rest = one.post(f"/visits/alarms/{alarm}/seen", headers={"HX-Request": "true"}).text
    assert "พระอภัยมณี" not in rest
    assert other.post(f"/visits/alarms/{alarm}/seen").status_code == 302
    assert "พระอภัยมณี" not in other.get("/desk/").text
    with database.session(gates.library) as session:
        row = session.get_one(GateAlarm, alarm)
        assert (row.seen_by, row.seen_at) == ("north.assistant", clock())
    assert "north.assistant" in other.get("/visits/alarms").text


@pytest.mark.requirement("H-04")
def test_a_desk_hears_at_once_that_there_is_an_alarm(gates: Gates, sign_in: SignIn) -> None:
    heard = sign_in().get("/visits/alarms/stream").response
    events = (piece.decode() for piece in heard if b"event:" in piece)  # type: ignore[union-attr]
    assert next(events) == "event: alarms\ndata: -\n\n"
    alarm = gates.alarms(barcode=gates.shelf.book)
    assert list(islice(events, 1)) == [f"event: alarms\ndata: {alarm}\n\n"]
    heard.close()  # type: ignore[union-attr]


def test_an_item_that_is_on_loan_was_not_taken(gates: Gates, sign_in: SignIn, database: Database) -> None:
    gates.clock.pass_by(minutes=5)
    now = gates.clock()
    with database.session(gates.library) as session:
        whose, what = member(session, gates.shelf.pupil), item(session, gates.shelf.book)
        session.add(Loan(item=what, member=whose, lent_at=now, due_at=now, source="desk"))
    gates.clock.pass_by(minutes=1)
    gates.alarms(barcode=gates.shelf.book)
    page = sign_in().get("/desk/").text
    assert NAMED not in page
    assert "its tag was not released" in page


def test_strange_tags_and_unknown_items_are_told_as_such(gates: Gates, sign_in: SignIn) -> None:
    gates.alarms(barcode="X9")
    gates.alarms(tag="E0040150")
    page = sign_in().get("/desk/").text
    assert "Unknown item X9" in page
    assert "Unknown tag E0040150" in page


def test_after_some_hours_it_leaves_the_screen_and_after_a_month_the_list(
    gates: Gates, sign_in: SignIn, clock: Clock
) -> None:
    for _ in range(51):
        gates.alarms(barcode=gates.shelf.book)
    browser = sign_in()
    assert browser.get("/desk/").text.count("gate-alarm-item") == 5
    assert browser.get("/visits/alarms?page=2").text.count("พระอภัยมณี") == 1
    clock.pass_by(hours=13)
    browser = sign_in()
    assert "พระอภัยมณี" not in browser.get("/desk/").text
    assert "พระอภัยมณี" in browser.get("/visits/alarms").text
    clock.pass_by(days=31)
    assert "พระอภัยมณี" not in sign_in().get("/visits/alarms").text
