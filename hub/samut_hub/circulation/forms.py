"""What staff fill in about loan rules, and to search in loans."""

from decimal import ROUND_HALF_UP, Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, Field, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.past_loans import Wanted
from samut_hub.circulation.rules import MAX_DAYS, RuleFields
from samut_hub.web.forms import DayField, Form

_COUNT = (Optional(), NumberRange(0, MAX_DAYS, message=_l("From 0 to 3,650.")))
_MONEY = (Optional(), NumberRange(0, 100_000, message=_l("From 0 to 100,000 baht.")))


class RuleForm(Form):
    """One row of the matrix. An empty field says nothing: a more general row may."""

    member_type = SelectField(_l("Type of member"))
    material = SelectField(_l("Material"))
    loan_days = IntegerField(_l("Loan days"), _COUNT)
    max_items = IntegerField(_l("Items at most"), _COUNT)
    max_renewals = IntegerField(_l("Renewals at most"), _COUNT)
    fine_per_day = DecimalField(_l("Fine per day (baht)"), _MONEY, places=2)
    fine_cap = DecimalField(_l("Fine at most (baht)"), _MONEY, places=2)

    def fields(self) -> RuleFields:
        return RuleFields(
            member_type=self.member_type.data or None,
            material=self.material.data or None,
            loan_days=self.loan_days.data,
            max_items=self.max_items.data,
            max_renewals=self.max_renewals.data,
            fine_per_day=_satang(self.fine_per_day),
            fine_cap=_satang(self.fine_cap),
        )

    def show_rule(self, rule: LoanRule) -> None:
        """Fill in what the row says now."""
        self.process(obj=rule)
        for field in (self.fine_per_day, self.fine_cap):
            field.data = None if field.data is None else Decimal(field.data) / 100


class WhatIfForm(Form):
    """Asks, changes nothing: its answers stand in the address."""

    class Meta(Form.Meta):
        csrf = False

    member = StringField(_l("Member number"), [DataRequired()])
    item = StringField(_l("Bar code of a book"), [DataRequired()])


class PastLoansForm(Form):
    """Asks, changes nothing: its answers stand in the address. A day that is none narrows nothing, and says so."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_l("Title, author or accession number"), [Length(max=200)])
    since = DayField(_l("Lent from"), [Optional()])
    until = DayField(_l("Lent until"), [Optional()])

    def wanted(self) -> Wanted:
        self.validate()
        words = "" if self.q.errors else self.q.data or ""
        return Wanted(words, self.since.data, self.until.data)


def _satang(field: Field) -> int | None:
    if field.data is None:
        return None
    return int((Decimal(field.data) * 100).to_integral_value(ROUND_HALF_UP))
