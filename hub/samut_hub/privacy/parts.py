"""Many rows changed or removed in parts, each a short transaction: whoever waits for the database waits moments."""

from collections.abc import Callable, Sequence

from sqlalchemy import Delete, Select, Update
from sqlalchemy.orm import Session

from samut_hub.db import Database

PART = 1_000

Change = Callable[[Sequence[int]], Sequence[Delete | Update]]


def in_parts(database: Database, library_id: int, wanted: Select[int], change: Change) -> int:
    """How many rows. What is changed must not be among the `wanted` any more.

    They are looked for while others write; who then changes them looks again whether they still are wanted.
    """
    done, key = 0, wanted.selected_columns[0]
    while True:
        with database.session(library_id, writes=False) as session:
            found = session.scalars(wanted.limit(PART)).all()
        if found:
            with database.session(library_id) as session:
                ids = session.scalars(wanted.where(key.in_(found))).all()
                for statement in change(ids) if ids else ():
                    carry_out(session, statement)
            done += len(ids)
        if len(found) < PART:
            return done


def carry_out(session: Session, statement: Delete | Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
