"""Which row of the matrix wins."""

from dataclasses import fields
from datetime import date

import pytest

from samut_rules.choices import CalendarMode, FineUnit
from samut_rules.matrix import (
    CHOICES,
    VALUES,
    About,
    Kind,
    Limit,
    Lineage,
    LoanTerms,
    OwnTerms,
    RuleRow,
    Tree,
    rows_in_effect,
    terms_for,
)

ANY = RuleRow("any", loan_days=1)
TREE = Tree({"camera": "equipment", "equipment": "things"})
IN_HALL = About(category="new", location="hall", tree=TREE)


@pytest.mark.parametrize(
    "order",
    [
        (
            RuleRow("type and material", "pupil", "camera", loan_days=2),
            RuleRow("type and larger material", "pupil", "equipment", loan_days=2),
            RuleRow("type and largest material", "pupil", "things", loan_days=2),
            RuleRow("type, category and place", "pupil", category="new", location="hall", loan_days=2),
            RuleRow("type and category", "pupil", category="new", loan_days=2),
            RuleRow("type and place", "pupil", location="hall", loan_days=2),
            RuleRow("type", "pupil", loan_days=2),
            RuleRow("material and category", material="camera", category="new", loan_days=2),
            RuleRow("material and place", material="camera", location="hall", loan_days=2),
            RuleRow("material", material="camera", loan_days=2),
            RuleRow("larger material and category", material="equipment", category="new", loan_days=2),
            RuleRow("larger material", material="equipment", loan_days=2),
            RuleRow("category", category="new", loan_days=2),
            RuleRow("place", location="hall", loan_days=2),
            RuleRow("any", loan_days=2),
        )
    ],
)
def test_the_type_of_member_weighs_most_then_the_nearest_material(order: tuple[RuleRow, ...]) -> None:
    for number, row in enumerate(order):
        for rest in (order[number:], (*order[:number:-1], row)):
            found = terms_for(rest, "pupil", "camera", about=IN_HALL)
            assert found is not None
            assert found.won["loan_days"] == row.key


def test_rows_of_others_do_not_speak() -> None:
    others = (
        RuleRow("a", "teacher", loan_days=9),
        RuleRow("b", material="dvd", loan_days=9),
        RuleRow("c", category="old", loan_days=9),
        RuleRow("d", location="room", loan_days=9),
    )
    assert terms_for(others, "pupil", "camera", about=IN_HALL) is None
    assert terms_for(others, "pupil", "camera") is None


def test_the_latest_row_that_is_in_effect_speaks_whole() -> None:
    rows = (
        RuleRow("from May", loan_days=5, effective_from=date(2026, 5, 1)),
        RuleRow("always", loan_days=1, max_items=2),
        RuleRow("from March", loan_days=3, effective_from=date(2026, 3, 1)),
        RuleRow("pupils from March", "pupil", max_items=8, effective_from=date(2026, 3, 1)),
    )
    assert won(rows, None) == ("always", 2)
    assert won(rows, date(2026, 2, 28)) == ("always", 2)
    assert won(rows, date(2026, 3, 1)) == ("from March", 8)
    assert won(rows, date(2026, 4, 30)) == ("from March", 8)
    assert won(rows, date(2026, 5, 1)) == ("from May", 8)
    assert won(tuple(reversed(rows)), date(2026, 6, 1)) == ("from May", 8)
    assert won(rows[:3], date(2026, 3, 1)) == ("from March", None)


def won(rows: tuple[RuleRow, ...], on: date | None) -> tuple[str, int | None]:
    found = terms_for(rows, "pupil", "book", about=About(on=on))
    assert found is not None
    return found.won["loan_days"], found.max_items


def test_of_two_rows_of_one_day_the_later_entered_counts() -> None:
    rows = (RuleRow("first", loan_days=1), RuleRow("second", loan_days=2))
    assert [row.key for row in rows_in_effect(rows, None)] == ["second"]


def test_of_days_and_hours_the_more_special_counts() -> None:
    days, hours = RuleRow("days", loan_days=7), RuleRow("hours", material="laptop", loan_hours=3)
    found = terms_for((days, hours), "pupil", "laptop")
    assert found is not None
    assert (found.loan_hours, found.won["loan_hours"]) == (3, "hours")
    found = terms_for((RuleRow("hours", loan_hours=3), RuleRow("d", "pupil", loan_days=7)), "pupil", "laptop")
    assert found is not None
    assert (found.loan_days, found.loan_hours) == (7, None)
    assert "loan_hours" not in found.won
    both = terms_for((RuleRow("both", loan_days=7, loan_hours=3),), "pupil", "laptop")
    assert both is not None
    assert both.loan_hours == 3
    only = terms_for((RuleRow("hours", loan_hours=3),), "pupil", "laptop")
    assert only is not None
    assert (only.loan_hours, only.loan_days) == (3, 0)


def test_days_of_the_item_itself_go_before_hours_of_its_kind() -> None:
    found = terms_for((RuleRow("h", loan_hours=3),), "pupil", "laptop", OwnTerms(loan_days=2))
    assert found is not None
    assert (found.loan_days, found.loan_hours) == (2, None)
    assert found.won == {"loan_days": "item"}
    fine = terms_for((RuleRow("h", loan_hours=3),), "pupil", "laptop", OwnTerms(fine_per_day=2))
    assert fine is not None
    assert (fine.loan_hours, fine.fine_per_day) == (3, 2)
    days = terms_for((RuleRow("d", loan_days=3),), "pupil", "laptop", OwnTerms(loan_days=0))
    assert days is not None
    assert days.loan_days == 0


def test_a_limit_and_those_of_larger_materials() -> None:
    rows = (
        RuleRow("any", loan_days=7, max_items=9),
        RuleRow("things", material="things", max_items=6),
        RuleRow("pupils' things", "pupil", "things", max_items=5),
        RuleRow("cameras", material="camera", max_items=1),
    )
    assert limits(rows, "camera") == [(5, "pupils' things")]
    assert limits(rows, "camera", "teacher") == [(1, "cameras"), (6, "things")]
    assert limits(rows, "book") == [(9, "any")]
    assert limits(rows[:1], "camera") == [(9, "any")]
    assert limits((RuleRow("any", loan_days=7),), "camera") == []
    assert Limit(9, rows[0]).is_of_all
    assert Limit(9, RuleRow("p", "pupil")).is_of_all
    assert not Limit(9, rows[1]).is_of_all
    assert not Limit(9, RuleRow("c", category="new")).is_of_all
    assert not Limit(9, RuleRow("l", location="hall")).is_of_all


def limits(rows: tuple[RuleRow, ...], material: str, member_type: str = "pupil") -> list[tuple[int, str]]:
    found = terms_for(rows, member_type, material, about=About(tree=TREE))
    assert found is not None
    return [(limit.most, limit.row.key) for limit in found.limits]


def test_a_limit_counts_what_its_row_covers() -> None:
    held = {Kind("camera"): 1, Kind("equipment"): 2, Kind("book", "new"): 4, Kind("book"): 8}
    assert Limit(1, RuleRow("a", material="things"), TREE).count(held) == 3
    assert Limit(1, RuleRow("a", material="equipment")).count(held) == 2
    assert Limit(1, RuleRow("a", category="new"), TREE).count(held) == 4
    assert Limit(1, RuleRow("a"), TREE).count(held) == 15


def test_a_ring_of_materials_ends() -> None:
    ring = Tree({"a": "b", "b": "c", "c": "a"})
    assert ring.of(Kind("a")).materials == ("a", "b", "c")
    assert ring.of(Kind("c")).materials == ("c", "a", "b")
    assert Tree({"a": "a"}).of(Kind("a")).materials == ("a",)
    assert TREE.of(Kind("camera")).materials == ("camera", "equipment", "things")
    assert TREE.of(Kind("book")).materials == ("book",)


def test_a_row_from_plain_values() -> None:
    row = RuleRow.of("k", {"member_type": "pupil", "loan_days": 3, "calendar_mode": "move", "fine_unit": None})
    assert row == RuleRow("k", "pupil", loan_days=3, calendar_mode=CalendarMode.MOVE)
    assert row.calendar_mode is CalendarMode.MOVE
    assert RuleRow.of("k", {"fine_unit": "hour"}).fine_unit is FineUnit.HOUR


def test_what_only_a_newer_software_knows_is_not_said() -> None:
    assert RuleRow.of("k", {"calendar_mode": "moonlight", "phase": 3, "key": "x"}) == RuleRow("k")


def test_who_gave_a_value_is_told() -> None:
    found = terms_for((RuleRow("r", loan_days=2, auto_renew=False, max_holds=0),), "p", "m", OwnTerms(fine_per_day=5))
    assert found is not None
    assert found.told("loan_days") == "value loan_days = 2, from rule r"
    assert found.told("fine_per_day") == "value fine_per_day = 5, as the item itself says"
    assert found.told("auto_renew") == "value auto_renew = no, from rule r"
    assert found.told("shelf_days") == "value shelf_days = 7, as always"
    assert found.told("calendar_mode") == "value calendar_mode = skip, as always"
    assert (found.max_holds, found.won["max_holds"]) == (0, "r")


def test_impossible_values_are_named() -> None:
    assert LoanTerms(loan_days=0).impossible() is None
    assert LoanTerms(fine_every=0).impossible() == "fine_every"
    assert LoanTerms(fine_every=1).impossible() is None
    assert LoanTerms(max_total=-1).impossible() == "max_total"
    assert LoanTerms(auto_renew=True, fine_closed_days=False).impossible() is None


def test_every_value_of_a_row_is_one_of_the_terms() -> None:
    assert set(VALUES) == {f.name for f in fields(LoanTerms)} - {"won", "limits"}
    assert set(CHOICES) < set(VALUES)


def test_a_rule_of_a_room_holds_for_its_shelves_and_the_nearest_place_wins() -> None:
    tree = Tree(places={"shelf": "room", "room": "house"})
    rows = (
        RuleRow("house", location="house", loan_days=1, max_items=9),
        RuleRow("room", location="room", loan_days=2),
        RuleRow("other", location="cellar", loan_days=3),
    )
    on_shelf = terms_for(rows, "pupil", "book", about=About(location="shelf", tree=tree))
    assert on_shelf is not None
    assert (on_shelf.won["loan_days"], on_shelf.won["max_items"]) == ("room", "house")
    assert on_shelf.limits[0].count({Kind("book", location="shelf"): 2, Kind("book", location="yard"): 4}) == 2
    assert terms_for(rows, "pupil", "book", about=About(location="yard", tree=tree)) is None
    assert tree.of(Kind("book", "new", "shelf")) == Lineage(("book",), "new", ("shelf", "room", "house"))
