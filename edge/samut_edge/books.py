"""What this device knows of members and items: the replica, corrected by its own events the hub has not confirmed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from samut_edge.booked import as_booked
from samut_edge.library_rules import LibraryRules
from samut_edge.outbox import Lent, Outbox
from samut_edge.replica import Replica
from samut_rules.age import age_on
from samut_rules.calendar import Calendar
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts, Renewing
from samut_rules.matrix import About, Kind, LoanTerms, OwnTerms, terms_for
from samut_rules.same_title import Spell
from samut_wire import messages as m

MOST_WAITING = 1_000_000
"""All events: none is left out."""


class Books:
    """Read only; look-ups take microseconds."""

    def __init__(self, replica: Replica, outbox: Outbox, clock_is_known: Callable[[], bool] = lambda: True) -> None:
        self._replica = replica
        self._outbox = outbox
        self._clock_is_known = clock_is_known

    @property
    def library(self) -> m.LibraryRow | None:
        return self._replica.library

    @property
    def rules(self) -> LibraryRules:
        return self._replica.rules

    @property
    def opening_hours(self) -> Calendar:
        """The library's calendar; every hour is open to a device that does not know what time it is."""
        return self.rules.calendar if self._clock_is_known() else Calendar(self.rules.calendar.zone)

    def terms(self, member: m.MemberRow, item: m.ItemRow, now: datetime) -> LoanTerms | None:
        """What holds for this member and this item on that day."""
        own = OwnTerms(item.loan_days, item.fine_per_day)
        rules = self.rules
        about = About(item.category, item.location, rules.tree, rules.calendar.local_day(now))
        return terms_for(rules.rows, member.member_type, item.material, own, about=about)

    def member(self, asked: m.MemberAsked) -> m.MemberRow | None:
        """By card hash or by number."""
        return self._replica.member_by_card(asked.card) if asked.card else self._replica.member(asked.number)

    def item(self, barcode: str) -> m.ItemRow | None:
        """The item as it is now, with what happened here and is not yet confirmed."""
        row = self._replica.item(barcode)
        said = self._outbox.lent().get(row.barcode) if row else None
        return row if row is None or said is None else _as_said(row, said)

    def loans(self, number: str) -> list[m.ItemRow]:
        """What the member has."""
        said = self._outbox.lent()
        kept = [row for row in self._replica.items_lent_to(number) if row.barcode not in said]
        here = ((lent, self._replica.item(barcode)) for barcode, lent in said.items() if lent.member == number)
        return kept + [_as_said(row, lent) for lent, row in here if row is not None]

    def lent_unconfirmed(self, number: str) -> int:
        """How many items the member took here while the hub was away."""
        return sum(1 for lent in self._outbox.lent().values() if lent.member == number and lent.is_new)

    def member_facts(self, row: m.MemberRow, now: datetime) -> MemberFacts:
        """What the rules look at in a member. Nothing has ended for a device that does not know what time it is."""
        loans, is_known = self.loans(row.number), self._clock_is_known()
        taken_home = [loan for loan in loans if not loan.on_site]
        return MemberFacts(
            number=row.number,
            expires_on=row.expires_on if is_known else None,
            blocked=row.blocked,
            open_loans=len(taken_home),
            on_site_loans=len(loans) - len(taken_home),
            overdue_loans=sum(1 for loan in loans if _is_late(loan, now)) if is_known else 0,
            debt=row.debt,
            held=Counter(Kind(loan.material, loan.category, loan.location) for loan in taken_home),
            card_lost=row.card_lost,
            suspended_until=row.suspended_until if is_known else None,
            age=age_on(row.born, self.rules.calendar.local_day(now)),
            level=row.level,
        )

    def had(self, member: m.MemberRow, item: m.ItemRow) -> tuple[Spell, ...]:
        """The member's loans of the item's title, where a rule asks: those the hub told, and what has happened here
        since."""
        if not item.title_id or not self.rules.look_back:
            return ()
        told = (Spell(one.lent_at, one.returned_at, one.renewals) for one in member.had if one.title == item.title_id)
        spells = list(told)
        for waiting in self._outbox.waiting(limit=MOST_WAITING):
            match waiting.letter.body:
                case m.LoanRecorded(member=number, barcode=barcode) if number == member.number:
                    if self._is_of(barcode, item):
                        spells.append(Spell(waiting.letter.at, None))
                case m.RenewalRecorded(member=number, barcode=barcode) if number == member.number:
                    if self._is_of(barcode, item):
                        spells = [_renewed(spell) for spell in spells]
                case m.ReturnRecorded(barcode=barcode) if self._is_of(barcode, item):
                    spells = [_back(spell, waiting.letter.at) for spell in spells]
        return tuple(spells)

    def loan_facts(
        self, member: m.MemberRow, item: m.ItemRow, now: datetime, renewing: Renewing | None = None
    ) -> LoanFacts:
        """All that a decision about this member and this item looks at; `renewing` where a renewal is asked for."""
        rules, facts = self.rules, _facts(item, renewing)
        own = [] if renewing else self._replica.bookings(item.title_id)
        if own and self._has_taken(member.number, item):
            own = []
        return LoanFacts(
            member=self.member_facts(member, now),
            item=replace(
                as_booked(facts, item.booked, own, member=member.number, calendar=rules.calendar, now=now),
                earlier=self.had(member, item),
            ),
            terms=self.terms(member, item, now),
            calendar=rules.calendar,
            debt_limit=rules.debt_limit,
            on_site=renewing is not None and item.on_site,
            renewing=renewing or Renewing.SEEN,
        )

    def _has_taken(self, number: str, item: m.ItemRow) -> bool:
        """Whether the member took a unit of the title here: what was booked of it is then fetched."""
        here = (barcode for barcode, lent in self._outbox.lent().items() if lent.member == number and lent.is_new)
        return any(self._is_of(barcode, item) for barcode in here)

    def _is_of(self, barcode: str, item: m.ItemRow) -> bool:
        """Whether it is a copy of the same title."""
        row = self._replica.item(barcode)
        return row is not None and row.title_id == item.title_id


def is_gone(item: m.ItemRow) -> bool:
    """Whether it was thought missing or lost. Whoever has it in hand has found it."""
    return item.status in (ItemStatus.MISSING, ItemStatus.LOST)


def _status(item: m.ItemRow) -> ItemStatus:
    """What only a newer hub knows is not for loan."""
    return ItemStatus(item.status) if item.status in set(ItemStatus) else ItemStatus.IN_PROCESS


def _is_late(item: m.ItemRow, now: datetime) -> bool:
    """What is said to be back hinders no loan."""
    return item.due_at is not None and item.due_at < now and not item.claimed


def _facts(item: m.ItemRow, renewing: Renewing | None) -> ItemFacts:
    """What is said to be back is asked for, not renewed. What was gone, and is in somebody's hands, can be lent."""
    status = ItemStatus.MISSING if renewing and item.claimed else _status(item)
    if is_gone(item) and renewing is not Renewing.UNSEEN and not item.claimed:
        status = ItemStatus.AVAILABLE
    facts = ItemFacts(item.barcode, status, item.lent_to, item.due_at, item.renewals)
    return replace(
        facts,
        unseen_renewals=item.unseen_renewals,
        is_waited_for=item.waited_for,
        is_recalled=item.recalled,
    )


def _as_said(row: m.ItemRow, said: Lent) -> m.ItemRow:
    """The row with what unconfirmed events say of it; of a loan that the hub made only its renewals are new."""
    if said.is_new:
        row = msgspec.structs.replace(
            row, lent_to=said.member, renewals=0, on_site=False, unseen_renewals=0, recalled=False, claimed=False
        )
    return msgspec.structs.replace(
        row,
        due_at=said.due_at,
        renewals=row.renewals + said.renewals,
        unseen_renewals=row.unseen_renewals + said.unseen,
    )


def _renewed(spell: Spell) -> Spell:
    return spell if spell.returned_at is not None else replace(spell, renewals=spell.renewals + 1)


def _back(spell: Spell, at: datetime) -> Spell:
    """What a member has of a title is one copy, so its return ends the loan, whichever copy it was."""
    return spell if spell.returned_at is not None or spell.lent_at > at else replace(spell, returned_at=at)
