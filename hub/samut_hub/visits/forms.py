"""What staff fill in about guests, and which visits they want counted."""

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from samut_hub.visits.counted import By, Unit
from samut_hub.visits.guests import MOST_AT_ONCE, Wanted
from samut_hub.web.forms import DayField, Form
from samut_rules.calendar import Calendar

MOST_USES = 1_000
LONGEST = timedelta(days=366)
BYS = {
    By.LEVEL: _l("Level of education"),
    By.TYPE: _l("Type of member"),
    By.GROUP: _l("Class or department"),
    By.MEMBER: _l("Each member"),
    By.HOUR: _l("Hour of the day"),
    By.WEEKDAY: _l("Day of the week"),
}
UNITS = {Unit.TIMES: _l("By times"), Unit.PERSONS: _l("By persons")}


class PassForm(Form):
    """`command` makes a form that is sent twice count once."""

    command = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f-]{36}$")])
    name = StringField(_l("Name of the guest or the group"), [Length(max=100)])
    from_day = DayField(_l("Good from"), [InputRequired()])
    from_time = TimeField(_l("at (time)"), [InputRequired()])
    until_day = DayField(_l("Good until"), [InputRequired()])
    until_time = TimeField(_l("until (time)"), [InputRequired()])
    uses = IntegerField(_l("Entries with each pass"), [InputRequired(), NumberRange(1, MOST_USES)], default=1)
    count = IntegerField(_l("Number of passes"), [InputRequired(), NumberRange(1, MOST_AT_ONCE)], default=1)

    def validate_until_day(self, control: DayField) -> None:
        if self.from_day.data is None or control.data is None or not (self.from_time.data and self.until_time.data):
            return
        begin = datetime.combine(self.from_day.data, self.from_time.data)
        end = datetime.combine(control.data, self.until_time.data)
        if not begin < end <= begin + LONGEST:
            raise ValidationError(_l("A pass ends after it begins, and within a year."))

    def wanted(self, calendar: Calendar) -> Wanted:
        """In the library's own time."""
        return Wanted(
            valid_from=calendar.moment(self.from_day.data, self.from_time.data),
            valid_until=calendar.moment(self.until_day.data, self.until_time.data),
            uses=self.uses.data,
            name=" ".join(self.name.data.split()),
        )

    def begin(self, today: date, closes: time, command: str) -> None:
        """What is offered: today until the library closes."""
        self.from_day.data = self.until_day.data = today
        self.from_time.data, self.until_time.data, self.command.data = time(0), closes, command


class CountForm(Form):
    """`by` what, in which unit, and of which days."""

    class Meta(Form.Meta):
        csrf = False

    since = DayField(_l("From (day)"), [Optional()])
    until = DayField(_l("Until (day)"), [Optional()])
    by = SelectField(_l("Count by"), choices=[SelectChoice(by.value, name) for by, name in BYS.items()])
    unit = SelectField(_l("How"), choices=[SelectChoice(unit.value, name) for unit, name in UNITS.items()])
