"""What staff fill in to sign in and to keep accounts."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, EqualTo, Length, Optional, Regexp

from samut_hub.staff.guessing import is_easily_guessed
from samut_hub.staff.models import OwnRole
from samut_hub.staff.policy import MIN_PASSWORD, Permission, Role
from samut_hub.staff.words import ROLE_NAMES
from samut_hub.web.forms import Form

_LONG_ENOUGH = Length(min=MIN_PASSWORD, max=200, message=_l("Use at least %(least)d characters.", least=MIN_PASSWORD))
_SAME = EqualTo("new", message=_l("The two passwords differ."))


def role_choices(own: Sequence[OwnRole]) -> list[SelectChoice]:
    built_in = [SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()]
    return [*built_in, *(SelectChoice(str(role.id), role.name) for role in own)]


class SignInForm(Form):
    username = StringField(_l("User name"), [DataRequired(), Length(max=100)])
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=200)])


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(_l("Code"), [DataRequired(), Length(max=40)])


class SecondStepForm(Form):
    """Of whom a second step is asked: built-in roles by code, the library's own by id."""

    roles = SelectMultipleField()

    def offer(self, own: Sequence[OwnRole]) -> None:
        self.roles.choices = role_choices(own)


class _ProviderForm(Form):
    """`has_secret`: one is kept, and stays when none is typed for the same client of the same issuer."""

    has_secret = False
    client_id = StringField(_l("Client ID"), [DataRequired(), Length(max=200)])
    secret = PasswordField(_l("Client secret"), [Length(max=500)])
    for_members = BooleanField(_l("Members sign in with it"))

    def validate_secret(self, field: PasswordField) -> None:
        if not field.data and not self.has_secret:
            raise ValidationError(_("Type the secret."))
        where = [self[name] for name in ("issuer", "client_id") if name in self]
        if not field.data and any(one.data != one.object_data for one in where):
            raise ValidationError(_("Type the secret again: the one kept was meant for another issuer or client."))


class SchoolForm(_ProviderForm):
    issuer = StringField(
        _l("Issuer"),
        [
            DataRequired(),
            Length(max=300),
            Regexp(r"^https?://[^\s]+$", message=_l("An address that begins with https://.")),
        ],
    )
    domain = StringField(_l("Domain of the e-mail addresses"), [Length(max=100)])
    vouches = BooleanField(
        _l("The issuer gives out these addresses itself, though it does not say that they are confirmed")
    )
    number_claim = StringField(_l("Claim that holds the member number"), [Length(max=60)])
    for_staff = BooleanField(_l("Staff sign in with it"))

    def validate_vouches(self, field: BooleanField) -> None:
        if field.data and not (self.domain.data or "").strip():
            raise ValidationError(_("Say the domain as well: only its addresses are then believed."))


class LineForm(_ProviderForm):
    """A channel of LINE Login."""


class NewPasswordForm(Form):
    """`own_name` is the user name of the account, which its password may not contain."""

    own_name = ""
    new = PasswordField(_l("New password"), [DataRequired(), _LONG_ENOUGH])
    again = PasswordField(_l("New password once more"), [DataRequired(), _SAME])

    def validate_new(self, field: PasswordField) -> None:
        _refuse_easy(field.data, self.own_name)


class PasswordForm(NewPasswordForm):
    old = PasswordField(_l("Current password"), [DataRequired(), Length(max=200)])


class AccountForm(Form):
    """`role` is the code of a built-in role, or the id of one of the library's own."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])
    email = StringField(_l("E-mail"), [Optional(), Email(), Length(max=200)])
    role = SelectField(_l("Role"), default=Role.ASSISTANT.value)

    def offer(self, own: Sequence[OwnRole]) -> None:
        self.role.choices = role_choices(own)


class _RightsField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Which rights are ticked, by their codes; the template sets the ticks in groups."""

    def __init__(self, **options: object) -> None:
        super().__init__(choices=[SelectChoice(right.value, "") for right in Permission], **options)


class RightsForm(Form):
    rights = _RightsField()


class RoleForm(RightsForm):
    name = StringField(_l("Name"), [DataRequired(), Length(max=60)])


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
