"""What stands on a gate's screen between the taps: how many are inside, whether the library is open, what goes on."""

from collections.abc import Mapping
from importlib.metadata import version
from zoneinfo import ZoneInfo

import msgspec

from samut_edge.flows.gate_states import GateRules, GateState, Now
from samut_rules.calendar import WHOLE_DAY
from samut_wire import messages as m

SOFTWARE = version("samut-edge")
ALARMS: Mapping[str, tuple[str, str]] = {
    "secured_item": ("ยังไม่ได้ทำรายการยืม กรุณานำไปที่เคาน์เตอร์", "This has not been lent. Please take it to the desk."),
    "tailgating": ("กรุณาแตะบัตรทีละคน", "One card for each person, please."),
    "tamper": ("ฝาเครื่องถูกเปิด กรุณาแจ้งบรรณารักษ์", "The gate's housing is open. Please tell the librarian."),
    "door_forced": ("ประตูถูกเปิดโดยไม่ได้แตะบัตร", "The door was opened without a card."),
    "door_held": ("ประตูเปิดค้างไว้ กรุณาปิด", "The door stands open. Please close it."),
}


class Words(msgspec.Struct, frozen=True):
    th: str
    en: str


class AlarmShown(msgspec.Struct, frozen=True):
    """`title` names the item."""

    title: str
    words: Words


class Scene(msgspec.Struct, frozen=True, tag="scene", tag_field="kind"):
    """`mode`: `open`, `closed` (nobody is let in), `class` (`left` may still come in) or `emergency`. `hours` are of
    today by the library's clock, whose zone is `zone`; none where the library states none. A page of other
    `software` loads itself anew."""

    mode: str
    library: Words
    zone: str
    hours: list[str]
    is_open: bool
    inside: int
    capacity: int | None
    left: int
    alarm: AlarmShown | None
    software: str


def scene(state: GateState, rules: GateRules, library: m.LibraryRow | None, now: Now) -> Scene:
    """Nothing of a person is in it."""
    calendar = rules.calendar
    names = Words(library.name_th, library.name_en) if library else Words("ห้องสมุด", "Library")
    return Scene(
        mode=_mode(state),
        library=names,
        zone=calendar.zone,
        hours=_hours(rules, now),
        is_open=calendar.is_open_at(now.at),
        inside=state.occupancy.persons,
        capacity=rules.settings.capacity,
        left=state.group.left if state.group else 0,
        alarm=_alarm(state),
        software=SOFTWARE,
    )


def _mode(state: GateState) -> str:
    if state.is_evacuating:
        return "emergency"
    if state.locked:
        return "closed"
    return "class" if state.group else "open"


def _hours(rules: GateRules, now: Now) -> list[str]:
    calendar, zone = rules.calendar, ZoneInfo(rules.calendar.zone)
    spans = calendar.open_spans(calendar.local_day(now.at))
    clock = [(opens.astimezone(zone).time(), closes.astimezone(zone).time()) for opens, closes in spans]
    whole = (WHOLE_DAY[0].opens, WHOLE_DAY[0].closes)
    return [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in clock if (opens, closes) != whole]


def _alarm(state: GateState) -> AlarmShown | None:
    if state.alarm is None or state.alarm.kind not in ALARMS:
        return None
    thai, english = ALARMS[state.alarm.kind]
    return AlarmShown(state.alarm.title, Words(thai, english))
