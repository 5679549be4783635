"""What an address asks, and the address of what is asked."""

from urllib.parse import parse_qs

import pytest

from samut_hub.catalogue.search.criteria import Sort
from samut_hub.catalogue.search.query import And, Not, Or, Term
from samut_hub.catalogue.searching.asking import MOST_ROWS, Asked, Row, asked_in, decade_name, rows_to_fill


def asked(address: str) -> Asked:
    return asked_in(parse_qs(address, keep_blank_values=True))


@pytest.mark.requirement("S-03")
def test_lines_are_joined_one_after_the_other_by_and_or_not() -> None:
    question = asked("j=and&f=title&w=แมว&j=or&f=author&w=สมศรี&j=not&f=subject&w=หมา&j=and&f=&w=").question
    cat, somsri, dog = Term("แมว", "title"), Term("สมศรี", "author"), Term("หมา", "subject")
    assert question == And((Or((cat, somsri)), Not(dog)))


def test_the_box_and_lines_belong_together() -> None:
    assert asked("q=แมว&f=author&w=สมศรี").question == And((Term("แมว"), Term("สมศรี", "author")))
    assert asked("q=แมว").question == "แมว"
    assert asked("j=not&f=title&w=หมา").question == Not(Term("หมา", "title"))


def test_an_address_says_the_same_as_what_was_read_from_it() -> None:
    address = (
        "q=แมว&j=or&f=title&w=หมา&material=book&material=video&category=3&decade=2010&from=2540&to=2563"
        "&available=1&sort=newest&author=สมศรี"
    )
    first = asked(address)
    assert asked(first.address_words()) == first
    assert (first.year_from, first.year_to, first.is_available, first.sort) == (1997, 2020, True, Sort.NEWEST)
    assert parse_qs(first.address_words(page=3))["page"] == ["3"]


def test_what_makes_no_sense_is_left_out() -> None:
    strange = asked("q=%00&sort=x&category=a&place=9999999999999&library=-1&from=yesterday&f=secret&w=x&j=xor")
    assert strange == asked("f=&w=x&j=and")
    assert asked("").is_empty


def test_the_form_offers_no_line_that_would_be_left_out() -> None:
    lines = "&".join(f"f=&w=คำ{number}&j=and" for number in range(MOST_ROWS))
    assert rows_to_fill(asked("")) == [Row("", "")] * 4
    assert rows_to_fill(asked("&".join(lines.split("&")[:-3])))[-1] == Row("", "")
    for full in (asked(lines), asked(f"q=แมว&{lines}")):
        filled = rows_to_fill(full)
        assert len(filled) == MOST_ROWS
        assert all(row.words for row in filled)


def test_a_chosen_library_must_be_one_of_the_site() -> None:
    assert asked("library=2&library=9").filters([1, 2], ()).libraries == (2,)
    assert asked("library=9").filters([1, 2], ()).libraries == (1, 2)


def test_a_decade_narrows_the_years() -> None:
    filters = asked("decade=2010&from=2015").filters([1], ())
    assert (filters.year_from, filters.year_to) == (2015, 2019)
    assert decade_name("2010", "th") == "2553–2562"
    assert decade_name("2010", "en") == "2010–2019"
