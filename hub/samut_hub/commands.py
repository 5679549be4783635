"""Commands from outside happen once: a repeat is answered with the first answer.

The doors (pages, MQTT, SIP2, API) wrap a use case in `once`; the answer is stored in the same transaction.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Index, LargeBinary, bindparam, insert, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from samut_hub.db import Base, OfLibrary, prepared


class Command(OfLibrary, Base):
    """A command that was carried out. `source` is a device or `desk:<username>`; `answer` is what was replied."""

    __tablename__ = "commands"
    __table_args__ = (Index("ix_commands_at", "at"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    command_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


_GIVEN = prepared(
    select(Command).where(Command.source == bindparam("source"), Command.command_id == bindparam("command"))
)
_NOTED = insert(Command)


_GIVEN_OF_MANY = prepared(
    select(Command).where(tuple_(Command.source, Command.command_id).in_(bindparam("wanted", expanding=True)))
)
_LOOKED_FOR = "commands_looked_for"


def look_for(session: Session, wanted: Collection[tuple[str, str]]) -> None:
    """Ask at once for the answers to all these commands (source, id), which this transaction is to carry out."""
    found = session.scalars(_GIVEN_OF_MANY, {"wanted": list(wanted)})
    session.info[_LOOKED_FOR] = {**dict.fromkeys(wanted), **{(one.source, one.command_id): one for one in found}}


def answer_given(session: Session, source: str, command_id: str) -> Command | None:
    """The command as it was carried out before, if it was."""
    looked_for: dict[tuple[str, str], Command | None] = session.info.get(_LOOKED_FOR, {})
    if (source, command_id) in looked_for:
        return looked_for[source, command_id]
    return session.scalar(_GIVEN, {"source": source, "command": command_id})


def once(
    session: Session, source: str, command_id: str, kind: str, at: datetime, *, do: Callable[[], bytes]
) -> bytes:
    """Carry out `do` unless this command was carried out before; returns its (first) answer.

    Two at the same moment: the primary key lets one win; the other's transaction fails with IntegrityError and the
    door tries again, finding the answer.
    """
    before = answer_given(session, source, command_id)
    if before is not None:
        return before.answer
    return for_the_first_time(session, source, command_id, kind, at, do=do)


def for_the_first_time(
    session: Session, source: str, command_id: str, kind: str, at: datetime, *, do: Callable[[], bytes]
) -> bytes:
    """The same without looking, where repeats are rare and `do` fails for none: a repeat raises IntegrityError, which
    undoes it; the door then asks `once`."""
    answer = do()
    session.flush()
    row = {"source": source, "command_id": command_id, "kind": kind, "answer": answer, "at": at}
    session.connection().execute(_NOTED, {**row, "library_id": session.info["library_id"]})
    session.info.get(_LOOKED_FOR, {}).pop((source, command_id), None)
    return answer
