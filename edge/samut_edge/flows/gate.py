"""A tap at a gate: who it is, what the rules say, what the gate does. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from samut_rules.calendar import Calendar
from samut_rules.loan import MemberFacts
from samut_rules.reasons import Code, Reason
from samut_rules.visit import entry_reasons

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Tap:
    """A card at a reader. `card` is its hash; `member` is None when nobody has this card."""

    card: str
    direction: Direction
    member: MemberFacts | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GateState:
    """The last allowed tap of each card and direction within the repeat window."""

    recent: dict[tuple[str, Direction], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`opens` and `counts` differ for a repeated tap: the gate opens, but it is no second visit."""

    opens: bool
    counts: bool
    reasons: tuple[Reason, ...]


def decide_tap(state: GateState, tap: Tap, calendar: Calendar, repeat: timedelta) -> tuple[GateState, Verdict]:
    """The way in is for members in good standing; the way out is open to everybody."""
    if _is_repeat(state, tap, repeat):
        return state, Verdict(True, False, (Reason(Code.REPEATED_TAP),))
    reasons = entry_reasons(tap.member, calendar, tap.at)
    opens = tap.direction == "out" or not reasons
    return _remember(state, tap, repeat) if opens else state, Verdict(opens, True, reasons)


def _is_repeat(state: GateState, tap: Tap, repeat: timedelta) -> bool:
    last = state.recent.get((tap.card, tap.direction))
    return last is not None and timedelta() <= tap.at - last < repeat


def _remember(state: GateState, tap: Tap, repeat: timedelta) -> GateState:
    kept = {key: at for key, at in state.recent.items() if tap.at - at < repeat}
    return replace(state, recent={**kept, (tap.card, tap.direction): tap.at})
