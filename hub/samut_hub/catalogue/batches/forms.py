"""Which items, and what becomes of them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DecimalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from samut_hub.catalogue.batches.policy import COLUMNS, Wanted
from samut_hub.catalogue.forms import GIVEN_BY_HAND, STATUSES, TextForm
from samut_hub.catalogue.models import Category, Place
from samut_hub.web.language import language

PREFIX = "prefix"
MONEY = ("fine_per_day", "service_charge", "price")
_MONEY_RULES = [Optional(), NumberRange(0, 10_000_000)]


class BatchForm(TextForm):
    """The first five fields choose items; `change` names the fields behind it that are set, also to nothing."""

    numbers = TextAreaField(
        _l("Accession numbers or bar codes"),
        [Length(max=200_000)],
        description=_l("Scan or paste them, one in a line. Ranges too: B00100–B00140."),
    )
    in_place = SelectField(_l("Stand in"), default="")
    in_category = SelectField(_l("Category"), default="")
    with_status = SelectField(_l("Status"), default="")
    words = StringField(_l("Titles found by"), [Length(max=300)])

    change = SelectMultipleField(_l("Change"), choices=[SelectChoice(name, name) for name in (*COLUMNS, PREFIX)])
    place_id = SelectField(_l("Place"), default="")
    category_id = SelectField(_l("Category"), default="")
    status = SelectField(_l("Status"), choices=[SelectChoice(one.value, name) for one, name in GIVEN_BY_HAND.items()])
    prefix = StringField(
        _l("Prefix of the call number"), [Length(max=20)], description=_l("อ, น, ย, Ref … Empty takes it off.")
    )
    loan_days = IntegerField(
        _l("Loan days of its own"),
        [Optional(), NumberRange(0, 3650)],
        description=_l("Empty: as the loan rules say."),
    )
    fine_per_day = DecimalField(_l("Fine per day of its own (baht)"), _MONEY_RULES, places=2)
    service_charge = DecimalField(_l("Service charge for borrowing (baht)"), _MONEY_RULES, places=2)
    price = DecimalField(_l("Price in baht"), _MONEY_RULES, places=2)
    source = StringField(_l("Source"), [Length(max=200)])
    note = StringField(_l("Note for staff"), [Length(max=2000)])
    reason = StringField(_l("Reason"), [Length(max=500)], description=_l("Kept in each item's history."))
    mark = HiddenField()
    command = HiddenField()

    def offer(self, places: Iterable[tuple[Place, int]], categories: Iterable[Category]) -> None:
        """Fill the choices."""
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        kinds = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        any_status = [SelectChoice(status.value, name) for status, name in STATUSES.items()]
        self.in_place.choices = [SelectChoice("", _("Any place")), *tree]
        self.in_category.choices = [SelectChoice("", _("Any category")), *kinds]
        self.with_status.choices = [SelectChoice("", _("Any status")), *any_status]
        self.place_id.choices = [SelectChoice("", _("Not said")), *tree]
        self.category_id.choices = [SelectChoice("", _("Not said")), *kinds]

    def wanted(self) -> Wanted:
        """What was ticked, as the use case wants it."""
        ticked = [name for name in COLUMNS if name in (self.change.data or ())]
        prefix = self.prefix.data if PREFIX in (self.change.data or ()) else None
        return Wanted(values={name: self._value(name) for name in ticked}, prefix=prefix, reason=self.reason.data)

    def _value(self, name: str) -> Any:
        typed = self[name].data
        if name in MONEY:
            return None if typed is None else int(typed * 100)
        if name in ("place_id", "category_id"):
            return int(typed) if typed else None
        return typed
