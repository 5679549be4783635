"""What staff fill in about loan rules, and to search in loans."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, Field, IntegerField, SelectChoice, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from samut_hub.charges.forms import AmountField
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.past_loans import Wanted
from samut_hub.circulation.rules import MAX_DAYS, Said
from samut_hub.web.forms import DayField, Form

WAYS: Mapping[str, Mapping[str, LazyString]] = {
    "calendar_mode": {
        "skip": _l("left out while counting"),
        "move": _l("moved to the next open day"),
        "same_weekday": _l("moved by whole weeks"),
        "ignore": _l("counted like others"),
    },
    "at_closing": {"shorten": _l("end at closing time"), "extend": _l("end at the next opening")},
    "fixed_due_is": {
        "ceiling": _l("the latest day"),
        "floor": _l("the earliest day"),
        "exact": _l("the day itself"),
    },
    "renew_from": {"today": _l("today"), "due": _l("the due date")},
    "fine_unit": {"day": _l("days"), "hour": _l("hours")},
    "fine_charged": {"start": _l("when it begins"), "end": _l("when it is over")},
    "grace_is": {"subtracted": _l("never charged"), "threshold": _l("charged once it is over")},
    "lost_refund": {
        "nothing": _l("nothing"),
        "price": _l("the price"),
        "price_and_fine": _l("the price and the fine"),
    },
}
"""The ways of `samut_rules.choices`, in words."""
YES_NO: Mapping[str, LazyString] = {"yes": _l("yes"), "no": _l("no")}

Checks = tuple[Callable[[Form, Field], None], ...]
_COUNT = (Optional(), NumberRange(0, MAX_DAYS, message=_l("From 0 to 3,650.")))
_FROM_ONE = (Optional(), NumberRange(1, MAX_DAYS, message=_l("From 1 to 3,650.")))
_MOST = 10_000_000
"""Satang: 100,000 baht."""


class NumberSaid(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A number of the matrix; empty is not said."""

    def __init__(self, label: LazyString, *, of: Checks = _COUNT, **more: Any) -> None:
        super().__init__(label, of, **more)


class MoneySaid(AmountField):
    """An amount of the matrix, filled in as baht and kept as satang; empty is not said."""

    def __init__(self, label: LazyString, **more: Any) -> None:
        super().__init__(label, [], least=0, most=_MOST, **more)


def _id(value: object) -> int | None:
    return int(str(value)) if value else None


class ChoiceSaid(SelectField):  # type: ignore[misc]
    """One of a closed set of ways; the first choice is not to say."""

    def __init__(self, label: LazyString, ways: Mapping[str, LazyString], **more: Any) -> None:
        choices = [SelectChoice("", _l("Not set here")), *(SelectChoice(way, word) for way, word in ways.items())]
        super().__init__(label, choices=choices, default="", **more)


class RuleForm(Form):
    """One row of the matrix. An empty field says nothing: a more general row may."""

    member_type = SelectField(_l("Type of member"))
    material = SelectField(_l("Material"))
    category_id = SelectField(_l("Category"), coerce=_id)
    place_id = SelectField(_l("Place"), coerce=_id)
    effective_from = DayField(_l("In effect from"), [Optional()])
    loan_days = NumberSaid(_l("Loan days"))
    loan_hours = NumberSaid(_l("Loan hours"))
    calendar_mode = ChoiceSaid(_l("Closed days"), WAYS["calendar_mode"])
    at_closing = ChoiceSaid(_l("Hours that end while closed"), WAYS["at_closing"])
    fixed_due = DayField(_l("Fixed due date"), [Optional()])
    fixed_due_is = ChoiceSaid(_l("The fixed due date is"), WAYS["fixed_due_is"])
    max_items = NumberSaid(_l("Items at most"))
    max_total = NumberSaid(_l("Items of all kinds at most"))
    max_on_site = NumberSaid(_l("Used in the library at once at most"))
    minimum_age = NumberSaid(_l("From so many years of age"))
    minimum_level = SelectField(_l("From this level of education"), coerce=_id)
    same_title_times = NumberSaid(_l("Same title in a row at most"))
    same_title_wait = NumberSaid(_l("Days until the same title again"))
    max_renewals = NumberSaid(_l("Renewals at most"))
    renewal_days = NumberSaid(_l("Days of a renewal"))
    renew_from = ChoiceSaid(_l("A renewal counts from"), WAYS["renew_from"])
    renew_within_days = NumberSaid(_l("Renewed only so many days before due"))
    max_unseen_renewals = NumberSaid(_l("Of these, without the item at hand at most"))
    auto_renew = ChoiceSaid(_l("Renewed by itself on the due day"), YES_NO)
    guaranteed_days = NumberSaid(_l("Days that a recall leaves from the loan on"))
    recall_days = NumberSaid(_l("Days that a recall leaves from that day on"))
    fine_per_day = MoneySaid(_l("Fine per day or period (baht)"))
    fine_unit = ChoiceSaid(_l("Lateness counts in"), WAYS["fine_unit"])
    fine_every = NumberSaid(_l("A fine for every so many"), of=_FROM_ONE)
    fine_charged = ChoiceSaid(_l("A period is charged"), WAYS["fine_charged"])
    grace = NumberSaid(_l("Grace"))
    grace_is = ChoiceSaid(_l("Grace is"), WAYS["grace_is"])
    fine_closed_days = ChoiceSaid(_l("Closed days cost too"), YES_NO)
    fine_cap = MoneySaid(_l("Fine at most (baht)"))
    fine_cap_at_price = ChoiceSaid(_l("Never more than the price of the item"), YES_NO)
    fine_cap_of_member = MoneySaid(_l("Fines of a member together at most (baht)"))
    suspension_days = NumberSaid(_l("Days without borrowing for each day or period late"))
    suspension_cap = NumberSaid(_l("Days without borrowing at most"))
    suspension_follows = ChoiceSaid(_l("Counted on from days without borrowing that run already"), YES_NO)
    suspension_open_days = ChoiceSaid(_l("Only open days are counted off"), YES_NO)
    default_price = MoneySaid(_l("Price where an item has none (baht)"))
    processing_fee = MoneySaid(_l("Work for a lost item (baht)"))
    lost_refund = ChoiceSaid(_l("Given back when it is found"), WAYS["lost_refund"])
    lost_refund_days = NumberSaid(_l("Given back within so many days"))
    max_claims = NumberSaid(_l("Times a member may say that it was returned"))
    max_holds = NumberSaid(_l("Reservations at most"))
    hold_on_shelf = ChoiceSaid(_l("Reserved also while a copy is on the shelf"), YES_NO)
    shelf_days = NumberSaid(_l("Open days that a reserved item is kept"))
    hold_priority = NumberSaid(_l("Rank of reservations"))
    max_bookings = NumberSaid(_l("Bookings to come at most"))
    booking_days = NumberSaid(_l("Days of one booking at most"), of=_FROM_ONE)

    def said(self) -> dict[str, Said]:
        """What was filled in, by the names of the rules; money in satang."""
        return {name: _meant(field) for name, field in self._fields.items() if name != "csrf_token"}

    def show_rule(self, rule: LoanRule) -> None:
        """Fill in what the row says now."""
        self.process(obj=rule)
        for field in self:
            said = getattr(rule, field.name, None)
            if isinstance(field, ChoiceSaid):
                field.data = {None: "", True: "yes", False: "no"}.get(said, said)


_FIELDS = {name: field for name, field in vars(RuleForm).items() if isinstance(field, UnboundField)}
NAMES: Mapping[str, LazyString] = {name: field.args[0] for name, field in _FIELDS.items()}
"""What a row may say, in the words and the order of its form."""
MONEY = frozenset(name for name, field in _FIELDS.items() if field.field_class is MoneySaid)
"""Values that are satang."""


class WhatIfForm(Form):
    """Asks, changes nothing: its answers stand in the address."""

    class Meta(Form.Meta):
        csrf = False

    member = StringField(_l("Member number"), [DataRequired()])
    item = StringField(_l("Bar code of a book"), [DataRequired()])
    on = DayField(_l("On the day"), [Optional()])
    on_site = BooleanField(_l("For use in the library"))


class MatrixForm(Form):
    """Which value the matrix shows, for which category, place and day; its answers stand in the address."""

    class Meta(Form.Meta):
        csrf = False

    value = SelectField(_l("Show"), default="loan_days")
    category = SelectField(_l("Category"), coerce=_id, validate_choice=False)
    place = SelectField(_l("Place"), coerce=_id, validate_choice=False)
    on = DayField(_l("On the day"), [Optional()])


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


def _meant(field: Field) -> Said:
    if isinstance(field, ChoiceSaid) and field.data in YES_NO:
        return bool(field.data == "yes")
    meant: Said = None if field.data == "" else field.data
    return meant
