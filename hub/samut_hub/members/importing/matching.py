"""What becomes of each row of a batch: whose it is, what would change, and what stands against it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.members.birth import same_birth
from samut_hub.members.cards import hash_of_card
from samut_hub.members.importing.columns import plain
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.naming import Names, class_key
from samut_hub.members.importing.policy import Action, Match, Refusal, Verdict
from samut_hub.members.importing.rows import Entry, RowError, Said
from samut_hub.members.models import Card, CardKind, CardState, Member, MemberValue
from samut_hub.members.policy import hint_of
from samut_hub.members.service import sort_key
from samut_wire.numbers import member_number

TO_BE_MADE = 0
"""Stands for a type, class or level that the import will make."""


@dataclass(frozen=True, slots=True)
class Given:
    """A card that a row gives to its member."""

    kind: CardKind
    hash: str
    hint: str


@dataclass(slots=True)
class Outcome:
    """`member` is who is there already; `columns`, `values` and `cards` are what differs from what is kept."""

    entry: Entry
    verdict: Verdict
    member: Member | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    values_before: dict[int, str] = field(default_factory=dict)
    cards: list[Given] = field(default_factory=list)
    reason: str = ""
    detail: str = ""


@dataclass
class Seen:
    """Numbers, cards and members of the rows before, each with its row: none may come twice."""

    rows: dict[tuple[str, Any], int] = field(default_factory=dict)

    def note(self, entry: Entry, keys: Iterable[tuple[str, Any]]) -> None:
        """Raises RowError when an earlier row had one of them."""
        wanted = list(keys)
        for key in wanted:
            if self.rows.get(key, entry.position) != entry.position:
                raise RowError(Refusal.REPEATED, str(self.rows[key]))
        self.rows.update(dict.fromkeys(wanted, entry.position))


@dataclass
class Rule:
    """By what an import judges: its choices, the library's names and card key, and what came before in the file."""

    run: MemberImport
    names: Names
    key: bytes
    seen: Seen = field(default_factory=Seen)

    def given(self, said: Said) -> list[Given]:
        pairs = ((CardKind.NATIONAL_ID, said.national_id), (CardKind.UID, said.card))
        return [Given(kind, hash_of_card(self.key, kind, value), hint_of(value)) for kind, value in pairs if value]


@dataclass
class _Known:
    """What the library knows of a batch's numbers, cards and names."""

    ids_by_number: dict[str, int]
    ids_by_hash: dict[str, int]
    members: dict[int, Member]
    values: dict[int, dict[int, str]]
    namesakes: dict[bytes, list[tuple[str, str]]]


def outcomes(session: Session, rule: Rule, batch: Sequence[Entry]) -> list[Outcome]:
    """One for each entry, in their order."""
    known = _known(session, rule, batch)
    return [_outcome(entry, rule, known) for entry in batch]


def _known(session: Session, rule: Rule, batch: Sequence[Entry]) -> _Known:
    told = [entry.said for entry in batch if entry.said is not None]
    numbers = {member_number(text) for said in told for text in (said.number, said.national_id, said.card) if text}
    hashes = {card.hash for said in told for card in rule.given(said)}
    by_number = select(Member.number, Member.id).where(Member.number.in_(numbers))
    in_use = Card.state != CardState.REPLACED
    by_hash = select(Card.hash, Card.member_id).where(Card.hash.in_(hashes), in_use)
    ids_by_number = {one.number: one.id for one in session.execute(by_number)} if numbers else {}
    ids_by_hash = {one.hash: one.member_id for one in session.execute(by_hash)} if hashes else {}
    ids = {*ids_by_number.values(), *ids_by_hash.values()}
    found = session.scalars(select(Member).where(Member.id.in_(ids))).all() if ids else ()
    values: dict[int, dict[int, str]] = {}
    if ids and any(said.values or said.course for said in told):
        for value in session.scalars(select(MemberValue).where(MemberValue.member_id.in_(ids))):
            values.setdefault(value.member_id, {})[value.field_id] = value.value
    return _Known(ids_by_number, ids_by_hash, {one.id: one for one in found}, values, _namesakes(session, told))


def _namesakes(session: Session, told: Iterable[Said]) -> dict[bytes, list[tuple[str, str]]]:
    """By the key of the name: number and birth of those who are called so."""
    keys = {sort_key(name) for said in told if (name := _name_of(said))}
    found: dict[bytes, list[tuple[str, str]]] = {}
    if keys:
        wanted = select(Member.sort_name, Member.number, Member.born).where(Member.sort_name.in_(keys))
        for key, number, born in session.execute(wanted.order_by(Member.id)):
            found.setdefault(key, []).append((number, born))
    return found


def _outcome(entry: Entry, rule: Rule, known: _Known) -> Outcome:
    if entry.said is None:
        return Outcome(entry, Verdict.REFUSED, reason=entry.reason, detail=entry.detail)
    try:
        if not _is_of_person(entry.said):
            return _of_class(entry, entry.said, rule)
        return _of_person(entry, entry.said, rule, known)
    except RowError as error:
        return Outcome(entry, Verdict.REFUSED, reason=error.reason.value, detail=error.detail[:100])


def _is_of_person(said: Said) -> bool:
    return bool(said.number or said.national_id or said.card or _name_of(said))


def _of_class(entry: Entry, said: Said, rule: Rule) -> Outcome:
    if not said.group:
        raise RowError(Refusal.NO_NAME)
    columns = {"group_id": _found(rule.names, "groups", class_key(said.group), said.group)}
    if said.level:
        columns["level"] = _found(rule.names, "levels", plain(said.level), said.level)
    rule.seen.note(entry, [("class", class_key(said.group))])
    return Outcome(entry, Verdict.CLASS, columns=columns)


def _of_person(entry: Entry, said: Said, rule: Rule, known: _Known) -> Outcome:
    cards = rule.given(said)
    member = known.members.get(_whose(said, cards, rule, known) or 0)
    keys: list[tuple[str, Any]] = [("number", said.number)] if said.number else []
    keys += [("card", card.hash) for card in cards]
    keys += [("member", member.id)] if member is not None else []
    rule.seen.note(entry, keys or [("name", (sort_key(_name_of(said)), said.columns.get("born", "")))])
    columns = dict(_columns(said, rule))
    values = dict(said.values)
    if said.course and rule.names.course is not None:
        values[rule.names.course] = said.course
    if member is None:
        return _new(entry, rule, known, (columns, values, cards))
    new_cards = [card for card in cards if card.hash not in known.ids_by_hash]
    return _known_one(entry, rule, member, (columns, values, new_cards), known.values.get(member.id, {}))


def _whose(said: Said, cards: Sequence[Given], rule: Rule, known: _Known) -> int | None:
    """The member whom the chosen key names, or the next one that is said; no other key may be another member's."""
    by_kind = {card.kind: known.ids_by_hash.get(card.hash) for card in cards}
    found: list[tuple[Match, int | None]] = []
    if said.number:
        found.append((Match.NUMBER, known.ids_by_number.get(said.number)))
    if said.national_id:
        as_number = known.ids_by_number.get(said.national_id)
        found.append((Match.NATIONAL_ID, by_kind[CardKind.NATIONAL_ID] or as_number))
    if said.card:
        as_number = known.ids_by_number.get(member_number(said.card))
        found.append((Match.CARD, by_kind[CardKind.UID] or as_number))
    found.sort(key=lambda one: one[0] != rule.run.match)
    whose = found[0][1] if found else None
    for by, other in found[1:]:
        if other is not None and other != whose:
            taken = Refusal.NUMBER_TAKEN if by is Match.NUMBER else Refusal.CARD_TAKEN
            raise RowError(taken, known.members[other].number)
    return whose


def _columns(said: Said, rule: Rule) -> Iterator[tuple[str, Any]]:
    """The member's columns that the row says, with the numbers of what it names."""
    yield from said.columns.items()
    if said.number:
        yield "number", said.number
    if said.type:
        yield "type_id", _found(rule.names, "types", plain(said.type), said.type)
    if said.level:
        yield "level", _found(rule.names, "levels", plain(said.level), said.level)
    if said.group:
        yield "group_id", _found(rule.names, "groups", class_key(said.group), said.group)
        if rule.run.school_year is not None and "school_year" not in said.columns:
            yield "school_year", rule.run.school_year


_UNKNOWN = {"types": Refusal.UNKNOWN_TYPE, "groups": Refusal.UNKNOWN_GROUP, "levels": Refusal.UNKNOWN_LEVEL}


def _found(names: Names, kind: str, key: str, name: str) -> int:
    if not names.knows(kind, key):
        raise RowError(_UNKNOWN[kind], name)
    known: dict[str, int] = getattr(names, kind)
    return known.get(key, TO_BE_MADE)


def _new(
    entry: Entry, rule: Rule, known: _Known, wanted: tuple[dict[str, Any], dict[int, str], list[Given]]
) -> Outcome:
    columns, values, cards = wanted
    if not rule.run.adds:
        raise RowError(Refusal.NOT_A_MEMBER)
    columns.setdefault("name_th", columns.get("name_en", ""))
    if not columns["name_th"]:
        raise RowError(Refusal.NO_NAME)
    if rule.run.type_id is not None:
        columns.setdefault("type_id", rule.run.type_id)
    if "type_id" not in columns:
        raise RowError(Refusal.NO_TYPE)
    done = Outcome(entry, Verdict.NEW, columns=columns, values=values, cards=cards)
    namesakes = known.namesakes.get(sort_key(columns["name_th"]), [])
    alike = [number for number, born in namesakes if same_birth(born, columns.get("born", ""))]
    if alike and not cards and "number" not in columns:
        raise RowError(Refusal.PERHAPS_THE_SAME, alike[0])
    if alike:
        done.reason, done.detail = Refusal.SAME_NAME.value, ", ".join(alike[:5])
    return done


def _known_one(
    entry: Entry,
    rule: Rule,
    member: Member,
    wanted: tuple[dict[str, Any], dict[int, str], list[Given]],
    before: dict[int, str],
) -> Outcome:
    """A class of an earlier school year does not take the place of the present one."""
    columns, values, cards = wanted
    if rule.run.action == Action.SKIP:
        return Outcome(entry, Verdict.KNOWN, member)
    done = Outcome(entry, Verdict.SAME, member)
    if member.school_year is not None and columns.get("school_year", member.school_year) < member.school_year:
        columns = {name: value for name, value in columns.items() if name not in ("school_year", "group_id", "level")}
        done.reason, done.detail = Refusal.OLDER_YEAR.value, member.number
    done.columns = {name: value for name, value in columns.items() if getattr(member, name) != value}
    done.values = {one: value for one, value in values.items() if before.get(one, "") != value}
    done.values_before = {one: before[one] for one in done.values if one in before}
    done.cards = cards
    if done.columns or done.values or cards:
        done.verdict = Verdict.UPDATED
    return done


def _name_of(said: Said) -> str:
    return str(said.columns.get("name_th") or said.columns.get("name_en") or "")
