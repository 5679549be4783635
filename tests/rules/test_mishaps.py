"""A book that is lost, found, claimed, damaged or missing."""

from datetime import datetime
from typing import Any

import pytest

from samut_rules.choices import LostRefund
from samut_rules.loan import ItemStatus
from samut_rules.mishaps import Mishap, Refund, claimed_returned, found_again, lost, missing
from samut_rules.reasons import Code, Reason
from tests.rules.people import SCHOOL, at, terms

PRICED = terms(default_price=25_000, processing_fee=2_000)


def test_who_loses_a_book_pays_its_price_and_the_work() -> None:
    fee = "value processing_fee = 2000, from rule * × *"
    usual = "value default_price = 25000, from rule * × *"
    ended: dict[str, Any] = {"ends_loan": True, "stops_fine": True}
    assert lost(PRICED, 12_000) == Mishap(ItemStatus.LOST, 12_000, 2_000, **ended, trace=(fee,))
    assert lost(PRICED, None) == Mishap(ItemStatus.LOST, 25_000, 2_000, **ended, trace=(usual, fee))
    assert lost(PRICED, 0) == Mishap(ItemStatus.LOST, 0, 2_000, **ended, trace=(fee,))
    assert lost(terms(), None) == Mishap(ItemStatus.LOST, 0, 0, **ended)
    assert lost(terms(processing_fee=-5), -7).price == 0
    assert lost(terms(processing_fee=-5), -7).processing_fee == 0


@pytest.mark.parametrize(
    ("said", "found", "refund"),
    [
        ({}, at(4, 9), Refund(0, 0, ("value lost_refund = nothing, as always",))),
        (
            {"lost_refund": LostRefund.PRICE},
            at(9, 9),
            Refund(12_000, 0, ("value lost_refund = price, from rule * × *",)),
        ),
        (
            {"lost_refund": LostRefund.PRICE_AND_FINE, "lost_refund_days": 30},
            at(5, 7, 23),
            Refund(12_000, 500, ("value lost_refund = price_and_fine, from rule * × *",)),
        ),
        (
            {"lost_refund": LostRefund.PRICE_AND_FINE, "lost_refund_days": 30},
            at(5, 8, 1),
            Refund(0, 0, ("found after 31 days", "value lost_refund_days = 30, from rule * × *")),
        ),
    ],
)
def test_what_is_found_again_is_paid_back_as_the_rules_say(
    said: dict[str, Any], found: datetime, refund: Refund
) -> None:
    given = terms(**said)
    assert found_again(given, SCHOOL, lost_at=at(4, 7), now=found, price=12_000, fine=500) == refund


def test_a_member_may_say_so_often_that_it_was_returned() -> None:
    plain = Mishap(ItemStatus.MISSING, stops_fine=True)
    assert claimed_returned(terms(), 99) == plain
    assert claimed_returned(None, 99) == plain
    told = ("value max_claims = 2, from rule * × *",)
    assert claimed_returned(terms(max_claims=2), 1) == Mishap(ItemStatus.MISSING, stops_fine=True, trace=told)
    refused = claimed_returned(terms(max_claims=2), 2)
    assert refused.reason == Reason(Code.CLAIMS_USED, {"limit": 2})
    assert refused.trace == told
    assert not refused.ends_loan


def test_nobody_pays_for_what_is_missing() -> None:
    assert missing() == Mishap(ItemStatus.MISSING)
