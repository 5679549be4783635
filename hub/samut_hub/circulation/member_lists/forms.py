"""Which members stand on a list, and what it is called."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField

from samut_hub.circulation.member_lists.service import Kind, Wish
from samut_hub.members.models import Group, MemberType
from samut_hub.web.forms import Form
from samut_hub.web.language import language

KINDS = {Kind.MEMBERS: _l("List of members"), Kind.LOANS: _l("What is on loan, by class")}
LABELS = {
    "place": _l("No."),
    "number": _l("Member number"),
    "name": _l("Name"),
    "type": _l("Type of member"),
    "group": _l("Class or department"),
    "born": _l("Born on"),
    "phone": _l("Phone"),
    "guardian": _l("Guardian"),
    "expires_on": _l("Member until"),
    "open_loans": _l("On loan"),
    "title": _l("Title"),
    "accession_number": _l("Accession number"),
    "lent_on": _l("Lent on"),
    "due_on": _l("Due on"),
    "late": _l("Overdue"),
}


class ListForm(Form):
    """Asks, changes nothing: its answers stand in the address."""

    class Meta(Form.Meta):
        csrf = False

    kind = RadioField(
        _l("Which list?"),
        choices=[SelectChoice(kind.value, name) for kind, name in KINDS.items()],
        default=Kind.LOANS.value,
    )
    group_id = SelectField(_l("Class or department"), coerce=int, default=0)
    type_id = SelectField(_l("Type of member"), coerce=int, default=0)
    with_all = BooleanField(_l("Also those who have nothing on loan"))

    def offer(self, groups: Iterable[Group], types: Iterable[MemberType]) -> None:
        self.group_id.choices = [
            SelectChoice(0, _l("All classes")),
            *(SelectChoice(one.id, one.name) for one in groups),
        ]
        kinds = (SelectChoice(one.id, one.name(language())) for one in types)
        self.type_id.choices = [SelectChoice(0, _l("All types")), *kinds]

    def wish(self) -> Wish:
        """What was asked for."""
        return Wish(
            kind=Kind(self.kind.data),
            group_id=self.group_id.data or None,
            type_id=self.type_id.data or None,
            with_all=self.with_all.data,
            language=language(),
        )
