"""Fines that run on: each night the overdue charges of all that is late are brought up to date."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation.fines import ENDED, OVERDUE, RUNNING
from samut_hub.circulation.models import Loan
from samut_hub.circulation.nights import OUT, PART, Night, Out, Place, behind, night_of, tried_again
from samut_hub.circulation.telling import Changed, tell
from samut_hub.db import Database
from samut_hub.members.models import Member
from samut_rules.fines import Ceilings, change_of_fine, fine_for


class Owed(NamedTuple):
    """An overdue charge as it stands, in satang."""

    id: int
    amount: int
    paid: int


def run_fines(database: Database, library_id: int, now: datetime) -> int:
    """Bring the overdue charges of all that is late up to date."""
    done, last = 0, (0, 0)
    night: Night | None = None

    def part() -> tuple[Night, Sequence[Out], int]:
        with database.session(library_id) as session:
            late = _late_part(session, last, now)
            own = night_of(session, library_id, now, night)
            return own, late, _charge_part(own, late) if late else 0

    while True:
        night, late, changed = tried_again(part)
        if not late:
            return done
        last = (late[-1].member_id, late[-1].id)
        done += changed


def _late_part(session: Session, after: Place, now: datetime) -> list[Out]:
    """Whoever ends a loan locks its member first, and so is waited for or waits."""
    read = select(*OUT).select_from(Loan).join(Loan.member).join(Loan.item).join(Item.title)
    late = read.where(Loan.returned_at.is_(None), Loan.due_at < now, behind(after))
    locked = late.with_for_update(of=[Member, Loan], skip_locked=True)
    return [Out._make(row) for row in session.execute(locked.order_by(Loan.member_id, Loan.id).limit(PART))]


def _charge_part(night: Night, loans: Sequence[Out]) -> int:
    charges, others, before = _charges(night, loans), _owed_by_member(night, loans), _charged_before(night, loans)
    new: list[dict[str, object]] = []
    changed: list[dict[str, int]] = []
    by_member: dict[int, int] = {}
    for loan in loans:
        charge = charges.get(loan.id, Owed(0, 0, 0))
        owed = others.get(loan.member_id, 0)
        others_left = owed - (charge.amount - charge.paid)
        amount = _fine(night, loan, others=others_left, before=before.get(loan.id, 0))
        change = change_of_fine(amount, charged=charge.amount, settled=charge.paid)
        if not change:
            continue
        if charge.id:
            changed.append({"id": charge.id, "amount": charge.amount + change})
        else:
            new.append(_new_charge(night, loan, change))
        others[loan.member_id] = owed + change
        by_member[loan.member_id] = by_member.get(loan.member_id, 0) + change
    if new:
        night.session.execute(insert(Charge), new)
    if changed:
        night.session.execute(update(Charge), changed)
    _move_debts(night, by_member)
    return len(new) + len(changed)


def _move_debts(night: Night, by_member: Mapping[int, int]) -> None:
    """The members are locked, so no two move the same debt."""
    if not by_member:
        return
    moved = {"debt": Member.debt + bindparam("more"), "changed_at": bindparam("at")}
    change = update(Member).where(Member.id == bindparam("member")).values(moved)
    rows = [{"member": member_id, "more": more, "at": night.now} for member_id, more in by_member.items()]
    night.session.connection().execute(change, rows)
    tell(night.session, Changed.MEMBER, by_member.keys())


def _fine(night: Night, loan: Out, *, others: int, before: int) -> int:
    ceilings = Ceilings(price=loan.price, others=others, before=before, stopped_at=loan.claimed_at)
    return fine_for(night.terms_of(loan), night.calendar, loan.due_at, night.now, ceilings=ceilings).amount


def _new_charge(night: Night, loan: Out, amount: int) -> dict[str, object]:
    owed = {"member_id": loan.member_id, "library_id": night.library.id, "loan_id": loan.id, "made_at": night.now}
    return {**owed, "kind": OVERDUE, "amount": amount}


def _charges(night: Night, loans: Sequence[Out]) -> dict[int, Owed]:
    of = (Charge.loan_id.in_([loan.id for loan in loans]), *RUNNING)
    found = night.session.execute(select(Charge.loan_id, Charge.id, Charge.amount, Charge.paid).where(*of))
    return {loan_id: Owed(*row) for loan_id, *row in found if loan_id is not None}


def _charged_before(night: Night, loans: Sequence[Out]) -> dict[int, int]:
    """For latenesses of these loans that renewals ended, by loan, without what was waived."""
    ended = select(Charge.loan_id, func.sum(Charge.amount - Charge.waived)).group_by(Charge.loan_id)
    of = (Charge.loan_id.in_([loan.id for loan in loans]), *ENDED)
    return {loan_id: int(sum_) for loan_id, sum_ in night.session.execute(ended.where(*of)) if loan_id is not None}


def _owed_by_member(night: Night, loans: Sequence[Out]) -> dict[int, int]:
    """All overdue fines that are not yet paid, by member."""
    of = (Charge.member_id.in_({loan.member_id for loan in loans}), Charge.kind == OVERDUE)
    owed = select(Charge.member_id, func.sum(Charge.amount - Charge.paid)).where(*of).group_by(Charge.member_id)
    return {member_id: int(left) for member_id, left in night.session.execute(owed)}
