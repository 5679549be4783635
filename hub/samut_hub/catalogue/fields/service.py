"""The shape of the forms of titles and items, the fields that a library adds, and the kinds of material.

No use case commits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue.fields import policy
from samut_hub.catalogue.fields.models import FieldWish, OwnField, OwnValue
from samut_hub.catalogue.fields.policy import EVERY_MATERIAL, FieldShape, Of, Shown, Wish
from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.catalogue.records.materials import BOOK, MATERIALS
from samut_hub.errors import NotFoundError

MOST_VALUES, LONGEST_VALUE = 50, 2000
_SHIPPED = {material.code for material in MATERIALS}


class NameTakenError(Exception):
    """There is a field or a kind of material of this name already."""


class InUseError(Exception):
    """It cannot be removed: this many titles or items, or something else, stand on it."""

    def __init__(self, uses: int) -> None:
        super().__init__(f"It is in use {uses} times.")
        self.uses = uses


@dataclass(frozen=True, slots=True)
class FormShape:
    """The fields of one form in their order; `own` has those that the library added, by their numbers.

    `like` is the kind of material, of those that every library has, that gives the labels.
    """

    of: Of
    like: str
    fields: tuple[FieldShape, ...]
    own: Mapping[int, OwnField]


def shape(session: Session, of: Of, material: str) -> FormShape:
    """How the library wants the form of titles or items of this kind of material."""
    like = _like(session, material)
    added, said = _own_fields(session, of), _wishes(session, of, (EVERY_MATERIAL, material))
    start = policy.shipped(of, like) | {one.name: one for one in map(policy.own, added)}
    found = policy.shaped(start, said.get(EVERY_MATERIAL, {}), said.get(material, {}))
    return FormShape(of, like or BOOK, tuple(_kept_whole(of, found)), added)


def change_shape(session: Session, of: Of, material: str, wanted: Sequence[FieldShape]) -> None:
    """Keep what the library wants otherwise, for one kind of material or for all."""
    before = _without_wishes(session, of, material)
    known = {one.name for one in before}
    said = policy.wishes(before, list(_kept_whole(of, (one for one in wanted if one.name in known))))
    forget_shape(session, of, material)
    session.add_all(
        FieldWish(of=of.value, material=material, field=name, **asdict(wish))
        for name, wish in said.items()
        if not wish.is_empty
    )
    session.flush()


def forget_shape(session: Session, of: Of, material: str) -> None:
    """Let the form be as it was before the library wanted it otherwise."""
    session.execute(delete(FieldWish).where(FieldWish.of == of.value, FieldWish.material == material))


def materials_with_wishes(session: Session, of: Of) -> set[str]:
    return set(session.scalars(select(FieldWish.material).where(FieldWish.of == of.value).distinct()))


def own_field(session: Session, field_id: int) -> OwnField:
    """Raises NotFoundError."""
    found = session.get(OwnField, field_id)
    if found is None:
        raise NotFoundError(f"There is no field {field_id} of this library's own.")
    return found


def add_own_field(session: Session, of: Of, name_th: str, name_en: str) -> OwnField:
    """Raises NameTakenError."""
    _refuse_taken_field(session, of.value, name_th)
    field = OwnField(of=of.value, name_th=name_th, name_en=name_en)
    session.add(field)
    session.flush()
    return field


def rename_own_field(session: Session, field: OwnField, name_th: str, name_en: str) -> None:
    """Raises NameTakenError."""
    _refuse_taken_field(session, field.of, name_th, field.id)
    field.name_th, field.name_en = name_th, name_en
    session.flush()


def remove_own_field(session: Session, field: OwnField) -> None:
    """Raises InUseError: values that people typed do not go with it; it can be hidden instead."""
    uses = session.scalar(select(func.count()).select_from(OwnValue).where(OwnValue.field_id == field.id)) or 0
    if uses:
        raise InUseError(uses)
    session.execute(delete(FieldWish).where(FieldWish.field == f"{policy.OWN}{field.id}"))
    session.delete(field)
    session.flush()


def own_values(session: Session, one: Title | Item) -> dict[int, list[str]]:
    """What the library says in fields of its own, by their numbers."""
    said: dict[int, list[str]] = {}
    wanted = select(OwnValue.field_id, OwnValue.value).where(_about(one)).order_by(OwnValue.position, OwnValue.id)
    for field_id, value in session.execute(wanted):
        said.setdefault(field_id, []).append(value)
    return said


def own_texts(session: Session, one: Title | Item) -> list[tuple[OwnField, list[str]]]:
    """For display: each field of the library's own that says something, in the order in which they were added."""
    said = own_values(session, one)
    fields = session.scalars(select(OwnField).where(OwnField.id.in_(said)).order_by(OwnField.id)) if said else ()
    return [(field, said[field.id]) for field in fields]


def set_own_values(session: Session, one: Title | Item, wanted: Mapping[int, Sequence[str]]) -> None:
    """Put these values in the place of what these fields said; other fields keep theirs."""
    before = own_values(session, one)
    changed = {field_id: values for field_id, values in wanted.items() if list(values) != before.get(field_id, [])}
    if not changed:
        return
    session.execute(delete(OwnValue).where(_about(one), OwnValue.field_id.in_(changed)))
    whose = {"title_id": one.id} if isinstance(one, Title) else {"item_id": one.id}
    session.add_all(
        OwnValue(field_id=field_id, position=position, value=value[:LONGEST_VALUE], **whose)
        for field_id, values in changed.items()
        for position, value in enumerate(values[:MOST_VALUES])
    )
    session.flush()


def add_material(session: Session, names: tuple[str, str], like: str) -> MaterialType:
    """A kind of material that the hub's libraries did not have. `names`: Thai, English. Raises NameTakenError."""
    _refuse_taken_name(session, names, None)
    material = MaterialType(code=_free_code(session, names[1]), name_th=names[0], name_en=names[1], like=like)
    session.add(material)
    session.flush()
    return material


def rename_material(session: Session, material: MaterialType, names: tuple[str, str]) -> None:
    """Raises NameTakenError."""
    _refuse_taken_name(session, names, material)
    material.name_th, material.name_en = names
    session.flush()


def remove_material(session: Session, material: MaterialType) -> None:
    """Only kinds that were added and that nothing is described by. Raises InUseError."""
    uses = session.scalar(select(func.count()).select_from(Title).where(Title.material == material.code)) or 0
    if uses or material.code in _SHIPPED:
        raise InUseError(uses)
    try:
        with session.begin_nested():
            session.delete(material)
    except IntegrityError:
        raise InUseError(0) from None


def material(session: Session, code: str) -> MaterialType:
    """Raises NotFoundError."""
    found = session.get(MaterialType, code)
    if found is None:
        raise NotFoundError(f"There is no kind of material {code}.")
    return found


def removable(materials: Iterable[MaterialType]) -> set[str]:
    """The codes of kinds that were added here; whether they are used is found out when one is removed."""
    return {one.code for one in materials} - _SHIPPED


def _without_wishes(session: Session, of: Of, material: str) -> list[FieldShape]:
    """The form of this kind as it is when the library says nothing special about it."""
    like = _like(session, material)
    start = policy.shipped(of, like) | {one.name: one for one in map(policy.own, _own_fields(session, of))}
    said = _wishes(session, of, (EVERY_MATERIAL,)) if material != EVERY_MATERIAL else {}
    return policy.shaped(start, said.get(EVERY_MATERIAL, {}))


def _like(session: Session, material: str) -> str | None:
    if material == EVERY_MATERIAL:
        return None
    return session.scalar(select(MaterialType.like).where(MaterialType.code == material)) or material


def _own_fields(session: Session, of: Of) -> dict[int, OwnField]:
    found = session.scalars(select(OwnField).where(OwnField.of == of.value).order_by(OwnField.id))
    return {field.id: field for field in found}


def _wishes(session: Session, of: Of, materials: Sequence[str]) -> dict[str, dict[str, Wish]]:
    said: dict[str, dict[str, Wish]] = {}
    wanted = select(FieldWish).where(FieldWish.of == of.value, FieldWish.material.in_(materials))
    for row in session.scalars(wanted):
        wish = Wish(row.shown, row.required, row.repeatable, row.default, row.position)
        said.setdefault(row.material, {})[row.field] = wish
    return said


def _kept_whole(of: Of, fields: Iterable[FieldShape]) -> Iterator[FieldShape]:
    """Fields without which nothing can be described stay at the front of the form, and asked for."""
    for field in fields:
        always = field.name in policy.ALWAYS[of]
        yield replace(field, shown=Shown.FIRST, required=True) if always else field


def _refuse_taken_field(session: Session, of: str, name: str, own_id: int = 0) -> None:
    same = select(OwnField.id).where(OwnField.of == of, OwnField.name_th == name, OwnField.id != own_id)
    if session.scalar(same) is not None:
        raise NameTakenError(name)


def _about(one: Title | Item) -> ColumnElement[bool]:
    return OwnValue.title_id == one.id if isinstance(one, Title) else OwnValue.item_id == one.id


def _refuse_taken_name(session: Session, names: tuple[str, str], own: MaterialType | None) -> None:
    same = (MaterialType.name_th == names[0]) | (MaterialType.name_en == names[1])
    for other in session.scalars(select(MaterialType).where(same)):
        if own is None or other.code != own.code:
            raise NameTakenError(other.name_th)


def _free_code(session: Session, name: str) -> str:
    """A short code out of the English name, that no kind has yet."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30] or "kind"
    taken = set(session.scalars(select(MaterialType.code).where(MaterialType.code.startswith(stem))))
    return next(code for code in (stem, *(f"{stem}_{n}" for n in range(2, len(taken) + 3))) if code not in taken)
