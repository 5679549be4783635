"""Hub first, then the local rules: the clerk that a kiosk works with."""

from typing import TypeVar

from samut_edge.clerk import Answer
from samut_edge.local_clerk import LocalClerk
from samut_edge.outbox import Outbox
from samut_edge.uplink import HubAwayError, Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind

M = TypeVar("M", bound=m.Message)


class HubClerk:
    """The same command id goes to the hub and, when its answer does not come, into the outbox.

    So a loan that the hub made just too late to be heard is the same loan, not a second one; and when the local rules
    refuse what the hub may have granted, an event of that id takes the hub's loan back. While loans or returns
    wait to be confirmed the hub does not know all, and the local rules decide.
    """

    def __init__(self, uplink: Uplink, outbox: Outbox, local: LocalClerk, *, seconds: float) -> None:
        self._uplink = uplink
        self._outbox = outbox
        self._local = local
        self._seconds = seconds

    async def find_member(self, asked: m.MemberAsked) -> Answer[m.MemberFound]:
        try:
            return Answer(await self._ask(Kind.ASK_MEMBER, self._command(asked), m.MemberFound), from_hub=True)
        except HubAwayError:
            return Answer(self._local.find_member(asked), from_hub=False)

    async def check_out(self, asked: m.CheckoutAsked) -> Answer[m.CheckoutAnswered]:
        command = self._command(asked)
        try:
            return Answer(await self._ask(Kind.ASK_CHECKOUT, command, m.CheckoutAnswered), from_hub=True)
        except HubAwayError as away:
            body = await self._local.check_out(asked, command)
            if away.asked and not body.decision.allowed:
                await self._local.cancel(asked, command)
            return Answer(body, from_hub=False)

    async def renew(self, asked: m.RenewalAsked) -> Answer[m.RenewalAnswered]:
        """What the hub renewed and could not tell stands where the local rules refuse: it only gives more time."""
        command = self._command(asked)
        try:
            return Answer(await self._ask(Kind.ASK_RENEWAL, command, m.RenewalAnswered), from_hub=True)
        except HubAwayError:
            return Answer(await self._local.renew(asked, command), from_hub=False)

    async def check_in(self, asked: m.CheckinAsked) -> Answer[m.CheckinAnswered]:
        command = self._command(asked)
        try:
            return Answer(await self._ask(Kind.ASK_CHECKIN, command, m.CheckinAnswered), from_hub=True)
        except HubAwayError:
            return Answer(await self._local.check_in(asked, command), from_hub=False)

    async def send_slip(self, asked: m.SlipAsked) -> bool:
        try:
            return (await self._ask(Kind.ASK_SLIP, self._command(asked), m.SlipAnswered)).sent
        except HubAwayError:
            return False

    async def join_line(self, asked: m.LineAsked) -> m.LineAnswered:
        try:
            return await self._ask(Kind.ASK_LINE, self._command(asked), m.LineAnswered)
        except HubAwayError:
            return m.LineAnswered()

    async def pay(self, asked: m.PayAsked) -> m.PayAnswered:
        try:
            return await self._ask(Kind.ASK_PAY, self._command(asked), m.PayAnswered)
        except HubAwayError:
            return m.PayAnswered()

    async def record_security(self, news: m.SecurityRecorded) -> None:
        await self._outbox.add(Kind.SECURITY, self._uplink.letter(news))

    def _command(self, asked: m.Message) -> Letter:
        return self._uplink.letter(asked, ends=self._seconds)

    async def _ask(self, kind: Kind, command: Letter, answer: type[M]) -> M:
        if self._outbox.has_lending():
            raise HubAwayError(asked=False)
        return await self._uplink.ask(kind, command, answer, self._seconds)
