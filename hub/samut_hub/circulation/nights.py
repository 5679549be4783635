"""What nightly work goes through: loans that are out, in parts, and what is worked out for all of them once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.db import is_collision
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_rules.calendar import Calendar
from samut_rules.matrix import LoanTerms

PART = 500
"""Loans of one transaction."""
TRIES, PAUSE = 5, 0.2
"""How often a part is tried that collides with who works at a desk, and the seconds in between."""
Place = tuple[int, int]
"""The member and the loan behind which a part begins: a member's loans come together, and are written once."""


class Out(NamedTuple):
    """What of a loan that is out decides on its terms and its fine."""

    id: int
    member_id: int
    item_id: int
    due_at: datetime
    claimed_at: datetime | None
    price: int | None
    loan_days: int | None
    fine_per_day: int | None
    category_id: int | None
    place_id: int | None
    material: str
    type_id: int

    @property
    def kind(self) -> tuple[object, ...]:
        """All that the terms of the loan depend on."""
        return self[_TERMS_FROM:]


_TERMS_FROM = Out._fields.index("loan_days")
"""From here on all that the terms of a loan depend on."""
OUT = (
    *(Loan.id, Loan.member_id, Loan.item_id, Loan.due_at, Loan.claimed_at),
    *(Item.price, Item.loan_days, Item.fine_per_day, Item.category_id, Item.place_id),
    *(Title.material, Member.type_id),
)
"""The columns of `Out`."""


@dataclass(slots=True)
class Night:
    """What the loans of a part are judged by. `terms` are kept by what they depend on."""

    session: Session
    library: Library
    now: datetime
    calendar: Calendar
    terms: dict[tuple[object, ...], LoanTerms | None] = field(default_factory=dict)

    def terms_of(self, loan: Out) -> LoanTerms | None:
        if loan.kind not in self.terms:
            member, item = self.session.get_one(Member, loan.member_id), self.session.get_one(Item, loan.item_id)
            self.terms[loan.kind] = terms_of(self.session, member, item, self.now)
        return self.terms[loan.kind]


def night_of(session: Session, library_id: int, now: datetime, before: Night | None) -> Night:
    """What was worked out for the part before holds for this one: a rule that changes now counts from tomorrow."""
    library = session.get_one(Library, library_id)
    night = Night(session, library, now, calendar_of(session, library))
    return night if before is None else replace(night, terms=before.terms)


Done = TypeVar("Done")


def tried_again(part: Callable[[], Done]) -> Done:
    """One transaction; from its start again where the database ended it so that another could go on."""
    for _ in range(TRIES - 1):
        try:
            return part()
        except OperationalError as error:
            if not is_collision(error):
                raise
            time.sleep(PAUSE)
    return part()


def behind(after: Place) -> ColumnElement[bool]:
    member_id, loan_id = after
    return and_(Loan.member_id >= member_id, or_(Loan.member_id > member_id, Loan.id > loan_id))
