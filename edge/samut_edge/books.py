"""What this device knows of members and items: the replica, corrected by its own events the hub has not confirmed."""

from collections import Counter
from datetime import datetime

import msgspec

from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_rules.calendar import Calendar
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import About, Kind, LoanTerms, OwnTerms, terms_for
from samut_wire import messages as m


class Books:
    """Read only; look-ups take microseconds."""

    def __init__(self, replica: Replica, outbox: Outbox) -> None:
        self._replica = replica
        self._outbox = outbox

    @property
    def library(self) -> m.LibraryRow | None:
        return self._replica.library

    def calendar(self) -> Calendar:
        return self._replica.calendar()

    def terms(self, member: m.MemberRow, item: m.ItemRow, now: datetime) -> LoanTerms | None:
        """What holds for this member and this item on that day."""
        own, about = OwnTerms(item.loan_days, item.fine_per_day), About(on=self.calendar().local_day(now))
        return terms_for(self._replica.rules(), member.member_type, item.material, own, about=about)

    def member(self, asked: m.MemberAsked) -> m.MemberRow | None:
        """By card hash or by number."""
        return self._replica.member_by_card(asked.card) if asked.card else self._replica.member(asked.number)

    def item(self, barcode: str) -> m.ItemRow | None:
        """The item as it is now, with what happened here and is not yet confirmed."""
        row = self._replica.item(barcode)
        said = self._outbox.lent().get(row.barcode) if row else None
        if row is None or said is None:
            return row
        return msgspec.structs.replace(row, lent_to=said.member, due_at=said.due_at, renewals=0)

    def loans(self, number: str) -> list[m.ItemRow]:
        """What the member has."""
        said = self._outbox.lent()
        kept = [row for row in self._replica.items_lent_to(number) if row.barcode not in said]
        new = [self.item(barcode) for barcode, lent in said.items() if lent.member == number]
        return kept + [row for row in new if row is not None]

    def lent_unconfirmed(self, number: str) -> int:
        """How many items the member took here while the hub was away."""
        return sum(1 for lent in self._outbox.lent().values() if lent.member == number)

    def member_facts(self, row: m.MemberRow, now: datetime) -> MemberFacts:
        """What the rules look at in a member."""
        loans = self.loans(row.number)
        overdue = sum(1 for loan in loans if loan.due_at is not None and loan.due_at < now)
        held = Counter(Kind(loan.material) for loan in loans)
        return MemberFacts(row.number, row.expires_on, row.blocked, len(loans), overdue, row.debt, held=held)

    def loan_facts(self, member: m.MemberRow, item: m.ItemRow, now: datetime) -> LoanFacts:
        """All that a decision about this member and this item looks at."""
        return LoanFacts(
            member=self.member_facts(member, now),
            item=ItemFacts(item.barcode, ItemStatus(item.status), item.lent_to, item.due_at, item.renewals),
            terms=self.terms(member, item, now),
            calendar=self.calendar(),
            debt_limit=self._replica.library.debt_limit if self._replica.library else 0,
        )
