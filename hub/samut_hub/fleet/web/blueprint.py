"""The blueprint that the pages of devices share, and what its templates call things by."""

from flask import Blueprint, g

from samut_hub.fleet.conflicts import Waiting, what_waits_for_staff
from samut_hub.fleet.overview import BEYOND
from samut_hub.fleet.service import BY_HAND, FOR_MANY, OF_A_GATE, WITH_REASON
from samut_hub.fleet.web import words
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import is_allowed, library, session_of_request

pages = Blueprint("fleet", __name__, template_folder="../templates")


@pages.app_context_processor
def names() -> dict[str, object]:
    """Names of what devices say of themselves."""
    return {
        "ROLES": words.ROLES,
        "PART_KINDS": words.PART_KINDS,
        "PART_STATES": words.PART_STATES,
        "COMMANDS": words.COMMANDS,
        "ALERTS": words.ALERTS,
        "ALARMS": words.ALARMS,
        "BY_HAND": BY_HAND,
        "FOR_MANY": FOR_MANY,
        "OF_A_GATE": OF_A_GATE,
        "WITH_REASON": WITH_REASON,
        "BEYOND": BEYOND,
        "conflicts_waiting": conflicts_waiting,
        "menu_count": menu_count,
    }


def conflicts_waiting() -> int:
    """How many devices left to staff."""
    return _waiting().conflicts


def menu_count(endpoint: str) -> int:
    """What the menu tells beside the place: what waits there for who is signed in."""
    if endpoint != "fleet.devices":
        return 0
    waiting = _waiting()
    return waiting.alerts + (waiting.conflicts if is_allowed(Permission.SETTLE_CONFLICTS) else 0)


def _waiting() -> Waiting:
    """Asked once for a page."""
    if "fleet_waiting" not in g:
        g.fleet_waiting = what_waits_for_staff(session_of_request(), library().id)
    waiting: Waiting = g.fleet_waiting
    return waiting
