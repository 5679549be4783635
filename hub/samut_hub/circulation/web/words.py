"""Decisions of the lending rules said to a librarian."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from babel.lists import format_list
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.circulation.forms import MONEY, NAMES, WAYS, YES_NO
from samut_hub.circulation.letting_pass import AS_PASSED
from samut_hub.members import education
from samut_hub.web.dates import baht, day, moment
from samut_hub.web.hub import db
from samut_hub.web.language import language
from samut_rules.matrix import ITEM
from samut_rules.reasons import sentence

RULES: Mapping[str, LazyString] = {
    "membership is current": _l("The membership has not ended"),
    "member is not blocked": _l("The member is not blocked"),
    "item is for loan": _l("The item is for loan"),
    "item is not for another": _l("The item is not set aside for somebody else"),
    "item is in": _l("The item is not on loan"),
    "a rule covers it": _l("A loan rule covers this member and this material"),
    "below the limit": _l("The member has fewer items than allowed"),
    "nothing is overdue": _l("The member has nothing overdue"),
    "debt is bearable": _l("The member does not owe too much"),
    "item is lent to the member": _l("The item is lent to this member"),
    "renewals are left": _l("The loan may be renewed once more"),
    "nobody else waits": _l("Nobody else waits for it"),
    "loan is not overdue": _l("The loan is not overdue"),
    "the renewal gives more time": _l("Renewing gives more time"),
    "card is not lost": _l("The card was not reported lost"),
    "member is not suspended": _l("Borrowing is not suspended"),
    "item is not booked": _l("The item is not booked for somebody else"),
    "the rule can be": _l("The rules have no value that cannot be"),
    "old enough": _l("The member is old enough"),
    "level is reached": _l("The member has the level of education"),
    "title was not had too often": _l("The member has not had this title too often in a row"),
    "title was back long enough": _l("The title was back long enough"),
    "below the limit of all": _l("The member has fewer items of all kinds than allowed"),
    "below the limit on site": _l("The member uses fewer items in the library than allowed"),
    "item may be renewed": _l("The item may be renewed"),
    "automatic renewal is on": _l("The loan is renewed automatically, or by a person"),
    "near enough to the due date": _l("The due date is near enough"),
    "unseen renewals are left": _l("The loan may be renewed once more without being shown"),
    "item is not recalled": _l("The item was not recalled"),
}
"""The questions that `samut_rules.loan` asks, by their names in its traces."""

SCOPES: Mapping[str, LazyString] = {
    "member": _l("this type of member"),
    "material": _l("this material"),
    "category": _l("this category"),
    "location": _l("this place"),
}
"""What a row of the matrix may be for, in the words of its key."""

_DAY = r"(\d{4}-\d\d-\d\d)"
_ANSWER = re.compile(r"(?P<rule>.+): (?P<said>yes|no)\b.*")


def say_reason(code: str, values: Mapping[str, str | int]) -> str:
    """Why not, in the language of the page."""
    return sentence(code, values, language())


def say_steps(steps: Sequence[str]) -> list[tuple[bool | None, str]]:
    """The steps of a trace: whether each was in favour (None: it only tells), and the step in words."""
    spoken = language()
    return [_answer(step, spoken) or _telling(step) for step in steps]


def _telling(step: str) -> tuple[None, str]:
    for shape, say in _TELLING:
        if told := shape.fullmatch(step):
            return None, say(told)
    return None, step


@lru_cache(maxsize=500)
def _answer(step: str, spoken: str) -> tuple[bool, str] | None:
    """The same for a rule's yes or no, of which each trace has twenty; `spoken` is the language of the page."""
    answer = _ANSWER.fullmatch(step)
    if answer is None or any(shape.fullmatch(step) for shape, _say in _TELLING):
        return None
    rule, passed = answer["rule"], step.endswith(AS_PASSED)
    said = str(RULES.get(rule, rule))
    return answer["said"] == "yes", _("%(rule)s (let pass)", rule=said) if passed else said


def say_rule(key: str) -> str:
    """Which row of the matrix gave the value, as seen from the member and the item it was asked for."""
    if key == ITEM:
        return _("the item's own")
    scope, _at, begins = key.partition(" @ ")
    member_type, material, *others = scope.split(" × ")
    named = {"member": member_type != "*", "material": material != "*"}
    named |= dict.fromkeys((other.partition(" ")[0] for other in others), True)
    what = [str(word) for name, word in SCOPES.items() if named.get(name)]
    row = _("rule for %(what)s", what=format_list(what, locale=language())) if what else _("general rule")
    return _("%(rule)s, from %(day)s", rule=row, day=day(date.fromisoformat(begins))) if begins else row


def say_value(name: str, value: object) -> str:
    """A value of a rule; None is no limit, or nothing set."""
    if value is None:
        return _("not set")
    if isinstance(value, bool):
        return str(YES_NO["yes" if value else "no"])
    if isinstance(value, date):
        return day(value)
    if name in MONEY and isinstance(value, int):
        return baht(value)
    if name == "minimum_level":
        return level_names().get(str(value), str(value))
    return str(WAYS.get(name, {}).get(str(value), value))


def level_names() -> dict[str, str]:
    """What the library calls its levels of education, by their steps from the lowest on; read once for a page."""
    if "level_names" not in g:
        g.level_names = {str(one.step): one.name(language()) for one in education.levels(db())}
    names: dict[str, str] = g.level_names
    return names


def _say_source(told: str) -> str:
    """Who gave a value, from the words of a trace."""
    if told == "as always":
        return _("as always")
    return say_rule(ITEM if told == "as the item itself says" else told.removeprefix("from rule "))


def _told(name: str, value: str) -> str:
    """A value out of a trace, where all are words."""
    if name in MONEY:
        return baht(int(value))
    if value in YES_NO:
        return str(YES_NO[value])
    return say_value(name, date.fromisoformat(value) if name == "fixed_due" else value)


def _length(told: re.Match[str]) -> str:
    rule = _say_source(told[3])
    if told[2] == "hours":
        return _("%(hours)s hours (%(rule)s)", hours=told[1], rule=rule)
    if told[2] == "days":
        return _("%(days)s days (%(rule)s)", days=told[1], rule=rule)
    return _("%(days)s open days (%(rule)s)", days=told[1], rule=rule)


def _value(told: re.Match[str]) -> str:
    name = str(NAMES.get(told[1], told[1]))
    return _("%(name)s: %(value)s (%(rule)s)", name=name, value=_told(told[1], told[2]), rule=_say_source(told[3]))


def _moved(told: re.Match[str]) -> str:
    return _("Closed on %(day)s: moved to %(open)s", day=_day(told[1]), open=_day(told[2]))


def _fixed(told: re.Match[str]) -> str:
    return _("Fixed due date %(day)s (%(rule)s)", day=_day(told[1]), rule=_say_source(told[3]))


def _passed(told: re.Match[str]) -> str:
    return _("The fixed due date %(day)s has passed (%(rule)s)", day=_day(told[1]), rule=_say_source(told[2]))


def _ends(told: re.Match[str]) -> str:
    return _("Not later than %(day)s: the membership ends", day=_day(told[1]))


def _booked(told: re.Match[str]) -> str:
    return _("Not later than %(day)s: it is booked", day=_day(told[1]))


def _shortened(told: re.Match[str]) -> str:
    return _("Shortened to the closing time (%(rule)s)", rule=_say_source(told[1]))


def _extended(told: re.Match[str]) -> str:
    return _("Extended to the next opening (%(rule)s)", rule=_say_source(told[1]))


def _due_at(told: re.Match[str]) -> str:
    return _("Due %(day)s", day=moment(datetime.fromisoformat(told[1])))


def _beyond(told: re.Match[str]) -> str:
    return _("The date is beyond all calendars")


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso))


def _closed(told: re.Match[str]) -> str:
    if told[1] == "none":
        return _("No closed days were left out")
    return _("Closed days left out: %(days)s", days=_days([date.fromisoformat(d) for d in told[1].split(", ")]))


def _days(days: Sequence[date]) -> str:
    """“28, 29 Nov 2026; 5 Dec 2026”: month and year once."""
    months = (list(month) for _month, month in groupby(days, key=lambda on: (on.year, on.month)))
    return "; ".join(", ".join([*(str(on.day) for on in month[:-1]), day(month[-1])]) for month in months)


def _due(told: re.Match[str]) -> str:
    return _("Due %(day)s", day=day(date.fromisoformat(told[1])))


def _let_pass(told: re.Match[str]) -> str:
    return _("Let pass by %(name)s: %(reason)s", name=told[1], reason=told[2])


def _suspended(told: re.Match[str]) -> str:
    return _("No borrowing until %(day)s (%(rule)s)", day=_day(told[1]), rule=_say_source(told[2]))


def _never(told: re.Match[str]) -> str:
    return _("The calendar has no open day")


_TELLING: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"loan length (\d+) (open days|days|hours), (.+)"), _length),
    (re.compile(r"value (\w+) = (.+?), (from rule .+|as .+)"), _value),
    (re.compile(rf"moved from {_DAY} to {_DAY}"), _moved),
    (re.compile(rf"fixed due date {_DAY} \((\w+)\), (.+)"), _fixed),
    (re.compile(rf"fixed due date {_DAY} has passed, (.+)"), _passed),
    (re.compile(rf"not beyond {_DAY}: the membership ends"), _ends),
    (re.compile(rf"not beyond {_DAY}: it is booked"), _booked),
    (re.compile(r"shortened to the closing time, (.+)"), _shortened),
    (re.compile(r"extended to the next opening, (.+)"), _extended),
    (re.compile(r"due (\d{4}-\d\d-\d\dT.+)"), _due_at),
    (re.compile(r"the date is beyond all calendars"), _beyond),
    (re.compile(r"closed days left out: (none|[\d, -]+)"), _closed),
    (re.compile(r"due (\d{4}-\d\d-\d\d)"), _due),
    (re.compile(rf"borrowing suspended until {_DAY}, (.+)"), _suspended),
    (re.compile(r"the calendar has no open day"), _never),
    (re.compile(r"let pass by (\S+) \([\w, ]+\): (“.*”)"), _let_pass),
)
