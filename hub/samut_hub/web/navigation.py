"""The main places of the staff pages, of settings and of cataloguing, each shown to those who may go there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from samut_hub.staff.policy import Permission
from samut_hub.web.hub import is_allowed


@dataclass(frozen=True)
class Place:
    """`endpoint` is where the link leads, `about` tells what is found there.

    The place is the current one on every page of the same blueprint, and of those in `within`.
    What only `leads_to` others is open to whoever may go to one of them.
    """

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission | None = None
    about: LazyString | str = ""
    within: tuple[str, ...] = ()
    leads_to: "Callable[[], tuple[Place, ...]] | None" = None

    @property
    def is_current(self) -> bool:
        return request.blueprint in (self.endpoint.partition(".")[0], *self.within)

    @property
    def is_open(self) -> bool:
        allowed = self.permission is None or is_allowed(self.permission)
        return allowed and (self.leads_to is None or any(place.is_open for place in self.leads_to()))


OF_THE_CATALOGUE = (
    *("searching", "editor", "imports", "images", "media", "batches", "authorities", "merging", "serials", "labels"),
    *("lists", "copying", "entry", "stocktaking", "fields", "places", "classification"),
)
"""Blueprints whose pages are parts of the catalogue."""

ROOMS = Place(
    "places.place_list",
    lazy_gettext("Places"),
    icon="building",
    permission=Permission.EDIT_PLACES,
    about=lazy_gettext("Rooms and shelves where items stand"),
)
CATEGORIES = Place(
    "places.category_list",
    lazy_gettext("Categories"),
    icon="tags",
    permission=Permission.EDIT_PLACES,
    about=lazy_gettext("General, reference, novels, textbooks; colours of spine labels"),
)
"""Settings that cataloguers need as well."""

PLACES = (
    Place("home.dashboard", lazy_gettext("Today"), icon="home"),
    Place(
        "circulation.desk",
        lazy_gettext("Desk"),
        icon="barcode",
        permission=Permission.CIRCULATE,
        within=("booking", "kits", "desks"),
    ),
    Place(
        "members.index",
        lazy_gettext("Members"),
        icon="users",
        permission=Permission.SEE_MEMBERS,
        within=("cards", "enrolling", "member_lists", "member_imports", "member_merging"),
    ),
    Place("catalogue.index", lazy_gettext("Catalogue"), icon="books", within=OF_THE_CATALOGUE),
    Place("visits.day", lazy_gettext("Visits"), icon="door-enter", permission=Permission.SEE_HISTORY),
    Place("charges.accounts", lazy_gettext("Money"), icon="cash", permission=Permission.TAKE_PAYMENTS),
    Place(
        "notices.index",
        lazy_gettext("Notices"),
        icon="bell",
        permission=Permission.SEE_MEMBERS,
    ),
    Place("community.index", lazy_gettext("News"), icon="news", permission=Permission.EDIT_NEWS),
    Place(
        "fleet.devices",
        lazy_gettext("Devices"),
        icon="device-desktop",
        permission=Permission.SEE_FLEET,
        within=("joining",),
    ),
    Place(
        "libraries.settings",
        lazy_gettext("Settings"),
        icon="settings",
        within=("beginning", "sip2", "privacy", "audit"),
        leads_to=lambda: SETTINGS,
    ),
    Place("staff.index", lazy_gettext("Staff"), icon="id-badge-2", permission=Permission.MANAGE_STAFF),
)

SETTINGS: tuple[Place, ...] = (
    Place(
        "beginning.index",
        lazy_gettext("First steps"),
        icon="list-check",
        permission=Permission.EDIT_RULES,
        about=lazy_gettext("Types of member, classes, loan rules and holidays as a Thai school usually has them"),
    ),
    Place(
        "libraries.edit",
        lazy_gettext("Library"),
        icon="building",
        permission=Permission.EDIT_LIBRARY,
        about=lazy_gettext("Name, closed weekdays, limit of debt, lending while the hub is away"),
    ),
    Place(
        "libraries.calendar",
        lazy_gettext("Calendar"),
        icon="calendar-off",
        permission=Permission.EDIT_CALENDAR,
        about=lazy_gettext("Holidays, and days that are open all the same"),
    ),
    Place(
        "circulation.rules",
        lazy_gettext("Loan rules"),
        icon="scale",
        permission=Permission.EDIT_RULES,
        about=lazy_gettext("How long, how many, how often, and the fine for each day"),
    ),
    Place(
        "charges.settings",
        lazy_gettext("Payments"),
        icon="qrcode",
        permission=Permission.EDIT_CHARGES,
        about=lazy_gettext("PromptPay account, and how receipts are numbered"),
    ),
    Place(
        "charges.kind_list",
        lazy_gettext("Kinds of charges"),
        icon="receipt",
        permission=Permission.EDIT_CHARGES,
        about=lazy_gettext("What staff charge by hand, and what it usually costs"),
    ),
    Place(
        "circulation.pickup_list",
        lazy_gettext("Where reserved items are fetched"),
        icon="bookmarks",
        permission=Permission.EDIT_RULES,
        about=lazy_gettext("Desks and rooms that members choose from when they reserve"),
    ),
    Place(
        "notices.settings",
        lazy_gettext("Notices by LINE, e-mail and letter"),
        icon="bell",
        permission=Permission.EDIT_NOTICES,
        about=lazy_gettext("What members are told and when, in which words, over which servers"),
    ),
    ROOMS,
    CATEGORIES,
    Place(
        "labels.sheets",
        lazy_gettext("Label sheets"),
        icon="ruler-measure",
        permission=Permission.PRINT_LABELS,
        about=lazy_gettext("Measures of the sheets, the test page for the printer, colours of spine labels"),
    ),
    Place(
        "classification.settings",
        lazy_gettext("Classification"),
        icon="sort-ascending-numbers",
        permission=Permission.EDIT_CATALOGUE,
        about=lazy_gettext("How call numbers are built, and the table of author numbers"),
    ),
    Place(
        "members.type_list",
        lazy_gettext("Types of member"),
        icon="user-cog",
        permission=Permission.EDIT_MEMBER_FORMS,
        about=lazy_gettext("Pupils, teachers and others, as the loan rules name them"),
    ),
    Place(
        "members.group_list",
        lazy_gettext("Classes and departments"),
        icon="users-group",
        permission=Permission.EDIT_MEMBERS,
        about=lazy_gettext("Groups to which members belong"),
    ),
    Place(
        "members.level_list",
        lazy_gettext("Levels of education"),
        icon="stairs-up",
        permission=Permission.EDIT_MEMBER_FORMS,
        about=lazy_gettext("From the lowest to the highest; loan rules may ask for one of them"),
    ),
    Place(
        "members.field_list",
        lazy_gettext("Your own fields of members"),
        icon="forms",
        permission=Permission.EDIT_MEMBER_FORMS,
        about=lazy_gettext("What your library asks of its members beside the usual"),
    ),
    Place(
        "members.rollovers",
        lazy_gettext("New school year"),
        icon="school",
        permission=Permission.CHANGE_MANY_MEMBERS,
        about=lazy_gettext("All classes move up, the last one leaves; with preview, and it can be put back"),
    ),
    Place(
        "enrolling.settings",
        lazy_gettext("National ID numbers"),
        icon="id",
        permission=Permission.EDIT_RULES,
        about=lazy_gettext("Whether the numbers themselves are kept; otherwise only a mark of the card is"),
    ),
    Place(
        "fields.index",
        lazy_gettext("Fields of the forms"),
        icon="forms",
        permission=Permission.EDIT_FORMS,
        about=lazy_gettext("Which fields titles and copies have, for each kind of material; fields of your own"),
    ),
    Place(
        "fields.materials",
        lazy_gettext("Kinds of material"),
        icon="category",
        permission=Permission.EDIT_FORMS,
        about=lazy_gettext("Books, journals, films, equipment, games and what you add"),
    ),
    Place(
        "copying.targets",
        lazy_gettext("Other libraries"),
        icon="world-search",
        permission=Permission.EDIT_TARGETS,
        about=lazy_gettext("Whose records can be copied, over SRU and Z39.50"),
    ),
    Place(
        "sip2.index",
        lazy_gettext("Machines of other makers"),
        icon="plug-connected",
        permission=Permission.EDIT_MACHINES,
        about=lazy_gettext("Kiosks, gates and sorters that speak SIP2, and how they sign in"),
    ),
    Place(
        "staff.sign_in_settings",
        lazy_gettext("Signing in"),
        icon="key",
        permission=Permission.EDIT_SIGN_IN,
        about=lazy_gettext("Second step for staff, accounts of the school, LINE"),
    ),
    Place(
        "privacy.retention",
        lazy_gettext("How long data are kept"),
        icon="lock",
        permission=Permission.EDIT_RETENTION,
        about=lazy_gettext("After how many months loans and visits are parted from their members"),
    ),
    Place(
        "audit.index",
        lazy_gettext("Who changed what"),
        icon="history",
        permission=Permission.SEE_AUDIT,
        about=lazy_gettext("Every change with before and after, sign-ins, and files that were taken away"),
    ),
)

CATALOGUING = (
    Place(
        "catalogue.new",
        lazy_gettext("Add a title"),
        icon="plus",
        permission=Permission.EDIT_CATALOGUE,
        about=lazy_gettext("Describe one book or anything else in a simple form"),
    ),
    Place(
        "editor.new",
        lazy_gettext("New MARC record"),
        icon="code",
        permission=Permission.EDIT_CATALOGUE,
        about=lazy_gettext("Write the whole record, field by field, with help for each"),
    ),
    Place(
        "entry.index",
        lazy_gettext("Enter books"),
        icon="barcode",
        permission=Permission.EDIT_CATALOGUE,
        about=lazy_gettext("Many books one after the other, with scanner and keyboard only"),
    ),
    Place(
        "copying.index",
        lazy_gettext("Copy from other libraries"),
        icon="copy-plus",
        permission=Permission.EDIT_CATALOGUE,
        about=lazy_gettext("Search their catalogues over SRU and Z39.50, and take a record over"),
    ),
    Place(
        "imports.index",
        lazy_gettext("Bring records in"),
        icon="upload",
        permission=Permission.IMPORT_RECORDS,
        about=lazy_gettext("From files: MARC 21, MARCXML, UNIMARC, Excel, CSV; each can be taken back"),
    ),
    Place(
        "imports.export",
        lazy_gettext("Give records out"),
        icon="download",
        permission=Permission.EXPORT_RECORDS,
        about=lazy_gettext("As MARC 21 or MARCXML, with or without copies"),
    ),
    Place(
        "labels.index",
        lazy_gettext("Labels"),
        icon="printer",
        permission=Permission.PRINT_LABELS,
        about=lazy_gettext("Barcodes, QR codes and spine labels on your sheets"),
    ),
    Place(
        "lists.index",
        lazy_gettext("Lists and registers"),
        icon="list-details",
        about=lazy_gettext("Accession register, shelf list, bibliographies, catalogue cards; PDF and Excel"),
    ),
    Place(
        "batches.index",
        lazy_gettext("Change many items"),
        icon="adjustments",
        permission=Permission.CHANGE_MANY_ITEMS,
        about=lazy_gettext("Place, category, status and more of many items at once, with preview and undo"),
    ),
    Place(
        "authorities.index",
        lazy_gettext("Headings"),
        icon="vocabulary",
        about=lazy_gettext("Names and subjects in one form: see, see also, rename, merge"),
    ),
    Place(
        "merging.index",
        lazy_gettext("Duplicate titles"),
        icon="git-merge",
        permission=Permission.MERGE_TITLES,
        about=lazy_gettext("The same ISBN, or the same title and author: compare, and make one of two"),
    ),
    Place(
        "stocktaking.index",
        lazy_gettext("Stock-taking"),
        icon="clipboard-check",
        permission=Permission.COUNT_STOCK,
        about=lazy_gettext("Walk along the shelves with a scanner, see what is missing or misplaced"),
    ),
    Place(
        "classification.guide",
        lazy_gettext("Dewey guide"),
        icon="sort-ascending-numbers",
        about=lazy_gettext("Which number for which subject"),
    ),
    ROOMS,
    CATEGORIES,
    Place(
        "fields.index",
        lazy_gettext("Fields of the forms"),
        icon="forms",
        permission=Permission.EDIT_FORMS,
        about=lazy_gettext("Which fields titles and copies have, for each kind of material; fields of your own"),
    ),
    Place(
        "fields.materials",
        lazy_gettext("Kinds of material"),
        icon="category",
        permission=Permission.EDIT_FORMS,
        about=lazy_gettext("Books, journals, films, equipment, games and what you add"),
    ),
    Place(
        "tasks.index",
        lazy_gettext("Tasks"),
        icon="list-check",
        about=lazy_gettext("What runs in the background: progress, results, files"),
    ),
)


def open_places(places: Sequence[Place]) -> list[Place]:
    """Those where this person may go, in their order."""
    return [place for place in places if place.is_open]


def use_navigation(app: Flask) -> None:
    """Give templates the places of navigation, settings and cataloguing, and `is_allowed(permission)`."""
    app.jinja_env.globals.update(
        menu_places=lambda: open_places(PLACES),
        setting_places=lambda: open_places(SETTINGS),
        cataloguing_places=lambda: open_places(CATALOGUING),
        is_allowed=is_allowed,
        Permission=Permission,
    )
