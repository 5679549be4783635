"""The form that a national ID card fills in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from samut_hub.members.forms import NUMBER_FAULTS, BirthField
from samut_hub.members.service import MemberFields, NumberTakenError, WrongNumberError
from samut_hub.web.forms import Form


class EnrolForm(Form):
    """What a library asks of a new member at the desk; all else can be added on the member's page."""

    number = StringField(_l("Member number"), [DataRequired()])
    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=200)])
    name_en = StringField(_l("Name in English"), [Length(max=200)])
    type_id = SelectField(_l("Type of member"), coerce=int)
    group_id = SelectField(_l("Class or department"), coerce=int)
    born = BirthField(_l("Born on"), [Length(max=40)])
    phone = StringField(_l("Phone"), [Length(max=40)])
    address = TextAreaField(_l("Address"), [Length(max=500)])
    keep_photo = BooleanField(_l("Keep the photo of the card as the member's photo"))
    same_name = BooleanField(_l("It is another person with the same name"))

    def fields(self) -> MemberFields:
        return MemberFields(
            number=self.number.data,
            type_id=self.type_id.data,
            group_id=self.group_id.data or None,
            name_th=self.name_th.data.strip(),
            name_en=(self.name_en.data or "").strip(),
            born=self.born.data or "",
            phone=(self.phone.data or "").strip(),
            address=(self.address.data or "").strip(),
        )

    def refuse(self, error: WrongNumberError | NumberTakenError) -> None:
        """Say beside the number what is wrong with it."""
        if isinstance(error, WrongNumberError):
            sentence = NUMBER_FAULTS[error.fault]
        else:
            sentence = _l("%(name)s has this number already.", name=error.holder.name_th)
        self.number.errors = [*self.number.errors, sentence]


class KeepingForm(Form):
    keep = BooleanField(_l("Keep the national ID numbers of members"))
