"""How rows of PostgreSQL are read; loaded only where it is used."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import psycopg
from psycopg.rows import TupleRow


class Columns(Sequence[psycopg.Column]):
    """The columns of a cursor's rows, described when somebody looks at them."""

    def __init__(self, cursor: "Cursor") -> None:
        self._cursor = cursor

    @cached_property
    def _described(self) -> Sequence[psycopg.Column]:
        return self._cursor.described()

    def __len__(self) -> int:
        return len(self._described)

    def __bool__(self) -> bool:
        return True

    @overload
    def __getitem__(self, place: int) -> psycopg.Column: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[psycopg.Column]: ...

    def __getitem__(self, place: Any) -> Any:
        return self._described[place]


class Cursor(psycopg.Cursor[TupleRow]):
    """SQLAlchemy asks after each statement for the columns, and looks at them the first time only. To describe the
    eighty that a loan reads is a twentieth of its work."""

    @property
    def description(self) -> Any:
        found = self.pgresult
        return Columns(self) if found is not None and found.nfields else super().description

    def described(self) -> Sequence[psycopg.Column]:
        return super().description or ()
