"""Serials as a school library keeps them: a holding, issues checked in one after another, gaps."""

from datetime import date

import pytest

from samut_hub.catalogue import items
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.serials import service
from samut_hub.catalogue.serials.models import Holding
from samut_hub.catalogue.serials.policy import Frequency, Numbering, by_volume, next_issue, runs
from samut_hub.catalogue.serials.service import HoldingFields, IssueFields
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Libraries

TODAY = date(2026, 11, 23)


@pytest.fixture
def monthly(catalogue: Catalogue) -> int:
    title_id = catalogue.add(Description(title="วารสารห้องสมุด", material="journal"))[0]
    with catalogue.database.session(catalogue.library) as session:
        title = session.get_one(Title, title_id)
        return service.add_holding(session, title, HoldingFields(frequency=Frequency.MONTHLY.value), now=NOW).id


def issue(number: str, *, volume: str = "5", year: int = 2026, came: bool = True) -> IssueFields:
    return IssueFields(year=year, volume=volume, number=number, received_on=TODAY if came else None)


@pytest.mark.parametrize(
    ("frequency", "last", "then"),
    [
        (Frequency.MONTHLY, ("5", "11", date(2026, 11, 30)), ("5", "12", date(2026, 12, 30))),
        (Frequency.MONTHLY, ("5", "12", date(2026, 12, 31)), ("6", "1", date(2027, 1, 31))),
        (Frequency.MONTHLY, ("5", "1", date(2026, 1, 31)), ("5", "2", date(2026, 2, 28))),
        (Frequency.QUARTERLY, ("", "96", None), ("", "97", None)),
        (Frequency.DAILY, ("77", "24911", date(2026, 12, 31)), ("77", "24912", date(2027, 1, 1))),
        (Frequency.WEEKLY, ("", "พิเศษ", date(2026, 11, 2)), ("", "", date(2026, 11, 9))),
        (Frequency.IRREGULAR, ("2", "3", date(2026, 1, 1)), ("2", "4", None)),
    ],
)
def test_the_next_issue_is_guessed_from_the_last(
    frequency: Frequency, last: tuple[str, str, date | None], then: tuple[str, str, date | None]
) -> None:
    assert next_issue(Numbering(*last), frequency) == Numbering(*then)


def test_numbers_in_a_row_are_said_in_short() -> None:
    assert runs(["1", "2", "3", "4", "5", "6", "8"]) == "1–6, 8"
    assert runs(["3", "พิเศษ", "1", "2", "10"]) == "1–3, 10, พิเศษ"
    assert by_volume([("5", "1"), ("5", "2"), ("6", "1")]) == [("5", "1–2"), ("6", "1")]


@pytest.mark.requirement("A-07")
def test_issues_come_one_is_missing_and_the_holding_says_so(catalogue: Catalogue, monthly: int) -> None:
    with catalogue.database.session(catalogue.library) as session:
        holding = service.holding_by_id(session, monthly)
        for number in ("1", "2", "3", "10"):
            service.check_in(session, holding, issue(number), now=NOW)
        service.check_in(session, holding, issue("4", came=False), now=NOW)
        assert service.expected(session, holding, today=TODAY) == issue("11")
        found = service.held(session, holding.title_id)[0]
        assert (found.volumes, found.missing) == ([("5", "1–3, 10")], 1)
        assert [one.number for one in service.issues_of(session, holding, 2026)] == ["1", "2", "3", "4", "10"]
        assert service.years_of(session, holding) == [(2026, 4, 5)]


def test_an_issue_that_was_missing_comes_after_all_and_no_issue_comes_twice(
    catalogue: Catalogue, monthly: int
) -> None:
    with catalogue.database.session(catalogue.library) as session:
        holding = service.holding_by_id(session, monthly)
        missing = service.check_in(session, holding, issue("4", came=False), now=NOW)
        assert service.check_in(session, holding, issue("4"), now=NOW).id == missing.id
        with pytest.raises(service.IssueThereError):
            service.check_in(session, holding, issue("4"), now=NOW)
        other = service.check_in(session, holding, issue("5"), now=NOW)
        with pytest.raises(service.IssueThereError):
            service.edit_issue(session, other, issue("4"))
        service.mark_missing(session, other)
        assert service.held(session, holding.title_id)[0].missing == 1


def test_an_issue_can_be_a_copy_that_is_lent(catalogue: Catalogue, monthly: int) -> None:
    with catalogue.database.session(catalogue.library) as session:
        holding = service.holding_by_id(session, monthly)
        copy = items.ItemFields(accession_number="M00001", note="ปีที่ 5 ฉบับที่ 1")
        made = service.check_in(session, holding, issue("1"), item=copy, now=NOW)
        item = session.get_one(Item, made.item_id)
        assert (item.barcode, item.title_id) == ("M00001", holding.title_id)
        service.remove_issue(session, made)
        session.flush()
        assert session.get(Item, item.id) is not None


def test_another_library_has_holdings_of_its_own(catalogue: Catalogue, libraries: Libraries, monthly: int) -> None:
    with catalogue.database.session(catalogue.library) as session:
        holding = service.holding_by_id(session, monthly)
        title_id = holding.title_id
        service.check_in(session, holding, issue("1"), now=NOW)
    with catalogue.database.session(libraries.south) as session:
        assert service.held(session, title_id) == []
        assert session.get(Holding, monthly) is None
