"""The reckoning finds a loan that is lost, one that is doubled, and a slip that came out twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from samut_edge.drivers.escpos_printer import NetworkOptions, NetworkPrinter
from tests.edge.drivers.heard import Heard, story
from tests.edge.drivers.slips import loan_slip
from tests.edge.test_slip_queue import switched_on
from tests.soak.faults.day import Day, Done, Outcome, Piece, SlipAsked, Verb, now
from tests.soak.faults.hardware import says_copy
from tests.soak.faults.reckoning import Lent, fault_of, faults_of_slips

AT = now()
LENT = Done(Verb.LEND, "b", "1", "counter", Outcome.TOLD, by_hub=True, began=AT, ended=AT)
RENEWED = replace(LENT, verb=Verb.RENEW)
BACK = replace(LENT, verb=Verb.RETURN, member="")
REFUSED = replace(LENT, outcome=Outcome.REFUSED)
PERHAPS = replace(LENT, outcome=Outcome.DOUBT)
PERHAPS_BACK = replace(BACK, outcome=Outcome.DOUBT)
LOCALLY = replace(RENEWED, by_hub=False, due=AT)
OUT, IN = Lent("1", is_back=False, renewals=0), Lent("1", is_back=True, renewals=0)


@pytest.mark.parametrize(
    ("done", "lent"),
    [
        ([], []),
        ([LENT], [OUT]),
        ([LENT, BACK], [IN]),
        ([LENT, RENEWED, BACK, LENT], [replace(IN, renewals=1), OUT]),
        ([REFUSED], []),
        ([PERHAPS], []),
        ([PERHAPS], [OUT]),
        ([PERHAPS, BACK], [IN]),
        ([PERHAPS, BACK], []),
        ([LENT, PERHAPS_BACK, BACK], [IN]),
        ([LENT, PERHAPS_BACK], [OUT]),
        ([LENT, RENEWED, LOCALLY], [replace(OUT, renewals=1, due=AT)]),
        ([LENT, replace(RENEWED, outcome=Outcome.REFUSED, by_hub=False)], [replace(OUT, renewals=1)]),
    ],
)
def test_books_that_fit(done: list[Done], lent: list[Lent]) -> None:
    assert fault_of(done, lent) == ""


@pytest.mark.parametrize(
    ("done", "lent"),
    [
        ([LENT], []),
        ([LENT], [IN]),
        ([LENT], [replace(OUT, member="2")]),
        ([LENT], [OUT, OUT]),
        ([LENT, BACK], [OUT]),
        ([LENT, BACK], [IN, IN]),
        ([LENT, RENEWED], [OUT]),
        ([LENT, RENEWED], [replace(OUT, renewals=2)]),
        ([REFUSED], [OUT]),
        ([LENT, replace(RENEWED, outcome=Outcome.REFUSED)], [replace(OUT, renewals=1)]),
        ([PERHAPS], [OUT, OUT]),
        ([LENT, LOCALLY], [replace(OUT, due=AT - timedelta(days=7))]),
    ],
)
def test_books_that_do_not(done: list[Done], lent: list[Lent]) -> None:
    assert fault_of(done, lent)


def test_slips() -> None:
    asked = [SlipAsked(("b",), 0, 1, told=True), SlipAsked(("c",), 1, 2, told=True)]
    one, copy = Piece(b"one", says_copy=False), Piece(b"copy", says_copy=True)
    day = Day(pieces=[one, copy, copy], slips=asked)
    assert faults_of_slips(day) == []
    assert faults_of_slips(replace(day, pieces=[one, one]))
    assert faults_of_slips(replace(day, slips=[SlipAsked(("b",), 1, 1, told=True)]))


@story
async def test_a_copy_is_seen_on_the_paper() -> None:
    said = []
    for slip in (loan_slip("หนังสือ"), replace(loan_slip("หนังสือ"), copy=True)):
        async with switched_on() as twin:
            options = NetworkOptions(host="127.0.0.1", port=twin.port)
            async with NetworkPrinter("slips", options, Heard()) as printer:
                await printer.print_slip(slip)
                said.append(says_copy(twin.slips[-1]))
    assert said == [False, True]
