"""What staff charge by hand, and the kinds of charges that a library adds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.charges.books import Teller
from samut_hub.charges.models import Charge, ChargeKind, OwnChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member


class NameTakenError(Exception):
    """Another kind of charge has the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFields:
    """What a librarian fills in about a kind of charge; `amount` in satang, 0 when it differs each time."""

    name_th: str
    name_en: str
    amount: int
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A charge as staff fill it in; `own_kind_id` with ChargeKind.OWN."""

    kind: ChargeKind
    amount: int
    note: str
    own_kind_id: int | None = None


def charge_by_hand(session: Session, member: Member, *, wanted: ByHand, teller: Teller) -> Charge:
    """Let the member owe what staff say. Raises WrongAmountError and NotFoundError."""
    own = None if wanted.own_kind_id is None else own_kind_by_id(session, wanted.own_kind_id)
    charge = add_charge(
        session, member=member, kind=wanted.kind, amount=wanted.amount, now=teller.now, note=wanted.note
    )
    charge.own_kind, charge.staff_id = own, teller.staff_id
    session.flush()
    return charge


def own_kinds(session: Session, *, active: bool = False) -> Sequence[OwnChargeKind]:
    """Those of the library by name; with `active` only those that are offered."""
    wanted = select(OwnChargeKind).order_by(OwnChargeKind.name_th, OwnChargeKind.id)
    return session.scalars(wanted.where(OwnChargeKind.active) if active else wanted).all()


def own_kind_by_id(session: Session, own_kind_id: int) -> OwnChargeKind:
    """The library's kind of charge; raises NotFoundError."""
    found = session.get(OwnChargeKind, own_kind_id)
    if found is None:
        raise NotFoundError(f"There is no kind of charge {own_kind_id} in this library.")
    return found


def save_own_kind(session: Session, kind: OwnChargeKind, fields: KindFields) -> None:
    """A new one too. What was charged before keeps its amount, and has the new name. Raises NameTakenError."""
    try:
        with session.begin_nested():
            session.add(kind)
            kind.name_th, kind.name_en = fields.name_th, fields.name_en
            kind.amount, kind.active = fields.amount, fields.active
    except IntegrityError:
        raise NameTakenError(fields.name_th) from None
