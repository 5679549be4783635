"""The QR code with which a member pays all that is owed from the bank's app."""

from dataclasses import dataclass

import segno
from sqlalchemy.orm import Session

from samut_hub.charges.numbering import settings_of
from samut_hub.charges.promptpay import payload
from samut_hub.members.models import Member


@dataclass(frozen=True, slots=True)
class PayCode:
    """`picture` is an address that carries the drawing; `squares` are its rows of “1” for dark and “0” for light,
    without a border; `name` is what the bank's app should show."""

    picture: str
    squares: tuple[str, ...]
    amount: int
    name: str


def pay_code(session: Session, member: Member) -> PayCode | None:
    """None when nothing is owed, or the library has no PromptPay account."""
    settings = settings_of(session, member.library_id)
    if not (settings.promptpay and member.debt > 0):
        return None
    code = segno.make(payload(settings.promptpay, member.debt), error="m", micro=False)
    return PayCode(code.svg_data_uri(scale=4, border=4), _squares(code), member.debt, settings.promptpay_name)


def may_pay(session: Session, member: Member) -> bool:
    """Whether something is owed, and the library has a PromptPay account."""
    return member.debt > 0 and bool(settings_of(session, member.library_id).promptpay)


def _squares(code: segno.QRCode) -> tuple[str, ...]:
    return tuple("".join("1" if square else "0" for square in row) for row in code.matrix)
