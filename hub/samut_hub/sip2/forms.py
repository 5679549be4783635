"""What is filled in about clients that speak SIP2."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from samut_hub.catalogue.forms import TextForm
from samut_hub.charges.policy import Method
from samut_hub.sip2.accounts import AccountFields
from samut_hub.sip2.codec import Encoding
from samut_hub.sip2.models import Sip2Account
from samut_hub.sip2.policy import is_one_address, network_of
from samut_hub.web.language import LANGUAGES

ENCODINGS = {Encoding.UTF8.value: _l("UTF-8"), Encoding.TIS620.value: _l("TIS-620 (old Thai)")}

PAYMENTS = {
    "": _l("None are taken"),
    Method.CASH.value: _l("Cash"),
    Method.PROMPTPAY.value: _l("PromptPay"),
    Method.OTHER.value: _l("By card or otherwise"),
}


class AccountForm(TextForm):
    """`networks` are one on a line."""

    networks = TextAreaField(
        _l("It comes from"),
        [DataRequired(), Length(max=2000)],
        description=_l("Addresses or networks, one on a line: 192.168.1.20 or 192.168.1.0/24"),
    )
    payments = SelectField(_l("Payments there"), choices=[SelectChoice(*one) for one in PAYMENTS.items()])
    by_address = BooleanField(_l("Needs no sign-in from there (only for machines that cannot sign in)"))
    encoding = SelectField(_l("Characters"), choices=[SelectChoice(*one) for one in ENCODINGS.items()])
    language = SelectField(_l("Language of its messages"), choices=[SelectChoice(*one) for one in LANGUAGES.items()])
    institution = StringField(
        _l("Institution (AO)"), [Length(max=100)], description=_l("Empty: as the machine says itself")
    )
    currency = StringField(
        _l("Currency (BH)"), [DataRequired(), Regexp("^[A-Z]{3}$", message=_l("Three capital letters, as THB."))]
    )
    connections = IntegerField(_l("Connections at the same time"), [InputRequired(), NumberRange(1, 500)])
    checksum_required = BooleanField(_l("Every message must have a checksum"))
    pin_needed = BooleanField(_l("Members must enter their password"))
    renewals = BooleanField(_l("Members may renew there"))
    alerts = BooleanField(_l("Tell the machine at a return that somebody waits for it"))
    blocks = BooleanField(_l("Block a member whose card the machine has kept"))
    ncip = BooleanField(_l("May also speak NCIP with the same login and password"))
    fulfil_holds = BooleanField(_l("Set a returned item aside for who waits (off: staff fetch it later)"))

    def validate_networks(self, field: TextAreaField) -> None:
        for text in field.data.split():
            try:
                network_of(text)
            except ValueError:
                said = _l("“%(text)s” is no address and no network. Write it like 192.168.1.20.", text=text)
                raise ValidationError(said) from None

    def validate_by_address(self, field: BooleanField) -> None:
        """Whoever is anywhere in a network could be that machine."""
        if not field.data or self.networks.errors:
            return
        if not all(is_one_address(network_of(text)) for text in self.networks.data.split()):
            raise ValidationError(_l("Without a sign-in only single addresses can be known, no networks."))
        if self.payments.data or self.blocks.data:
            raise ValidationError(_l("A machine that does not sign in can take no payments and block nobody."))

    def fields(self) -> AccountFields:
        said = {name: self.values()[name] for name in AccountFields.__slots__ if name != "networks"}
        return AccountFields(networks=[network_of(text) for text in self.networks.data.split()], **said)


class NewAccountForm(AccountForm):
    """`login` cannot be changed afterwards: loans name it as the place where they were made."""

    login = StringField(
        _l("Login"),
        [DataRequired(), Regexp("^[A-Za-z0-9._-]{1,40}$", message=_l("Latin letters, digits, . _ and - only."))],
    )


def shown(fields: AccountFields) -> dict[str, object]:
    """The account as the form shows it."""
    said = {name: getattr(fields, name) for name in AccountFields.__slots__}
    return {**said, "networks": "\n".join(shown_networks(fields))}


def shown_networks(of: AccountFields | Sip2Account) -> list[str]:
    """Single addresses without the length of a network."""
    return [text.partition("/")[0] if is_one_address(text) else text for text in of.networks]
