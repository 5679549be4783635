"""Whose value is kept where two members differ."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from samut_hub.members.merging.service import Difference
from samut_hub.web.forms import Form

FIELDS = {
    "name_th": _l("Name in Thai"),
    "name_en": _l("Name in English"),
    "type_id": _l("Type of member"),
    "group_id": _l("Class or department"),
    "level": _l("Level of education"),
    "school_year": _l("School year"),
    "born": _l("Born on"),
    "expires_on": _l("Member until"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "line_id": _l("LINE ID"),
    "facebook": _l("Facebook"),
    "address": _l("Address"),
    "guardian_name": _l("Guardian"),
    "guardian_relation": _l("Relation"),
    "guardian_phone": _l("Guardian's phone"),
    "note": _l("Note for staff"),
    "blocked": _l("Blocked"),
}
MOVED = {
    "loans": _l("Loans, returned ones too"),
    "holds": _l("Reservations"),
    "bookings": _l("Bookings"),
    "charges": _l("Charges"),
    "receipts": _l("Receipts"),
    "cards": _l("Cards"),
    "visits": _l("Visits"),
    "notices": _l("Notices"),
}
"""What is named of all that goes over."""


class MergeForm(Form):
    """Carries the token; which value is taken stands beside each."""


def takes(said: Sequence[str], differences: Sequence[Difference]) -> dict[str, bool]:
    """Of each column that differs, whether the other's value is kept; `said` names those."""
    return {one.name: one.name in said for one in differences}
