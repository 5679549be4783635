"""What `samut-edge check` finds, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    OK = "OK"
    WARN = "WARN"  # works, and somebody should see to it
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Found:
    """One line: `what` was looked at, what was `seen`, and what to do about it; nothing to do is empty."""

    verdict: Verdict
    what: str
    seen: str
    to_do: str = ""


def ok(what: str, seen: str) -> Found:
    return Found(Verdict.OK, what, seen)


def warn(what: str, seen: str, to_do: str) -> Found:
    return Found(Verdict.WARN, what, seen, to_do)


def fail(what: str, seen: str, to_do: str) -> Found:
    return Found(Verdict.FAIL, what, seen, to_do)


def is_good(found: Sequence[Found]) -> bool:
    """Nothing fails."""
    return all(one.verdict is not Verdict.FAIL for one in found)


def as_table(found: Sequence[Found]) -> str:
    """For people: a line each, what to do below it."""
    width = max((len(one.what) for one in found), default=0)
    lines = []
    for one in found:
        lines.append(f"{one.verdict:4}  {one.what:{width}}  {one.seen}")
        if one.to_do:
            lines.append(f"{'':4}  {'':{width}}  → {one.to_do}")
    return "\n".join(lines)


def as_json(found: Sequence[Found]) -> str:
    """For programs: whether all is good, and the lines."""
    return msgspec.json.encode({"good": is_good(found), "found": list(found)}).decode("utf-8")
