"""What members and staff fill in to book a unit of equipment."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from samut_hub.circulation.booking.booked import days_span
from samut_hub.circulation.booking.months import Month
from samut_hub.circulation.booking.service import Wish
from samut_hub.web.forms import DayField, Form
from samut_rules.booking import Span
from samut_rules.calendar import Calendar


class BookingForm(Form):
    """Whole days, or with times some hours of the first. Members have no field `member`: they book for themselves."""

    member = StringField(_l("Member number"), [DataRequired(), Length(max=40)])
    first = DayField(_l("From"), [InputRequired()])
    last = DayField(_l("Until"), [Optional()])
    starts = TimeField(_l("From what time"), [Optional()])
    ends = TimeField(_l("Until what time"), [Optional()])
    item = SelectField(_l("Which one"), choices=[])
    purpose = StringField(_l("Used for"), [Length(max=200)])

    def offer(self, month: Month) -> None:
        """The units to choose from."""
        self.units = {str(item.id): item for item in month.units}
        named = [SelectChoice(number, item.accession_number) for number, item in self.units.items()]
        self.item.choices = [SelectChoice("", _("Any that is free")), *named]

    def validate_starts(self, field: TimeField) -> None:
        if self.ends.data is None:
            raise ValidationError(_("Fill in both times, or none for whole days."))

    def validate_ends(self, field: TimeField) -> None:
        if self.starts.data is None:
            raise ValidationError(_("Fill in both times, or none for whole days."))

    def wish(self, calendar: Calendar) -> Wish:
        unit, purpose = self.units.get(self.item.data or ""), self.purpose.data or ""
        if self.starts.data is None:
            return Wish(days_span(calendar, self.first.data, self.last.data or self.first.data), False, unit, purpose)
        times = (calendar.moment(self.first.data, one.data) for one in (self.starts, self.ends))
        return Wish(Span(*times), True, unit, purpose)
