"""The address of the pages about desk stations, and the station at which this browser works."""

from flask import Blueprint, g, request

from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.service import Station
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed

COOKIE = "samut_desk"
"""Belongs to the computer, not to the person: it stays when somebody else signs in."""

pages = Blueprint("desks", "samut_hub.fleet.desks", template_folder="templates", url_prefix="/desk/station")


@pages.app_template_global()
def station_here() -> Station | None:
    """The desk chosen for this browser, if this library has it."""
    if "station" not in g:
        g.station = service.station(db(), request.cookies.get(COOKIE, ""))
    found: Station | None = g.station
    return found


@pages.app_template_global()
def has_stations() -> bool:
    """Whether there is one to choose; asked by those who work at a desk."""
    return is_allowed(Permission.CIRCULATE) and bool(service.stations(db()))
