"""What is looked for among the entries."""

from datetime import timedelta
from functools import partial

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from samut_hub.audit.service import Asked
from samut_hub.audit.words import ACTIONS, KINDS
from samut_hub.web.forms import DayField, Form
from samut_rules.calendar import Calendar

_Text = partial(StringField, validators=[Length(max=100)])


class AuditForm(Form):
    """Asks, changes nothing: its answers stand in the address. What is no day narrows nothing, and says so."""

    class Meta(Form.Meta):
        csrf = False

    since = DayField(_l("From"), [Optional()])
    until = DayField(_l("Until"), [Optional()])
    who = _Text(_l("User name"))
    kind = SelectField(_l("To what"), default="")
    action = SelectField(_l("What was done"), default="")
    q = _Text(_l("Name or number of the thing"))

    def offer(self) -> None:
        anything = SelectChoice("", _l("everything"))
        self.kind.choices = [anything, *(SelectChoice(kind, name) for kind, name in KINDS.items())]
        self.action.choices = [anything, *(SelectChoice(action.value, name) for action, name in ACTIONS.items())]

    def asked(self, calendar: Calendar) -> Asked:
        self.offer()
        self.validate()
        right = {name: None if self.errors.get(name) else field.data for name, field in self._fields.items()}
        since, until = right["since"], right["until"]
        return Asked(
            since=since and calendar.end_of(since - timedelta(days=1)),
            until=until and calendar.end_of(until),
            who=(right["who"] or "").strip(),
            kind=right["kind"] or "",
            action=right["action"] or "",
            words=(right["q"] or "").strip(),
        )
