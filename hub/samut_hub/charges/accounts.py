"""What came in and went out: of some days, or until a till was closed; for the evening and the school's accounts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.charges.models import Charge, OwnChargeKind, Payment, Receipt
from samut_hub.charges.policy import EntryKind, Method
from samut_hub.members.models import Member
from samut_hub.staff.models import StaffAccount

PAGE = 50
DESK = "desk:"
"""How the tills of staff are called, before their user name."""
MOST_TILLS = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose money of which time: from `since` until just before `before`, or what one closing counted."""

    since: datetime | None = None
    before: datetime | None = None
    till: str | None = None
    closing_id: int | None = None

    def of(self, table: type[Payment] | type[Receipt]) -> list[ColumnElement[bool]]:
        """As conditions on these rows."""
        wanted: list[ColumnElement[bool]] = []
        if self.since is not None:
            wanted.append(table.paid_at >= self.since)
        if self.before is not None:
            wanted.append(table.paid_at < self.before)
        if self.till is not None:
            wanted.append(table.till == self.till)
        if self.closing_id is not None:
            wanted.append(_counted_in(self.closing_id, table))
        return wanted


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines of the books that are alike, in satang."""

    entry: EntryKind
    method: str
    kind: str
    own_kind: OwnChargeKind | None
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums, and how many receipts there are from which number to which."""

    sums: Sequence[Sum]
    receipts: int
    first: Receipt | None
    last: Receipt | None

    def total(self, *entries: EntryKind, method: str | None = None) -> int:
        """Of these kinds of lines."""
        return sum(one.amount for one in self.sums if one.entry in entries and method in (None, one.method))

    def lines(self, entry: EntryKind) -> int:
        """How many lines there are of this kind."""
        return sum(one.count for one in self.sums if one.entry == entry)

    @property
    def methods(self) -> list[Method]:
        """How money came and went; in cash always."""
        used = {one.method for one in self.sums}
        return [method for method in Method if method is Method.CASH or method in used]

    @property
    def cash(self) -> int:
        """What should be there in cash."""
        return self.total(*MONEY, method=Method.CASH)

    @property
    def money(self) -> int:
        return self.total(*MONEY)

    def by_kind(self) -> list[tuple[Sum, int]]:
        """What came in and did not go back, for each kind of charge, the most first."""
        found: dict[tuple[str, int | None], tuple[Sum, int]] = {}
        for one in self.sums:
            if one.entry in MONEY:
                key = (one.kind, one.own_kind.id if one.own_kind else None)
                found[key] = (one, found.get(key, (one, 0))[1] + one.amount)
        return sorted(found.values(), key=lambda line: -line[1])


MONEY = (EntryKind.PAYMENT, EntryKind.VOID, EntryKind.REFUND)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the books with all that is said of it."""

    payment: Payment
    member: Member

    @property
    def charge(self) -> Charge:
        return self.payment.charge


def figures(session: Session, scope: Scope) -> Figures:
    """The sums of a time, asked of the database."""
    alike = (Payment.kind, Payment.method, Charge.kind, Charge.own_kind_id)
    asked = select(*alike, func.count(), func.sum(Payment.amount)).join(Charge, Charge.id == Payment.charge_id)
    rows = session.execute(asked.where(*scope.of(Payment)).group_by(*alike).order_by(*alike)).all()
    own = _own_kinds(session, (row.own_kind_id for row in rows))
    sums = [
        Sum(EntryKind(entry), method, kind, own.get(own_id or 0), count, int(amount))
        for entry, method, kind, own_id, count, amount in rows
    ]
    receipts = session.scalar(select(func.count()).select_from(Receipt).where(*scope.of(Receipt))) or 0
    return Figures(sums, receipts, _end(session, scope, last=False), _end(session, scope, last=True))


def lines(session: Session, scope: Scope, page: int) -> Sequence[Line]:
    """One page of the books, the latest first."""
    wanted = _lines(scope).order_by(Payment.paid_at.desc(), Payment.id.desc())
    rows = session.execute(wanted.limit(PAGE).offset((page - 1) * PAGE))
    return [Line(payment, member) for payment, member in rows]


def all_lines(session: Session, scope: Scope) -> Iterator[Line]:
    """The whole books of that time in their order, a few at a time in memory."""
    wanted = _lines(scope).order_by(Payment.paid_at, Payment.id).execution_options(yield_per=_AT_ONCE)
    for payment, member in session.execute(wanted):
        yield Line(payment, member)


def count_lines(session: Session, scope: Scope) -> int:
    return session.scalar(select(func.count()).select_from(Payment).where(*scope.of(Payment))) or 0


def tills(session: Session, scope: Scope) -> Sequence[str]:
    """Where money was moved in that time."""
    wanted = select(Payment.till).where(*scope.of(Payment)).distinct().order_by(Payment.till).limit(MOST_TILLS)
    return session.scalars(wanted).all()


def till_names(session: Session, of: Iterable[str]) -> dict[str, str]:
    """Tills of staff by the names of these; others are called as they are."""
    names = {till: till for till in of}
    users = [till.removeprefix(DESK) for till in names if till.startswith(DESK)]
    found = session.execute(select(StaffAccount.username, StaffAccount.name).where(StaffAccount.username.in_(users)))
    return names | {f"{DESK}{username}": name for username, name in found}


def by_till(session: Session, scope: Scope) -> Sequence[tuple[str, int, int]]:
    """Each till with its cash and all its money, in satang."""
    cash = func.sum(Payment.amount).filter(Payment.method == Method.CASH)
    asked = select(Payment.till, func.coalesce(cash, 0), func.sum(Payment.amount))
    wanted = asked.where(*scope.of(Payment), Payment.kind.in_(MONEY)).group_by(Payment.till).order_by(Payment.till)
    return [(till, int(in_cash), int(money)) for till, in_cash, money in session.execute(wanted)]


def _lines(scope: Scope) -> Select[Payment, Member]:
    return (
        select(Payment, Member)
        .join(Payment.charge)
        .join(Member, Member.id == Charge.member_id)
        .where(*scope.of(Payment))
        .options(
            joinedload(Payment.charge).joinedload(Charge.own_kind),
            joinedload(Payment.receipt),
            joinedload(Payment.staff),
        )
    )


def _own_kinds(session: Session, ids: Iterable[int | None]) -> dict[int, OwnChargeKind]:
    found = session.scalars(
        select(OwnChargeKind).where(OwnChargeKind.id.in_({one for one in ids if one is not None}))
    )
    return {kind.id: kind for kind in found}


def _end(session: Session, scope: Scope, *, last: bool) -> Receipt | None:
    """The first or the last receipt of that time, by its number."""
    by = (Receipt.year.desc(), Receipt.number.desc()) if last else (Receipt.year, Receipt.number)
    return session.scalars(select(Receipt).where(*scope.of(Receipt)).order_by(*by).limit(1)).first()


def _counted_in(closing_id: int, table: type[Payment] | type[Receipt]) -> ColumnElement[bool]:
    """A receipt belongs to the closing that counted its payments."""
    if table is Payment:
        return Payment.closing_id == closing_id
    taken = Payment.kind == EntryKind.PAYMENT
    counted = select(Payment.receipt_id).where(Payment.closing_id == closing_id, taken)
    return Receipt.id.in_(counted)
