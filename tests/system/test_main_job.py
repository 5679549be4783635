"""Tap at the gate, borrow and return at the kiosk: the hub up, the hub away, the hub back."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from samut_hub.circulation.models import Loan
from samut_hub.members.models import Member
from samut_hub.visits.models import Visit
from tests.system.kiosk_page import visitor_at
from tests.system.world import World, wait_until

PNG = b"\x89PNG"


def visits(world: World, since: datetime) -> list[Visit]:
    wanted = select(Visit).where(Visit.at >= since).order_by(Visit.at).options(joinedload(Visit.member))
    with world.database.session(None, writes=False) as session:
        return list(session.scalars(wanted))


def loans(world: World, since: datetime) -> list[Loan]:
    """What was lent since then, by bar code."""
    wanted = select(Loan).where(Loan.lent_at >= since).options(joinedload(Loan.item), joinedload(Loan.member))
    with world.database.session(None, writes=False) as session:
        return sorted(session.scalars(wanted), key=lambda loan: loan.item.barcode)


def open_loans(world: World, number: str) -> tuple[int, int]:
    """As the member's row counts them, and as there are rows."""
    with world.database.session(None, writes=False) as session:
        member = session.scalars(select(Member).where(Member.number == number)).one()
        wanted = select(func.count()).where(Loan.member_id == member.id, Loan.returned_at.is_(None))
        return member.open_loans, session.scalars(wanted).one()


@pytest.fixture
def cut(world: World) -> Iterator[World]:
    """A world whose gate and kiosk have lost the network."""
    for device in ("gate-1", "kiosk-1"):
        world.join(device, joined=False)
    yield world
    for device in ("gate-1", "kiosk-1"):
        world.join(device, joined=True)


def tap_and_pass(world: World, place: int, reader: str = "reader_in") -> str:
    """The member with that card taps and the gate opens; the member's number."""
    card = world.cards()[place]
    before = world.gate()["openings"]
    assert world.tap(card["value"], reader) == 204
    wait_until("the gate opens", lambda: world.gate()["openings"] == before + 1, 5)
    return card["label"].rpartition("(")[2].rstrip(")")


def test_a_member_taps_the_gate_opens_and_the_hub_counts_one_visit(world: World) -> None:
    began = datetime.now(UTC)
    number = tap_and_pass(world, 0)
    gate = world.gate()
    assert gate["outputs"]["green"]
    (visit,) = wait_until("the visit is on the hub", lambda: visits(world, began), 10)
    assert (visit.device, visit.direction, visit.allowed, visit.member.number) == ("gate-1", "in", True, number)
    wait_until("the outbox is empty", lambda: world.outbox_length("gate-1") == 0, 10)


def test_an_unknown_card_stays_outside_and_is_counted_as_refused(world: World) -> None:
    began, before = datetime.now(UTC), world.gate()["openings"]
    assert world.tap(world.cards()[-1]["value"]) == 204
    (visit,) = wait_until("the refusal is on the hub", lambda: visits(world, began), 10)
    assert not visit.allowed
    assert visit.member is None
    assert world.gate()["openings"] == before


def test_a_pupil_borrows_two_books_by_card_scanner_and_pad_and_takes_a_slip(world: World) -> None:
    began = datetime.now(UTC)
    scanned, laid = world.free_items()[:2]
    card = world.cards()[1]
    number = card["label"].rpartition("(")[2].rstrip(")")

    async def visit() -> None:
        async with visitor_at(world.ports.kiosk) as pupil:
            await pupil.go_home()
            slips = len(await pupil.slips())
            await pupil.tap(card["value"])
            await pupil.until_is("borrowing")
            await pupil.scan(scanned)
            assert (await pupil.until_answered(scanned))["is"] == "lent"
            await pupil.put_on_pad(laid)
            row = await pupil.until_answered(laid)
            assert row["is"] == "lent"
            assert row["from_hub"]
            assert "256" in row["due"], "the due date is told in the Buddhist Era"
            await pupil.put_on_pad(laid, on=False)
            await pupil.touch("finish", slip=True)
            done = await pupil.until_is("done")
            assert (done["kind"], done["count"], done["slip"]) == ("loan", 2, "printed")
            printed = await pupil.slips()
            assert len(printed) == slips + 1
            assert (await pupil.slip(printed[0])).startswith(PNG)
            await pupil.go_home()

    asyncio.run(visit())
    made = loans(world, began)
    assert [loan.item.barcode for loan in made] == sorted((scanned, laid))
    assert {(loan.member.number, loan.source, loan.returned_at) for loan in made} == {(number, "kiosk-1", None)}
    assert open_loans(world, number) == (2, 2)


def test_books_come_back_without_anybody_signing_in(world: World) -> None:
    began = datetime.now(UTC)
    (book,) = world.free_items()[:1]
    number = world.members()[2]
    before = open_loans(world, number)[0]

    async def visits_kiosk() -> None:
        async with visitor_at(world.ports.kiosk) as visitor:
            await visitor.go_home()
            await visitor.sign_in(number)
            await visitor.scan(book)
            assert (await visitor.until_answered(book))["is"] == "lent"
            await visitor.go_home()
            await visitor.touch("return")
            await visitor.until_is("returning")
            await visitor.scan(book)
            row = await visitor.until_answered(book)
            assert (row["is"], row["was_on_loan"], row["fine"]) == ("returned", True, "")
            await visitor.go_home()

    asyncio.run(visits_kiosk())
    (loan,) = loans(world, began)
    assert loan.returned_through == "kiosk-1"
    assert open_loans(world, number) == (before, before)


@pytest.mark.requirement("H-02")
def test_without_the_network_the_gate_decides_and_each_passage_reaches_the_hub_once(cut: World) -> None:
    began, agent = datetime.now(UTC), cut.running["gate-1"].pid
    numbers = [tap_and_pass(cut, 3), tap_and_pass(cut, 4), tap_and_pass(cut, 3, "reader_out")]
    assert cut.tap(cut.cards()[-1]["value"]) == 204
    wait_until("the unknown card is noted", lambda: cut.outbox_length("gate-1") == 4, 5)
    assert visits(cut, began) == []

    cut.join("gate-1", joined=True)
    wait_until("the outbox is empty", lambda: cut.outbox_length("gate-1") == 0, 20)
    made = visits(cut, began)
    assert [(visit.member and visit.member.number, visit.direction, visit.allowed) for visit in made] == [
        (numbers[0], "in", True),
        (numbers[1], "in", True),
        (numbers[0], "out", True),
        (None, "in", False),
    ]
    tap_and_pass(cut, 5)
    wait_until("a tap with the hub up", lambda: len(visits(cut, began)) == 5, 10)
    assert cut.running["gate-1"].poll() is None
    assert cut.running["gate-1"].pid == agent


def test_without_the_network_the_kiosk_lends_by_its_own_rules_and_the_hub_learns_it_once(cut: World) -> None:
    began = datetime.now(UTC)
    kept, brought_back = cut.free_items()[10:12]  # not one that came back just before the network went
    number, blocked = cut.members()[5], "20034"
    before = open_loans(cut, number)[0]

    async def away() -> None:
        async with visitor_at(cut.ports.kiosk) as pupil:
            await pupil.go_home()
            await pupil.sign_in(number)
            for book in (kept, brought_back):
                await pupil.scan(book)
                row = await pupil.until_answered(book)
                assert (row["is"], row["from_hub"]) == ("lent", False)
            slips = len(await pupil.slips())
            await pupil.touch("finish", slip=True)
            assert (await pupil.until_is("done"))["slip"] == "printed"
            assert len(await pupil.slips()) == slips + 1
            await pupil.go_home()
            await pupil.touch("return")
            await pupil.until_is("returning")
            await pupil.scan(brought_back)
            row = await pupil.until_answered(brought_back)
            assert (row["is"], row["was_on_loan"]) == ("returned", True)
            await pupil.go_home()
            assert (await pupil.sign_in(blocked))["hints"], "the blocked member is told why"
            await pupil.scan(brought_back)
            assert (await pupil.until_answered(brought_back))["is"] == "refused"
            await pupil.go_home()

    asyncio.run(away())
    assert loans(cut, began) == []
    assert cut.outbox_length("kiosk-1") == 3

    cut.join("kiosk-1", joined=True)
    wait_until("the outbox is empty", lambda: cut.outbox_length("kiosk-1") == 0, 20)
    made = {loan.item.barcode: loan for loan in loans(cut, began)}
    assert set(made) == {kept, brought_back}
    assert made[kept].returned_at is None
    assert made[brought_back].returned_through == "kiosk-1"
    assert open_loans(cut, number) == (before + 1, before + 1)
