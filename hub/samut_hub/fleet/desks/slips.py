"""A slip of the desk as its printer wants it: all text in the language of the page."""

from datetime import datetime

from flask_babel import gettext as _

from samut_hub.circulation.models import Loan
from samut_hub.circulation.slip import Slip, code_of
from samut_hub.libraries.models import Library
from samut_hub.web.dates import baht, day, moment
from samut_hub.web.language import language
from samut_wire import messages as m


def slip_ordered(slip: Slip, library: Library, *, by: str, now: datetime) -> m.SlipOrdered:
    """What was lent or is on loan, then what came back."""
    back = tuple(_line(loan, _back(slip, loan)) for loan in slip.returned)
    out = tuple(_line(loan, _("due %(day)s", day=day(loan.due_at))) for loan in (*slip.lent, *slip.held))
    return m.SlipOrdered(
        by=by,
        heading=_("Loan slip") if out else _("Return slip"),
        library=library.name(language()),
        printed_at=moment(now),
        member=slip.member.name(language()),
        lines=(*out, *back),
        footer=_footer(slip),
        qr=code_of(slip, library.zone),
    )


def _line(loan: Loan, note: str) -> m.SlipLineOrdered:
    return m.SlipLineOrdered(title=loan.item.title.title, barcode=loan.item.barcode, note=note)


def _back(slip: Slip, loan: Loan) -> str:
    fine = slip.fines.get(loan.id)
    return _("returned, fine %(amount)s", amount=baht(fine)) if fine else _("returned")


def _footer(slip: Slip) -> str:
    if slip.member.debt:
        return _("Total owed: %(amount)s", amount=baht(slip.member.debt))
    return _("Please return on time. Thank you.")
