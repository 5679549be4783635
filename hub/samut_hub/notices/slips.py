"""Slips to members who want them by LINE or e-mail: after each visit, wherever they borrowed, desk or kiosk."""

from datetime import datetime, timedelta

from sqlalchemy import and_, select

from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.notices.facts import LENT
from samut_hub.notices.gathering import making_in
from samut_hub.notices.making import Making, Occasion, make
from samut_hub.notices.models import MemberNotices, NoticeSettings
from samut_hub.notices.policy import Kind

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
