"""Slips to members by LINE or e-mail: after each visit, desk or kiosk, to those who want them always; and once to a
member who asks for it at a kiosk."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.members.models import Member
from samut_hub.notices.facts import LENT
from samut_hub.notices.gathering import making_in
from samut_hub.notices.making import Making, Occasion, make, reach_of, reachable
from samut_hub.notices.models import MemberNotices, NoticeOccasion, NoticeSettings
from samut_hub.notices.policy import Channel, Kind, ways
from samut_hub.notices.service import send_slip

OVER_AFTER = timedelta(minutes=3)
"""A visit is over when nothing was lent to the member for so long; then one slip tells of all of it."""
LOOKED_BACK = timedelta(hours=2)


def tell_slips(database: Database, now: datetime, secret: bytes) -> int:
    """In all libraries where somebody who chose anything borrowed of late; how many slips were made."""
    of_late = and_(Loan.library_id == NoticeSettings.library_id, Loan.lent_at > now - LOOKED_BACK)
    lent = select(NoticeSettings.library_id).join(Loan, of_late)
    wanted = lent.join(MemberNotices, MemberNotices.member_id == Loan.member_id).distinct()
    with database.session(None, writes=False) as session:
        libraries = session.scalars(wanted).all()
    made = 0
    for library_id in libraries:
        with making_in(database, library_id, now, secret) as making:
            made += 0 if making is None else make(making, _visits(making))
    return made


def _visits(making: Making) -> list[Occasion]:
    lent = select(Loan.member_id, Loan.id, Loan.lent_at).join(
        MemberNotices, MemberNotices.member_id == Loan.member_id
    )
    rows = making.session.execute(lent.where(Loan.lent_at > making.now - LOOKED_BACK).order_by(Loan.id)).all()
    last = {row.member_id: row.lent_at for row in sorted(rows, key=lambda row: row.lent_at)}
    return [
        Occasion(row.member_id, Kind.SLIP, row.id, LENT)
        for row in rows
        if last[row.member_id] <= making.now - OVER_AFTER
    ]


def way_of_slip(making: Making, member: Member) -> Channel | None:
    """How a member who asks for it gets the slip: in the way chosen for slips, else the first there is."""
    if making.settings.paused:
        return None
    reach = reach_of(making.session, [member.id])[member.id]
    could = reachable(making.ready, reach)
    return next(iter((*ways(Kind.SLIP, could, reach.choices), *could)), None)


def send_asked(making: Making, member: Member, loans: Mapping[str, Iterable[int]]) -> bool:
    """The slip of these loans, as in `send_slip`; False where nothing can be sent.

    Of what was lent none goes by itself later, and what went by itself a moment ago does not go again.
    """
    way, lent = way_of_slip(making, member), set(loans.get(LENT, ()))
    told = _told(making, lent)
    fresh = {**loans, LENT: sorted(lent - told)}
    if way is None or not any(fresh.values()):
        return bool(told)
    send_slip(making, member, way, fresh, staff_id=None)
    of = {"library_id": making.library.id, "kind": Kind.SLIP.value, "mark": LENT, "at": making.now}
    making.session.add_all(NoticeOccasion(ref_id=loan_id, **of) for loan_id in fresh[LENT])
    making.session.flush()
    return True


def _told(making: Making, loan_ids: set[int]) -> set[int]:
    of_slip = (NoticeOccasion.kind == Kind.SLIP, NoticeOccasion.mark == LENT)
    wanted = select(NoticeOccasion.ref_id).where(*of_slip, NoticeOccasion.ref_id.in_(loan_ids))
    return set(making.session.scalars(wanted)) if loan_ids else set()
