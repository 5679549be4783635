"""The slip at the desk (requirement C-06): what it tells, and how it becomes a PDF as wide as the paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.charges.printing import pdf_on_roll
from samut_hub.charges.service import charged_for
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.models import Loan
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member

STYLE = Path(__file__).parent / "static" / "slip.css"
LONGEST_QR = 240
"""Characters that a code of this size on 80 mm paper can hold."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`lent` and `returned` are of today and one desk; `held` is all that is on loan. `fines` are satang by loan."""

    member: Member
    lent: Sequence[Loan]
    returned: Sequence[Loan]
    held: Sequence[Loan]
    fines: Mapping[int, int]

    @property
    def fine(self) -> int:
        return sum(self.fines.values())


def slip_of_today(session: Session, member: Member, library: Library, *, now: datetime, source: str) -> Slip:
    """What this desk lent to the member and took back from the member since midnight at the library."""
    calendar = calendar_of(session, library)
    since = calendar.end_of(calendar.local_day(now) - timedelta(days=1))
    here = or_(
        and_(Loan.lent_at > since, Loan.source == source, Loan.returned_at.is_(None)),
        and_(Loan.returned_at > since, Loan.returned_through == source),
    )
    wanted = select(Loan).where(Loan.member_id == member.id, here).order_by(Loan.id).options(joinedload(Loan.item))
    loans = session.scalars(wanted).all()
    returned = [loan for loan in loans if loan.returned_at is not None]
    lent = [loan for loan in loans if loan.returned_at is None]
    return Slip(member, lent, returned, (), charged_for(session, [loan.id for loan in returned]))


def slip_of_all(session: Session, member: Member) -> Slip:
    """Everything that the member has on loan."""
    return Slip(member, (), (), open_loans(session, member), {})


def code_of(slip: Slip, zone: str) -> str:
    """The text of the QR code, as on a kiosk's slip: bar codes by due date, for a scanner at the desk; no name.

    “SAMUT1 L 20261212 B1 B2 20261219 B3” for loans, “SAMUT1 R B1 B2” for returns; empty when it would not fit.
    """
    loans = (*slip.lent, *slip.held)
    if loans:
        words = ["SAMUT1 L", *_by_due_date(loans, zone)]
    else:
        words = ["SAMUT1 R", *(loan.item.barcode for loan in slip.returned)]
    text = " ".join(words).upper()
    return text if len(words) > 1 and len(text) <= LONGEST_QR else ""


def drawing_of(code: str) -> str:
    """The QR code (ISO/IEC 18004) as an address that carries its own picture."""
    return segno.make(code, error="m", micro=False).svg_data_uri(scale=4, border=2)


def pdf_of(page: str) -> bytes:
    """The page on paper 80 mm wide."""
    return pdf_on_roll(page, STYLE)


def _by_due_date(loans: Iterable[Loan], zone: str) -> list[str]:
    def due(loan: Loan) -> str:
        return f"{loan.due_at.astimezone(ZoneInfo(zone)):%Y%m%d}"

    in_order = sorted(loans, key=due)
    return [word for on, those in groupby(in_order, due) for word in (on, *(loan.item.barcode for loan in those))]
