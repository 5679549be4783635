"""What staff fill in about members, and how refusals are said beside the field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    DecimalField,
    FileField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional, Regexp

from samut_hub.members.birth import birth_typed, read_birth
from samut_hub.members.cards import CardTakenError, WrongCardError
from samut_hub.members.groups import SCHOOL_YEAR, InUseError, NameTakenError, Validity
from samut_hub.members.models import CardKind, CardState, EducationLevel, FieldKind, MemberField
from samut_hub.members.own_fields import LONGEST_VALUE
from samut_hub.members.photos import PhotoError, PhotoFault
from samut_hub.members.policy import NumberFault, is_national_id
from samut_hub.members.service import MemberFields, NumberTakenError, WrongNumberError
from samut_hub.web.forms import DayField, Form
from samut_hub.web.hub import now
from samut_hub.web.language import language
from samut_wire.numbers import member_number

NUMBER_FAULTS = {
    NumberFault.TOO_SHORT: _l("A member number has at least five digits."),
    NumberFault.TOO_LONG: _l("A member number has at most twenty characters."),
    NumberFault.STRANGE_CHARACTER: _l("A member number has only digits, the letters A to Z and hyphens."),
    NumberFault.WRONG_CHECK_DIGIT: _l(
        "Thirteen digits are a national ID, and this one is mistyped: compare the card."
    ),
}
CARD_KINDS = {
    CardKind.UID: _l("Chip card"),
    CardKind.NATIONAL_ID: _l("National ID card"),
    CardKind.BARCODE: _l("Card with a barcode"),
    CardKind.QR: _l("Card with a QR code"),
}
CARD_STATES = {
    CardState.ACTIVE: _l("In use"),
    CardState.LOST: _l("Lost"),
    CardState.REPLACED: _l("Out of use"),
}
FIELD_KINDS = {
    FieldKind.TEXT: _l("Text"),
    FieldKind.NUMBER: _l("Number"),
    FieldKind.DATE: _l("Date"),
    FieldKind.CHOICE: _l("One of several"),
}
TEXTS = (
    *("name_th", "name_en", "phone", "email", "line_id", "facebook", "address", "note"),
    *("guardian_name", "guardian_relation", "guardian_phone"),
)
PHOTO_FAULTS = {
    PhotoFault.TOO_LARGE: _l("The photo is larger than 20 MB. Make it smaller and send it again."),
    PhotoFault.NOT_A_PHOTO: _l("This file is not a photo. Send a JPEG, PNG or WebP file."),
    PhotoFault.TOO_MANY_PIXELS: _l("The photo has more than 60 million pixels. Make it smaller."),
}


class BirthField(StringField):  # type: ignore[misc]  # WTForms has no types
    """A birth date of which the day, or the month too, may be unknown; kept as `birth` says."""

    data: Any

    def _value(self) -> str:
        if self.raw_data and self.errors:
            return str(self.raw_data[0])
        return birth_typed(self.data or "", in_buddhist_era=language() == "th")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = ""
        try:
            self.data = read_birth(valuelist[0], now().date()) if valuelist else ""
        except (ValueError, IndexError):
            raise ValueError(_l("This is no day of birth. Write it like 17/5/2558, 5/2558 or 2558.")) from None


class MemberForm(Form):
    """All that is known of a member but the photo and the cards. Make one with `following`."""

    number = StringField(
        _l("Member number"), [DataRequired()], description=_l("Five digits or more, or the national ID.")
    )
    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=200)])
    name_en = StringField(_l("Name in English"), [Length(max=200)])
    type_id = SelectField(_l("Type of member"), coerce=int)
    group_id = SelectField(_l("Class or department"), coerce=int)
    level = SelectField(_l("Level of education"), coerce=int, default=0)
    born = BirthField(
        _l("Born on"), [Length(max=40)], description=_l("Like 17/5/2558; leave out what is not known: 5/2558, 2558.")
    )
    national_id = StringField(
        _l("National ID"),
        [Length(max=30)],
        description=_l("The number itself is not kept, only a mark by which it is known again."),
    )
    expires_on = DayField(_l("Member until"), [Optional()], description=_l("Empty: without end."))
    phone = StringField(_l("Phone"), [Length(max=40)])
    email = StringField(_l("E-mail"), [Optional(), Email()])
    line_id = StringField(_l("LINE ID"), [Length(max=100)])
    facebook = StringField(_l("Facebook"), [Length(max=200)])
    address = TextAreaField(_l("Address"), [Length(max=500)])
    guardian_name = StringField(_l("Guardian"), [Length(max=200)])
    guardian_relation = StringField(_l("Relation"), [Length(max=100)], description=_l("Mother, father, uncle …"))
    guardian_phone = StringField(_l("Guardian's phone"), [Length(max=40)])
    note = TextAreaField(_l("Note for staff"), [Length(max=2000)])
    same_name = BooleanField(_l("It is another person with the same name"))

    own: dict[str, int]

    @classmethod
    def following(cls, fields: Sequence[MemberField], **filled_in: Any) -> Self:
        """The form with the library's own fields in it."""
        controls = {f"own-{field.id}": _own_control(field) for field in fields}
        form: Self = type(cls.__name__, (cls,), controls)(**filled_in)
        form.own = {f"own-{field.id}": field.id for field in fields}
        return form

    def own_controls(self) -> list[Field]:
        return [self[name] for name in self.own]

    def own_values(self) -> dict[int, str]:
        """What the library's own fields say, by their numbers."""
        return {field_id: _said(self[name].data) for name, field_id in self.own.items()}

    def fields(self) -> MemberFields:
        """What was filled in, as the use case wants it."""
        texts = {name: _text(self[name].data) for name in TEXTS}
        return MemberFields(
            number=self.number.data,
            type_id=self.type_id.data,
            group_id=self.group_id.data or None,
            level=self.level.data or None,
            expires_on=self.expires_on.data,
            born=self.born.data or "",
            **texts,
        )

    def validate_national_id(self, control: Field) -> None:
        """The check digit is asked for at once, before it is a mark that says nothing."""
        if _text(control.data) and not is_national_id(member_number(control.data)):
            raise ValidationError(_l("This is no national ID: it has thirteen digits. Compare the card."))

    def refuse(self, error: WrongNumberError | NumberTakenError) -> None:
        """Say beside the number what is wrong with it."""
        self.number.errors = [*self.number.errors, say_number_refusal(error)]

    def refuse_national_id(self, error: CardTakenError) -> None:
        self.national_id.errors = [*self.national_id.errors, _say_taken(error)]


class BlockForm(Form):
    note = StringField(_l("Why"), [DataRequired(), Length(max=200)], description=_l("The member reads this."))


class CardForm(Form):
    """Cards say their number through the reader or scanner at the desk, which types it."""

    kind = SelectField(
        _l("Kind of card"), choices=[SelectChoice(kind.value, name) for kind, name in CARD_KINDS.items()]
    )
    value = StringField(
        _l("Card number"), [DataRequired(), Length(max=64)], description=_l("Hold the card to the reader.")
    )

    def refuse(self, error: CardTakenError | WrongCardError) -> None:
        if isinstance(error, WrongCardError):
            wrong = _l("This is no national ID: it has thirteen digits. Compare the card.")
            self.value.errors = [*self.value.errors, wrong]
            return
        self.value.errors = [*self.value.errors, _say_taken(error)]


class PhotoForm(Form):
    photo = FileField(_l("Photo"))

    def refuse(self, error: PhotoError) -> None:
        self.photo.errors = [*self.photo.errors, PHOTO_FAULTS[error.fault]]


class YearEndField(StringField):  # type: ignore[misc]  # WTForms has no types
    """The last day of a school year, typed as day/month; `data` is MM-DD, the usual one where nothing is typed. The
    29th of February is not every year."""

    data: Any

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else year_end_typed(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = "".join(valuelist).strip()
        if not typed:
            self.data = SCHOOL_YEAR.year_ends
            return
        read = re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", typed)
        try:
            self.data = date(2027, int(read[2]), int(read[1])).strftime("%m-%d") if read else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError(_("Write day and month, for example 31/3."))


def year_end_typed(year_ends: str) -> str:
    """MM-DD as people type it."""
    month, _hyphen, day = year_ends.partition("-")
    return f"{int(day)}/{int(month)}" if day else ""


class TypeForm(Form):
    code = StringField(
        _l("Code"),
        [DataRequired(), Regexp(r"[a-z][a-z0-9_]{0,29}\Z", message=_l("Small letters a to z, digits and _ only."))],
        description=_l("Loan rules name the type by it."),
    )
    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [DataRequired(), Length(max=100)])
    valid_months = IntegerField(
        _l("A membership lasts (months)"),
        [Optional(), NumberRange(1, 240, message=_l("From 1 to 240 months."))],
        description=_l("When it is renewed. Empty: until the school year ends."),
    )
    year_ends = YearEndField(
        _l("Last day of the school year"), default=SCHOOL_YEAR.year_ends, description=_l("Day/month")
    )

    @property
    def names(self) -> tuple[str, str]:
        return self.name_th.data.strip(), self.name_en.data.strip()

    @property
    def validity(self) -> Validity:
        return Validity(self.valid_months.data, self.year_ends.data)


class GroupForm(Form):
    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])
    level = SelectField(_l("Level of education"), coerce=int, default=0)

    def offer(self, levels: Iterable[EducationLevel]) -> None:
        self.level.choices = level_choices(levels)


class NamesForm(Form):
    """What a step of education, or anything else, is called."""

    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [Length(max=100)])

    @property
    def names(self) -> tuple[str, str]:
        return _text(self.name_th.data), _text(self.name_en.data)


class OwnFieldForm(NamesForm):
    """A field that the library adds; `choices` has one in each line."""

    kind = SelectField(
        _l("Kind of field"), choices=[SelectChoice(kind.value, name) for kind, name in FIELD_KINDS.items()]
    )
    choices = TextAreaField(_l("To choose from"), [Length(max=2000)], description=_l("One in each line."))

    def lines(self) -> list[str]:
        return list(dict.fromkeys(filter(None, map(_text, (self.choices.data or "").splitlines()))))


def level_choices(levels: Iterable[EducationLevel]) -> list[SelectChoice]:
    return [SelectChoice(0, "–"), *(SelectChoice(one.step, one.name(language())) for one in levels)]


def own_data(fields: Iterable[MemberField], values: Mapping[int, str]) -> dict[str, Any]:
    """What the library's own fields say, as it stands in the form."""
    said = {field: values[field.id] for field in fields if field.id in values}
    return {f"own-{field.id}": _as_control(field, value) for field, value in said.items()}


def _as_control(field: MemberField, value: str) -> Any:
    match FieldKind(field.kind):
        case FieldKind.NUMBER:
            return Decimal(value)
        case FieldKind.DATE:
            return date.fromisoformat(value)
        case _:
            return value


def _own_control(field: MemberField) -> Field:
    label = field.name(language())
    match FieldKind(field.kind):
        case FieldKind.NUMBER:
            return DecimalField(label, [Optional()], places=None)
        case FieldKind.DATE:
            return DayField(label, [Optional()])
        case FieldKind.CHOICE:
            return SelectField(
                label, choices=[SelectChoice("", "–"), *(SelectChoice(one, one) for one in field.choices)]
            )
        case FieldKind.TEXT:
            return StringField(label, [Length(max=LONGEST_VALUE)])


def say_number_refusal(error: WrongNumberError | NumberTakenError) -> LazyString:
    """Why a number cannot be the member's."""
    if isinstance(error, WrongNumberError):
        return NUMBER_FAULTS[error.fault]
    return _l("%(name)s has this number already.", name=error.holder.name_th)


def _say_taken(error: CardTakenError) -> LazyString:
    return _l("This card belongs to %(name)s (%(number)s).", name=error.holder.name_th, number=error.holder.number)


def _said(data: object) -> str:
    return data.isoformat() if isinstance(data, date) else _text("" if data is None else str(data))


def _text(data: str | None) -> str:
    """Without blanks around it and without the one character that a database refuses."""
    return (data or "").replace("\0", "").strip()


def say_refusal(error: NameTakenError | InUseError) -> str:
    """The sentence for a type or group that cannot be added or removed."""
    if isinstance(error, InUseError):
        return str(_l("It cannot be removed: it still has %(count)s members.", count=error.members))
    return str(_l("There is one with this name already."))
