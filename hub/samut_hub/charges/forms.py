"""What staff fill in about charges and money, and the words for both."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import TextInput

from samut_hub.catalogue.forms import TextForm
from samut_hub.charges.books import Tender, WrongAmountError
from samut_hub.charges.giving_back import Refund, VoidFault
from samut_hub.charges.kinds import ByHand, KindFields
from samut_hub.charges.models import Charge, ChargeKind, OwnChargeKind, Receipt
from samut_hub.charges.policy import (
    MOST,
    MOST_OWED,
    AmountError,
    AmountFault,
    EntryKind,
    Method,
    YearKind,
    satang_of,
)
from samut_hub.charges.promptpay import AccountFault, account_fault, account_of
from samut_hub.web.dates import baht
from samut_hub.web.forms import DayField, Form
from samut_hub.web.language import language

KINDS = {
    ChargeKind.OVERDUE: _l("Overdue fine"),
    ChargeKind.SERVICE: _l("Service charge"),
    ChargeKind.LOST: _l("Lost item"),
    ChargeKind.DAMAGE: _l("Damaged item"),
    ChargeKind.PROCESSING: _l("Processing fee"),
    ChargeKind.CARD: _l("Member card"),
    ChargeKind.COPIES: _l("Photocopies and printing"),
    ChargeKind.OTHER: _l("Other charge"),
}
METHODS = {Method.CASH: _l("Cash"), Method.PROMPTPAY: _l("PromptPay"), Method.OTHER: _l("Other")}
ENTRIES = {
    EntryKind.PAYMENT: _l("Paid"),
    EntryKind.WAIVER: _l("Waived"),
    EntryKind.VOID: _l("Receipt void"),
    EntryKind.REFUND: _l("Refunded"),
}
YEARS = {
    YearKind.FISCAL: _l("Fiscal year, from October to September"),
    YearKind.CALENDAR: _l("Calendar year, from January to December"),
}
ACCOUNT_FAULTS = {
    AccountFault.WRONG_LENGTH: _l(
        "A PromptPay account is a mobile number of 10 digits, a national or tax ID of 13, or an e-wallet of 15."
    ),
    AccountFault.NOT_A_MOBILE: _l("This is no mobile number: those begin with 06, 08 or 09."),
    AccountFault.WRONG_CHECK_DIGIT: _l("This ID is mistyped: its last digit does not fit. Compare it."),
}
VOID_FAULTS = {
    VoidFault.ALREADY_VOID: _l("This receipt is void already."),
    VoidFault.REFUNDED: _l("Money of this receipt was refunded already. Refund the rest instead."),
}
FIRST_YEAR, LAST_YEAR = 1900, 2400
_OWN = "own-"


class AmountField(Field):  # type: ignore[misc]  # WTForms has no types
    """Baht as people write them; `data` is satang, None when nothing was filled in."""

    widget = TextInput()
    data: Any

    def __init__(self, label: LazyString, validators: list[Any], *, least: int = 1, most: int = MOST, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        self.least, self.most = least, most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = satang_of(valuelist[0], least=self.least, most=self.most)
        except AmountError as error:
            raise ValueError(self._sentence(error.fault)) from None

    def _sentence(self, fault: AmountFault) -> str:
        sentences = {
            AmountFault.NOT_A_NUMBER: _("Write the amount in baht with digits, for example 12.50 or 1,250."),
            AmountFault.NOT_ABOVE_ZERO: _("The amount must be more than zero."),
            AmountFault.TOO_FINE: _("An amount has at most two digits after the point."),
            AmountFault.TOO_MUCH: _("The amount can be at most %(most)s.", most=baht(self.most)),
        }
        return sentences[fault]


class CommandForm(TextForm):
    """`command` makes a form that is sent twice count once."""

    command = HiddenField()


class MoneyForm(CommandForm):
    """A form with an amount of which there may be less than was filled in."""

    amount: AmountField

    def refuse(self, error: WrongAmountError) -> None:
        """Say that less is owed, or was paid, than was filled in."""
        left = error.left
        sentence = _("There are only %(left)s.", left=baht(left)) if left > 0 else _("There is nothing left.")
        self.amount.errors = [*self.amount.errors, sentence]


class PaymentForm(MoneyForm):
    amount = AmountField(_l("Amount in baht"), [InputRequired()], most=MOST_OWED)
    method = RadioField(
        _l("Paid by"),
        choices=[SelectChoice(method.value, name) for method, name in METHODS.items()],
        default=Method.CASH.value,
    )
    reference = StringField(_l("Reference"), [Length(max=60)], description=_l("Of a transfer: the bank's number."))
    charges = SelectMultipleField(_l("For"), coerce=int, validate_choice=False)

    def offer(self, owed: Iterable[Charge]) -> None:
        """Fill the choices, and the whole sum."""
        self.charges.choices = [SelectChoice(charge.id, charge_name(charge)) for charge in owed]

    def validate_reference(self, control: StringField) -> None:
        if self.method.data == Method.PROMPTPAY and not control.data:
            raise ValidationError(_("Fill in the bank's number of the transfer: it stands on the member's slip."))

    def tender(self) -> Tender:
        """What was filled in, as the use case wants it."""
        return Tender(self.amount.data, Method(self.method.data), self.reference.data)

    def refuse_transfer(self, receipt: Receipt) -> None:
        """Say where the same transfer was taken."""
        sentence = _("This transfer was taken already: receipt %(number)s.", number=receipt.shown_number)
        self.reference.errors = [*self.reference.errors, sentence]

    def refuse(self, error: WrongAmountError) -> None:
        left = error.left
        sentence = _("Only %(left)s is owed.", left=baht(left)) if left > 0 else _("Nothing is owed.")
        self.amount.errors = [*self.amount.errors, sentence]


class ChargeForm(MoneyForm):
    """Something that is charged by hand."""

    kind = SelectField(_l("What for"))
    amount = AmountField(
        _l("Amount in baht"), [Optional()], description=_l("Empty: what it usually costs, where that is known.")
    )
    note = StringField(
        _l("Note"), [Length(max=200)], description=_l("Which book, how many pages; the member reads it.")
    )

    def offer(self, own: Iterable[OwnChargeKind]) -> None:
        """The library's own kinds come first."""
        names = [(f"{_OWN}{kind.id}", _with_amount(kind)) for kind in own]
        usual = [(kind.value, str(name)) for kind, name in KINDS.items()]
        self.kind.choices = [SelectChoice(value, name) for value, name in (*names, *usual)]
        self.usual = {f"{_OWN}{kind.id}": kind.amount for kind in own}
        if not self.kind.data:
            self.kind.data = self.kind.choices[0].value if names else ChargeKind.DAMAGE.value

    def validate_note(self, control: StringField) -> None:
        if self.kind.data == ChargeKind.OTHER and not control.data:
            raise ValidationError(_("Say what it is for."))

    def validate_amount(self, control: AmountField) -> None:
        if control.data is None and not self.usual.get(self.kind.data):
            raise ValidationError(_("Say how much it is."))

    def wanted(self) -> ByHand:
        """What was filled in, as the use case wants it."""
        chosen = self.kind.data
        amount = self.usual.get(chosen, 0) if self.amount.data is None else self.amount.data
        if chosen.startswith(_OWN):
            own_id = int(chosen.removeprefix(_OWN))
            return ByHand(kind=ChargeKind.OWN, own_kind_id=own_id, amount=amount, note=self.note.data)
        return ByHand(kind=ChargeKind(chosen), amount=amount, note=self.note.data)


class WaiveForm(MoneyForm):
    amount = AmountField(_l("Amount in baht"), [InputRequired()], most=MOST_OWED)
    reason = StringField(_l("Reason"), [DataRequired(), Length(max=200)])

    def refuse(self, error: WrongAmountError) -> None:
        PaymentForm.refuse(self, error)


class VoidForm(CommandForm):
    reason = StringField(_l("Reason"), [DataRequired(), Length(max=200)])


class RefundForm(MoneyForm):
    amount = AmountField(_l("Amount in baht"), [InputRequired()], most=MOST_OWED)
    method = RadioField(
        _l("Given back by"),
        choices=[SelectChoice(method.value, name) for method, name in METHODS.items()],
        default=Method.CASH.value,
    )
    outcome = RadioField(_l("The charge"), default="waived")
    reason = StringField(_l("Reason"), [DataRequired(), Length(max=200)])

    def offer(self, *, may_waive: bool) -> None:
        """Who may not waive can only let the charge be owed again."""
        waived = [SelectChoice("waived", _("is dropped: it was charged wrongly"))] if may_waive else []
        self.outcome.choices = [*waived, SelectChoice("owed", _("is owed again"))]
        if not may_waive and not self.is_submitted():
            self.outcome.data = "owed"

    def wanted(self) -> Refund:
        """What was filled in, as the use case wants it."""
        return Refund(
            amount=self.amount.data,
            reason=self.reason.data,
            method=Method(self.method.data),
            reopens=self.outcome.data == "owed",
        )


class ClosingForm(CommandForm):
    """The evening at one till."""

    till = HiddenField()
    counted = AmountField(
        _l("Cash counted, in baht"),
        [InputRequired()],
        least=0,
        most=MOST_OWED,
        description=_l("Without the change that lay in the till in the morning."),
    )
    note = StringField(_l("Note"), [Length(max=500)], description=_l("Why it differs; who took the money away."))


class AccountsForm(Form):
    """Asks, changes nothing: its answers stand in the address."""

    class Meta(Form.Meta):
        csrf = False

    since = DayField(_l("From"), [Optional()])
    until = DayField(_l("Until"), [Optional()])
    till = SelectField(_l("Till"), validate_choice=False)

    def validate_since(self, control: DayField) -> None:
        _check_year(control)

    def validate_until(self, control: DayField) -> None:
        _check_year(control)


class OwnKindForm(TextForm):
    """A kind of charge of the library's own."""

    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [Length(max=100)])
    amount = AmountField(
        _l("Usual amount in baht"), [Optional()], least=0, description=_l("Empty: it is filled in each time.")
    )
    active = BooleanField(_l("Offered when something is charged"), default=True)

    def fields(self) -> KindFields:
        """What was filled in, as the use case wants it."""
        return KindFields(
            name_th=self.name_th.data,
            name_en=self.name_en.data,
            amount=self.amount.data or 0,
            active=self.active.data,
        )


class SettingsForm(TextForm):
    """How the library takes money."""

    promptpay = StringField(
        _l("PromptPay account"),
        [Length(max=40)],
        description=_l("Mobile number, national or tax ID, or e-wallet. Empty: no QR code is shown."),
    )
    promptpay_name = StringField(
        _l("Name of the account"),
        [Length(max=100)],
        description=_l("As the bank's app shows it, so that who pays can compare."),
    )
    year = RadioField(
        _l("Receipts are numbered from 1 in each"),
        choices=[SelectChoice(kind.value, name) for kind, name in YEARS.items()],
    )

    def validate_promptpay(self, control: StringField) -> None:
        fault = account_fault(account_of(control.data)) if control.data else None
        if fault is not None:
            raise ValidationError(str(ACCOUNT_FAULTS[fault]))


def charge_name(charge: Charge) -> str:
    """What the charge is for, in the person's language."""
    return kind_name(charge.kind, charge.own_kind)


def kind_name(kind: str, own_kind: OwnChargeKind | None) -> str:
    """The same for a kind of charge."""
    if own_kind is not None:
        return own_kind.name(language())
    return str(KINDS.get(ChargeKind(kind), kind))


def _with_amount(kind: OwnChargeKind) -> str:
    return f"{kind.name(language())} ({baht(kind.amount)})" if kind.amount else kind.name(language())


def _check_year(control: DayField) -> None:
    if control.data is not None and not FIRST_YEAR <= control.data.year <= LAST_YEAR:
        raise ValidationError(_("Not a valid date value."))
