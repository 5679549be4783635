"""What staff fill in when money is paid."""

from decimal import ROUND_HALF_UP, Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, HiddenField
from wtforms.validators import InputRequired, NumberRange

from samut_hub.web.dates import baht
from samut_hub.web.forms import Form


class PaymentForm(Form):
    """`command` makes a form that is sent twice count once."""

    command = HiddenField()
    amount = DecimalField(_l("Amount in baht"), [InputRequired(), NumberRange(min=Decimal("0.01"))], places=2)

    @property
    def satang(self) -> int:
        return int((Decimal(self.amount.data) * 100).to_integral_value(ROUND_HALF_UP))

    def refuse(self, left: int) -> None:
        """Say that less is owed than was to be paid."""
        sentence = _l("Only %(left)s is owed.", left=baht(left)) if left else _l("Nothing is owed.")
        self.amount.errors = [*self.amount.errors, sentence]
