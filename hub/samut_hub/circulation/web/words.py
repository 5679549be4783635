"""Decisions of the lending rules said to a librarian."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.web.dates import day
from samut_hub.web.language import language
from samut_rules.reasons import sentence

RULES: Mapping[str, LazyString] = {
    "membership is current": _l("The membership has not ended"),
    "member is not blocked": _l("The member is not blocked"),
    "item is for loan": _l("The item is for loan"),
    "item is in": _l("The item is not on loan"),
    "a rule covers it": _l("A loan rule covers this member and this material"),
    "below the limit": _l("The member has fewer items than allowed"),
    "nothing is overdue": _l("The member has nothing overdue"),
    "debt is bearable": _l("The member does not owe too much"),
    "item is lent to the member": _l("The item is lent to this member"),
    "renewals are left": _l("The loan may be renewed once more"),
    "loan is not overdue": _l("The loan is not overdue"),
}
"""The questions that `samut_rules.loan` asks, by their names in its traces."""

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


def say_rule(key: str, names: Mapping[str, str] | None = None) -> str:
    """Which row of the matrix: “pupil × *” with the names of its type of member and material."""
    known = {"*": _("Any"), **(names or {})}
    return " × ".join(known.get(part, part) for part in key.split(" × "))


def _length(told: re.Match[str]) -> str:
    return _("%(days)s open days by the rule %(rule)s", days=told[1], rule=say_rule(told[2]))


def _closed(told: re.Match[str]) -> str:
    if told[1] == "none":
        return _("No closed days were left out")
    return _(
        "Closed days left out: %(days)s", days=", ".join(day(date.fromisoformat(d)) for d in told[1].split(", "))
    )


def _due(told: re.Match[str]) -> str:
    return _("Due %(day)s", day=day(date.fromisoformat(told[1])))


def _never(told: re.Match[str]) -> str:
    return _("The calendar has no open day")


_TELLING: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"loan length (\d+) open days, from rule (.+)"), _length),
    (re.compile(r"closed days left out: (none|[\d, -]+)"), _closed),
    (re.compile(r"due (\d{4}-\d\d-\d\d)"), _due),
    (re.compile(r"the calendar has no open day"), _never),
)
