"""The main places of the staff pages, each shown to those who may go there."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from samut_hub.staff.policy import Permission
from samut_hub.web.hub import is_allowed


@dataclass(frozen=True)
class Place:
    """`endpoint` is where the link leads. The place is the current one on every page of the same blueprint."""

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission | None = None

    @property
    def is_current(self) -> bool:
        return request.blueprint == self.endpoint.partition(".")[0]

    @property
    def is_open(self) -> bool:
        return self.permission is None or is_allowed(self.permission)


PLACES = (
    Place("home.dashboard", lazy_gettext("Today"), icon="home"),
    Place("circulation.desk", lazy_gettext("Desk"), icon="barcode", permission=Permission.CIRCULATE),
    Place("members.index", lazy_gettext("Members"), icon="users", permission=Permission.SEE_MEMBERS),
    Place("catalogue.index", lazy_gettext("Catalogue"), icon="books"),
    Place("fleet.devices", lazy_gettext("Devices"), icon="device-desktop", permission=Permission.SEE_FLEET),
    Place("libraries.settings", lazy_gettext("Settings"), icon="settings", permission=Permission.EDIT_RULES),
    Place("staff.index", lazy_gettext("Staff"), icon="id-badge-2", permission=Permission.MANAGE_STAFF),
)


def places() -> list[Place]:
    """Where this person may go, in the order of the navigation."""
    return [place for place in PLACES if place.endpoint in current_app.view_functions and place.is_open]


def use_navigation(app: Flask) -> None:
    """Give templates `places()` and `is_allowed(permission)`."""
    app.jinja_env.globals.update(places=places, is_allowed=is_allowed, Permission=Permission)
