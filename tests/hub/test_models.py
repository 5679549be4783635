"""What is true of all tables."""

from collections.abc import Iterator

from sqlalchemy import Column, Table, UniqueConstraint

from samut_hub.models import Base

MANY = {"titles", "items", "tasks", "imports", "places", "categories", "batch_edits", "headings", "holdings"}
"""Tables of which rows are removed. Before one goes, the database looks for it in every table that points there."""
BY_HAND = {"places", "categories"}
FEW = {"stock_takings", "stock_scans", "holdings", "places"}
"""Tables that are short, or need not be quick when a place or category is removed, by hand and one by one."""


def test_nothing_that_is_removed_is_looked_for_row_by_row() -> None:
    """An index of (library_id, item_id) is of no use to a foreign key of item_id alone."""
    unaided = {str(column) for column in _pointers() if column not in set(_leading(column.table))}

    assert unaided == set()


def _pointers() -> Iterator[Column[object]]:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            named = {key.column.table.name for key in column.foreign_keys}
            if named & MANY and not (named <= BY_HAND and table.name in FEW):
                yield column


def _leading(table: Table) -> Iterator[object]:
    """The first columns of everything that serves as an index on both databases."""
    whole = [index for index in table.indexes if index.dialect_kwargs.get("sqlite_where") is None]
    for index in whole:
        yield index.expressions[0]
    yield next(iter(table.primary_key), None)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield next(iter(constraint.columns), None)
