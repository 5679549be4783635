"""What lies on a pad, as it is told: items of one part or more, and strangers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_edge.devices.library_tag import ItemTag, Usage
from samut_edge.devices.lying_tags import LyingTag, LyingTags
from samut_edge.events import ItemGone, ItemSeen, PartEvent, Stranger, StrangeTag


def disc(part: int, secured: bool | None = True, *, parts: int = 2) -> LyingTag:
    return LyingTag(f"E0{part}", ItemTag("TH1", "TH", "SAMUT", parts=parts, part=part), secured)


def test_parts_that_come_together_are_told_as_one() -> None:
    lying = LyingTags("pad", "SAMUT")
    lying.lay(disc(1))
    lying.lay(disc(2))
    assert lying.news() == [ItemSeen("pad", "TH1", "E02", 2, 2, True)]
    assert lying.news() == []
    lying.lift("E01")
    assert lying.news() == [ItemSeen("pad", "TH1", "E02", 1, 2, True)]
    lying.lift("E02")
    assert lying.news() == [ItemGone("pad", "TH1", "E02")]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        (False, False, False),
        (True, False, True),
        (True, None, True),
        (None, False, None),
        (None, None, None),
    ],
)
def test_a_set_may_leave_when_each_of_its_parts_may(
    first: bool | None, second: bool | None, whole: bool | None
) -> None:
    lying = LyingTags("pad", "")
    lying.lay(disc(1, first))
    lying.lay(disc(2, second))
    (seen,) = lying.news()
    assert isinstance(seen, ItemSeen)
    assert seen.secured is whole


def test_a_change_of_what_the_exit_hears_is_no_news_by_itself() -> None:
    lying = LyingTags("pad", "")
    lying.lay(disc(1))
    lying.news()
    lying.know("E01", secured=False)
    assert lying.news() == []
    lying.lay(disc(2, secured=False))
    assert lying.news() == [ItemSeen("pad", "TH1", "E02", 2, 2, False)]


def test_a_stranger_is_hinted_at_once_each_time_it_is_put_down() -> None:
    lying = LyingTags("pad", "SAMUT")
    card = LyingTag("E09", ItemTag("4500123", "TH", "SAMUT", Usage.MEMBER_CARD))
    hint: list[PartEvent] = [StrangeTag("pad", "E09", Stranger.MEMBER_CARD)]
    for _ in range(2):
        lying.lay(card)
        assert lying.news() == hint
        assert lying.news() == []
        assert lying.strangers == 1
        lying.lift("E09")
        assert lying.news() == []


def test_a_tag_that_is_written_anew_is_another_item() -> None:
    lying = LyingTags("pad", "")
    lying.lay(LyingTag("E01", ItemTag("TH1")))
    lying.news()
    lying.lay(LyingTag("E01", ItemTag("TH2")))
    assert [type(event) for event in lying.news()] == [ItemGone, ItemSeen]


steps = st.lists(st.tuples(st.sampled_from(["lay", "lift", "tell"]), st.integers(0, 5)), max_size=40)


@given(steps)
def test_who_adds_up_all_news_knows_what_lies_there(steps: list[tuple[str, int]]) -> None:
    lying, told = LyingTags("pad", ""), dict[str, int]()
    truth: dict[str, set[int]] = {}
    for what, number in [*steps, ("tell", 0)]:
        barcode, part = f"TH{number % 2}", number // 2 + 1
        if what == "lay":
            lying.lay(LyingTag(f"E0{number}", ItemTag(barcode, parts=3, part=part)))
            truth.setdefault(barcode, set()).add(part)
        elif what == "lift":
            lying.lift(f"E0{number}")
            truth.get(barcode, set()).discard(part)
        else:
            for event in lying.news():
                if isinstance(event, ItemSeen):
                    told[event.barcode] = event.seen
                elif isinstance(event, ItemGone):
                    del told[event.barcode]
            assert told == {barcode: len(parts) for barcode, parts in truth.items() if parts}
