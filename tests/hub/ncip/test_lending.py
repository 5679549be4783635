"""Another system lends, takes back, renews and reserves for members, as the desk does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.models import Hold, HoldState, PickupPlace
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import BLOCKED, BOOKS, MANEE, PITI, SOUTHERNER, School
from tests.hub.conftest import PASSWORD, Clock, browser_of
from tests.hub.ncip.conftest import WISH, AddAccount, System, item, proven, user
from tests.hub.sip2.test_patrons import give_password

BOOK = BOOKS[0]


@pytest.mark.requirement("K-05")
def test_a_pupil_borrows_renews_and_brings_back(system: System, school: School, clock: Clock) -> None:
    lent = system.lend(MANEE, BOOK)
    assert (lent.status, lent.service, lent.problem) == (200, "CheckOutItemResponse", "")
    assert (lent.text("ItemIdentifierValue"), lent.text("UserIdentifierValue")) == (BOOK, MANEE)
    assert lent.text("DateDue") == "2026-12-01T16:59:59Z"
    [loan] = school.loans(MANEE)
    assert (loan.item.barcode, loan.source) == (BOOK, "ncip:exchange")
    assert system.ask("LookupItem", item(BOOK)).text("CirculationStatus") == "On Loan"
    clock.pass_by(days=3)
    renewed = system.renew(MANEE, BOOK)
    assert (renewed.text("RenewalCount"), renewed.text("DateDue")[:10]) == ("1", "2026-12-04")
    clock.pass_by(days=10)
    back = system.take_back(BOOK)
    assert (back.service, back.text("UserIdentifierValue")) == ("CheckInItemResponse", MANEE)
    assert (back.text("FiscalTransactionType"), back.text("MonetaryValue")) == ("Fine", "100")
    assert school.loans() == []


def test_a_message_that_comes_again_is_answered_again_and_done_once(
    system: System, school: School, clock: Clock
) -> None:
    first = system.lend(MANEE, BOOK)
    assert system.lend(MANEE, BOOK).text("DateDue") == first.text("DateDue")
    clock.pass_by(days=3)
    assert [system.renew(MANEE, BOOK).text("RenewalCount") for _ in range(2)] == ["1", "1"]
    assert [system.take_back(BOOK).text("UserIdentifierValue") for _ in range(2)] == [MANEE, MANEE]
    assert system.lend(PITI, BOOK).problem == ""
    assert system.take_back(BOOK).text("UserIdentifierValue") == PITI  # the same message, but another loan
    assert system.lend(MANEE, BOOK).problem == ""
    assert len(school.loans(MANEE)) == 1


def test_two_messages_at_one_moment_make_one_loan(system: System, school: School, hub_app: Flask) -> None:
    systems = [System(browser_of(hub_app)) for _ in range(6)]
    with ThreadPoolExecutor(len(systems)) as pool:
        answers = list(pool.map(lambda one, number: one.lend(number, BOOK), systems, (MANEE, PITI) * 3))
    [loan] = school.loans()
    winners = {answer.text("UserIdentifierValue") for answer in answers if not answer.problem}
    assert {school.ids[number] for number in winners} == {loan.member_id}
    assert {answer.problem for answer in answers} <= {"", "Resource Cannot Be Provided"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused_has_the_problem_of_the_standard_and_a_sentence(system: System, school: School) -> None:
    blocked = system.lend(BLOCKED, BOOK)
    assert (blocked.problem, "ทำหนังสือหาย" in blocked.text("ProblemDetail")) == ("User Blocked", True)
    assert system.lend("99999", BOOK).problem == system.lend(SOUTHERNER, BOOK).problem == "Unknown User"
    assert system.lend(MANEE, "nothing").problem == "Unknown Item"
    for book in BOOKS[:3]:
        system.lend(MANEE, book)
    assert system.lend(MANEE, BOOKS[3]).problem == "Maximum Check Outs Exceeded"
    assert system.renew(PITI, BOOK).problem == "Item Not Checked Out"
    assert system.renew(MANEE, BOOK).problem == "Item Not Renewable"
    assert system.take_back(BOOKS[4]).problem == "Item Not Checked Out"
    assert system.lend(MANEE, "").problem == "Needed Data Missing"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_item_that_costs_is_lent_once_the_fee_is_acknowledged(system: System, school: School) -> None:
    with school.database.session(school.library) as session:
        session.scalars(select(Item).where(Item.barcode == BOOK)).one().service_charge = 500
    refused = system.lend(MANEE, BOOK)
    assert (refused.text("MonetaryValue"), refused.text("CurrencyCode")) == ("500", "THB")
    fee = "<CurrencyCode>{}</CurrencyCode><MonetaryValue>500</MonetaryValue>"
    fee = f"<AcknowledgedFeeAmount>{fee}</AcknowledgedFeeAmount>"
    assert system.lend(MANEE, BOOK, fee.format("USD")).problem
    assert not system.lend(MANEE, BOOK, fee.format("THB")).problem
    assert school.member(MANEE).debt == 500


def test_a_title_is_requested_and_the_request_cancelled(system: System, school: School) -> None:
    system.lend(MANEE, BOOK)
    asked = system.request(PITI, BOOK)
    number = asked.text("RequestIdentifierValue")
    assert (asked.service, bool(number)) == ("RequestItemResponse", True)
    assert system.request(PITI, BOOK).text("RequestIdentifierValue") == number
    assert system.ask("LookupItem", item(BOOK)).text("HoldQueueLength") == "1"
    request = f"<RequestId><RequestIdentifierValue>{number}</RequestIdentifierValue></RequestId>"
    wish = "<RequestType>Hold</RequestType>"
    assert system.ask("CancelRequestItem", f"{user(MANEE)}{request}{wish}").problem == "Unknown Request"
    for _ in range(2):
        assert not system.ask("CancelRequestItem", f"{user(PITI)}{request}{wish}").problem
    with school.database.session(school.library) as session:
        assert session.scalars(select(Hold.state)).all() == [HoldState.CANCELLED]
    assert system.request(MANEE, BOOK).problem == "User Ineligible To Request This Item"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_returned_item_goes_to_who_waits(system: System, school: School) -> None:
    with school.database.session(school.library) as session:
        session.add_all((PickupPlace(name="เคาน์เตอร์"), PickupPlace(name="อาคาร 2", name_en="Building 2", position=1)))
    system.lend(MANEE, BOOK)
    wish = WISH.replace("Bibliographic Item", "Item") + "<PickupLocation>building 2</PickupLocation>"
    asked = system.ask("RequestItem", f"{user(PITI)}{item(BOOK)}{wish}")
    assert asked.text("RequestScopeType") == "Item"
    back = system.take_back(BOOK)
    assert back.text("RoutingInstructions")
    assert back.texts("LocationNameValue")[0] == "North School Library"
    found = system.ask("LookupUser", f"{user(PITI)}<RequestedItemsDesired/>")
    assert found.text("PickupLocation") == "Building 2"
    assert (found.text("RequestStatusType"), found.text("RequestedItemCountValue")) == ("Available For Pickup", "1")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_a_member_only_what_is_asked_for_is_told(system: System, school: School, clock: Clock) -> None:
    system.lend(MANEE, BOOK)
    with school.database.session(school.library) as session:
        member = session.get_one(Member, school.ids[MANEE])
        add_charge(session, member=member, kind=ChargeKind.CARD, amount=5_000, now=clock())
    little = system.ask("LookupUser", user(MANEE))
    assert [one.tag.rpartition("}")[2] for one in little.root[0]] == ["UserId"]
    wanted = "".join(
        f"<UserElementType>{kind}</UserElementType>"
        for kind in ("Name Information", "User Privilege", "Block Or Trap")
    )
    desired = "<LoanedItemsDesired/><RequestedItemsDesired/><UserFiscalAccountDesired/>"
    whole = system.ask("LookupUser", user(MANEE) + wanted + desired)
    assert whole.text("UnstructuredPersonalUserName") == "Manee Meechai"
    assert (whole.text("LoanedItemCountValue"), whole.text("MonetaryValue")) == ("1", "5000")
    assert whole.text("FiscalTransactionType") == "Card Replacement Charge"
    assert system.ask("LookupUser", user(BLOCKED) + wanted).texts("BlockOrTrapType") == [
        "Block Check Out",
        "Block Renewal",
        "Block Request Item",
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_members_prove_themselves_nobody_learns_who_is_one(
    system: System, school: School, account: AddAccount
) -> None:
    account("private", ncip=True, pin_needed=True)
    private = System(system.browser, "private")
    give_password(school, MANEE)
    problems = {
        private.ask("LookupUser", asked).problem
        for number in (MANEE, "99999")
        for asked in (user(number), proven(number, "wrong"))
    }
    assert problems == {"User Authentication Failed"}
    assert private.ask("LookupUser", proven(MANEE, PASSWORD)).text("UserIdentifierValue") == MANEE
    assert not private.ask("CheckOutItem", proven(MANEE, PASSWORD) + item(BOOK)).problem
    assert private.ask("RequestItem", f"{user(MANEE)}{item(BOOK)}{WISH}").problem == "User Authentication Failed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_item_tells_where_it_is_by_its_accession_number_too(system: System, school: School) -> None:
    kind = "<ItemIdentifierType>Accession Number</ItemIdentifierType>"
    number = f"<ItemId>{kind}<ItemIdentifierValue>{BOOK.lower()}</ItemIdentifierValue></ItemId>"
    found = system.ask("LookupItem", number)
    assert (found.text("CirculationStatus"), found.text("Title")) == ("Available On Shelf", f"นิทานเล่ม {BOOK}")
    assert (
        system.ask("LookupItem", f"{number}<ItemElementType>Hold Queue Length</ItemElementType>").text("Title") == ""
    )
