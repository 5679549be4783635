"""Of which tables each change is written down, with what was there before and after; and of which it is not, and why.

Not covered, because they are histories themselves, with who and when: loans, holds, payments, visits, views, notices,
stock-taking, changes of items (`item_changes`) and of headings, commands of devices. Not covered, because no person
decides them: counters, sessions, tasks, what is worked out at night, the copy for devices, the search index.
Long work keeps what it does to each row in a journal of its own (`imports`, `member_imports`, `batch_edits` …); here
stands that it was begun and undone. Members who sign in are not written down either: nobody needs to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import InstanceState, ORMExecuteState, Session, UOWTransaction

from samut_hub.auditing import Action, Actor, Deed, actor_of, write


@dataclass(frozen=True, slots=True)
class Covered:
    """How a table's rows are called here. `named`: the columns by which people know one.

    `passing`: columns that change as a matter of course. `journal`: long work writes its own.
    """

    kind: str
    named: tuple[str, ...] = ("name",)
    passing: frozenset[str] = frozenset()
    journal: bool = False


_WHEN = frozenset({"changed_at", "version"})
COVERED: dict[str, Covered] = {
    "libraries": Covered("library", ("code",), frozenset({"replica_version", "rules_version", "names_sorted"})),
    "closures": Covered("closure", ("on", "name")),
    "yearly_closures": Covered("closure", ("month", "day", "name")),
    "staff_accounts": Covered("staff", ("username",), frozenset({"language"})),
    "staff_roles": Covered("role"),
    "staff_second_steps": Covered("second_step", ("staff_id",), frozenset({"last_step"})),
    "staff_recovery_codes": Covered("recovery_code", ("staff_id",)),
    "sign_in_settings": Covered("sign_in", ("library_id",)),
    "retention_settings": Covered("retention", ("library_id",), frozenset({"loans_until", "visits_until"})),
    "sign_in_providers": Covered("sign_in", ("provider",)),
    "members": Covered(
        "member",
        ("number",),
        _WHEN | {"open_loans", "on_site_loans", "debt", "sort_name", "phone_key", "school_year", "suspended_until"},
        journal=True,
    ),
    "member_types": Covered("member_type", ("name_th",)),
    "education_levels": Covered("level", ("name_th",)),
    "groups": Covered("group"),
    "member_fields": Covered("member_field", ("name_th",)),
    "member_values": Covered("member_value", ("member_id", "field_id"), journal=True),
    "cards": Covered("card", ("kind", "hint"), journal=True),
    "member_passwords": Covered("member_password", ("member_id",), frozenset({"set_at"})),
    "member_identities": Covered("member_identity", ("member_id", "provider")),
    "member_batches": Covered("member_batch", ("about",), frozenset({"task_id", "plan"}), journal=True),
    "member_imports": Covered(
        "member_import",
        ("file_name",),
        frozenset({"task_id", "digest", "header_key", "header", "encoding", "made", "position"}),
        journal=True,
    ),
    "member_merges": Covered(
        "member_merge", ("name", "number"), frozenset({"from_id", "into_id", "from_row", "into_before", "into_after"})
    ),
    "material_types": Covered("material", ("name_th",)),
    "titles": Covered(
        "title",
        ("title",),
        _WHEN | {"sort_title", "sort_author", "call_key", "match_key", "marc", "origin_key", "import_id"},
        journal=True,
    ),
    "items": Covered(
        "item",
        ("accession_number",),
        _WHEN | {"accession_order", "accession_key", "barcode_key", "call_key", "label_printed_at", "last_seen_at"},
        journal=True,
    ),
    "places": Covered("place", passing=frozenset({"position"})),
    "categories": Covered("category", passing=frozenset({"position"})),
    "field_wishes": Covered("field", ("field",), frozenset({"position"})),
    "own_fields": Covered("field", ("name_th",)),
    "media": Covered("medium", passing=frozenset({"position"}), journal=True),
    "card_designs": Covered("card_design", passing=_WHEN),
    "imports": Covered(
        "import",
        ("file_name",),
        frozenset({"task_id", "digest", "header_key", "position", "at", "undone"}),
        journal=True,
    ),
    "batch_edits": Covered("item_batch", ("about",), frozenset({"task_id"}), journal=True),
    "copying_targets": Covered("target", passing=frozenset({"position"})),
    "charge_kinds": Covered("charge_kind", ("name_th",)),
    "charge_settings": Covered("charge_settings", ("library_id",)),
    "receipts": Covered("receipt", ("year", "number")),
    "till_closings": Covered("till_closing", ("till",), frozenset({"expected"})),
    "loan_rules": Covered("loan_rule", ("member_type", "material")),
    "larger_materials": Covered("material", ("material",)),
    "number_keeping": Covered("number_keeping", ("library_id",)),
    "desk_pins": Covered("desk_pin", ("staff_id",)),
    "pickup_places": Covered("pickup_place", passing=frozenset({"position"})),
    "news": Covered("news", ("title",), _WHEN),
    "devices": Covered(
        "device",
        ("id",),
        frozenset(("online", "software", "parts", "tap_ms", "outbox_length", "replica_version", "clock_skew_ms"))
        | {
            "seen_at",
            "changed_at",
            "configuration",
            "configuration_wanted",
            "configuration_refused",
            "configuration_fault",
            "drivers",
        }
        | {"updates", "settings", "occupancy", "alarms"},
    ),
    "device_groups": Covered("device_group"),
    "sip2_accounts": Covered("machine", ("login",), frozenset({"seen_at", "changed_at"})),
    "notice_settings": Covered("notice_settings", ("library_id",), frozenset({"line_fault", "email_fault"})),
    "notice_texts": Covered("notice_text", ("kind", "language"), _WHEN),
    "member_notices": Covered("member_notices", ("member_id",)),
    "line_codes": Covered("line_code", ("member_id",), frozenset({"used_by"})),
}
_SECRET = ("hash", "password", "secret", "token", "key", "photo", "pin")
_KEYS = {"id", "library_id"}
HIDDEN = "•"
"""What stands for a secret, or for the number of a card, before and after."""


def is_secret(column: str) -> bool:
    return any(word in column for word in _SECRET)


@event.listens_for(Session, "after_flush")
def _note_rows(session: Session, context: UOWTransaction) -> None:
    """The session still knows what was there before."""
    by = actor_of(session)
    deeds = [deed for row, action in _touched(session) if (deed := _deed_of(session, row, action, by)) is not None]
    if deeds:
        write(session, deeds, now=_now(session))


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """A change of many rows by one statement is one entry: what was set, not of which rows."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    covered = COVERED.get(state.bind_mapper.class_.__tablename__)
    library_id = state.session.info.get("library_id")
    if covered is None or library_id is None or (covered.journal and actor_of(state.session).in_bulk):
        return
    names = {str(getattr(column, "key", column)) for column in getattr(state.statement, "_values", None) or ()}
    action = Action.CHANGED if state.is_update else Action.REMOVED
    if state.is_delete or names - covered.passing:
        changes = {name: [None, HIDDEN if is_secret(name) else "…"] for name in sorted(names - covered.passing)}
        many = Deed(library_id=library_id, action=action, kind=covered.kind, thing="*", name="", changes=changes)
        write(state.session, [many], now=_now(state.session))


def _touched(session: Session) -> Iterator[tuple[object, Action]]:
    yield from ((row, Action.ADDED) for row in session.new)
    yield from ((row, Action.CHANGED) for row in session.dirty)
    yield from ((row, Action.REMOVED) for row in session.deleted)


def _deed_of(session: Session, row: object, action: Action, by: Actor) -> Deed | None:
    covered = COVERED.get(getattr(type(row), "__tablename__", ""))
    if covered is None or (covered.journal and by.in_bulk):
        return None
    state: InstanceState[Any] = inspect(row)
    changes = _changed(state, covered) if action is Action.CHANGED else _filled(state, covered, action)
    library_id = getattr(row, "library_id", None) or _library_here(session, row)
    if not changes or library_id is None:
        return None
    name = " · ".join(str(value) for column in covered.named if (value := getattr(row, column)) not in (None, ""))
    thing = " ".join(str(part) for part in state.mapper.primary_key_from_instance(row))
    return Deed(library_id=library_id, action=action, kind=covered.kind, thing=thing, name=name, changes=changes)


def _changed(state: InstanceState[Any], covered: Covered) -> dict[str, list[Any]]:
    names = [
        name for name in state.committed_state if name in state.mapper.column_attrs and name not in covered.passing
    ]
    both = {name: [_before(state.committed_state[name]), state.dict.get(name)] for name in names}
    return {name: _shown(name, values) for name, values in both.items() if values[0] != values[1]}


def _filled(state: InstanceState[Any], covered: Covered, action: Action) -> dict[str, list[Any]]:
    filled = {}
    for attribute in state.mapper.column_attrs:
        value = state.dict.get(attribute.key)
        if attribute.key not in _KEYS | covered.passing and value not in (None, "", [], {}, False):
            filled[attribute.key] = _shown(attribute.key, [None, value] if action is Action.ADDED else [value, None])
    return filled


def _before(value: Any) -> Any:
    """What was there, unless it was never read."""
    return None if type(value).__name__ == "LoaderCallableStatus" else value


def _shown(name: str, values: list[Any]) -> list[Any]:
    return [HIDDEN if value is not None else None for value in values] if is_secret(name) else values


def _library_here(session: Session, row: object) -> int | None:
    """Of what all libraries share the entry is the acting library's; of a library's own row that library's."""
    if getattr(type(row), "__tablename__", "") == "libraries":
        library_id: int | None = row.id  # type: ignore[attr-defined]
        return library_id
    here: int | None = session.info.get("library_id")
    return here if here is not None and here > 0 else None


def _now(session: Session) -> datetime:
    """The moment of the request, where a request is the cause."""
    moment: datetime = session.info.get("now") or datetime.now(UTC)
    return moment
