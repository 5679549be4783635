"""What staff fill in about holdings of serials and their issues."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from samut_hub.catalogue.forms import TextForm, era
from samut_hub.catalogue.models import Place
from samut_hub.catalogue.records.years import year_of
from samut_hub.catalogue.serials.models import Holding, Issue
from samut_hub.catalogue.serials.policy import Frequency
from samut_hub.catalogue.serials.service import HoldingFields, IssueFields
from samut_hub.web.forms import DayField
from samut_hub.web.language import language

FREQUENCIES = {
    Frequency.DAILY: _l("Daily"),
    Frequency.WEEKLY: _l("Weekly"),
    Frequency.FORTNIGHTLY: _l("Every two weeks"),
    Frequency.MONTHLY: _l("Monthly"),
    Frequency.BIMONTHLY: _l("Every two months"),
    Frequency.QUARTERLY: _l("Four times a year"),
    Frequency.HALF_YEARLY: _l("Twice a year"),
    Frequency.YEARLY: _l("Yearly"),
    Frequency.IRREGULAR: _l("Irregular"),
}


class HoldingForm(TextForm):
    """A run of a serial at one place."""

    frequency = SelectField(
        _l("Frequency"),
        choices=[SelectChoice(one.value, name) for one, name in FREQUENCIES.items()],
        default=Frequency.MONTHLY.value,
    )
    place_id = SelectField(_l("Place"), default="")
    is_current = BooleanField(_l("New issues still come"), default=True)
    statement = TextAreaField(
        _l("Issues from before"),
        [Length(max=1000)],
        description=_l("What is on the shelves and was not checked in here, for example: vol. 1 (2017) to vol. 4."),
    )
    retention = StringField(
        _l("How long issues are kept"), [Length(max=300)], description=_l("For example: the last two years.")
    )

    def offer(self, places: Iterable[tuple[Place, int]]) -> None:
        """Fill the choices."""
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        self.place_id.choices = [SelectChoice("", _("Not said")), *tree]

    def show_holding(self, holding: Holding) -> None:
        for name in HoldingFields.__slots__:
            self[name].data = getattr(holding, name)
        self.place_id.data = "" if holding.place_id is None else str(holding.place_id)

    def fields(self) -> HoldingFields:
        """What was filled in, as the use case wants it."""
        return HoldingFields(
            frequency=self.frequency.data,
            statement=self.statement.data,
            place_id=int(self.place_id.data) if self.place_id.data else None,
            is_current=self.is_current.data,
            retention=self.retention.data,
        )


class IssueForm(TextForm):
    """An issue that came, or is missing. Years may be given in the Buddhist or the Common Era."""

    year = StringField(_l("Year of the issue"), [DataRequired(), Length(max=10)])
    volume = StringField(_l("Volume"), [Length(max=40)])
    number = StringField(_l("Issue number"), [DataRequired(), Length(max=60)])
    published_on = DayField(_l("Date of the issue"), [Optional()])
    label = StringField(_l("As printed"), [Length(max=100)], description=_l("For example: January–February."))
    received_on = DayField(_l("Received on"), [Optional()], description=_l("Empty: it did not come."))
    supplement = StringField(_l("Supplement"), [Length(max=300)])
    accession_number = StringField(
        _l("Accession number"), [Length(max=60)], description=_l("Only for issues that are lent as copies.")
    )

    def validate_year(self, control: StringField) -> None:
        if year_of(control.data) is None:
            raise ValidationError(_("Give the year with four digits."))

    def show_issue(self, issue: Issue | IssueFields) -> None:
        """Fill in what is known, or expected."""
        for name in IssueFields.__slots__:
            self[name].data = getattr(issue, name)
        self.year.data = str(issue.year + era())

    def fields(self) -> IssueFields:
        """What was filled in, as the use case wants it."""
        return IssueFields(
            year=year_of(self.year.data) or 0,
            volume=self.volume.data,
            number=self.number.data,
            published_on=self.published_on.data,
            label=self.label.data,
            received_on=self.received_on.data,
            supplement=self.supplement.data,
        )
