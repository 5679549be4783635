"""What staff fill in to print labels, about a sheet, about the test page and about colours."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.labels.choosing import Choice, Order, Which
from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.colours import Palette, is_colour
from samut_hub.catalogue.labels.drawing import Drawing, Shortfall
from samut_hub.catalogue.labels.keeping import SheetChoice
from samut_hub.catalogue.labels.layout import BandBy, Design, Kind
from samut_hub.catalogue.labels.presets import THERMAL_DPI
from samut_hub.catalogue.labels.printing import MOST_COPIES, Wish
from samut_hub.catalogue.labels.sheets import LASER_DPI, Fault, Reading, Sheet, faults_of
from samut_hub.catalogue.models import Category, Place
from samut_hub.web.forms import DayField, Form
from samut_hub.web.language import language

LARGEST_PAPER, MOST_LABELS_ACROSS = 450, 40
"""Millimetres, and labels in a row or column."""
SMALLEST_LABEL = 8
LONGEST_PASTE = 200_000

WHICH = {
    Which.NEW: _l("Copies without a label yet"),
    Which.NUMBERS: _l("These numbers"),
    Which.RANGE: _l("A range of accession numbers"),
    Which.ADDED: _l("By the day they were added"),
    Which.PLACE: _l("A place"),
    Which.CATEGORY: _l("A category"),
}
ORDERS = {
    Order.ACCESSION: _l("By accession number"),
    Order.SHELF: _l("As the books stand on the shelf"),
    Order.GIVEN: _l("As the numbers were given"),
}
KINDS = {
    Kind.CODE: _l("Code label"),
    Kind.SPINE: _l("Spine label"),
    Kind.BOTH: _l("Spine and code on one label"),
}
SYMBOLOGIES = {
    Symbology.CODE_128: _l("Bar code, Code 128"),
    Symbology.CODE_39: _l("Bar code, Code 39 (wider, for old scanners)"),
    Symbology.QR: _l("QR code"),
}
BANDS = {
    BandBy.NOTHING: _l("No colour"),
    BandBy.CATEGORY: _l("Colour of the category"),
    BandBy.CLASS: _l("Colour of the Dewey class"),
}
PALETTE_NAMES = {
    Palette.SPECTRUM: _l("Grey, then the rainbow"),
    Palette.SCHOOL: _l("As in a Thai school: red, blue, sky blue, pink …"),
    Palette.CAREFUL: _l("For people with weak colour vision"),
}
FAULTS = {
    Fault.OFF_THE_RIGHT: _l("The last column would lie off the right edge of the paper."),
    Fault.OFF_THE_BOTTOM: _l("The last row would lie off the bottom of the paper."),
    Fault.OVERLAP_ACROSS: _l("The labels of a row would overlap: G must be at least as much as E."),
    Fault.OVERLAP_DOWN: _l("The labels of a column would overlap: H must be at least as much as F."),
    Fault.CORNER_TOO_ROUND: _l("The corner is rounder than half of the label."),
}
SHORTFALLS = {
    Shortfall.THIN_BARS: _l(
        "The bars are thinner than 0.25 mm: for thicker ones the code needs %(room)s mm. A good laser printer will "
        "do; try one label with your scanner."
    ),
    Shortfall.QR_FOR_WIDTH: _l(
        "A bar code of these numbers needs %(room)s mm, more than there is: a QR code is printed instead."
    ),
    Shortfall.QR_FOR_LETTERS: _l(
        "Some numbers hold letters that this bar code cannot: a QR code is printed instead."
    ),
    Shortfall.SMALL_QR: _l("The QR code is smaller than 10 mm; some scanners will need to come close."),
    Shortfall.NO_CODE: _l("There is no room for a code on this label."),
    Shortfall.NO_NUMBER: _l("There is no room for the number."),
    Shortfall.NO_TITLE: _l("There is no room for the title."),
    Shortfall.NO_CALL_NUMBER: _l("Some call numbers are missing: the copy has none, or there is no room for it."),
    Shortfall.NO_LIBRARY: _l("There is no room for the library's name."),
    Shortfall.CROWDED_SPINE: _l(
        "Some call numbers have many lines for this label and are printed very small. Turn the label, or take a "
        "larger one."
    ),
}


def _choices(names: dict[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value.value, name) for value, name in names.items()]


class PrintForm(TextForm):
    """Which labels, how they look and where on the sheet the first one goes."""

    which = RadioField(_l("Which copies"), choices=_choices(WHICH), default=Which.NEW.value)
    numbers = TextAreaField(_l("Accession numbers or bar codes, one in a line"), [Length(max=LONGEST_PASTE)])
    first = StringField(_l("From"), [Length(max=60)])
    last = StringField(_l("Until"), [Length(max=60)])
    added_from = DayField(_l("From day"), [Optional()])
    added_until = DayField(_l("Until day"), [Optional()])
    place_id = SelectField(_l("Place"), default="")
    category_id = SelectField(_l("Category"), default="")
    title_id = HiddenField()
    order = SelectField(_l("Order"), choices=_choices(ORDERS), default=Order.ACCESSION.value)
    copies = IntegerField(_l("Labels for each copy"), [InputRequired(), NumberRange(1, MOST_COPIES)], default=1)
    sheet = SelectField(_l("Label sheet"))
    start = IntegerField(_l("First free label on the sheet"), [InputRequired(), NumberRange(1)], default=1)
    kind = SelectField(_l("Kind of label"), choices=_choices(KINDS), default=Kind.CODE.value)
    symbology = SelectField(_l("Code on the label"), choices=_choices(SYMBOLOGIES), default=Symbology.CODE_128.value)
    band = SelectField(_l("Band on the spine"), choices=_choices(BANDS), default=BandBy.NOTHING.value)
    number = BooleanField(_l("Accession number"), default=True)
    title = BooleanField(_l("Title"), default=True)
    call_number = BooleanField(_l("Call number"), default=True)
    library = BooleanField(_l("Name of the library"), default=True)
    turned = BooleanField(_l("Turned, for a narrow spine"))

    def offer(
        self, sheets: Sequence[SheetChoice], places: Iterable[tuple[Place, int]], categories: Iterable[Category]
    ) -> None:
        """Fill the choices."""
        self.sheet.choices = [SelectChoice(one.key, sheet_name(one)) for one in sheets]
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        self.place_id.choices = [SelectChoice("", _("Choose")), *tree]
        named = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        self.category_id.choices = [SelectChoice("", _("Choose")), *named]
        if self.title_id.data:
            self.which.choices = [SelectChoice(Which.TITLE.value, _("All copies of this title")), *_choices(WHICH)]

    def show_design(self, sheet: str, design: Design) -> None:
        """Fill in what was printed last."""
        self.sheet.data = sheet
        for one in fields(design):
            self[one.name].data = getattr(design, one.name)

    def choice(self, zone: str) -> Choice:
        """Which copies, as the use case wants it."""
        return Choice(
            which=Which(self.which.data),
            order=Order(self.order.data),
            numbers=self.numbers.data,
            first=self.first.data,
            last=self.last.data,
            added_from=self.added_from.data,
            added_until=self.added_until.data,
            place_id=_number(self.place_id.data),
            category_id=_number(self.category_id.data),
            title_id=_number(self.title_id.data),
            zone=zone,
        )

    def wish(self) -> Wish:
        """How they are printed, as the use case wants it."""
        design = Design(
            kind=Kind(self.kind.data),
            symbology=Symbology(self.symbology.data),
            band=BandBy(self.band.data),
            number=self.number.data,
            title=self.title.data,
            call_number=self.call_number.data,
            library=self.library.data,
            turned=self.turned.data,
        )
        return Wish(
            sheet=self.sheet.data,
            design=design,
            language=language(),
            start=self.start.data,
            copies=self.copies.data,
        )


class SheetForm(TextForm):
    """The measures of a label sheet, lettered as in the drawing beside them. Millimetres."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=80)])
    width = FloatField(_l("A  Width of the paper"), [InputRequired(), NumberRange(15, LARGEST_PAPER)])
    height = FloatField(_l("B  Height of the paper"), [InputRequired(), NumberRange(8, LARGEST_PAPER)])
    columns = IntegerField(_l("Labels in a row"), [InputRequired(), NumberRange(1, MOST_LABELS_ACROSS)])
    rows = IntegerField(_l("Labels in a column"), [InputRequired(), NumberRange(1, MOST_LABELS_ACROSS)])
    x0 = FloatField(
        _l("C  Left edge of the paper to the first label"), [InputRequired(), NumberRange(0, LARGEST_PAPER)]
    )
    y0 = FloatField(
        _l("D  Upper edge of the paper to the first label"), [InputRequired(), NumberRange(0, LARGEST_PAPER)]
    )
    label_width = FloatField(_l("E  Width of a label"), [InputRequired(), NumberRange(SMALLEST_LABEL, LARGEST_PAPER)])
    label_height = FloatField(
        _l("F  Height of a label"), [InputRequired(), NumberRange(SMALLEST_LABEL, LARGEST_PAPER)]
    )
    pitch_x = FloatField(
        _l("G  From the left edge of a label to that of the next"), [InputRequired(), NumberRange(0, LARGEST_PAPER)]
    )
    pitch_y = FloatField(
        _l("H  From the upper edge of a label to that of the next below"),
        [InputRequired(), NumberRange(0, LARGEST_PAPER)],
    )
    corner = FloatField(_l("Radius of the round corners"), [InputRequired(), NumberRange(0, 100)], default=0)
    offset_x = FloatField(_l("Printer: move to the right by"), [InputRequired(), NumberRange(-20, 20)], default=0)
    offset_y = FloatField(_l("Printer: move down by"), [InputRequired(), NumberRange(-20, 20)], default=0)
    scale = FloatField(_l("Printer: enlarge (1 is as it is)"), [InputRequired(), NumberRange(0.9, 1.1)], default=1)
    dpi = SelectField(
        _l("Printer"),
        coerce=int,
        choices=[
            SelectChoice(LASER_DPI, _l("Laser or ink jet")),
            SelectChoice(THERMAL_DPI, _l("Label printer, 203 dpi")),
            SelectChoice(300, _l("Label printer, 300 dpi")),
        ],
    )  # fmt: skip
    is_measured = BooleanField(_l("I measured a real sheet"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        self.form_errors += [str(FAULTS[fault]) for fault in faults_of(self.measures())]
        return not self.form_errors

    def show_sheet(self, name: str, sheet: Sheet, *, is_measured: bool) -> None:
        """Fill in what is known."""
        self.name.data, self.is_measured.data = name, is_measured
        for one in fields(sheet):
            self[one.name].data = getattr(sheet, one.name)

    def measures(self) -> Sheet:
        return Sheet(**{one.name: self[one.name].data for one in fields(Sheet)})


class ReadingForm(Form):
    """What was read off the printed test page, in millimetres."""

    right = FloatField(
        _l("How far to the right do the outlines lie? To the left: with a minus."),
        [InputRequired(), NumberRange(-20, 20)],
        default=0,
    )
    down = FloatField(
        _l("How far too low do the outlines lie? Too high: with a minus."),
        [InputRequired(), NumberRange(-20, 20)],
        default=0,
    )
    line = FloatField(_l("How long is the line in the middle?"), [InputRequired(), NumberRange(5, 120)])

    def reading(self) -> Reading:
        return Reading(self.right.data, self.down.data, self.line.data)


class ColoursForm(TextForm):
    """One colour for each Dewey class."""

    colours = FieldList(StringField(), min_entries=10, max_entries=10)

    def validate_colours(self, control: FieldList) -> None:
        if not all(is_colour(colour) for colour in control.data):
            raise ValidationError(_("A colour is written as # and six digits or letters from a to f."))


def sheet_name(choice: SheetChoice) -> str:
    """With a word on those that nobody measured."""
    name = choice.name.replace("Roll ", _("Roll") + " ") if not choice.is_own else choice.name
    return name if choice.is_measured else _("%(sheet)s (measure your pack)", sheet=name)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def say_shortfalls(labels: Sequence[Drawing]) -> list[str]:
    """A sentence for each thing that some of the labels could not give."""
    missed = set().union(*(label.shortfalls for label in labels))
    room = max((label.room_for_bars for label in labels), default=0.0)
    return [SHORTFALLS[one] % {"room": f"{room:.0f}"} for one in Shortfall if one in missed]
