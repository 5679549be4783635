"""Steps of education as the library calls them; loan rules ask for the least step. No use case commits."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.members.groups import InUseError
from samut_hub.members.models import EducationLevel, Group, Member

OF_THAI_SCHOOLS = (
    ("อนุบาล", "Kindergarten"),
    ("ประถมศึกษาตอนต้น", "Lower primary"),
    ("ประถมศึกษาตอนปลาย", "Upper primary"),
    ("มัธยมศึกษาตอนต้น", "Lower secondary"),
    ("มัธยมศึกษาตอนปลาย / ปวช.", "Upper secondary"),
    ("อนุปริญญา / ปวส.", "Diploma"),
    ("ปริญญาตรี", "Bachelor's degree"),
    ("สูงกว่าปริญญาตรี", "Higher degree"),
)


def levels(session: Session) -> Sequence[EducationLevel]:
    """The lowest first."""
    return session.scalars(select(EducationLevel).order_by(EducationLevel.step)).all()


def add_level(session: Session, name_th: str, name_en: str) -> EducationLevel:
    """Above all others."""
    highest = session.scalar(select(func.max(EducationLevel.step))) or 0
    added = EducationLevel(step=highest + 1, name_th=name_th, name_en=name_en)
    session.add(added)
    session.flush()
    return added


def add_usual_levels(session: Session) -> None:
    """Those of Thai schools, in a library that has none."""
    if not levels(session):
        for names in OF_THAI_SCHOOLS:
            add_level(session, *names)


def level(session: Session, step: int) -> EducationLevel:
    """Raises NotFoundError."""
    found = session.scalar(select(EducationLevel).where(EducationLevel.step == step))
    if found is None:
        raise NotFoundError(f"There is no step of education {step} in this library.")
    return found


def rename_level(session: Session, own: EducationLevel, name_th: str, name_en: str) -> None:
    own.name_th, own.name_en = name_th, name_en
    session.flush()


def remove_level(session: Session, own: EducationLevel) -> None:
    """Raises InUseError while members or classes are of this step."""
    uses = sum(
        session.scalar(select(func.count()).select_from(kind).where(kind.level == own.step)) or 0
        for kind in (Member, Group)
    )
    if uses:
        raise InUseError(uses)
    session.delete(own)
    session.flush()
