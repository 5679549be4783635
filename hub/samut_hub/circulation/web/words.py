"""Decisions of the lending rules said to a librarian."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.web.dates import day
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
}
"""The questions that `samut_rules.loan` asks, by their names in its traces."""

ROWS: Mapping[tuple[bool, bool], LazyString] = {
    (False, False): _l("general rule"),
    (True, False): _l("rule for this type of member"),
    (False, True): _l("rule for this material"),
    (True, True): _l("rule for this type of member and this material"),
}
"""Rows of the matrix, by whether they name a type of member, and a material."""

_ANSWER = re.compile(r"(?P<rule>.+): (?P<said>yes|no)\b.*")


def say_reason(code: str, values: Mapping[str, str | int]) -> str:
    """Why not, in the language of the page."""
    return sentence(code, values, language())


def say_step(step: str) -> tuple[bool | None, str]:
    """One step of a trace: whether it was in favour (None: it only tells), and the step in words."""
    answer = _ANSWER.fullmatch(step)
    if answer is not None:
        rule = answer["rule"]
        return answer["said"] == "yes", str(RULES.get(rule, rule))
    for shape, say in _TELLING:
        if told := shape.fullmatch(step):
            return None, say(told)
    return None, step


def say_rule(key: str) -> str:
    """Which row of the matrix gave the value, as seen from the member and the item it was asked for."""
    if key == ITEM:
        return _("the item's own")
    member_type, _times, material = key.partition(" × ")
    return str(ROWS[member_type != "*", material != "*"])


def _length(told: re.Match[str]) -> str:
    return _("%(days)s open days (%(rule)s)", days=told[1], rule=say_rule(told[2]))


def _own_length(told: re.Match[str]) -> str:
    return _("%(days)s open days (%(rule)s)", days=told[1], rule=say_rule(ITEM))


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


def _never(told: re.Match[str]) -> str:
    return _("The calendar has no open day")


_TELLING: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"loan length (\d+) open days, from rule (.+)"), _length),
    (re.compile(r"loan length (\d+) open days, as the item itself says"), _own_length),
    (re.compile(r"closed days left out: (none|[\d, -]+)"), _closed),
    (re.compile(r"due (\d{4}-\d\d-\d\d)"), _due),
    (re.compile(r"the calendar has no open day"), _never),
)
