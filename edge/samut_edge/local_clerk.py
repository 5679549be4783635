"""Lending by the local rules while the hub is away. Every effect is in the outbox before the member is told."""

import asyncio
from collections.abc import Callable

from samut_edge.books import Books, is_gone
from samut_edge.clock import Clock
from samut_edge.outbox import Outbox
from samut_rules.fines import fine_for
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision, Renewing
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal
from samut_rules.standing import member_reasons
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind


class LocalClerk:
    """`command` in the calls is the letter that was meant for the hub: the event carries its id and moment.
    `by` is who works here, where staff do; `hindrance` why nothing can be lent or renewed now, whatever the rules
    say.

    One loan or return at a time: books lie on the pad together, and each decision must see the one before.
    """

    def __init__(
        self,
        books: Books,
        outbox: Outbox,
        clock: Clock,
        *,
        most_items: int,
        by: Callable[[], str] = lambda: "",
        hindrance: Callable[[], Code | None] = lambda: None,
    ) -> None:
        self._books = books
        self._outbox = outbox
        self._clock = clock
        self._most_items = most_items
        self._by = by
        self._hindrance = hindrance
        self._turn = asyncio.Lock()

    def find_member(self, asked: m.MemberAsked) -> m.MemberFound:
        """The member as the replica knows them."""
        row, now = self._books.member(asked), self._clock()
        if row is None:
            return m.MemberFound(known=False, reasons=(shown(Reason(Code.MEMBER_UNKNOWN)),))
        rules = self._books.rules
        reasons = member_reasons(self._books.member_facts(row, now), rules.calendar, rules.debt_limit, now)
        return m.MemberFound(
            known=True,
            number=row.number,
            name=row.name,
            debt=row.debt,
            expires_on=row.expires_on,
            member_type=row.member_type,
            reasons=tuple(map(shown, reasons)),
            loans=tuple(
                m.LoanShown(barcode=loan.barcode, title=loan.title, due_at=loan.due_at, overdue=loan.due_at < now)
                for loan in self._books.loans(row.number)
                if loan.due_at is not None
            ),
        )

    async def check_out(self, asked: m.CheckoutAsked, command: Letter) -> m.CheckoutAnswered:
        """Decide and, when allowed, keep the loan as an event."""
        async with self._turn:
            return await self._check_out(asked, command)

    async def renew(self, asked: m.RenewalAsked, command: Letter) -> m.RenewalAnswered:
        """Decide and, when allowed, keep the renewal as an event."""
        async with self._turn:
            return await self._renew(asked, command)

    async def cancel(self, asked: m.CheckoutAsked, command: Letter) -> None:
        """The member was refused here, whatever the hub decided and could not tell."""
        await self._keep(Kind.CANCEL, m.CheckoutCancelled(member=asked.member, barcode=asked.barcode), command)

    async def check_in(self, asked: m.CheckinAsked, command: Letter) -> m.CheckinAnswered:
        """Take the item back; one that is not in the replica is sent to the desk."""
        async with self._turn:
            return await self._check_in(asked, command)

    async def _check_out(self, asked: m.CheckoutAsked, command: Letter) -> m.CheckoutAnswered:
        item = self._books.item(asked.barcode)
        member = self._books.member(m.MemberAsked(number=asked.member))
        decision = self._decide(member, item, asked, command)
        shown_decision = _made(decision)
        if decision.allowed and member is not None and item is not None:
            event = m.LoanRecorded(member=member.number, barcode=item.barcode, decision=shown_decision, by=self._by())
            await self._keep(Kind.LOAN, event, command)
        title, was_gone = (item.title, is_gone(item)) if item else ("", False)
        return m.CheckoutAnswered(barcode=asked.barcode, title=title, decision=shown_decision, found=was_gone)

    async def _renew(self, asked: m.RenewalAsked, command: Letter) -> m.RenewalAnswered:
        item = self._books.item(asked.barcode)
        member = self._books.member(m.MemberAsked(number=asked.member))
        decision = self._decide_renewal(member, item, asked, command)
        made = _made(decision)
        if decision.allowed and member is not None and item is not None:
            event = m.RenewalRecorded(
                member=member.number, barcode=item.barcode, decision=made, seen=asked.seen, by=self._by()
            )
            await self._keep(Kind.RENEWAL, event, command)
        return m.RenewalAnswered(barcode=asked.barcode, title=item.title if item else "", decision=made)

    async def _check_in(self, asked: m.CheckinAsked, command: Letter) -> m.CheckinAnswered:
        item = self._books.item(asked.barcode)
        if item is None:
            unknown = shown(Reason(Code.ITEM_UNKNOWN, {"barcode": asked.barcode}))
            return m.CheckinAnswered(barcode=asked.barcode, returned=False, reasons=(unknown,))
        fine, days = self._fine(item, command)
        await self._keep(Kind.RETURN, m.ReturnRecorded(barcode=item.barcode, by=self._by()), command)
        return m.CheckinAnswered(
            barcode=asked.barcode,
            returned=True,
            title=item.title,
            was_on_loan=bool(item.lent_to),
            fine=fine,
            days_late=days,
            found=is_gone(item),
        )

    def _decide(
        self, member: m.MemberRow | None, item: m.ItemRow | None, asked: m.CheckoutAsked, command: Letter
    ) -> Decision:
        if member is None or item is None:
            return _refused(_unknown(member, asked.barcode))
        if (hindrance := self._why_not()) is not None:
            return _refused(Reason(hindrance))
        if self._books.lent_unconfirmed(member.number) >= self._most_items:
            return _refused(Reason(Code.OFFLINE_LIMIT, {"limit": self._most_items}))
        return decide_loan(self._books.loan_facts(member, item, command.at), command.at)

    def _decide_renewal(
        self, member: m.MemberRow | None, item: m.ItemRow | None, asked: m.RenewalAsked, command: Letter
    ) -> Decision:
        if member is None or item is None:
            return _refused(_unknown(member, asked.barcode))
        if (hindrance := self._why_not()) is not None:
            return _refused(Reason(hindrance))
        renewing = Renewing.SEEN if asked.seen else Renewing.UNSEEN
        return decide_renewal(self._books.loan_facts(member, item, command.at, renewing), command.at)

    def _why_not(self) -> Code | None:
        """The library may not let its devices lend while the hub is away; or this one cannot at the moment."""
        if self._books.library is None or not self._books.library.offline_loans:
            return Code.OFFLINE_NO_LOANS
        return self._hindrance()

    def _fine(self, item: m.ItemRow, command: Letter) -> tuple[int, int]:
        """Satang and days late, as far as the replica can tell; the hub charges."""
        borrower = self._books.member(m.MemberAsked(number=item.lent_to)) if item.lent_to else None
        if borrower is None or item.due_at is None:
            return 0, 0
        terms = self._books.terms(borrower, item, command.at)
        fine = fine_for(terms, self._books.rules.calendar, item.due_at, command.at)
        return fine.amount, fine.days_late

    async def _keep(self, kind: Kind, event: m.Message, command: Letter) -> None:
        letter = Letter(id=command.id, at=command.at, body=event, boot=command.boot, seq=command.seq)
        await self._outbox.add(kind, letter)


def shown(reason: Reason) -> m.ReasonGiven:
    return m.ReasonGiven(code=reason.code, values=dict(reason.values))


def _made(decision: Decision) -> m.DecisionMade:
    return m.DecisionMade(
        allowed=decision.allowed,
        reasons=tuple(map(shown, decision.reasons)),
        due_at=decision.due,
        trace=decision.trace,
    )


def _unknown(member: m.MemberRow | None, barcode: str) -> Reason:
    return Reason(Code.ITEM_UNKNOWN, {"barcode": barcode}) if member else Reason(Code.MEMBER_UNKNOWN)


def _refused(reason: Reason) -> Decision:
    return Decision(False, (reason,), None, (f"offline: {reason.code}",))
