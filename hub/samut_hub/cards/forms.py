"""What staff fill in to print cards, and to draw one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FloatField,
    FormField,
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

from samut_hub.cards.choosing import Choice, Which
from samut_hub.cards.design import (
    LARGEST_TYPE,
    LEAST,
    LONG,
    MOST_PARTS,
    SMALLEST_TYPE,
    Design,
    Kind,
    Part,
    Side,
    is_on_card,
)
from samut_hub.cards.designs import DesignChoice
from samut_hub.cards.printing import Wish
from samut_hub.cards.sheets import SINGLE, TO_CUT, CardSheet, Shift
from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.colours import is_colour
from samut_hub.catalogue.labels.forms import SYMBOLOGIES
from samut_hub.members.models import Group, MemberField, MemberType
from samut_hub.members.policy import LONGEST
from samut_hub.web.forms import DayField
from samut_hub.web.language import language

LONGEST_PASTE = 100_000
FURTHEST = 20
"""Millimetres by which a printer may lie off."""

WHICH = {
    Which.NEW: _l("Members who have no printed card yet"),
    Which.ALL: _l("All members of a class or type"),
    Which.NUMBERS: _l("These member numbers"),
}
SHEETS = {
    TO_CUT.key: _l("A4, 10 cards to cut out, with cut marks"),
    SINGLE.key: _l("Single plastic cards in a card printer (CR80)"),
}
READY_NAMES = {
    "lake": _l("Lake green, lying, bar code and QR"),
    "night": _l("Night blue, lying, bar code and QR"),
    "mangosteen": _l("Mangosteen, upright, QR"),
    "sky": _l("Sky blue, upright, QR"),
    "plain": _l("Black and white, lying, Code 39"),
}
KINDS: dict[Kind, LazyString] = {
    Kind.NAME: _l("Name"),
    Kind.NUMBER: _l("Member number"),
    Kind.PHOTO: _l("Photo"),
    Kind.CODE: _l("Bar code or QR code"),
    Kind.TYPE: _l("Type of member"),
    Kind.GROUP: _l("Class or department"),
    Kind.LEVEL: _l("Level of education"),
    Kind.ISSUED: _l("Day of issue"),
    Kind.EXPIRES: _l("Day of expiry"),
    Kind.OWN_FIELD: _l("Field of your own"),
    Kind.LIBRARY: _l("Name of the library"),
    Kind.LOGO: _l("Logo of the library"),
    Kind.TEXT: _l("Fixed text"),
    Kind.AREA: _l("Area of colour, or line"),
    Kind.PICTURE: _l("Picture"),
}
SIDES = {Side.FRONT: _l("Front side"), Side.BACK: _l("Back side")}
ACROSS = {"left": _l("Left"), "center": _l("Middle"), "right": _l("Right")}
LANGUAGES = {"th": _l("Thai"), "en": _l("English")}
CONTROLS: dict[Kind, tuple[str, ...]] = {
    Kind.PHOTO: ("corner",),
    Kind.CODE: ("symbology",),
    Kind.LOGO: ("colour",),
    Kind.AREA: ("colour", "corner"),
    Kind.PICTURE: ("of",),
    Kind.TEXT: ("words", "size", "bold", "across", "colour"),
    Kind.NUMBER: ("words", "size", "bold", "across", "colour"),
    Kind.GROUP: ("words", "size", "bold", "across", "colour"),
    Kind.OWN_FIELD: ("of", "words", "language", "size", "bold", "across", "colour"),
}
_WORDS = ("language", "words", "size", "bold", "across", "colour")
"""What can be said of a part beside its place; of all other kinds this."""


def _choices(names: dict[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(getattr(value, "value", value), name) for value, name in names.items()]


class PrintForm(TextForm):
    """Whose cards, in which design, on what."""

    which = RadioField(_l("Whose cards"), choices=_choices(WHICH), default=Which.NEW.value)
    group_id = SelectField(_l("Class or department"), coerce=int, default=0)
    type_id = SelectField(_l("Type of member"), coerce=int, default=0)
    numbers = TextAreaField(_l("Member numbers, one in a line"), [Length(max=LONGEST_PASTE)])
    with_photo = BooleanField(_l("Leave out those without a photo"))
    design = SelectField(_l("Design"))
    sheet = SelectField(_l("Paper"))
    both_sides = BooleanField(_l("Print the back too"), default=True)
    start = IntegerField(_l("First free card on the sheet"), [InputRequired(), NumberRange(1)], default=1)
    issued_on = DayField(_l("Day of issue"), [InputRequired()])
    right = FloatField(
        _l("Fronts to the right by (mm)"), [InputRequired(), NumberRange(-FURTHEST, FURTHEST)], default=0
    )
    down = FloatField(_l("Fronts down by (mm)"), [InputRequired(), NumberRange(-FURTHEST, FURTHEST)], default=0)
    back_right = FloatField(
        _l("Backs to the right by (mm)"), [InputRequired(), NumberRange(-FURTHEST, FURTHEST)], default=0
    )
    back_down = FloatField(_l("Backs down by (mm)"), [InputRequired(), NumberRange(-FURTHEST, FURTHEST)], default=0)

    def offer(self, designs: Sequence[DesignChoice], sheets: Sequence[CardSheet]) -> None:
        self.design.choices = [SelectChoice(one.key, say_design(one.name)) for one in designs]
        self.sheet.choices = [SelectChoice(one.key, SHEETS.get(one.key, one.name)) for one in sheets]

    def offer_members(self, groups: Iterable[Group], types: Iterable[MemberType]) -> None:
        self.group_id.choices = [
            SelectChoice(0, _("All classes")),
            *(SelectChoice(one.id, one.name) for one in groups),
        ]
        named = (SelectChoice(one.id, one.name(language())) for one in types)
        self.type_id.choices = [SelectChoice(0, _("All types")), *named]

    def show_wish(self, wish: Wish, today: date) -> None:
        """Fill in how it was printed last; what is no longer there is left out."""
        for control, key in ((self.design, wish.design), (self.sheet, wish.sheet)):
            keys = [choice.value for choice in control.choices]
            control.data = key if key in keys else keys[0]
        self.both_sides.data, self.issued_on.data = wish.both_sides, today
        for name in ("right", "down", "back_right", "back_down"):
            self[name].data = getattr(wish.shift, name)

    def choice(self, today: date) -> Choice:
        """Whose cards, as the use case wants it."""
        return Choice(
            today=today,
            which=Which(self.which.data),
            group_id=self.group_id.data or None,
            type_id=self.type_id.data or None,
            numbers=self.numbers.data,
            with_photo=self.with_photo.data,
        )

    def wish(self) -> Wish:
        """How they are printed, as the use case wants it."""
        return Wish(
            design=self.design.data,
            sheet=self.sheet.data,
            start=self.start.data,
            both_sides=self.both_sides.data,
            shift=Shift(self.right.data, self.down.data, self.back_right.data, self.back_down.data),
            issued_on=self.issued_on.data,
        )


class PartForm(TextForm):
    """One part of a card. Millimetres from the upper left corner; type in points."""

    class Meta(TextForm.Meta):
        csrf = False

    kind = HiddenField()
    side = SelectField(_l("Side"), choices=_choices(SIDES), default=Side.FRONT.value)
    x = FloatField(_l("From the left"), [InputRequired(), NumberRange(0, LONG)], default=4)
    y = FloatField(_l("From above"), [InputRequired(), NumberRange(0, LONG)], default=4)
    width = FloatField(_l("Width"), [InputRequired(), NumberRange(LEAST, LONG)], default=20)
    height = FloatField(_l("Height"), [InputRequired(), NumberRange(LEAST, LONG)], default=5)
    words = StringField(_l("What it says"), [Length(max=300)])
    language = SelectField(_l("In"), choices=_choices(LANGUAGES), default="th")
    size = FloatField(_l("Size of type (pt)"), [Optional(), NumberRange(SMALLEST_TYPE, LARGEST_TYPE)], default=8)
    bold = BooleanField(_l("Bold"))
    across = SelectField(_l("Stands"), choices=_choices(ACROSS), default="left")
    colour = StringField(_l("Colour"), default="#000000")
    corner = FloatField(_l("Radius of the corners"), [Optional(), NumberRange(0, 30)], default=0)
    symbology = SelectField(_l("Code"), choices=_choices(SYMBOLOGIES), default=Symbology.CODE_128.value)
    of = SelectField(_l("Which"), coerce=int, default=0, validate_choice=False)

    def validate_colour(self, control: StringField) -> None:
        if control.data and not is_colour(control.data):
            raise ValidationError(_("A colour is written as # and six digits or letters from a to f."))

    def validate_kind(self, control: HiddenField) -> None:
        if control.data not in set(Kind):
            raise ValidationError(_("Not a valid choice."))

    @property
    def shown_kind(self) -> Kind:
        return Kind(self.kind.data) if self.kind.data in set(Kind) else Kind.TEXT

    @property
    def name(self) -> str:
        """What the part is, and what tells it from others of its kind: its words, its language or its size."""
        if self.words.data:
            return f"{KINDS[self.shown_kind]} “{self.words.data}”"
        if "language" in self.controls:
            return f"{KINDS[self.shown_kind]} · {LANGUAGES.get(self.language.data, '')}"
        if self.shown_kind is Kind.AREA and self.width.data and self.height.data:
            return f"{KINDS[self.shown_kind]} · {self.width.data:g} × {self.height.data:g}"
        return str(KINDS[self.shown_kind])

    @property
    def controls(self) -> tuple[str, ...]:
        """Names of the controls that mean something for this kind, beside side and place."""
        return CONTROLS.get(self.shown_kind, _WORDS)

    def part(self) -> Part:
        """What was filled in."""
        return Part(
            kind=self.shown_kind,
            side=Side(self.side.data),
            x=self.x.data,
            y=self.y.data,
            width=self.width.data,
            height=self.height.data,
            words=self.words.data,
            language=self.language.data,
            size=self.size.data or 8.0,
            bold=self.bold.data,
            colour=(self.colour.data or "#000000").lower(),
            across=self.across.data,
            corner=self.corner.data or 0.0,
            symbology=Symbology(self.symbology.data),
            of=self.of.data or 0,
        )


class DesignForm(TextForm):
    """A whole card. Make one with `following`."""

    title = StringField(_l("Name of the design"), [DataRequired(), Length(max=80)])
    is_upright = BooleanField(_l("The card stands upright"))
    parts = FieldList(FormField(PartForm), max_entries=MOST_PARTS)
    add = SelectField(_l("Add"), choices=_choices(KINDS), default=Kind.TEXT.value)
    with_long_name = BooleanField(_l("Show it with a very long name"))

    @classmethod
    def following(cls, name: str, design: Design) -> Self:
        """Filled in with a design, whatever was sent."""
        form: Self = cls(formdata=None)
        form.title.data, form.is_upright.data = name, design.is_upright
        for part in design.parts:
            form.parts.append_entry(_shown(part))
        return form

    def offer(self, fields: Iterable[MemberField], pictures: dict[int, str]) -> None:
        """Which own fields and pictures there are to choose from."""
        named = [SelectChoice(0, "–"), *(SelectChoice(one.id, one.name(language())) for one in fields)]
        files = [SelectChoice(0, "–"), *(SelectChoice(key, name) for key, name in pictures.items())]
        for entry in self.parts:
            entry.form.of.choices = files if entry.form.shown_kind is Kind.PICTURE else named

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        design = self.design()
        size = f"{design.width:g} × {design.height:g}"
        for entry, part in zip(self.parts, design.parts, strict=True):
            if not is_on_card(part, design):
                entry.form.x.errors = [_("It does not lie on the card, which has %(size)s mm.", size=size)]
                self.parts.errors = [*self.parts.errors, entry.errors]
        return not self.errors

    def design(self) -> Design:
        parts = tuple(entry.form.part() for entry in self.parts)
        return Design(is_upright=self.is_upright.data, parts=parts)


class PictureForm(TextForm):
    title = StringField(_l("What it is called"), [Length(max=80)])
    picture = FileField(_l("Picture"))
    is_logo = BooleanField(_l("This is the library's logo"))


class ReplaceForm(TextForm):
    """The number on the card that takes the place of a lost one."""

    number = StringField(_l("Number on the new card"), [DataRequired(), Length(max=LONGEST)])


def new_part(kind: Kind) -> Part:
    """A part as it is added: large enough to be seen, in the middle of the front."""
    sizes = {Kind.PHOTO: (18.0, 24.0), Kind.LOGO: (10.0, 10.0), Kind.CODE: (45.0, 12.0), Kind.PICTURE: (30.0, 20.0)}
    width, height = sizes.get(kind, (30.0, 5.0))
    words = str(_("Fixed text")) if kind is Kind.TEXT else ""
    return Part(kind=kind, x=4, y=20, width=width, height=height, words=words)


def say_design(name: str) -> str:
    """What a design is called: a ready one in the person's language."""
    return str(READY_NAMES.get(name, name))


def _shown(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind.value,
        "side": part.side.value,
        "symbology": part.symbology.value,
        **{
            name: getattr(part, name)
            for name in ("x", "y", "width", "height", "words", "language", "size", "bold", "across", "colour")
        },
        "corner": part.corner,
        "of": part.of,
    }
