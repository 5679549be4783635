"""Lending while the hub is away: the hub's rules, the replica's facts, nothing given away before it is on disk."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from samut_edge.books import Books
from samut_edge.local_clerk import LocalClerk
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.edge.stock import KEY, LIBRARY, MANEE_CARD, NOW, ROWS, a_member, an_item
from tests.edge.test_replica import write_snapshot


class Desk:
    """A clerk with a replica and an outbox on disk, and short words for what members do."""

    def __init__(self, clerk: LocalClerk, outbox: Outbox) -> None:
        self.clerk = clerk
        self.outbox = outbox

    async def borrow(self, member: str, barcode: str) -> m.DecisionMade:
        asked = m.CheckoutAsked(member=member, barcode=barcode)
        return (await self.clerk.check_out(asked, _command(asked))).decision

    async def keep(self, member: str, barcode: str, *, seen: bool = True) -> m.DecisionMade:
        asked = m.RenewalAsked(member=member, barcode=barcode, seen=seen)
        return (await self.clerk.renew(asked, _command(asked))).decision

    async def bring_back(self, barcode: str) -> m.CheckinAnswered:
        asked = m.CheckinAsked(barcode=barcode)
        return await self.clerk.check_in(asked, _command(asked))

    def kept(self) -> list[Kind]:
        return [waiting.kind for waiting in self.outbox.waiting()]


def _command(asked: m.Message) -> Letter:
    return Letter(id=command_id(1), at=NOW, body=asked)


def at_desk(
    folder: Path, do: Callable[[Desk], Awaitable[None]], rows: tuple[m.ReplicaRow, ...] = ROWS, most: int = 2
) -> None:
    async def live() -> None:
        replica = Replica(folder / "replica.db")
        replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s", rows)))
        async with Outbox(folder / "outbox.db") as outbox:
            clerk = LocalClerk(Books(replica, outbox), outbox, lambda: NOW, most_items=most)
            await do(Desk(clerk, outbox))
        replica.close()

    asyncio.run(live())


def codes(decision: m.DecisionMade) -> list[str]:
    return [reason.code for reason in decision.reasons]


@pytest.mark.requirement("W-14")
@pytest.mark.parametrize("status", ["missing", "lost"])
def test_what_was_thought_gone_is_lent_and_taken_back_as_found(tmp_path: Path, status: str) -> None:
    """As at the hub, which puts its record right when it hears of it."""

    async def do(desk: Desk) -> None:
        asked = m.CheckoutAsked(member="10001", barcode="B00001")
        lent = await desk.clerk.check_out(asked, _command(asked))
        assert (lent.decision.allowed, lent.found) == (True, True)

    gone = tuple(
        msgspec.structs.replace(row, status=status) if isinstance(row, m.ItemRow) and row.barcode == "B00001" else row
        for row in ROWS
    )
    at_desk(tmp_path, do, gone)


def test_a_loan_is_decided_by_the_librarys_rules_and_kept(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        decision = await desk.borrow("10001", "b๐๐๐๐๑")
        assert decision.allowed
        assert decision.due_at is not None
        assert decision.due_at.isoformat() == "2026-12-01T16:59:59+00:00"  # seven open days, Sundays closed
        event = desk.outbox.waiting()[0].letter.body
        assert event == m.LoanRecorded(member="10001", barcode="B00001", decision=decision)

    at_desk(tmp_path, do)


def test_an_item_with_a_loan_length_and_a_fine_of_its_own(tmp_path: Path) -> None:
    late = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)
    rows = (*ROWS, an_item("G00001", loan_days=1), an_item("G00002", "10001", late, fine_per_day=5_000))

    async def do(desk: Desk) -> None:
        back = await desk.bring_back("G00002")
        assert back.fine == back.days_late * 5_000 > 0
        decision = await desk.borrow("10001", "G00001")
        assert decision.due_at == datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)
        assert "loan length 1 open days, as the item itself says" in decision.trace

    at_desk(tmp_path, do, rows)


def test_every_value_of_a_rule_counts_here_too(tmp_path: Path) -> None:
    general = msgspec.structs.replace(LIBRARY.rules[0], calendar_mode="ignore", max_total=2)
    of_books = msgspec.structs.replace(LIBRARY.rules[0], key="* × dvd", material="dvd", max_items=1)
    later = msgspec.structs.replace(general, key="* × * @ 2026-12-01", loan_days=1, effective_from=date(2026, 12, 1))
    library = msgspec.structs.replace(LIBRARY, rules=(general, later, of_books))
    dvds = [msgspec.structs.replace(an_item(code), material="dvd") for code in ("D00001", "D00002")]

    async def do(desk: Desk) -> None:
        book = await desk.borrow("10001", "B00001")
        assert book.due_at == datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)
        assert (await desk.borrow("10001", "D00001")).allowed
        assert codes(await desk.borrow("10001", "D00002")) == ["limit_reached", "total_reached"]

    at_desk(tmp_path, do, (library, *ROWS[1:], *dvds), most=9)


def test_what_was_lent_here_is_known_here_before_the_hub_knows(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        await desk.borrow("10001", "B00001")
        assert codes(await desk.borrow("10001", "B00001")) == ["item_already_yours"]
        assert [loan.barcode for loan in desk.clerk.find_member(m.MemberAsked(number="10001")).loans] == ["B00001"]
        back = await desk.bring_back("B00001")
        assert (back.returned, back.was_on_loan, back.fine) == (True, True, 0)
        assert (await desk.borrow("10001", "B00001")).allowed
        assert desk.kept() == [Kind.LOAN, Kind.RETURN, Kind.LOAN]

    at_desk(tmp_path, do)


def test_offline_no_more_than_the_kiosk_may_lend(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        for barcode in ("B00001", "B00002"):
            assert (await desk.borrow("10001", barcode)).allowed
        refused = await desk.borrow("10001", "B00003")
        assert codes(refused) == ["offline_limit"]
        assert refused.reasons[0].values == {"limit": 2}

    at_desk(tmp_path, do)


def test_four_books_at_once_on_the_pad_are_no_way_around_the_limit(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        books = ("B00001", "B00002", "B00003", "B00004")
        decisions = await asyncio.gather(*(desk.borrow("10001", barcode) for barcode in books))
        assert [decision.allowed for decision in decisions] == [True, True, False, False]

    at_desk(tmp_path, do)


@pytest.mark.parametrize(
    ("member", "barcode", "code"),
    [
        ("10002", "B00001", "member_blocked"),
        ("10003", "B00001", "member_expired"),
        ("10001", "B00009", "item_on_loan"),
        ("10001", "B77777", "item_unknown"),
        ("77777", "B00001", "member_unknown"),
    ],
)
def test_refusals_are_the_hubs_and_nothing_is_kept(tmp_path: Path, member: str, barcode: str, code: str) -> None:
    async def do(desk: Desk) -> None:
        assert code in codes(await desk.borrow(member, barcode))
        assert desk.kept() == []

    at_desk(tmp_path, do)


def test_a_library_can_forbid_loans_while_the_hub_is_away_but_takes_returns(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        assert codes(await desk.borrow("10001", "B00001")) == ["offline_no_loans"]
        back = await desk.bring_back("B00009")
        assert (back.returned, back.days_late, back.fine) == (True, 2, 200)  # Saturday and Monday

    strict = m.LibraryRow(**{**{f: getattr(LIBRARY, f) for f in LIBRARY.__struct_fields__}, "offline_loans": False})
    at_desk(tmp_path, do, (strict, *ROWS[1:]))


def test_an_unknown_item_is_sent_to_the_desk(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        back = await desk.bring_back("B77777")
        assert (back.returned, back.reasons[0].code) == (False, "item_unknown")
        assert desk.kept() == []

    at_desk(tmp_path, do)


def test_members_are_found_by_card_and_told_what_stands_against_them(tmp_path: Path) -> None:
    async def do(desk: Desk) -> None:
        found = desk.clerk.find_member(m.MemberAsked(card=card_hash(KEY, "uid", MANEE_CARD)))
        assert (found.known, found.number, found.reasons) == (True, "10001", ())
        blocked = desk.clerk.find_member(m.MemberAsked(number="10002"))
        assert [reason.code for reason in blocked.reasons] == ["member_blocked", "has_overdue"]
        assert not desk.clerk.find_member(m.MemberAsked(number="77777")).known

    at_desk(tmp_path, do)


def test_what_is_late_and_said_to_be_back_hinders_no_new_loan(tmp_path: Path) -> None:
    said = an_item("B00009", lent_to="10001", due_at=NOW - timedelta(days=3), claimed=True)

    async def do(desk: Desk) -> None:
        assert codes(await desk.borrow("10001", "B00001")) == []

    at_desk(tmp_path, do, (LIBRARY, a_member("10001", MANEE_CARD), an_item("B00001"), said))


def test_a_lost_card_tells_whose_it_is_and_lends_nothing(tmp_path: Path) -> None:
    rows = (LIBRARY, a_member("10001", MANEE_CARD, card_lost=True), an_item("B00001"))

    async def do(desk: Desk) -> None:
        found = desk.clerk.find_member(m.MemberAsked(card=card_hash(KEY, "uid", MANEE_CARD)))
        assert (found.number, [reason.code for reason in found.reasons]) == ("10001", ["card_lost"])
        assert codes(await desk.borrow("10001", "B00001")) == ["card_lost"]

    at_desk(tmp_path, do, rows)


@pytest.mark.requirement("W-09")
def test_the_same_title_is_not_had_too_often_also_while_the_hub_is_away(tmp_path: Path) -> None:
    """Once with the hub, once here; another copy of it is no way around, another title is."""
    rule = msgspec.structs.replace(LIBRARY.rules[0], same_title_times=2, same_title_wait=5)
    had = m.TitleHad(title=7, lent_at=NOW - timedelta(days=9), returned_at=NOW - timedelta(days=3))
    member = a_member("10001", had=(had, msgspec.structs.replace(had, title=8)))
    copies = (an_item("B00001", title_id=7), an_item("B00002", title_id=7), an_item("B00003", title_id=8))
    rows = (msgspec.structs.replace(LIBRARY, rules=(rule,)), member, *copies)

    async def do(desk: Desk) -> None:
        assert (await desk.borrow("10001", "B00001")).allowed
        await desk.bring_back("B00001")
        assert codes(await desk.borrow("10001", "B00002")) == ["same_title_limit"]
        assert (await desk.borrow("10001", "B00003")).allowed

    at_desk(tmp_path, do, rows, most=9)


def test_age_suspension_category_place_and_hours_count_here_too(tmp_path: Path) -> None:
    hours = {day: (m.SpanShown(opens=time(8), closes=time(16, 30)),) for day in range(6)}
    general = LIBRARY.rules[0]
    film = msgspec.structs.replace(general, key="* × * × category 3", category="3", minimum_age=15)
    in_hall = msgspec.structs.replace(general, key="* × * × location 1", location="1", loan_hours=9)
    library = msgspec.structs.replace(LIBRARY, rules=(general, film, in_hall), weekly_hours=hours, places={"2": "1"})
    waits = a_member("10004", suspended_until=NOW.date(), born="2008")
    items = (an_item("B00001", category="3"), an_item("B00002", location="2"), an_item("B00003", status="moonlit"))

    async def do(desk: Desk) -> None:
        assert codes(await desk.borrow("10001", "B00001")) == ["too_young"]
        assert (await desk.borrow("10001", "B00002")).due_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        assert codes(await desk.borrow("10001", "B00003")) == ["item_not_for_loan"]
        assert codes(await desk.borrow("10004", "B00001")) == ["suspended"]

    at_desk(tmp_path, do, (library, a_member("10001", born="2015-05"), waits, *items))


@pytest.mark.requirement("K-07")
def test_a_member_renews_by_the_librarys_rules_and_hears_why_not(tmp_path: Path) -> None:
    due = NOW + timedelta(days=1)
    held = an_item("B00012", "10001", due, waited_for=True)
    rows = (
        *ROWS,
        an_item("B00011", "10001", due),
        held,
        an_item("B00013", "10001", due, recalled=True),
        an_item("B00014", "10001", due, claimed=True),
        an_item("B00015", "10001", NOW + timedelta(days=30)),
    )

    async def do(desk: Desk) -> None:
        kept = await desk.keep("10001", "B00011")
        assert kept.allowed
        assert kept.due_at == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
        assert codes(await desk.keep("10001", "B00011")) == ["renewals_used"]
        assert codes(await desk.keep("10001", "B00012")) == ["others_wait"]
        assert codes(await desk.keep("10001", "B00013")) == ["recalled"]
        assert codes(await desk.keep("10001", "B00014")) == ["item_not_renewable"]
        assert codes(await desk.keep("10001", "B00015")) == ["too_soon"]
        assert "not_yours" in codes(await desk.keep("10002", "B00011"))
        assert codes(await desk.keep("10001", "B77777")) == ["item_unknown"]
        assert desk.kept() == [Kind.RENEWAL]
        [shown] = [
            one for one in desk.clerk.find_member(m.MemberAsked(number="10001")).loans if one.barcode == "B00011"
        ]
        assert shown.due_at == kept.due_at

    at_desk(tmp_path, do, rows)


def test_renewals_without_the_book_are_counted_apart_and_no_limit_of_loans_holds_them(tmp_path: Path) -> None:
    rule = msgspec.structs.replace(LIBRARY.rules[0], max_renewals=5, max_unseen_renewals=1, renew_from="due")
    rows = (msgspec.structs.replace(LIBRARY, rules=(rule,)), *ROWS[1:], an_item("B00011", "10001", NOW))

    async def do(desk: Desk) -> None:
        assert (await desk.keep("10001", "B00011", seen=False)).allowed
        assert codes(await desk.keep("10001", "B00011", seen=False)) == ["unseen_renewals_used"]
        assert (await desk.keep("10001", "B00011")).allowed
        assert (await desk.borrow("10001", "B00001")).allowed
        assert codes(await desk.keep("10001", "B00001", seen=False)) == []

    at_desk(tmp_path, do, rows, most=1)


def test_a_unit_that_is_booked_is_lent_until_then_or_to_whom_it_is_for(tmp_path: Path) -> None:
    """Monday, 23 November; the projector is booked for 10004 from Wednesday, and for hours on Friday."""
    wednesday = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    booked = m.BookingShown(member="10004", starts_at=wednesday, ends_at=wednesday + timedelta(days=2))
    today = m.BookingShown(
        member="10004", starts_at=NOW + timedelta(minutes=10), ends_at=NOW + timedelta(hours=2), by_hours=True
    )
    rows = (
        *ROWS,
        a_member("10004"),
        an_item("P00001", title_id=9, booked=(booked,)),
        an_item("P00002", title_id=9),
        an_item("P00003", title_id=8, booked=(today,)),
        an_item("P00004", title_id=8),
    )

    async def do(desk: Desk) -> None:
        short = await desk.borrow("10001", "P00001")
        assert short.due_at == datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)
        assert (await desk.borrow("10001", "P00002")).due_at == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
        hour = await desk.borrow("10001", "P00003")
        assert hour.due_at == today.starts_at
        await desk.bring_back("P00003")
        own = await desk.borrow("10004", "P00004")
        assert own.due_at == today.ends_at, "another unit of the title fulfils it too"
        again = await desk.borrow("10004", "P00003")
        assert again.due_at != today.ends_at, "one booking is fetched once"

    at_desk(tmp_path, do, rows, most=9)


def test_on_the_day_itself_a_booked_unit_is_for_nobody_else(tmp_path: Path) -> None:
    monday = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    booked = m.BookingShown(member="10004", starts_at=monday, ends_at=monday + timedelta(days=1))
    rows = (*ROWS, a_member("10004"), an_item("P00001", title_id=9, booked=(booked,)))

    async def do(desk: Desk) -> None:
        refused = await desk.borrow("10001", "P00001")
        assert codes(refused) == ["booked"]
        assert refused.reasons[0].values == {"from": "2026-11-23"}
        assert (await desk.borrow("10004", "P00001")).due_at == booked.ends_at

    at_desk(tmp_path, do, rows)
