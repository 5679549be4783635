"""Many rows in one go are the rows that a statement for each would have written."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from samut_hub.bulk import add_numbered, insert_rows
from samut_hub.catalogue.models import Title, TitleChange
from samut_hub.catalogue.service import add_material_types
from samut_hub.db import Database

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TITLES = Title.metadata.tables["titles"]
AWKWARD = 'ตากลม\tลม\\.\n"ฟ้า"\r\N{ZERO WIDTH SPACE}'


def row(title: str, **columns: object) -> dict[str, object]:
    keys = {"sort_title": b"\0\xff\\", "sort_author": b"", "marc": None, "year": None}
    return {"title": title, "material": "book", "changed_at": NOW, **keys, **columns}


def test_every_kind_of_value_comes_back_as_it_went_in(database: Database) -> None:
    with database.session(None) as session:
        add_material_types(session)
        first, second = add_numbered(
            session, TITLES, [row(AWKWARD, marc=b"\x1e\x00\xc3"), row("\\N", year=2026, summary="")]
        )
    with database.session(None) as session:
        one, other = session.get_one(Title, first), session.get_one(Title, second)
        assert (one.title, one.marc, one.year, one.sort_title) == (AWKWARD, b"\x1e\x00\xc3", None, b"\0\xff\\")
        assert (other.title, other.marc, other.year, other.summary) == ("\\N", None, 2026, "")
        assert (one.changed_at, one.version, one.licence, one.edition) == (NOW, 1, "", "")


def test_numbers_follow_those_given_before_even_of_rows_that_are_gone(database: Database) -> None:
    with database.session(None) as session:
        add_material_types(session)
        before = add_numbered(session, TITLES, [row("a"), row("b")])
        session.delete(session.get_one(Title, before[-1]))
    with database.session(None) as session:
        after = add_numbered(session, TITLES, [row("c"), row("d")])
        session.add(Title(**row("e")))
        session.flush()
        titles = list(session.scalars(select(Title.title).order_by(Title.id)))
    assert before < after
    assert after[0] > before[-1]
    assert titles == ["a", "c", "d", "e"]


def test_no_rows_take_no_numbers(database: Database) -> None:
    with database.session(None) as session:
        assert add_numbered(session, TITLES, []) == []


def test_a_fault_is_that_of_any_statement_and_quotes_no_row(database: Database) -> None:
    with pytest.raises(IntegrityError) as fault, database.session(None) as session:
        add_numbered(session, TITLES, [row("ความลับ", material="unknown")])
    assert "ความลับ" not in str(fault.value)


def test_rows_come_in_in_their_order(database: Database) -> None:
    with database.session(None) as session:
        insert_rows(session, insert(TitleChange), [{"title_id": number} for number in (5, 3, 9)])
        assert list(session.scalars(select(TitleChange.title_id).order_by(TitleChange.id))) == [5, 3, 9]
