"""What members and staff fill in to book a unit of equipment."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from samut_hub.circulation.booking.booked import days_span
from samut_hub.circulation.booking.months import Month
from samut_hub.circulation.booking.service import Wish
from samut_hub.web.forms import DayField, Form
from samut_rules.booking import Span
from samut_rules.calendar import Calendar, later

MOST_WEEKS = 20
"""A term."""


class BookingForm(Form):
    """Whole days, or with times some hours of the first."""

    member = StringField(_l("Member number"), [DataRequired(), Length(max=40)])
    first = DayField(_l("From"), [InputRequired()])
    last = DayField(_l("Until"), [Optional()])
    starts = TimeField(_l("From what time"), [Optional()])
    ends = TimeField(_l("Until what time"), [Optional()])
    item = SelectField(_l("Which one"), choices=[])
    purpose = StringField(_l("Used for"), [Length(max=200)])
    weeks = IntegerField(_l("Every week, so many times"), [Optional(), NumberRange(1, MOST_WEEKS)])
    beyond = BooleanField(_l("Beyond the limits of the loan rules"))

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

    def of_member(self) -> None:
        """Members book for themselves, once, and as the rules say."""
        del self.member
        del self.weeks
        del self.beyond

    def wish(self, calendar: Calendar, *, week: int = 0) -> Wish:
        """So many weeks later than the days that were filled in."""
        unit, purpose = self.units.get(self.item.data or ""), self.purpose.data or ""
        first = later(self.first.data, 7 * week)
        if self.starts.data is None:
            last = later(self.last.data or self.first.data, 7 * week)
            return Wish(days_span(calendar, first, last), False, unit, purpose)
        times = (calendar.moment(first, one.data) for one in (self.starts, self.ends))
        return Wish(Span(*times), True, unit, purpose)
