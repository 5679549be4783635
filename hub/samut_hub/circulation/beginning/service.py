"""What a library begins with: seen before it is made, made once, and only what is not there yet. Nothing commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.circulation.beginning.policy import CLASSES, RULES, TYPES, WEEKEND, Part, UsualRule, UsualType
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.rules import add_rule
from samut_hub.libraries.closures import close_on
from samut_hub.libraries.models import Library
from samut_hub.libraries.thai_holidays import Proposal, proposals
from samut_hub.members import education, groups
from samut_hub.members.models import Group, MemberType

A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Missing:
    """What of the usual things the library does not have. Rules, weekdays and levels are only for one that has none.

    `holidays` are public ones of the coming year, not those that fall on days closed every week.
    """

    types: Sequence[UsualType]
    classes: Sequence[str]
    levels: Sequence[tuple[str, str]]
    rules: Sequence[UsualRule]
    weekdays: Sequence[int]
    holidays: Sequence[Proposal]

    @property
    def parts(self) -> list[Part]:
        """Those of which something is missing."""
        found = {
            Part.TYPES: self.types,
            Part.CLASSES: self.classes,
            Part.RULES: self.rules,
            Part.WEEK: self.weekdays,
            Part.HOLIDAYS: self.holidays,
        }
        return [part for part, missing in found.items() if missing]


def has_types(session: Session) -> bool:
    """Whether the library has any type of member; without one nobody can be a member."""
    return session.scalar(select(MemberType.id).limit(1)) is not None


def missing(session: Session, library: Library, today: date) -> Missing:
    types = {one.code for one in groups.member_types(session)}
    classes = {one.name for one in groups.groups(session)}
    weekdays = () if library.weekly_closed else WEEKEND
    return Missing(
        types=[one for one in TYPES if one.code not in types],
        classes=[name for name in CLASSES if name not in classes],
        levels=() if education.levels(session) else education.OF_THAI_SCHOOLS,
        rules=() if session.scalar(select(LoanRule.id).limit(1)) else RULES,
        weekdays=weekdays,
        holidays=_holidays(session, today, [*library.weekly_closed, *weekdays]),
    )


def make(session: Session, library: Library, parts: Collection[Part], days: Collection[date], *, today: date) -> None:
    """Make what is missing of these parts, and of the holidays those on these days; done twice it does no more."""
    session.refresh(library, with_for_update=True)
    wanted = missing(session, library, today)
    if Part.TYPES in parts:
        for one in wanted.types:
            groups.add_type(session, one.code, one.name_th, one.name_en)
    if Part.CLASSES in parts:
        _make_classes(session, wanted)
    if Part.RULES in parts:
        _make_rules(session, wanted.rules)
    if Part.WEEK in parts and wanted.weekdays:
        library.weekly_closed = list(wanted.weekdays)
    if Part.HOLIDAYS in parts:
        close_on(session, [(one.on, one.name_th) for one in wanted.holidays if one.on in days])
    session.flush()


def _make_classes(session: Session, wanted: Missing) -> None:
    """With their levels, where the library calls those as usual."""
    education.add_usual_levels(session)
    steps = {one.name_th: one.step for one in education.levels(session)}
    for name in wanted.classes:
        usual, _ = education.OF_THAI_SCHOOLS[CLASSES[name] - 1]
        session.add(Group(name=name, level=steps.get(usual)))


def _make_rules(session: Session, rules: Sequence[UsualRule]) -> None:
    """Those of types that the library has."""
    known = {None, *(one.code for one in groups.member_types(session))}
    for rule in rules:
        if rule.member_type in known:
            add_rule(session, {"member_type": rule.member_type, "material": rule.material, **rule.said})


def _holidays(session: Session, today: date, weekdays: list[int]) -> list[Proposal]:
    found = (one for year in (today.year, today.year + 1) for one in proposals(session, year, weekdays))
    coming = (one for one in found if today <= one.on < today + A_YEAR)
    return [one for one in coming if one.category == "public" and not (one.entered or one.closed_anyway)]
