"""What the hub offers a member for one visit: the slip by LINE or e-mail, and a QR code to join LINE with."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from samut_wire import messages as m


class Joining(StrEnum):
    """How far a member is with getting notices by LINE; `FAILED`: the hub gave no code."""

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
class Offer:
    """`visit` is the hub's name for the visit. `slip_by` is “line”, “email” or nothing; `slip_failed`: the hub was
    asked and did not send it, and it is not offered again."""

    visit: str = ""
    slip_by: str = ""
    slip_failed: bool = False
    line: Joining | JoinCode = Joining.NOT_OFFERED

    @property
    def can_join(self) -> bool:
        return self.line in (Joining.OFFERED, Joining.FAILED)

    def folded(self) -> "Offer":
        """With no code on the screen, and none awaited."""
        shown = isinstance(self.line, JoinCode) or self.line is Joining.ASKED
        return replace(self, line=Joining.OFFERED) if shown else self

    def answered(self, answer: m.LineAnswered, now: float) -> "Offer":
        """With the hub's code, where it gave one; an answer that nobody waits for any more changes nothing."""
        if self.line is not Joining.ASKED:
            return self
        code = JoinCode(answer.squares, now + answer.seconds)
        return replace(self, line=code if answer.squares else Joining.FAILED)

    def at(self, now: float) -> "Offer":
        """Without a code whose time is over."""
        is_over = isinstance(self.line, JoinCode) and now >= self.line.until
        return self.folded() if is_over else self


NO_OFFER = Offer()


def offer_of(found: m.MemberFound, *, typed: bool) -> Offer:
    """A number that was typed may be anybody's: no account is linked to it."""
    line = Joining.OFFERED if found.joins_line and not typed else Joining.NOT_OFFERED
    return Offer(found.visit, found.slip_by, line=line)
