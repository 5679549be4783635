"""What the hub offers a member for one visit: the slip by LINE or e-mail, QR codes to join LINE and to pay with."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from samut_wire import messages as m


class Joining(StrEnum):
    """How far a member is with getting notices by LINE, or with paying; `FAILED`: the hub gave no code."""

    NOT_OFFERED = "not_offered"
    OFFERED = "offered"
    ASKED = "asked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A QR code on the screen, in rows of “1” for dark and “0” for light, until a moment of the steady clock."""

    squares: tuple[str, ...] = field(repr=False)
    until: float


@dataclass(frozen=True, slots=True)
class PayCode:
    """A PromptPay code for `amount` satang; the bank's app should show `name`."""

    squares: tuple[str, ...] = field(repr=False)
    amount: int
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """`visit` is the hub's name for the visit. `slip_by` is “line”, “email” or nothing; `slip_failed`: the hub was
    asked and did not send it, and it is not offered again. One code stands on the screen at a time."""

    visit: str = ""
    slip_by: str = ""
    slip_failed: bool = False
    line: Joining | JoinCode = Joining.NOT_OFFERED
    pay: Joining | PayCode = Joining.NOT_OFFERED

    @property
    def can_join(self) -> bool:
        return self.line in (Joining.OFFERED, Joining.FAILED)

    @property
    def can_pay(self) -> bool:
        return self.pay in (Joining.OFFERED, Joining.FAILED)

    @property
    def shows_code(self) -> bool:
        return isinstance(self.line, JoinCode) or isinstance(self.pay, PayCode)

    def folded(self) -> "Offer":
        """With no code on the screen, and none awaited."""
        line = Joining.OFFERED if isinstance(self.line, JoinCode) or self.line is Joining.ASKED else self.line
        pay = Joining.OFFERED if isinstance(self.pay, PayCode) or self.pay is Joining.ASKED else self.pay
        return replace(self, line=line, pay=pay)

    def pay_answered(self, answer: m.PayAnswered) -> "Offer":
        """With the code to pay with, where the hub gave one."""
        if self.pay is not Joining.ASKED:
            return self
        code = PayCode(answer.squares, answer.amount, answer.name)
        return replace(self, pay=code if answer.squares else Joining.FAILED)

    def answered(self, answer: m.LineAnswered, now: float) -> "Offer":
        """With the hub's code, where it gave one; an answer that nobody waits for any more changes nothing."""
        if self.line is not Joining.ASKED:
            return self
        code = JoinCode(answer.squares, now + answer.seconds)
        return replace(self, line=code if answer.squares else Joining.FAILED)

    def at(self, now: float) -> "Offer":
        """Without a code whose time is over."""
        is_over = isinstance(self.line, JoinCode) and now >= self.line.until
        return replace(self, line=Joining.OFFERED) if is_over else self


NO_OFFER = Offer()


def offer_of(found: m.MemberFound, *, typed: bool) -> Offer:
    """A number that was typed may be anybody's: no account is linked to it."""
    line = Joining.OFFERED if found.joins_line and not typed else Joining.NOT_OFFERED
    pay = Joining.OFFERED if found.pays else Joining.NOT_OFFERED
    return Offer(found.visit, found.slip_by, line=line, pay=pay)
