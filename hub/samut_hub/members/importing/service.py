"""Bringing members in, in batches. The caller commits after each together with the place it reached, so an import
that is cut short goes on where it was and nobody comes in twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.members.importing.matching import Given, Outcome, Rule, outcomes
from samut_hub.members.importing.models import ImportedMember, MemberImport, RefusedRow
from samut_hub.members.importing.policy import Verdict
from samut_hub.members.importing.rows import Entry
from samut_hub.members.models import Card, CardState, Group, Member, MemberValue
from samut_hub.members.policy import number_after, phone_key
from samut_hub.members.service import next_number, sort_key

BATCH = 500
PER_PAGE = 50


class UndoneError(RefusedError):
    """Nothing more of the import may come in."""

    def __init__(self) -> None:
        super().__init__("This import was undone, so it does not go on.")


@dataclass(frozen=True)
class Reason:
    """Why rows were refused, or what is noted of them, and how many."""

    reason: str
    count: int


@dataclass
class Numbers:
    """Numbers for members of whom the file says none: they follow those given last, and are none of the file's."""

    in_file: set[str]
    last: str = ""

    def take(self, session: Session, count: int) -> list[str]:
        """So many free ones."""
        free: list[str] = []
        while len(free) < count:
            some = [self._next(session) for _ in range(count - len(free))]
            taken = set(session.scalars(select(Member.number).where(Member.number.in_(some))))
            free += [number for number in some if number not in taken]
        return free

    def _next(self, session: Session) -> str:
        self.last = number_after(self.last) if self.last else next_number(session)
        while self.last in self.in_file:
            self.last = number_after(self.last)
        return self.last


@dataclass
class Coming:
    """What a batch is brought in by: the rule, the day, and numbers for those without."""

    rule: Rule
    today: date
    numbers: Numbers = field(default_factory=lambda: Numbers(set()))


def import_by_id(session: Session, import_id: int) -> MemberImport:
    """The library's import; raises NotFoundError."""
    found = session.get(MemberImport, import_id)
    if found is None:
        raise NotFoundError(f"There is no import {import_id} of members in this library.")
    return found


def imports_of(session: Session, page: int) -> tuple[Sequence[MemberImport], int]:
    """A page of the library's imports, the last first, and how many there are."""
    wanted = select(MemberImport).order_by(MemberImport.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return session.scalars(wanted).all(), session.scalar(select(func.count()).select_from(MemberImport)) or 0


def going(session: Session, import_id: int) -> MemberImport:
    """The library's import, which nobody undoes before this transaction ends. Raises NotFoundError, UndoneError."""
    import_by_id(session, import_id)
    found = session.get_one(MemberImport, import_id, with_for_update=True, populate_existing=True)
    if found.undo_asked_at is not None or found.undone_at is not None:
        raise UndoneError
    return found


def take_in(session: Session, import_id: int, batch: Sequence[Entry], coming: Coming, *, now: datetime) -> None:
    """Bring a batch in, and note that it was. Raises UndoneError.

    Rows that are in already are judged with the others, as later ones may repeat them, and nothing more.
    """
    run = going(session, import_id)
    found = outcomes(session, coming.rule, batch)
    new = [one for one in found if one.entry.position > run.position]
    _add(session, run, [one for one in new if one.verdict is Verdict.NEW], coming, now)
    _update(session, run, [one for one in new if one.verdict is Verdict.UPDATED], now)
    _set_levels(session, run, [one for one in new if one.verdict is Verdict.CLASS])
    told = [_refused(run, one) for one in new if one.reason]
    if told:
        session.execute(insert(RefusedRow), told)
    run.unchanged += sum(one.verdict in (Verdict.SAME, Verdict.KNOWN) for one in new)
    run.refused += sum(one.verdict is Verdict.REFUSED for one in new)
    run.position = max(run.position, batch[-1].position)


def reasons_of(session: Session, import_id: int) -> list[Reason]:
    """What was refused or noted, the most frequent first."""
    wanted = select(RefusedRow.reason, func.count()).where(RefusedRow.import_id == import_id)
    found = session.execute(wanted.group_by(RefusedRow.reason))
    return sorted((Reason(*row) for row in found), key=lambda one: -one.count)


def refused_of(session: Session, import_id: int, page: int) -> tuple[Sequence[RefusedRow], int]:
    """A page of what was refused or noted, in the order of the file, and how much it is."""
    wanted = select(RefusedRow).where(RefusedRow.import_id == import_id)
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    shown = wanted.order_by(RefusedRow.position, RefusedRow.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return session.scalars(shown).all(), total


def same_file(session: Session, run: MemberImport) -> MemberImport | None:
    """The last import of the very same file that was begun and not undone."""
    same = (MemberImport.digest == run.digest, MemberImport.id != run.id)
    begun = (MemberImport.begun_at.is_not(None), MemberImport.undone_at.is_(None))
    return session.scalar(select(MemberImport).where(*same, *begun).order_by(MemberImport.id.desc()).limit(1))


def _add(session: Session, run: MemberImport, found: Sequence[Outcome], coming: Coming, now: datetime) -> None:
    without = [one for one in found if "number" not in one.columns]
    for one, number in zip(without, coming.numbers.take(session, len(without)), strict=True):
        one.columns["number"] = number
    added = [_new_member(one, coming, now) for one in found]
    session.add_all(added)
    session.flush()
    cards = _give(session, [(member, one.cards) for member, one in zip(added, found, strict=True)], now)
    _keep_values(session, run, [(member, one.values) for member, one in zip(added, found, strict=True)])
    rows = [
        _changed(run, one, member, now, added=True) | {"cards": cards.get(member.id, [])}
        for member, one in zip(added, found, strict=True)
    ]
    if rows:
        session.execute(insert(ImportedMember), rows)
    run.added += len(rows)


def _new_member(one: Outcome, coming: Coming, now: datetime) -> Member:
    member = Member(**{"joined_on": coming.today, **one.columns})
    _follow(member, now)
    return member


def _update(session: Session, run: MemberImport, found: Sequence[Outcome], now: datetime) -> None:
    rows, owners = [], []
    for one in found:
        member = _whose(one)
        rows.append(_changed(run, one, member, now, added=False))
        for name, value in one.columns.items():
            setattr(member, name, value)
        _follow(member, now)
        owners.append(member)
    session.flush()
    cards = _give(session, [(member, one.cards) for member, one in zip(owners, found, strict=True)], now)
    _keep_values(session, run, [(member, one.values) for member, one in zip(owners, found, strict=True)])
    if rows:
        session.execute(insert(ImportedMember), [row | {"cards": cards.get(row["member_id"], [])} for row in rows])
    run.updated += len(rows)


def _follow(member: Member, now: datetime) -> None:
    """What follows from the other columns."""
    member.sort_name, member.phone_key, member.changed_at = (
        sort_key(member.name_th),
        phone_key(member.phone or ""),
        now,
    )


def _give(session: Session, wanted: Sequence[tuple[Member, Sequence[Given]]], now: datetime) -> dict[int, list[int]]:
    """The new cards' ids by member; one that is nobody's any more changes hands."""
    hashes = {card.hash for _, cards in wanted for card in cards}
    if not hashes:
        return {}
    known = {card.hash: card for card in session.scalars(select(Card).where(Card.hash.in_(hashes)))}
    given: dict[int, list[Card]] = {}
    for member, cards in wanted:
        for one in cards:
            card = known.get(one.hash) or Card(hash=one.hash, hint=one.hint)
            card.member_id, card.kind, card.added_at = member.id, one.kind.value, now
            card.active, card.state = True, CardState.ACTIVE.value
            session.add(card)
            given.setdefault(member.id, []).append(card)
    session.flush()
    return {member_id: [card.id for card in cards] for member_id, cards in given.items()}


def _keep_values(session: Session, run: MemberImport, wanted: Sequence[tuple[Member, dict[int, str]]]) -> None:
    """In the place of what these fields said before."""
    rows = [
        {"library_id": run.library_id, "member_id": member.id, "field_id": field_id, "value": value}
        for member, values in wanted
        for field_id, value in values.items()
    ]
    if not rows:
        return
    keys = [(row["member_id"], row["field_id"]) for row in rows]
    session.execute(delete(MemberValue).where(tuple_(MemberValue.member_id, MemberValue.field_id).in_(keys)))
    session.execute(insert(MemberValue), rows)


def _set_levels(session: Session, run: MemberImport, found: Sequence[Outcome]) -> None:
    """Of classes that are named alone; what was there before is noted for undoing."""
    wanted = {one.columns["group_id"]: one.columns["level"] for one in found if "level" in one.columns}
    classes = session.scalars(select(Group).where(Group.id.in_(wanted))).all() if wanted else ()
    before = [[one.id, one.level, wanted[one.id]] for one in classes if one.level != wanted[one.id]]
    for one in classes:
        one.level = wanted[one.id]
    run.updated += len(before)
    if before:
        run.made = run.made | {"class_levels": [*run.made.get("class_levels", []), *before]}
    made = set(run.made.get("groups", []))
    known = {one[0] for one in before} | made
    run.unchanged += sum(one.columns["group_id"] not in known for one in found)


def _changed(run: MemberImport, one: Outcome, member: Member, now: datetime, *, added: bool) -> dict[str, Any]:
    """The row that undoing asks: what was there, and what is there now."""
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "member_id": member.id,
        "position": one.entry.position,
        "added": added,
        "at": now,
        "before": {} if added else {name: as_json(getattr(member, name)) for name in one.columns},
        "after": {name: as_json(value) for name, value in one.columns.items()},
        "values_before": {str(name): value for name, value in one.values_before.items()},
        "values_after": {str(name): value for name, value in one.values.items()},
    }


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _refused(run: MemberImport, one: Outcome) -> dict[str, Any]:
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "position": one.entry.position,
        "reason": one.reason,
        "detail": one.detail.replace("\0", ""),
        "row": one.entry.data,
    }


def _whose(one: Outcome) -> Member:
    if one.member is None:
        raise AssertionError(f"Row {one.entry.position} is of no member.")
    return one.member


def in_batches(some: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Rows as they are committed together."""
    batch: list[Entry] = []
    for entry in some:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
