"""What members fill in to sign in and to choose a password."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from samut_hub.members.signing_in import MIN_PASSWORD
from samut_hub.web.forms import Form

_LONG_ENOUGH = Length(min=MIN_PASSWORD, max=200, message=_l("Use at least %(least)d characters.", least=MIN_PASSWORD))
_SAME = EqualTo("new", message=_l("The two passwords differ."))


class MemberSignInForm(Form):
    name = StringField(_l("Member number"), [DataRequired(), Length(max=100)])
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=200)])
    own_device = BooleanField(_l("This is my own device"))


class MemberPasswordForm(Form):
    old = PasswordField(_l("Current password"), [DataRequired(), Length(max=200)])
    new = PasswordField(_l("New password"), [DataRequired(), _LONG_ENOUGH])
    again = PasswordField(_l("New password once more"), [DataRequired(), _SAME])
