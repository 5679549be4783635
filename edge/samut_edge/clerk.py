"""Lending at the edge as a kiosk asks for it: the hub answers when it is there, the local rules when it is not."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from samut_wire import messages as m

M = TypeVar("M", bound=m.Message)


@dataclass(frozen=True, slots=True)
class Answer(Generic[M]):
    """What was answered, and by whom: `from_hub` is false when the local rules decided."""

    body: M
    from_hub: bool


class Clerk(Protocol):
    """Every call gives an answer within two seconds, hub or no hub, and its effect is durable when it returns."""

    async def find_member(self, asked: m.MemberAsked) -> Answer[m.MemberFound]: ...

    async def check_out(self, asked: m.CheckoutAsked) -> Answer[m.CheckoutAnswered]: ...

    async def check_in(self, asked: m.CheckinAsked) -> Answer[m.CheckinAnswered]: ...

    async def send_slip(self, asked: m.SlipAsked) -> bool:
        """Whether it is on its way; not when the hub is away."""
        ...

    async def join_line(self, asked: m.LineAsked) -> m.LineAnswered:
        """Empty when the hub is away."""
        ...

    async def pay(self, asked: m.PayAsked) -> m.PayAnswered:
        """Empty when the hub is away."""
        ...

    async def record_security(self, news: m.SecurityRecorded) -> None:
        """Kept for the hub, which is away or not."""
        ...

    async def renew(self, asked: m.RenewalAsked) -> Answer[m.RenewalAnswered]: ...
