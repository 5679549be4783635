"""What staff fill in about members, and how refusals are said beside the field."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from samut_hub.members.cards import CardTakenError
from samut_hub.members.groups import InUseError, NameTakenError
from samut_hub.members.models import CardKind
from samut_hub.members.photos import PhotoFault
from samut_hub.members.policy import NumberFault
from samut_hub.members.service import MemberFields, NumberTakenError, WrongNumberError, WrongPhotoError
from samut_hub.web.forms import DayField, Form

NUMBER_FAULTS = {
    NumberFault.TOO_SHORT: _l("A member number has at least five digits."),
    NumberFault.TOO_LONG: _l("A member number has at most twenty characters."),
    NumberFault.STRANGE_CHARACTER: _l("A member number has only digits, the letters A to Z and hyphens."),
    NumberFault.WRONG_CHECK_DIGIT: _l(
        "Thirteen digits are a national ID, and this one is mistyped: compare the card."
    ),
}
PHOTO_FAULTS = {
    PhotoFault.TOO_LARGE: _l("The photo is larger than 2 MB. Make it smaller and send it again."),
    PhotoFault.NOT_A_PHOTO: _l("This file is not a photo. Send a JPEG or PNG file."),
    PhotoFault.TOO_MANY_PIXELS: _l("The photo has more than 4,000 pixels on a side. Make it smaller."),
}


class MemberForm(Form):
    """All that is known of a member but the photo and the cards."""

    number = StringField(
        _l("Member number"), [DataRequired()], description=_l("Five digits or more, or the national ID.")
    )
    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=200)])
    name_en = StringField(_l("Name in English"), [Length(max=200)])
    type_id = SelectField(_l("Type of member"), coerce=int)
    group_id = SelectField(_l("Class or department"), coerce=int)
    expires_on = DayField(_l("Member until"), [Optional()], description=_l("Empty: without end."))
    phone = StringField(_l("Phone"), [Length(max=40)])
    email = StringField(_l("E-mail"), [Optional(), Email()])
    note = TextAreaField(_l("Note for staff"), [Length(max=2000)])
    same_name = BooleanField(_l("It is another person with the same name"))

    def fields(self) -> MemberFields:
        """What was filled in, as the use case wants it."""
        return MemberFields(
            number=self.number.data,
            type_id=self.type_id.data,
            group_id=self.group_id.data or None,
            name_th=self.name_th.data.strip(),
            name_en=(self.name_en.data or "").strip(),
            phone=(self.phone.data or "").strip(),
            email=(self.email.data or "").strip(),
            note=(self.note.data or "").strip(),
            expires_on=self.expires_on.data,
        )

    def refuse(self, error: WrongNumberError | NumberTakenError) -> None:
        """Say beside the number what is wrong with it."""
        if isinstance(error, WrongNumberError):
            sentence = NUMBER_FAULTS[error.fault]
        else:
            sentence = _l("%(name)s has this number already.", name=error.holder.name_th)
        self.number.errors = [*self.number.errors, sentence]


class BlockForm(Form):
    note = StringField(_l("Why"), [DataRequired(), Length(max=200)], description=_l("The member reads this."))


class CardForm(Form):
    """Chip cards say their number through the reader at the desk, which types it."""

    kind = SelectField(
        _l("Kind of card"),
        choices=[(CardKind.UID, _l("Chip card")), (CardKind.NATIONAL_ID, _l("National ID card"))],
    )
    value = StringField(
        _l("Card number"), [DataRequired(), Length(max=64)], description=_l("Hold the card to the reader.")
    )

    def refuse(self, error: CardTakenError) -> None:
        taken = _l(
            "This card belongs to %(name)s (%(number)s).", name=error.holder.name_th, number=error.holder.number
        )
        self.value.errors = [*self.value.errors, taken]


class PhotoForm(Form):
    photo = FileField(_l("Photo"))

    def refuse(self, error: WrongPhotoError) -> None:
        self.photo.errors = [*self.photo.errors, PHOTO_FAULTS[error.fault]]


class TypeForm(Form):
    code = StringField(
        _l("Code"),
        [DataRequired(), Regexp(r"[a-z][a-z0-9_]{0,29}\Z", message=_l("Small letters a to z, digits and _ only."))],
        description=_l("Loan rules name the type by it."),
    )
    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [DataRequired(), Length(max=100)])


class GroupForm(Form):
    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])


def say_refusal(error: NameTakenError | InUseError) -> str:
    """The sentence for a type or group that cannot be added or removed."""
    if isinstance(error, InUseError):
        return str(_l("It cannot be removed: it still has %(count)s members.", count=error.members))
    return str(_l("There is one with this name already."))
