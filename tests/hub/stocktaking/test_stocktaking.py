"""A librarian walks along her shelves with a scanner: what is there, what is missing, what stands elsewhere."""

import io
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By, history_of
from samut_hub.catalogue.item_status import change_status
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, TitleChange
from samut_hub.catalogue.service import add_place
from samut_hub.circulation import service as circulation
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.stocktaking import service
from samut_hub.stocktaking.closing import Fates, close, declare_missing, fates
from samut_hub.stocktaking.counting import Tally, items_left, tally
from samut_hub.stocktaking.jobs import run_declare_missing, run_scan
from samut_hub.stocktaking.models import StockTaking
from samut_hub.stocktaking.policy import Verdict
from samut_hub.tasks import Task, TaskError, Work
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import item, member, put_on_shelf


@pytest.fixture
def shelves(database: Database, libraries: Libraries, clock: Clock) -> dict[str, int]:
    """A hall with two shelves: B00001 and B00002 stand on the first, B00003 on the second."""
    put_on_shelf(database, libraries.north, clock())
    with database.session(libraries.north) as session:
        hall = add_place(session, "ห้องใหญ่")
        first, second = add_place(session, "ชั้น 1", parent=hall), add_place(session, "ชั้น 2", parent=hall)
        for number, place in (("B00001", first), ("B00002", first), ("B00003", second)):
            item(session, number).place_id = place.id
        return {"hall": hall.id, "first": first.id, "second": second.id}


def by(now: datetime) -> By:
    return By(staff_id=None, now=now, reason="ปลายปี")


def begin(session: Session, now: datetime, place_id: int | None = None) -> StockTaking:
    return service.begin(session, service.Scope(name="ปลายปี", place_id=place_id), staff_id=None, now=now)


def verdicts(session: Session, taking: StockTaking, *codes: str, here: int | None = None, now: datetime) -> list[str]:
    return [one.verdict for one in service.scan(session, taking, codes, here_id=here, by=by(now))]


@pytest.mark.requirement("K-11")
def test_expected_found_missing_misplaced_and_unknown(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock(), shelves["hall"])
        assert tally(session, taking) == Tally(3, 3)

        first = verdicts(session, taking, "b00001 ", "B00003", "XYZ123", here=shelves["first"], now=clock())

        assert first == [Verdict.FOUND, Verdict.MISPLACED, Verdict.UNKNOWN]
        told = tally(session, taking)
        assert (told.expected, told.found, told.left) == (3, 2, 1)
        assert told.verdicts == {"found": 1, "misplaced": 1, "unknown": 1}
        assert [one.barcode for one in items_left(session, taking)] == ["B00002"]

        close(session, taking, now=clock())
        assert declare_missing(session, taking, by(clock()))
        assert item(session, "B00002").status == "missing"
        assert history_of(session, item(session, "B00002"))[0].reason == "ปลายปี"
        assert (taking.expected, taking.found, taking.missing) == (3, 2, 1)


def test_a_book_that_is_out_is_not_missing_and_one_that_is_here_though_lent_is_told(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        for number in ("B00001", "B00002"):
            circulation.lend(
                session, member=member(session, "90001"), item=item(session, number), now=clock(), source="desk"
            )
        taking = begin(session, clock())
        assert tally(session, taking).expected == 1
        assert verdicts(session, taking, "B00001", now=clock()) == [Verdict.ON_LOAN]
        assert tally(session, taking).left == 1


def test_a_missing_book_that_is_found_can_be_lent_again(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        item(session, "B00001").status = "missing"
        item(session, "B00002").status = "withdrawn"
        taking = begin(session, clock())
        said = verdicts(session, taking, "B00001", "B00002", now=clock())
        assert said == [Verdict.FOUND_AGAIN, Verdict.WRITTEN_OFF]
        assert (item(session, "B00001").status, item(session, "B00002").status) == ("available", "withdrawn")
        assert item(session, "B00001").last_seen_at == clock()


def test_read_twice_counts_once_and_the_later_reading_stands(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        assert verdicts(session, taking, "B00003", "B00003", here=shelves["first"], now=clock()) == ["misplaced"]
        assert verdicts(session, taking, "B00003", here=shelves["second"], now=clock()) == ["found"]
        assert tally(session, taking).verdicts == {"found": 1}


def test_a_scanner_on_a_thai_keyboard_is_understood(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        scanned = service.scan(session, taking, ["ฺจจจจๅ", "b๐๐๐๐๒", "ไกฟ"], by=by(clock()))
        assert [(one.code, one.verdict) for one in scanned] == [
            ("B00001", Verdict.FOUND),
            ("B00002", Verdict.FOUND),
            ("ไกฟ", Verdict.UNKNOWN),
        ]


def test_what_belongs_here_is_put_here(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        scanned = service.scan(session, taking, ["B00003"], here_id=shelves["first"], by=by(clock()))[0]
        known = session.scalar(select(func.max(TitleChange.id)))
        service.put_here(session, taking, scanned.id, by(clock()))
        told = session.scalars(select(TitleChange.title_id).where(TitleChange.id > known)).all()
        assert told == [item(session, "B00003").title_id]
        assert item(session, "B00003").place_id == shelves["first"]
        assert tally(session, taking).verdicts == {"found": 1}


def test_what_went_over_the_desk_or_came_in_while_stock_was_taken_is_not_missing(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        before, during, never = (item(session, f"B0000{number}") for number in (1, 2, 3))
        pupil = member(session, "90001")
        circulation.lend(session, member=pupil, item=before, now=clock(), source="desk")
        clock.pass_by(days=1)
        taking = begin(session, clock())
        clock.pass_by(hours=1)
        circulation.take_back(session, item=before, now=clock(), source="desk")
        circulation.lend(session, member=pupil, item=during, now=clock(), source="desk")
        circulation.take_back(session, item=during, now=clock(), source="desk")
        add_items(session, during.title, ItemFields(accession_number="B00009"), now=clock())

        assert tally(session, taking) == Tally(1, 1)
        close(session, taking, now=clock())
        declare_missing(session, taking, by(clock()))

        assert (before.status, during.status, never.status) == ("available", "available", "missing")
        assert item(session, "B00009").status == "available"
        assert fates(session, taking) == Fates(missing=1)


def test_a_book_back_from_repair_while_stock_was_taken_is_not_missing(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        repaired = item(session, "B00001")
        change_status(session, repaired, "in_repair", by(clock()))
        taking = begin(session, clock())
        clock.pass_by(hours=1)
        change_status(session, repaired, "available", by(clock()))
        assert [one.barcode for one in items_left(session, taking)] == ["B00002", "B00003"]


def test_a_found_book_that_is_lent_meanwhile_stays_found(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        assert verdicts(session, taking, "B00001", now=clock()) == [Verdict.FOUND]
        clock.pass_by(hours=1)
        pupil = member(session, "90001")
        circulation.lend(session, member=pupil, item=item(session, "B00001"), now=clock(), source="desk")
        told = tally(session, taking)
        assert (told.expected, told.found, told.left) == (3, 1, 2)


def test_what_was_not_found_is_told_for_ever_and_what_turned_up_since_is_not_declared_missing(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        clock.pass_by(hours=1)
        close(session, taking, now=clock())
        listed = [one.id for one in items_left(session, taking)]
        pupil = member(session, "90001")
        clock.pass_by(hours=1)
        circulation.lend(session, member=pupil, item=item(session, "B00001"), now=clock(), source="desk")
        change_status(session, item(session, "B00002"), "in_repair", by(clock()))
        assert (tally(session, taking).left, fates(session, taking)) == (3, Fates(open=3))

        assert declare_missing(session, taking, by(clock()))
        assert not declare_missing(session, taking, by(clock()))

        assert [item(session, f"B0000{number}").status for number in (1, 2, 3)] == [
            "available",
            "in_repair",
            "missing",
        ]
        assert fates(session, taking) == Fates(missing=1, kept=2)
        assert [one.id for one in items_left(session, taking)] == listed
        assert tally(session, taking) == Tally(3, 3)
        close(session, taking, now=clock())
        assert tally(session, taking) == Tally(3, 3)


def test_a_stray_book_handed_in_at_the_desk_is_not_declared_missing(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock(), shelves["second"])
        circulation.take_back(session, item=item(session, "B00003"), now=clock(), source="desk")
        close(session, taking, now=clock())
        declare_missing(session, taking, by(clock()))
        assert item(session, "B00003").status == "available"


def test_nothing_is_scanned_into_a_closed_one(
    database: Database, libraries: Libraries, clock: Clock, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north) as session:
        taking = begin(session, clock())
        close(session, taking, now=clock())
        with pytest.raises(service.ClosedError):
            service.scan(session, taking, ["B00001"], by=by(clock()))


def started(browser: FlaskClient) -> int:
    answer = browser.post("/stock-taking/", data={"name": "ปลายปี"})
    return int(answer.location.rsplit("/", 1)[1])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("shelves")
def test_pages_from_the_first_scan_to_the_report(
    database: Database, clock: Clock, sign_in: SignIn, libraries: Libraries
) -> None:
    browser = sign_in()
    taking = started(browser)
    line = browser.post(f"/stock-taking/{taking}/scan", data={"scan": "B00001"}, headers={"HX-Request": "true"}).text
    assert "Found" in line
    listed = {"file": (io.BytesIO("B00002\r\nZZZ999\r\n".encode("utf-8-sig")), "wand.txt")}
    answer = browser.post(f"/stock-taking/{taking}/file", data=listed, follow_redirects=True)
    assert "2 numbers were read." in answer.text
    assert "B00003" in browser.get(f"/stock-taking/{taking}/left").text
    assert "ZZZ999" in browser.get(f"/stock-taking/{taking}/unsettled").text
    report = browser.get(f"/stock-taking/{taking}/report.csv").text.splitlines()
    assert [row.rsplit(",", 1)[1] for row in report if row[:6] in ("B00001", "B00003", "ZZZ999")] == [
        "No item has this number",
        "Found",
        "Not found",
    ]

    answer = browser.post(f"/stock-taking/{taking}/close", data={"declare": "y"})
    assert answer.location.startswith("/tasks/")
    with database.session(None, writes=False) as session:
        task = session.get_one(Task, int(answer.location.rsplit("/", 1)[1]))
        work = Work(database, Config(home=None), libraries.north, task.id, task.args)  # type: ignore[arg-type]
    assert "Declare 1 item missing" in browser.get(f"/stock-taking/{taking}").text
    assert run_declare_missing(work) == {"missing": 1, "kept": 0}
    with database.session(libraries.north, writes=False) as session:
        assert session.get_one(Item, item(session, "B00003").id).status == "missing"
    page = browser.get(f"/stock-taking/{taking}").text
    assert "1 item was declared missing." in page
    assert "Declare 1 item missing" not in page
    assert "B00003" in browser.get(f"/stock-taking/{taking}/left").text
    assert browser.get(f"/stock-taking/{taking}/report.csv").text.splitlines() == report


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("shelves")
def test_who_goes_on_scanning_after_the_closing_is_told(sign_in: SignIn) -> None:
    browser, script = sign_in(), {"HX-Request": "true"}
    taking = started(browser)
    too_long = browser.post(f"/stock-taking/{taking}/scan", data={"scan": "B" * 101}, headers=script)
    assert (too_long.status_code, too_long.headers["HX-Retarget"]) == (422, "#messages")
    browser.post(f"/stock-taking/{taking}/close")
    late = browser.post(f"/stock-taking/{taking}/scan", data={"scan": "B00001"}, headers=script)
    assert (late.status_code, late.headers["HX-Retarget"]) == (422, "#messages")
    assert "This stock-taking is closed." in late.text
    listed = {"file": (io.BytesIO(b"B00001"), "wand.txt")}
    answer = browser.post(f"/stock-taking/{taking}/file", data=listed)
    assert answer.status_code == 422
    assert "This stock-taking is closed." in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("shelves")
def test_an_item_read_twice_is_two_lines_of_which_each_can_be_settled(
    sign_in: SignIn, shelves: dict[str, int]
) -> None:
    browser = sign_in()
    taking = started(browser)
    misplaced = {"scan": "B00003", "here": str(shelves["first"])}
    for _time in range(2):
        line = browser.post(f"/stock-taking/{taking}/scan", data=misplaced, headers={"HX-Request": "true"}).text
        assert "It belongs here" in line
        assert " id=" not in line


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("shelves")
def test_a_long_file_of_a_scanner_is_read_in_parts_beside_the_desk(
    database: Database, sign_in: SignIn, libraries: Libraries
) -> None:
    browser = sign_in()
    taking = started(browser)
    lines = ["B00001", *(f"X{number:06}" for number in range(450)), "B00003"]
    listed = {"file": (io.BytesIO("\r\n".join(lines).encode()), "wand.txt")}
    answer = browser.post(f"/stock-taking/{taking}/file", data=listed)
    assert answer.location.startswith("/tasks/")
    with database.session(libraries.north, writes=False) as session:
        task = session.get_one(Task, int(answer.location.rsplit("/", 1)[1]))
        work = Work(database, Config(home=None), libraries.north, task.id, task.args)  # type: ignore[arg-type]
        assert tally(session, service.stock_taking_by_id(session, taking)).verdicts == {}

    for _time in ("first", "again, after a power cut"):
        assert run_scan(work) == {"numbers": 452}
    with database.session(libraries.north) as session:
        counted = service.stock_taking_by_id(session, taking)
        assert tally(session, counted).verdicts == {"found": 2, "unknown": 450}
        close(session, counted, now=session.get_one(Task, task.id).made_at)
    with pytest.raises(TaskError, match="closed"):
        run_scan(work)
    report = browser.get(f"/stock-taking/{taking}/report.csv").text.splitlines()
    assert len(report) == 1 + 452 + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_is_no_list_of_numbers(sign_in: SignIn) -> None:
    browser = sign_in()
    taking = started(browser)
    wrong = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "shelf.png")}
    answer = browser.post(f"/stock-taking/{taking}/file", data=wrong, follow_redirects=True)
    assert "This is not a list of numbers" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_assistant_scans_but_does_not_begin(sign_in: SignIn) -> None:
    taking = started(sign_in())
    browser = sign_in("assistant")
    assert browser.get(f"/stock-taking/{taking}").status_code == 200
    assert browser.post("/stock-taking/", data={"name": "อีกครั้ง"}).status_code == 403
