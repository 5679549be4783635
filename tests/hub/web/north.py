"""One real record of each sort in the library called north, under the names that addresses use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from samut_hub.auditing import AuditEntry
from samut_hub.cards.models import CardDesign, CardPicture
from samut_hub.cards.printing import Wish as CardWish
from samut_hub.cards.printing import make_run as make_card_run
from samut_hub.catalogue.authorities.models import Heading, HeadingChange
from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.entry.models import Entry
from samut_hub.catalogue.fields.models import OwnField
from samut_hub.catalogue.images.models import TitleImage
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.labels.keeping import take_preset
from samut_hub.catalogue.labels.layout import Design
from samut_hub.catalogue.labels.presets import PRESETS
from samut_hub.catalogue.labels.printing import Wish, make_run
from samut_hub.catalogue.merging.models import TitleMerge
from samut_hub.catalogue.models import BatchEdit, Category, Item, ItemChange, MaterialType, Place, Title
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.searching.models import SavedSearch
from samut_hub.catalogue.serials.models import Holding, Issue
from samut_hub.charges.models import Charge, OwnChargeKind, Payment, Receipt, TillClosing
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.models import Conflict, Hold, Loan, LoanRule, PickupPlace
from samut_hub.community.models import News
from samut_hub.db import Base
from samut_hub.fleet.joining.models import DeviceClaim
from samut_hub.fleet.models import Device, DeviceConfiguration, DeviceGroup
from samut_hub.libraries.models import Closure, YearlyClosure
from samut_hub.media.models import Medium
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.merging.models import MemberMerge
from samut_hub.members.models import Card, EducationLevel, Group, Member, MemberBatch, MemberField, MemberType
from samut_hub.notices.models import Notice
from samut_hub.sip2.models import Sip2Account
from samut_hub.staff.models import OwnRole
from samut_hub.staff.policy import Role
from samut_hub.stocktaking.models import StockScan, StockTaking
from samut_hub.tasks import Task
from samut_hub.visits.models import GateAlarm, GuestPass
from tests.hub.conftest import Libraries

MANEE = Description(title="มานี")
PLAN = {"year": 2027, "steps": []}
EDIT = {"chosen": {"type_id": 1}, "wanted": {"change": ["expires_on"]}}

Page = tuple[str, str, str]
"""Endpoint, method, address."""

NO_ROW: dict[str, object] = {
    "design_key": "lake",
    "read_id": 1,
    "reading_id": "019aa4c5-0000-7000-8000-000000000001",
    "step": 1,
    "shape": "xlsx",
    "material_code": "book",
    "notice_kind": "due_soon",
    "channel": "email",
    "language": "th",
    "subject": "due",
    "name": "0" * 32,
    "size": "small",
    "provider": "line",
    "kind": "identify",
    "code": "north",
    "heading_kind": "subject",
    "part": 1,
    "token": "nothing",
    "filename": "mark.svg",
    "which": "overdue",
    "who": "today",
    "role": "gate",
}
"""Names in addresses that stand for no row of the database."""


@dataclass(frozen=True)
class North:
    ids: dict[str, object]

    def pages(self, app: Flask) -> Iterator[tuple[Rule, Page]]:
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                address = adapter.build(rule.endpoint, {name: self.ids[name] for name in rule.arguments}, method)
                yield rule, (rule.endpoint, method, address)


def fill_north(session: Session, libraries: Libraries, now: datetime) -> North:
    librarian = libraries.staff_of["north"][Role.LIBRARIAN]
    member, people = _people(session, now)
    title, item, books = _books(session, now)
    ids = {
        **NO_ROW,
        **people,
        **books,
        **_work_on_members(session, member, now),
        **_lending(session, member, item, now),
        **_money(session, member, now),
        **_work_on_titles(session, title, item, now),
        **_cataloguing(session, title, librarian, now),
        **_printing(session, member, item, now),
        **_library(session, now),
        "library_id": libraries.north,
        "staff_id": librarian,
    }
    return North({**ids, "audit_id": session.scalars(select(AuditEntry.id).limit(1)).one()})


def _added(session: Session, **rows: Base) -> dict[str, object]:
    """Their numbers, under the names they are given here."""
    session.add_all(rows.values())
    session.flush()
    return {name: row.id for name, row in rows.items()}  # type: ignore[attr-defined]


def _people(session: Session, now: datetime) -> tuple[Member, dict[str, object]]:
    kind, group = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil"), Group(name="ม.1/1")
    ids = _added(session, type_id=kind, group_id=group)
    member = Member(
        number="12345",
        type=kind,
        group=group,
        name_th="มานี",
        sort_name=b"",
        joined_on=date(2026, 5, 1),
        changed_at=now,
    )
    ids |= _added(session, member_id=member)
    card = Card(member=member, kind="uid", hash="0" * 64, hint="1A", added_at=now)
    return member, {**ids, **_added(session, card_id=card), "other_member_id": member.id}


def _books(session: Session, now: datetime) -> tuple[Title, Item, dict[str, object]]:
    session.add(MaterialType(code="book", name_th="หนังสือ", name_en="Book"))
    session.add(MaterialType(code="equipment", name_th="โสตทัศนูปกรณ์", name_en="Equipment"))
    title = Title(title="ปลาบู่ทอง", material="equipment", sort_title=b"", sort_author=b"", changed_at=now)
    item = Item(title=title, accession_number="B1", barcode="B1", added_at=now, changed_at=now)
    item.parts = "สาย of north"
    ids = _added(session, title_id=title, item_id=item)
    return title, item, {**ids, "other_title_id": title.id}


def _work_on_members(session: Session, member: Member, now: datetime) -> dict[str, object]:
    twice = MemberMerge(from_id=0, into_id=member.id, number="", name="มานี of north", at=now, undone_at=now)
    twice.from_row, twice.into_before, twice.into_after = {}, {}, {}
    session.add(EducationLevel(step=1, name_th="อนุบาล of north"))
    return _added(
        session,
        member_import_id=MemberImport(
            kind="csv", file_name="ชั้น of north", digest="", size=0, started_at=now, begun_at=now
        ),
        member_merge_id=twice,
        member_batch_id=MemberBatch(kind="rollover", about="ปีการศึกษา of north", plan=PLAN, made_at=now),
        edit_id=MemberBatch(kind="edit_many", about="ชั้น of north", plan=EDIT, made_at=now),
        own_id=MemberField(name_th="บ้าน of north", kind="text", choices=[]),
    )


def _lending(session: Session, member: Member, item: Item, now: datetime) -> dict[str, object]:
    of_both = {"title": item.title, "item": item, "member": member}
    loan = Loan(item=item, member=member, lent_at=now, due_at=now, source="desk")
    ids = _added(
        session,
        loan_id=loan,
        hold_id=Hold(**of_both, placed_at=now, state="ready", ready_at=now, keep_until=now),
        booking_id=Booking(**of_both, starts_at=now, ends_at=now, source="x", made_at=now),
        pickup_id=PickupPlace(name="เคาน์เตอร์ of north"),
        rule_id=LoanRule(loan_days=7, max_items=3),
        conflict_id=Conflict(kind="newer_loan", device="gate", member="", barcode="B1", happened_at=now, detail=""),
    )
    notice = Notice(member_id=member.id, kind="due_soon", channel="email", key="", made_at=now, next_at=now)
    notice.about = {"due_soon": {str(loan.id): "2026-11-23"}}
    return {**ids, **_added(session, notice_id=notice)}


def _money(session: Session, member: Member, now: datetime) -> dict[str, object]:
    charge = Charge(member_id=member.id, kind="lost", amount=500, paid=100, made_at=now)
    receipt = Receipt(member_id=member.id, year=2570, number=1, till="x", method="cash", amount=100, paid_at=now)
    ids = _added(
        session,
        own_kind_id=OwnChargeKind(name_th="ค่าทำบัตรมานี", name_en=""),
        charge_id=charge,
        receipt_id=receipt,
        closing_id=TillClosing(till="desk:x", expected=0, counted=0, closed_at=now),
    )
    payment = Payment(charge_id=charge.id, receipt_id=receipt.id, amount=100, paid_at=now)
    return {**ids, **_added(session, payment_id=payment)}


def _work_on_titles(session: Session, title: Title, item: Item, now: datetime) -> dict[str, object]:
    """Headings, merging, series, what was changed in many copies, pictures and files."""
    heading = Heading(kind="person", text="พลอย", key="พลอย", sort_key=b"", changed_at=now)
    holding = Holding(title_id=title.id, frequency="monthly", changed_at=now)
    gone = TitleMerge(from_id=0, into_id=title.id, state="undone", at=now, from_row={"title": ""}, into_row={})
    gone.into_version = 1
    ids = _added(
        session,
        heading_id=heading,
        holding_id=holding,
        merge_id=gone,
        change_id=ItemChange(item_id=item.id, at=now, before={}, after={}),
        batch_id=BatchEdit(at=now, about="Place"),
        image_id=TitleImage(title_id=title.id, name="0" * 32, width=1, height=1, added_at=now),
        medium_id=Medium(title_id=title.id, library_id=item.library_id, kind="other", name="แผนที่", added_at=now),
    )
    ids |= _added(
        session,
        heading_change_id=HeadingChange(
            heading_id=heading.id, text_before="", text_after="พลอย", at=now, undone_at=now
        ),
        issue_id=Issue(holding_id=holding.id, year=2026, number="1", issue_order="", added_at=now),
    )
    taking = StockTaking(name="ปลายปี", started_at=now)
    ids |= _added(session, taking_id=taking)
    scanned = StockScan(stock_taking_id=taking.id, code="B1", item_id=item.id, verdict="found", at=now)
    return {**ids, **_added(session, scan_id=scanned), **dict.fromkeys(("form_id", "related_id"), heading.id)}


def _cataloguing(session: Session, title: Title, librarian: int, now: datetime) -> dict[str, object]:
    asked = CopySearch(staff_id=librarian, at=now, answers=[])
    brought_in = Import(file_name="มานี.mrc", started_at=now, begun_at=now, finished_at=now)
    entry = Entry(token="1", staff_id=librarian, at=now, title_id=title.id, title="มานี", item_ids=[], numbers="B1")
    ids = _added(
        session,
        search_id=asked,
        target_id=_other_library(),
        entry_id=entry,
        import_id=brought_in,
        saved_id=SavedSearch(staff_id=librarian, name="นิทาน", words="q=นิทาน", saved_at=now),
        place_id=Place(name="ชั้น 1"),
        category_id=Category(name="ทั่วไป"),
        field_id=OwnField(of="title", name_th="แขวง"),
    )
    record = write_record(new_record(MANEE))
    hit = CopyHit(search_id=asked.id, position=0, source="LC", title="มานี", record=record)
    return {**ids, **_added(session, hit_id=hit)}


def _printing(session: Session, member: Member, item: Item, now: datetime) -> dict[str, object]:
    sheet = take_preset(session, PRESETS[0], now=now)
    wish = Wish(sheet=str(sheet.id), design=Design(), language="th")
    run = make_run(session, [item.id], wish, staff_id=None, now=now)
    card_run = make_card_run(session, [member.id], CardWish(), today=now.date(), staff_id=None, now=now)
    return _added(
        session,
        sheet_id=sheet,
        run_id=run,
        card_run_id=card_run,
        design_id=CardDesign(name="บัตร of north", drawn={"parts": []}, changed_at=now),
        picture_id=CardPicture(name="ตรา of north", content=b"", added_at=now),
        task_id=Task(kind="labels", args={}, made_at=now),
    )


def _library(session: Session, now: datetime) -> dict[str, object]:
    """Its calendar, news, roles and what is connected to it."""
    ids = _added(
        session,
        closure_id=Closure(on=date(2026, 12, 5), name="วันพ่อ"),
        yearly_id=YearlyClosure(month=12, day=31, name="วันสิ้นปี"),
        news_id=News(title="ปิดวันพ่อ", text="", shown_from=now.date(), changed_at=now),
        role_id=OwnRole(name="ครูเวร of north", permissions=[]),
        device_id=Device(id="gate", role="gate", name="Gate", online=True, added_at=now, changed_at=now),
        device_group_id=DeviceGroup(name="ชั้นล่าง of north"),
        claim_id=DeviceClaim(
            token_hash="-", device_id="gate-9", role="gate", name="", made_by="", made_at=now, expires_at=now
        ),
        account_id=Sip2Account(login="kiosk", password_hash="", networks=["127.0.0.1"], added_at=now, changed_at=now),
    )
    alarm = GateAlarm(device="gate", part="exit", kind="secured_item", barcode="B1", quiet=False, at=now)
    guest = GuestPass(
        code_hash="-", name="แขก of north", valid_from=now, valid_until=now, uses=1, made_at=now, made_by=""
    )
    ids |= _added(session, alarm_id=alarm, pass_id=guest)
    set_up = {"role": "gate", "content": {}, "made_by": "", "made_at": now, "reason": ""}
    both = DeviceConfiguration(device_id="gate", group_id=ids["device_group_id"], **set_up)
    return {**ids, **_added(session, configuration_id=both)}


def _other_library() -> Target:
    """On a port where nobody answers: being asked, it is named as one that cannot be reached."""
    return Target(name="LC", kind="sru", host="127.0.0.1", port=1, database="x", syntax="marcxml", timeout=1)
