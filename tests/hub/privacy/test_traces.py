"""What else tells of people goes in its time, and what is still of use stays."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.models import Conflict, Hold
from samut_hub.db import Database
from samut_hub.fleet.models import StrangeLetter
from samut_hub.members.enrolling.service import keep_no_more
from samut_hub.members.importing.models import ImportedMember, MemberImport
from samut_hub.members.merging.models import MemberMerge, MovedRow
from samut_hub.notices.models import Notice
from samut_hub.privacy import service
from tests.hub.circulation.conftest import MANEE, School
from tests.hub.circulation.conftest import school as school
from tests.hub.conftest import Clock
from tests.hub.privacy.test_retention import LATELY, LONG_AGO, lend


def count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def reserve(session: Session, school: School, at: datetime) -> None:
    """A hold and a booking that ended then, the latter with a loan, and a conflict that was settled."""
    loan = lend(session, school, MANEE, at)
    item = session.scalars(select(Item).order_by(Item.id)).first()
    assert item is not None
    who = {"member_id": school.ids[MANEE], "title_id": item.title_id, "item_id": item.id, "ended_at": at}
    session.add(Hold(**who, state="collected", placed_at=at))
    session.add(Booking(**who, state="collected", loan_id=loan, starts_at=at, ends_at=at, made_at=at, source="desk"))
    told = {"kind": "newer_loan", "device": "kiosk", "barcode": "1", "detail": ""}
    session.add(Conflict(**told, member=MANEE, happened_at=at, settled_at=at))


def test_reservations_and_conflicts_go_with_the_loans(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        for ago in (LONG_AGO, LATELY):
            reserve(session, school, clock() - ago)
        title = session.scalars(select(Item.title_id)).first()
        session.add(Hold(member_id=school.ids[MANEE], title_id=title, placed_at=clock() - LONG_AGO))
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        assert [one.state for one in session.scalars(select(Hold).order_by(Hold.id))] == ["collected", "waiting"]
        assert count(session, Booking) == 1
        assert sorted(session.scalars(select(Conflict.member))) == ["", MANEE]


def test_a_library_that_keeps_loans_keeps_reservations(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        service.choose(session, school.library, loans_months=0)
        reserve(session, school, clock() - LONG_AGO)
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        assert (count(session, Hold), count(session, Booking)) == (1, 1)


def merged(session: Session, at: datetime) -> None:
    merge = MemberMerge(
        from_id=900, into_id=1, number="1", name="มานี", at=at, from_row={"born": "x"}, into_before={}, into_after={}
    )
    session.add(merge)
    session.flush()
    for table in ("loans", "kept_numbers"):
        session.add(MovedRow(merge_id=merge.id, table=table, column="member_id", key={}, dropped={"sealed": "x"}))


def brought_in(session: Session, at: datetime) -> None:
    run = MemberImport(kind="csv", file_name="a", digest="a", size=1, started_at=at, begun_at=at)
    session.add(run)
    session.flush()
    of = {"import_id": run.id, "member_id": 1, "position": 1, "added": False, "at": at}
    session.add(ImportedMember(**of, before={"name_th": "ก"}, after={"name_th": "ข"}, photo_before=b"\xff"))


def test_former_people_and_strange_letters_go(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        for days in (91, 31, 2):
            at = clock() - timedelta(days=days)
            merged(session, at)
            brought_in(session, at)
            session.add(StrangeLetter(device="kiosk", kind="evt/loan", letter=b"x", fault="x", at=at))
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        assert (count(session, MemberMerge), count(session, MovedRow), count(session, StrangeLetter)) == (2, 4, 1)
        rows = session.scalars(
            select(ImportedMember).options(undefer(ImportedMember.photo_before)).order_by(ImportedMember.id)
        ).all()
        assert [bool(one.before or one.after or one.photo_before) for one in rows] == [False, True, True]


def test_numbers_that_are_kept_no_more_go_from_merges_too(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        merged(session, clock())
        keep_no_more(session, school.library)
    with database.session(school.library) as session:
        assert session.scalars(select(MovedRow.table)).all() == ["loans"]


def test_a_notice_stays_no_longer_than_the_loans(school: School, database: Database, clock: Clock) -> None:
    with database.session(school.library) as session:
        service.choose(session, school.library, loans_months=2, notices_months=12)
        made = clock() - timedelta(days=100)
        notice = {"kind": "overdue", "state": "sent", "about": {}, "channel": "email", "key": "k"}
        session.add(Notice(member_id=school.ids[MANEE], made_at=made, next_at=made, **notice))
    service.run(database, school.library, clock())
    with database.session(school.library) as session:
        assert count(session, Notice) == 0
