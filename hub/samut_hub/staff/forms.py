"""What staff fill in to sign in and to keep accounts."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, EqualTo, Length, Regexp

from samut_hub.staff.guessing import is_easily_guessed
from samut_hub.staff.policy import MIN_PASSWORD, Role
from samut_hub.web.forms import Form

ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.LIBRARIAN: _l("Librarian"),
    Role.ASSISTANT: _l("Assistant"),
}
_LONG_ENOUGH = Length(min=MIN_PASSWORD, max=200, message=_l("Use at least %(least)d characters.", least=MIN_PASSWORD))
_SAME = EqualTo("new", message=_l("The two passwords differ."))


class SignInForm(Form):
    username = StringField(_l("User name"), [DataRequired(), Length(max=100)])
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=200)])


class NewPasswordForm(Form):
    """`own_name` is the user name of the account, which its password may not contain."""

    own_name = ""
    new = PasswordField(_l("New password"), [DataRequired(), _LONG_ENOUGH])
    again = PasswordField(_l("New password once more"), [DataRequired(), _SAME])

    def validate_new(self, field: PasswordField) -> None:
        _refuse_easy(field.data, self.own_name)


class PasswordForm(NewPasswordForm):
    old = PasswordField(_l("Current password"), [DataRequired(), Length(max=200)])


class _RoleField(SelectField):  # type: ignore[misc]  # WTForms has no types
    def __init__(self, label: object, **options: object) -> None:
        super().__init__(
            label, choices=[SelectChoice(role, name) for role, name in ROLE_NAMES.items()], coerce=Role, **options
        )


class AccountForm(Form):
    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])
    role = _RoleField(_l("Role"), default=Role.ASSISTANT)


class NewAccountForm(AccountForm):
    username = StringField(
        _l("User name"),
        [
            DataRequired(),
            Length(min=3, max=50),
            Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Use Latin letters, digits, dots and dashes.")),
        ],
    )
    new = PasswordField(_l("First password"), [DataRequired(), _LONG_ENOUGH])

    def validate_new(self, field: PasswordField) -> None:
        _refuse_easy(field.data, self.username.data or "")


def _refuse_easy(password: str, own_name: str) -> None:
    if is_easily_guessed(password, own_name):
        raise ValidationError(_("This password is guessed at once. Take three or four words in a row."))
