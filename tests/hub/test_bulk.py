"""Many rows in one go are the rows that a statement for each would have written."""

from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from samut_hub.bulk import add_numbered, insert_rows
from samut_hub.catalogue.models import Title, TitleChange
from samut_hub.catalogue.service import add_material_types
from samut_hub.db import Database, Moment


class Shape(StrEnum):
    ROUND = "กลม"


NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TITLES = Title.metadata.tables["titles"]
BANGKOK = ZoneInfo("Asia/Bangkok")
AWKWARD = 'ตากลม\tลม\\.\n"ฟ้า"\r\N{ZERO WIDTH SPACE}'


COUNTER = count(1)
ODD = Table(
    "odd",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("words", Text),
    Column("at", Moment),
    Column("day", Date),
    Column("content", LargeBinary),
    Column("said", JSON),
    Column("is_open", Boolean),
    Column("number", BigInteger),
    Column("share", Float),
    Column("same", Text, default="alike"),
    Column("own", JSON, default=lambda: [next(COUNTER)]),
    Column("of_database", Text, server_default="from below"),
    prefixes=["TEMPORARY"],
)
ODD_VALUES: dict[str, list[object]] = {
    "words": [None, "", AWKWARD, Shape.ROUND, '{ก,"ข"}', "NULL", "น้ำ" * 400_000, "\ud7ff\U0001f4d5"],
    "at": [None, NOW, NOW.astimezone(BANGKOK), datetime.max.replace(tzinfo=UTC), datetime(1, 1, 2, tzinfo=BANGKOK)],
    "day": [None, date(1, 1, 1), date(2026, 2, 28), date.max],
    "content": [None, b"", b"\0\xff\\x41", bytes(range(256)), b"\\x00"],
    "said": [["ก", "ข"], {}, [], [None], {"ก": {"a": [1, 2.5, None, True, 'x"y\\z']}}, "text", 0, False],
    "is_open": [None, True, False],
    "number": [None, 0, -(2**63), 2**63 - 1],
    "share": [None, 0.0, -0.1, 1e300, 5e-324],
}


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


@pytest.mark.parametrize("name", list(ODD_VALUES))
def test_awkward_values_are_kept_as_one_statement_for_each_keeps_them(database: Database, name: str) -> None:
    rows: list[dict[str, object]] = [{"id": at, name: value} for at, value in enumerate(ODD_VALUES[name])]
    with database.session(None) as session:
        ODD.create(session.connection())
        for one in rows:
            session.execute(insert(ODD), one)
        kept = session.execute(select(ODD.c.id, ODD.c[name]).order_by(ODD.c.id)).all()
        session.execute(delete(ODD))
        insert_rows(session, insert(ODD), rows)
        assert session.execute(select(ODD.c.id, ODD.c[name]).order_by(ODD.c.id)).all() == kept
        ODD.drop(session.connection())


def test_what_a_row_does_not_say_is_as_the_table_has_it_and_made_anew_for_each(database: Database) -> None:
    with database.session(None) as session:
        ODD.create(session.connection())
        insert_rows(session, insert(ODD), [{"id": 1}, {"id": 2}])
        found = session.execute(select(ODD.c.same, ODD.c.of_database, ODD.c.own).order_by(ODD.c.id)).all()
        ODD.drop(session.connection())
    assert [(same, below) for same, below, _ in found] == [("alike", "from below")] * 2
    assert found[1].own[0] == found[0].own[0] + 1


def test_a_nul_is_refused_or_kept_and_cuts_nothing_off(database: Database) -> None:
    """PostgreSQL has no text with NUL; who asks is told, and no row is written."""
    with database.session(None) as session:
        add_material_types(session)
    for bring_in in (add_numbered, lambda session, table, rows: insert_rows(session, insert(table), rows)):
        try:
            with database.session(None) as session:
                bring_in(session, TITLES, [row("ก\0ข")])
        except SQLAlchemyError:
            kept = []
        else:
            kept = ["ก\0ข"]
        with database.session(None) as session:
            assert list(session.scalars(select(Title.title))) == kept
            session.execute(delete(Title))


def test_rows_come_in_in_their_order(database: Database) -> None:
    with database.session(None) as session:
        insert_rows(session, insert(TitleChange), [{"title_id": number} for number in (5, 3, 9)])
        assert list(session.scalars(select(TitleChange.title_id).order_by(TitleChange.id))) == [5, 3, 9]
