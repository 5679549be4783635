"""Taking money, charging, waiving and giving back from the pages."""

import csv
import io
import itertools
import subprocess
from datetime import date

import openpyxl
import pytest
import weasyprint
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from samut_hub.charges.models import (
    Charge,
    ChargeKind,
    ChargeSettings,
    OwnChargeKind,
    Payment,
    Receipt,
    ReceiptCounter,
    TillClosing,
)
from samut_hub.charges.promptpay import payload
from samut_hub.charges.service import add_charge
from samut_hub.db import Database
from samut_hub.members.groups import add_type
from samut_hub.members.models import Member, MemberPassword
from samut_hub.members.service import MemberFields, add_member
from samut_hub.members.signing_in import start_session
from samut_wire.ids import command_id
from tests.hub.conftest import Clock, Libraries, SignIn, browser_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORMULA = "=1+1 ปากกา"
MOMENTS = itertools.count(1_000)
"""Each form that is sent has a command of its own."""


@pytest.fixture
def manee(database: Database, libraries: Libraries, clock: Clock) -> int:
    """She owes 20 baht for a lost card and 5 for being late."""
    with database.session(libraries.north) as session:
        pupil = add_type(session, "pupil", "นักเรียน", "Pupil")
        fields = MemberFields(number="20001", type_id=pupil.id, name_th="มานี มีใจ", name_en="Manee Meechai")
        member = add_member(session, fields, now=clock(), joined_on=date(2026, 5, 16))
        for kind, amount in ((ChargeKind.CARD, 2_000), (ChargeKind.OVERDUE, 500)):
            add_charge(session, member=member, kind=kind, amount=amount, now=clock(), note=FORMULA)
        return member.id


@pytest.fixture
def librarian(sign_in: SignIn) -> FlaskClient:
    return sign_in("librarian")


def test_money_is_taken_in_one_go_and_the_receipt_printed(
    librarian: FlaskClient, manee: int, database: Database
) -> None:
    page = librarian.get(f"/charges/{manee}").text
    assert 'value="25.00"' in page
    paid = send(librarian, f"/charges/{manee}/payments", amount="๒๒.๕๐ บาท", method="promptpay", reference="A1")
    page = librarian.get(paid).text
    assert "Receipt 2570/000001" in page
    receipt = librarian.get("/charges/receipts/1").text
    assert all(said in receipt for said in ("ยี่สิบสองบาทห้าสิบสตางค์", "2570/000001", "22.50 baht", "A1", "Manee"))
    for paper in ("", "?paper=a5"):
        assert librarian.get(f"/charges/receipts/1.pdf{paper}").data.startswith(b"%PDF")
    assert debt(database, manee) == 250


def test_a_transfer_is_taken_once_and_only_with_its_number(
    librarian: FlaskClient, manee: int, database: Database
) -> None:
    payments = f"/charges/{manee}/payments"
    transfer = {"amount": "10", "method": "promptpay", "command": command_id(1)}
    without = librarian.post(payments, data=transfer)
    assert (without.status_code, "bank&#39;s number" in without.text) == (422, True)
    send(librarian, payments, amount="10", method="promptpay", reference="T77")
    again = librarian.post(payments, data={**transfer, "reference": "T77"})
    assert (again.status_code, "receipt 2570/000001" in again.text) == (422, True)
    assert debt(database, manee) == 1_500
    send(librarian, "/charges/receipts/1/void", reason="ผิดคน")
    send(librarian, payments, amount="10", method="promptpay", reference="T77")
    assert debt(database, manee) == 1_500


def test_the_year_of_receipts_stays_where_numbers_would_stand_out_of_order(
    sign_in: SignIn, libraries: Libraries, database: Database
) -> None:
    """In November the fiscal year 2570 has begun; of 2569 there are receipts from before October."""
    admin = sign_in("administrator")
    assert admin.post("/charges/settings", data={"year": "fiscal"}).status_code == 302
    with database.session(libraries.north) as session:
        session.add(ReceiptCounter(library_id=libraries.north, year=2569, last=12))
    refused = admin.post("/charges/settings", data={"year": "calendar"})
    assert (refused.status_code, "were written before" in refused.text) == (422, True)
    with database.session(libraries.north) as session:
        session.get_one(ReceiptCounter, (libraries.north, 2569)).last = 0
    assert admin.post("/charges/settings", data={"year": "calendar"}).status_code == 302


def test_a_form_sent_twice_is_one_receipt_one_charge_one_waiver(
    librarian: FlaskClient, manee: int, database: Database
) -> None:
    for address, filled in (
        (f"/charges/{manee}/payments", {"amount": "10", "method": "cash"}),
        (f"/charges/{manee}/charges", {"kind": "copies", "amount": "3", "note": "3 หน้า"}),
        ("/charges/owed/1/waive", {"amount": "1", "reason": "ใจดี"}),
        ("/charges/payments/1/refund", {"amount": "2", "method": "cash", "outcome": "owed", "reason": "คืน"}),
    ):
        form = {"command": command_id(1), **filled}
        first = librarian.post(address, data=form)
        again = librarian.post(address, data=form)
        assert (first.status_code, first.location) == (302, again.location), address
    assert debt(database, manee) == 2_500 - 1_000 + 300 - 100 + 200


def test_a_chosen_charge_is_paid(librarian: FlaskClient, manee: int, database: Database) -> None:
    send(librarian, f"/charges/{manee}/payments", amount="5", method="cash", charges="2")
    with database.session(None) as session:
        assert [charge.paid for charge in session.scalars(select(Charge).order_by(Charge.id))] == [0, 500]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-5", "The amount must be more than zero."),
        ("NaN", "Write the amount in baht with digits"),
        ("12.505", "at most two digits after the point"),
        ("26", "Only 25 baht is owed."),
        ("", "This field is required."),
    ],
)
def test_what_is_no_amount_is_said_and_kept_in_the_form(
    librarian: FlaskClient, manee: int, typed: str, sentence: str
) -> None:
    form = {"command": command_id(1), "amount": typed, "method": "cash"}
    answer = librarian.post(f"/charges/{manee}/payments", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_kind_of_ones_own_is_charged_with_its_usual_amount(
    librarian: FlaskClient, manee: int, sign_in: SignIn, database: Database
) -> None:
    sign_in("administrator").post(
        "/charges/kinds", data={"name_th": "ค่าถ่ายเอกสาร A3", "name_en": "", "amount": "๒.๕๐", "active": "y"}
    )
    with database.session(None) as session:
        kind = session.scalars(select(OwnChargeKind)).one()
    send(librarian, f"/charges/{manee}/charges", kind=f"own-{kind.id}", amount="", note="")
    assert debt(database, manee) == 2_750
    assert "ค่าถ่ายเอกสาร A3" in librarian.get(f"/charges/{manee}").text
    form = {"command": command_id(2), "kind": "other", "amount": "5", "note": ""}
    assert "Say what it is for." in librarian.post(f"/charges/{manee}/charges", data=form).text


def test_a_void_receipt_says_so_and_is_not_void_twice(librarian: FlaskClient, manee: int, database: Database) -> None:
    send(librarian, f"/charges/{manee}/payments", amount="25", method="cash")
    send(librarian, "/charges/receipts/1/void", reason="ผิดคน")
    assert debt(database, manee) == 2_500
    assert "VOID" in librarian.get("/charges/receipts/1").text
    answer = librarian.post("/charges/receipts/1/void", data={"command": command_id(9), "reason": "x"})
    assert (answer.status_code, "void already" in answer.text) == (422, True)


def test_an_assistant_takes_and_waives_nothing(manee: int, sign_in: SignIn) -> None:
    page = sign_in("assistant").get(f"/charges/{manee}").text
    assert "Overdue fine" in page
    assert "Take payment" not in page
    assert "Waive" not in page


def test_the_code_on_page_and_slip_pays_what_is_owed(
    librarian: FlaskClient, manee: int, sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("administrator")
    for wrong in ("1234567890123", "0211111111", "12"):
        assert admin.post("/charges/settings", data={"promptpay": wrong, "year": "fiscal"}).status_code == 422
    saved = admin.post(
        "/charges/settings", data={"promptpay": "081-222-3333", "promptpay_name": "ร.ร.", "year": "fiscal"}
    )
    assert saved.status_code == 302
    with database.session(None) as session:
        assert session.scalars(select(ChargeSettings.promptpay)).one() == "0812223333"
    for address in (f"/charges/{manee}", f"/charges/{manee}/slip", f"/desk/slip/{manee}?what=all"):
        assert code_in(librarian.get(address).text) == payload("0812223333", 2_500), address
    assert librarian.get(f"/charges/{manee}/slip.pdf").data.startswith(b"%PDF")


def test_a_member_sees_what_is_owed_and_pays_from_the_phone(
    hub_app: Flask, manee: int, database: Database, libraries: Libraries, clock: Clock
) -> None:
    with database.session(libraries.north) as session:
        session.add(ChargeSettings(library_id=libraries.north, promptpay="1111111111119", promptpay_name=""))
        session.add(MemberPassword(member_id=manee, password_hash="-", must_change=False, set_at=clock()))
        token = start_session(session, session.get_one(Member, manee), clock(), own_device=False)
    browser = browser_of(hub_app)
    with browser.session_transaction() as cookie:
        cookie["member_token"] = token
    page = browser.get("/lib/north/my").text
    assert "Member card" in page
    assert code_in(page) == payload("1111111111119", 2_500)
    assert "/charges/" not in page


@pytest.mark.requirement("K-09")
def test_money_from_the_first_fine_to_the_evening_at_the_till(
    librarian: FlaskClient, manee: int, sign_in: SignIn, database: Database
) -> None:
    """She is charged for what she lost, tore and copied, pays a part, is let off a part, and gets her slip."""
    sign_in("administrator").post("/charges/settings", data={"promptpay": "0812223333", "year": "fiscal"})
    for kind, amount in (("lost", "350"), ("damage", "40"), ("processing", "20"), ("copies", "5")):
        send(librarian, f"/charges/{manee}/charges", kind=kind, amount=amount, note=f"{kind} 1")
    send(librarian, f"/charges/{manee}/payments", amount="20", method="cash", charges="1")
    send(librarian, f"/charges/{manee}/payments", amount="300", method="cash", charges="3")
    send(librarian, f"/charges/{manee}/payments", amount="5", method="promptpay", reference="77", charges="2")
    send(librarian, "/charges/owed/4/waive", amount="10", reason="ครูขอให้")
    assert debt(database, manee) == 44_000 - 32_500 - 1_000
    slip = librarian.get(f"/charges/{manee}/slip").text
    assert all(said in slip for said in ("Lost item", "50 baht", "Damaged item", "30 baht", "Total", "105 baht"))
    assert code_in(slip) == payload("0812223333", 10_500)
    assert "300 baht" in librarian.get("/charges/receipts/2").text
    evening = librarian.get("/charges/accounts").text
    assert "3 receipts: 2570/000001 – 2570/000003" in evening
    assert all(said in evening for said in ("320.00", "325.00", "10.00", "ครูขอให้"))
    closed = send(librarian, "/charges/accounts/close", till="desk:north.librarian", counted="320", note="")
    assert "none" in librarian.get(closed).text


def test_the_evening_is_counted_closed_and_given_to_the_accounts(
    librarian: FlaskClient, manee: int, database: Database
) -> None:
    send(librarian, f"/charges/{manee}/payments", amount="22.50", method="cash")
    send(librarian, "/charges/owed/2/waive", amount="2.50", reason="@ป่วย")
    page = librarian.get("/charges/accounts").text
    assert "1 receipt: 2570/000001" in page
    assert "22.50 baht" in page
    closed = send(librarian, "/charges/accounts/close", till="desk:north.librarian", counted="20", note="ขาด")
    assert "-2.50" in librarian.get(closed).text
    assert "No money was moved" in librarian.get("/charges/accounts").text
    for address in ("/charges/accounts.pdf", f"{closed}.pdf"):
        assert librarian.get(address).data.startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(librarian.get("/charges/accounts.csv").data.decode("utf-8-sig"))))
    assert [row[10:14] for row in rows[1:]] == [
        ["20.00", "", "", ""],
        ["2.50", "", "", ""],
        ["", "", "2.50", "'@ป่วย"],
    ]
    assert rows[1][5] == f"'{FORMULA}"
    sheet = openpyxl.load_workbook(io.BytesIO(librarian.get("/charges/accounts.xlsx").data)).active
    assert sheet is not None
    assert [sheet.cell(2, 11).value, sheet.cell(2, 6).value, sheet.cell(2, 6).data_type] == [20, FORMULA, "s"]
    with database.session(None) as session:
        assert session.scalars(select(TillClosing.expected)).one() == 2_250


def test_ones_till_is_nobody_elses(manee: int, librarian: FlaskClient, sign_in: SignIn, database: Database) -> None:
    """An assistant sees no accounts at all; whoever sees them all may close another's till."""
    assert sign_in("assistant").get("/charges/accounts").status_code == 403
    send(librarian, f"/charges/{manee}/payments", amount="5", method="cash")
    admin = sign_in("administrator")
    assert "No receipt was written." in admin.get("/charges/accounts?till=desk:north.administrator").text
    assert "1 receipt" in admin.get("/charges/accounts").text
    closed = send(admin, "/charges/accounts/close", till="desk:north.librarian", counted="5", note="")
    assert admin.get(closed).status_code == 200


@pytest.mark.parametrize(
    "asked", ["since=0001-01-01", "until=9999-12-31", "since=x", "page=0", "till=x", "page=99999999"]
)
def test_any_question_to_the_accounts_gets_a_page(librarian: FlaskClient, asked: str) -> None:
    assert librarian.get(f"/charges/accounts?{asked}").status_code == 200


def test_all_that_was_before_stands_on_pages(librarian: FlaskClient, manee: int, database: Database) -> None:
    with database.session(None) as session:
        member = session.get_one(Member, manee)
        for _ in range(30):
            add_charge(session, member=member, kind=ChargeKind.SERVICE, amount=100, now=member.changed_at)
    send(librarian, f"/charges/{manee}/payments", amount="55", method="cash")
    for what, first, second in (("", "Service charge", "Member card"), ("money", "2570/000001", "2570/000001")):
        assert first in librarian.get(f"/charges/{manee}/history?what={what}").text
        assert second in librarian.get(f"/charges/{manee}/history?what={what}&page=2").text
    with database.session(None) as session:
        assert len(session.scalars(select(Payment)).all()) == 32
        assert len(session.scalars(select(Receipt)).all()) == 1


def send(browser: FlaskClient, address: str, **filled: str) -> str:
    """Where the form leads."""
    answer = browser.post(address, data={"command": command_id(next(MOMENTS)), **filled})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def debt(database: Database, member_id: int) -> int:
    with database.session(None) as session:
        return session.get_one(Member, member_id).debt


def code_in(page: str) -> str:
    """What the PromptPay code on the page says: printed, and read as a bank's app does."""
    drawing = page.partition('<figure class="pay-code">')[2].partition('src="')[2].partition('"')[0]
    printed = weasyprint.HTML(string=f'<img src="{drawing}" width="200" height="200">').write_pdf()
    look = ["pdftoppm", "-r", "150", "-png", "-"]
    picture = subprocess.run(look, input=printed, capture_output=True, check=True).stdout
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return read.text
