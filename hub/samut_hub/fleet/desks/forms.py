"""What staff fill in about their desk."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField, ValidationError
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, EqualTo, Length

from samut_hub.web.forms import Form
from samut_wire.pins import is_pin


class GiveCardForm(Form):
    number = StringField(_l("Member number"), [DataRequired(), Length(max=40)])


class PinForm(Form):
    """A PIN is not a password of the hub: it opens nothing but a desk whose hub is away."""

    pin = PasswordField(_l("New PIN"), description=_l("6 to 12 digits, not in a row and not all the same."))
    again = PasswordField(_l("The PIN once more"), [EqualTo("pin", _l("The two are not the same."))])

    def validate_pin(self, control: Field) -> None:
        if not is_pin(control.data or ""):
            raise ValidationError(
                _l("This is no good PIN. Choose 6 to 12 digits, not in a row and not all the same.")
            )
