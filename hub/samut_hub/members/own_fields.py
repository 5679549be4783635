"""Fields that a library adds to its form of members, and what they say. No use case commits."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.members.groups import InUseError, NameTakenError
from samut_hub.members.models import FieldKind, Member, MemberField, MemberValue

LONGEST_VALUE = 500


def own_fields(session: Session) -> Sequence[MemberField]:
    """As they were added."""
    return session.scalars(select(MemberField).order_by(MemberField.id)).all()


def own_field(session: Session, field_id: int) -> MemberField:
    """Raises NotFoundError."""
    found = session.get(MemberField, field_id)
    if found is None:
        raise NotFoundError(f"There is no field {field_id} of members in this library.")
    return found


def add_field(session: Session, names: tuple[str, str], kind: FieldKind, choices: Sequence[str] = ()) -> MemberField:
    """`names` are in Thai and English. Raises NameTakenError."""
    _refuse_taken(session, names[0], None)
    added = MemberField(name_th=names[0], name_en=names[1], kind=kind.value, choices=list(choices))
    session.add(added)
    session.flush()
    return added


def change_field(session: Session, field: MemberField, names: tuple[str, str], choices: Sequence[str] = ()) -> None:
    """Its kind stays: what people typed was typed for that kind. Raises NameTakenError."""
    _refuse_taken(session, names[0], field)
    field.name_th, field.name_en = names
    field.choices = list(choices) if field.kind == FieldKind.CHOICE else []
    session.flush()


def remove_field(session: Session, field: MemberField) -> None:
    """Raises InUseError: what people typed does not go with it."""
    uses = session.scalar(select(func.count()).select_from(MemberValue).where(MemberValue.field_id == field.id)) or 0
    if uses:
        raise InUseError(uses)
    session.delete(field)
    session.flush()


def own_values(session: Session, member: Member) -> dict[int, str]:
    """What the library's own fields say of the member, by their numbers."""
    said = session.execute(select(MemberValue.field_id, MemberValue.value).where(MemberValue.member_id == member.id))
    return {row.field_id: row.value for row in said}


def set_own_values(session: Session, member: Member, wanted: Mapping[int, str]) -> None:
    """Put these in the place of what these fields said; an empty one takes it away."""
    before = own_values(session, member)
    changed = {field_id: value for field_id, value in wanted.items() if value != before.get(field_id, "")}
    if not changed:
        return
    about = (MemberValue.member_id == member.id, MemberValue.field_id.in_(changed))
    session.execute(delete(MemberValue).where(*about))
    session.add_all(
        MemberValue(member_id=member.id, field_id=field_id, value=value[:LONGEST_VALUE])
        for field_id, value in changed.items()
        if value
    )
    session.flush()


def _refuse_taken(session: Session, name_th: str, own: MemberField | None) -> None:
    holder = session.scalar(select(MemberField).where(MemberField.name_th == name_th))
    if holder is not None and holder is not own:
        raise NameTakenError(name_th)
