"""Books with tags: released after the loan, secured before the return, and never taken on trust."""

import pytest

from samut_edge.devices.pad import Security
from samut_edge.events import ItemSeen, Stranger, StrangeTag
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_screens import at_rest
from tests.edge.flows.visitor import (
    ALL_WORKS,
    LIMITS,
    Visitor,
    gone,
    lent,
    refused,
    renewed,
    returned,
    scan,
    seen,
    tap,
)

pytestmark = pytest.mark.requirement("H-11")


@pytest.fixture
def visitor() -> Visitor:
    """At a kiosk with a pad, in a library that secures its books."""
    return Visitor(at_rest(0.0, ALL_WORKS, k.House(secures=True)))


def lying(barcode: str, *, seen: int = 1, of: int = 1, secured: bool | None = True) -> ItemSeen:
    return ItemSeen("pad", barcode, f"tag of {barcode}", seen, of, secured)


def tag(visitor: Visitor, barcode: str, outcome: Security, *, secured: bool = False) -> ev.SecurityAnswered:
    return ev.SecurityAnswered(visitor.state.visits, barcode, secured, outcome)


def the_book(visitor: Visitor) -> k.Book:
    screen = visitor.state.screen
    assert isinstance(screen, k.Borrowing | k.Returning)
    [book] = screen.books
    return book


def tags(visitor: Visitor) -> list[tuple[str, bool]]:
    return [(order.barcode, order.secured) for order in visitor.asked_for(ev.SetTag)]


# -- borrowing


def test_a_tag_is_released_when_the_loan_is_durable_and_not_before(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"))
    assert (visitor.asked_for(ev.CheckOut), tags(visitor)) == ([ev.CheckOut(1, "10001", "B1")], [])
    visitor.does(lent(1, "B1"))
    assert tags(visitor) == [("B1", False)]
    visitor.does(ev.Finish(slip=False))
    assert isinstance(visitor.state.screen, k.Borrowing), "nobody takes it away while its tag is written"
    visitor.does(tag(visitor, "B1", Security.DONE))
    assert the_book(visitor).tag is k.Tag.DONE  # type: ignore[union-attr]
    done = visitor.does(ev.Finish(slip=False))
    assert isinstance(done, k.Done)
    assert (done.to_desk, visitor.asked_for(ev.RecordSecurity)) == (0, [])


def test_a_book_that_is_refused_stays_secured(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), refused(1, "B1"))
    assert tags(visitor) == []


def test_a_tag_that_says_so_already_is_not_written(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1", secured=False), lent(1, "B1"))
    assert (tags(visitor), the_book(visitor).tag) == ([], k.Tag.DONE)  # type: ignore[union-attr]


def test_a_failed_write_is_tried_once_more_and_then_the_desk_is_asked_for(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"), tag(visitor, "B1", Security.PENDING))
    assert (tags(visitor), visitor.asked_for(ev.RecordSecurity)) == ([("B1", False)] * 2, [])
    visitor.does(tag(visitor, "B1", Security.PENDING))
    assert (len(tags(visitor)), the_book(visitor).tag) == (2, k.Tag.PENDING)  # type: ignore[union-attr]
    assert visitor.asked_for(ev.RecordSecurity) == [ev.RecordSecurity("B1", secured=False, member="10001")]
    done = visitor.does(ev.Finish(slip=False))
    assert isinstance(done, k.Done)
    assert (done.to_desk, len(visitor.asked_for(ev.RecordSecurity))) == (1, 1)


def test_a_book_lifted_while_it_is_written_is_looked_at_anew(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"), gone("B1"), tag(visitor, "B1", Security.PENDING))
    assert the_book(visitor).tag is k.Tag.WANTED  # type: ignore[union-attr]
    visitor.does(lying("B1", secured=True))
    assert tags(visitor) == [("B1", False)] * 2, "it did not take it"
    visitor.does(gone("B1"), tag(visitor, "B1", Security.PENDING), lying("B1", secured=False))
    assert (len(tags(visitor)), the_book(visitor).tag) == (2, k.Tag.DONE)  # type: ignore[union-attr]


def test_a_book_known_by_its_bar_code_is_wanted_on_the_pad(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(scan("b1"), lent(1, "b1"))
    assert (tags(visitor), the_book(visitor).tag) == ([], k.Tag.WANTED)  # type: ignore[union-attr]
    visitor.does(lying("B1"))
    assert tags(visitor) == [("b1", False)], "by both ways it is one book"
    assert len(visitor.asked_for(ev.CheckOut)) == 1


@pytest.mark.parametrize("leaves", [[ev.Finish(slip=False)], [tap("04FFFFFF")], [60.0]])
def test_whoever_takes_it_away_unreleased_is_told_of_to_staff(
    visitor: Visitor, leaves: list[ev.Event | float]
) -> None:
    visitor.signs_in()
    visitor.does(scan("B1"), lent(1, "B1"))
    for what in leaves:
        visitor.waits(what) if isinstance(what, float) else visitor.does(what)
    assert visitor.asked_for(ev.RecordSecurity) == [ev.RecordSecurity("B1", secured=False, member="10001")]


def test_a_late_success_takes_that_back(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"))
    visitor.waits(60)
    visitor.does(ev.SecurityAnswered(1, "B1", secured=False, outcome=Security.DONE))
    assert [news.done for news in visitor.asked_for(ev.RecordSecurity)] == [False, True]


def test_a_renewed_book_is_released_where_it_lies_and_is_not_called_for_where_it_does_not(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(scan("B7"), renewed(1, "B7"))
    assert tags(visitor) == []


def test_a_library_without_pads_writes_no_tags() -> None:
    visitor = Visitor()
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"), scan("B2"), lent(1, "B2"), ev.Finish(slip=False))
    assert (tags(visitor), visitor.asked_for(ev.RecordSecurity)) == ([], [])


def test_what_lay_there_for_the_last_visitor_is_not_lent_to_the_next(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1", seen=3, of=3), lent(1, "B1"), tag(visitor, "B1", Security.DONE), ev.Finish(slip=False))
    visitor.signs_in()
    visitor.does(lying("B1", seen=2, of=3), lying("B1", seen=3, of=3))
    assert len(visitor.asked_for(ev.CheckOut)) == 1


# -- sets


def test_a_set_is_lent_only_whole(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1", seen=2, of=3))
    assert (the_book(visitor), visitor.asked_for(ev.CheckOut)) == (k.Incomplete("B1", 2, 3, 0.0), [])
    visitor.does(lying("B1", seen=3, of=3))
    assert len(visitor.asked_for(ev.CheckOut)) == 1


def test_a_set_that_is_not_whole_goes_from_the_list_with_its_last_disc(visitor: Visitor) -> None:
    visitor.signs_in()
    screen = visitor.does(lying("B1", seen=2, of=3), gone("B1"))
    assert isinstance(screen, k.Borrowing)
    assert screen.books == ()


def test_a_set_comes_back_with_what_there_is_and_staff_hear_of_the_rest(visitor: Visitor) -> None:
    visitor.does(ev.StartReturning(), lying("B1", seen=2, of=3, secured=False))
    assert visitor.asked_for(ev.CheckIn) == []
    visitor.waits(LIMITS.parts)
    assert tags(visitor) == [("B1", True)]
    visitor.does(tag(visitor, "B1", Security.DONE, secured=True), returned(1, "B1"))
    news = ev.RecordSecurity("B1", secured=True, done=True, seen=2, of=3)
    assert (visitor.asked_for(ev.CheckIn), visitor.asked_for(ev.RecordSecurity)) == ([ev.CheckIn(1, "B1")], [news])


def test_the_discs_of_a_set_may_come_one_after_the_other(visitor: Visitor) -> None:
    visitor.does(ev.StartReturning(), lying("B1", seen=1, of=3))
    visitor.waits(1)
    visitor.does(lying("B1", seen=3, of=3))
    assert (visitor.asked_for(ev.CheckIn), visitor.asked_for(ev.RecordSecurity)) == ([ev.CheckIn(1, "B1")], [])


# -- returning


def test_a_book_is_secured_first_and_then_taken_back(visitor: Visitor) -> None:
    visitor.does(ev.StartReturning(), lying("B1", secured=False))
    assert (tags(visitor), visitor.asked_for(ev.CheckIn)) == ([("B1", True)], [])
    visitor.does(tag(visitor, "B1", Security.DONE, secured=True))
    assert visitor.asked_for(ev.CheckIn) == [ev.CheckIn(1, "B1")]
    visitor.does(returned(1, "B1"))
    assert the_book(visitor).tag is k.Tag.DONE  # type: ignore[union-attr]


def test_a_book_that_cannot_be_secured_is_taken_back_all_the_same(visitor: Visitor) -> None:
    visitor.does(ev.StartReturning(), lying("B1", secured=False))
    for _ in range(2):
        visitor.does(tag(visitor, "B1", Security.PENDING, secured=True))
    assert visitor.asked_for(ev.CheckIn) == [ev.CheckIn(1, "B1")]
    assert visitor.asked_for(ev.RecordSecurity) == [ev.RecordSecurity("B1", secured=True)]


def test_a_book_scanned_for_return_is_taken_back_at_once_and_secured_when_it_lies_there(visitor: Visitor) -> None:
    visitor.does(ev.StartReturning(), scan("B1"), lying("B1", secured=False))
    assert (visitor.asked_for(ev.CheckIn), tags(visitor)) == ([ev.CheckIn(1, "B1")], [])
    visitor.does(returned(1, "B1"))
    assert tags(visitor) == [("B1", True)]
    visitor.does(tag(visitor, "B1", Security.DONE, secured=True), ev.Finish(slip=False))
    assert visitor.asked_for(ev.RecordSecurity) == []


# -- what else lies there


def test_a_strange_tag_is_hinted_at_once_and_for_a_while(visitor: Visitor) -> None:
    card = StrangeTag("pad", "E0FF", Stranger.MEMBER_CARD)
    visitor.does(card)
    assert visitor.state.hint == k.Hint(Stranger.MEMBER_CARD, LIMITS.hint)
    visitor.waits(LIMITS.hint)
    visitor.does(card)
    assert visitor.state.hint is None


def test_the_number_of_books_on_the_pad_is_asked_for(visitor: Visitor) -> None:
    visitor.does(seen("B1"), seen("B2"))
    visitor.signs_in()
    counting = visitor.does(ev.ConfirmCount(right=False), seen("B3"))
    assert isinstance(counting, k.Counting)
    assert (counting.advised, len(visitor.state.on_pad)) == (True, 3)
    visitor.does(ev.ConfirmCount(right=True))
    assert [ask.barcode for ask in visitor.asked_for(ev.CheckOut)] == ["B1", "B2", "B3"]


def test_books_that_were_not_counted_stay_for_whoever_comes_next(visitor: Visitor) -> None:
    visitor.does(seen("B1"), seen("B2"))
    visitor.signs_in()
    visitor.waits(60)
    assert (visitor.asked_for(ev.CheckOut), visitor.state.on_pad) == ([], ("B1", "B2"))


def test_a_book_put_back_before_the_pad_missed_it_is_looked_for_again(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"), tag(visitor, "B1", Security.NO_TAG))
    visitor.waits(0.25)
    assert tags(visitor) == [("B1", False)] * 2
    for _ in range(20):
        visitor.does(tag(visitor, "B1", Security.NO_TAG))
        visitor.waits(0.25)
    assert len(tags(visitor)) == 8, "not for ever"
    visitor.does(gone("B1"), lying("B1"))
    assert len(tags(visitor)) == 9


def test_what_was_given_up_is_tried_again_when_the_book_is_laid_down_anew(visitor: Visitor) -> None:
    visitor.signs_in()
    visitor.does(lying("B1"), lent(1, "B1"), *[tag(visitor, "B1", Security.PENDING)] * 2)
    visitor.does(lying("B1"))
    assert len(tags(visitor)) == 2, "it lies there as before"
    visitor.does(gone("B1"), lying("B1"), tag(visitor, "B1", Security.DONE))
    assert (len(tags(visitor)), the_book(visitor).tag) == (3, k.Tag.DONE)  # type: ignore[union-attr]
    assert [news.done for news in visitor.asked_for(ev.RecordSecurity)] == [False, True]
