"""What an administrator fills in about the library."""

from decimal import Decimal
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from samut_hub.libraries.hours import HoursError, read_hours, written_hours
from samut_hub.libraries.models import Library
from samut_hub.web.forms import DayField, Form

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


class _WeekdaysField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HoursField(StringField):  # type: ignore[misc]
    """Opening hours; `data` is as `hours` writes them, empty where none are stated."""

    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0] if valuelist else ""
        try:
            self.data = written_hours(read_hours(typed))
        except HoursError:
            self.data = typed
            raise ValueError(_("Write the hours like 8:30-16:30, or 8:30-12:00, 13:00-16:30.")) from None


class LibraryForm(Form):
    """`debt_limit` is in baht here and in satang in the database."""

    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=200)])
    name_en = StringField(_l("Name in English"), [DataRequired(), Length(max=200)])
    zone = StringField(_l("Time zone"), [DataRequired()])
    weekly_closed = _WeekdaysField(
        _l("Closed every week on"), choices=[SelectChoice(*day) for day in enumerate(WEEKDAYS)], coerce=int
    )
    debt_limit = DecimalField(
        _l("Nothing is lent to a member who owes more than (baht)"),
        [InputRequired(), NumberRange(min=0, max=1_000_000)],
        places=2,
    )
    offline_loans = BooleanField(_l("Kiosks may lend while the hub is away"))

    def validate_zone(self, field: StringField) -> None:
        if field.data not in available_timezones():
            raise ValidationError(_l("There is no such time zone. Write it like Asia/Bangkok."))

    def validate_weekly_closed(self, field: _WeekdaysField) -> None:
        if len(set(field.data)) == len(WEEKDAYS):
            raise ValidationError(_l("A library must be open on one day at least."))


def shown(library: Library) -> dict[str, object]:
    """The library as the form shows it."""
    return {
        "name_th": library.name_th,
        "name_en": library.name_en,
        "zone": library.zone,
        "weekly_closed": library.weekly_closed,
        "debt_limit": Decimal(library.debt_limit) / 100,
        "offline_loans": library.offline_loans,
    }


class HoursForm(Form):
    """From Monday on."""

    hours = FieldList(HoursField(), min_entries=len(WEEKDAYS), max_entries=len(WEEKDAYS))

    def by_weekday(self) -> dict[str, str]:
        """As `Library.weekly_hours` keeps them."""
        return {str(weekday): field.data for weekday, field in enumerate(self.hours) if field.data}


class YearlyForm(Form):
    day = IntegerField(_l("Day"), [InputRequired(), NumberRange(min=1, max=31)])
    month = SelectField(_l("Month"), choices=[SelectChoice(number) for number in range(1, 13)], coerce=int)
    name = StringField(_l("Occasion"), [DataRequired(), Length(max=200)])


class ClosureForm(Form):
    on = DayField(_l("Day"), [InputRequired()])
    until = DayField(_l("Until (for several days)"), [Optional()])
    name = StringField(_l("Occasion"), [DataRequired(), Length(max=200)])
    open = RadioField(
        _l("On this day the library is"),
        choices=[SelectChoice("no", _l("closed")), SelectChoice("yes", _l("open, also where the week says closed"))],
        default="no",
    )
    hours = HoursField(_l("Hours, if others than usual"))

    def validate_hours(self, field: HoursField) -> None:
        if field.data and self.open.data != "yes":
            raise ValidationError(
                _l("Hours belong to a day on which the library is open. Choose “open”, or leave them out.")
            )
