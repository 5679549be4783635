"""What each role may do, and how long one may try to sign in and stay signed in."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address

MAX_FAILURES = 5
"""Wrong passwords within `LOCKED_FOR` for one name from one place, until that place must wait."""
MAX_FROM_ORIGIN = 60
"""The same for all names together: a school with all its pupils is often one address, and so is who tries one
password on each of them."""
LOCKED_FOR = timedelta(minutes=5)
SESSION_LASTS = timedelta(hours=12)
MIN_PASSWORD = 10
MIN_RUN = 4
"""Characters in a row from which on a password is a run of keys, or contains a name."""


class SignInFault(StrEnum):
    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NOT_VERIFIED = "not_verified"
    OTHER_DOMAIN = "other_domain"


class AccountFault(StrEnum):
    NAME_TAKEN = "name_taken"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 — a code, not a password
    OWN_ACCOUNT = "own_account"
    BEYOND_OWN_RIGHTS = "beyond_own_rights"
    LAST_ADMINISTRATOR = "last_administrator"


class RoleFault(StrEnum):
    NAME_TAKEN = "name_taken"
    BEYOND_OWN_RIGHTS = "beyond_own_rights"
    IN_USE = "in_use"


class Role(StrEnum):
    """The roles that every library has."""

    ADMINISTRATOR = "administrator"
    LIBRARIAN = "librarian"
    ASSISTANT = "assistant"


class Provider(StrEnum):
    """Who else says who somebody is: the school's accounts, or LINE."""

    SCHOOL = "school"
    LINE = "line"


class Permission(StrEnum):
    """One function that somebody may use or not; `samut_hub.staff.rights` says each in a sentence."""

    CIRCULATE = "circulate"
    MANAGE_HOLDS = "manage_holds"
    BOOK_ITEMS = "book_items"
    RECORD_MISHAPS = "record_mishaps"
    BACKDATE_RETURNS = "backdate_returns"
    ADD_AT_DESK = "add_at_desk"
    SETTLE_CONFLICTS = "settle_conflicts"
    OVERRIDE_LIMITS = "override_limits"
    OVERRIDE_MEMBERSHIP = "override_membership"
    OVERRIDE_MONEY = "override_money"
    OVERRIDE_OVERDUE = "override_overdue"
    OVERRIDE_ITEMS = "override_items"
    OVERRIDE_AGE = "override_age"

    SEE_MEMBERS = "see_members"
    SEE_HISTORY = "see_history"
    EDIT_MEMBERS = "edit_members"
    BLOCK_MEMBERS = "block_members"
    GIVE_PASSWORDS = "give_passwords"
    CHANGE_MANY_MEMBERS = "change_many_members"
    LET_GUESTS_IN = "let_guests_in"

    EDIT_CATALOGUE = "edit_catalogue"
    EDIT_HEADINGS = "edit_headings"
    MERGE_TITLES = "merge_titles"
    CHECK_IN_SERIALS = "check_in_serials"
    CHANGE_MANY_ITEMS = "change_many_items"
    IMPORT_RECORDS = "import_records"
    EXPORT_RECORDS = "export_records"
    PRINT_LABELS = "print_labels"
    COUNT_STOCK = "count_stock"
    EDIT_PLACES = "edit_places"

    TAKE_PAYMENTS = "take_payments"
    WAIVE_CHARGES = "waive_charges"
    UNDO_PAYMENTS = "undo_payments"
    SEE_ACCOUNTS = "see_accounts"

    EDIT_NEWS = "edit_news"
    SEND_NOTICES = "send_notices"
    SEE_FLEET = "see_fleet"
    COMMAND_DEVICES = "command_devices"
    CONFIGURE_DEVICES = "configure_devices"

    EDIT_LIBRARY = "edit_library"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_RULES = "edit_rules"
    EDIT_CHARGES = "edit_charges"
    EDIT_FORMS = "edit_forms"
    EDIT_MEMBER_FORMS = "edit_member_forms"
    EDIT_TARGETS = "edit_targets"
    EDIT_MACHINES = "edit_machines"
    EDIT_NOTICES = "edit_notices"
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"
    EDIT_SIGN_IN = "edit_sign_in"
    EDIT_RETENTION = "edit_retention"


_ASSISTANT = {
    Permission.CIRCULATE,
    Permission.MANAGE_HOLDS,
    Permission.BOOK_ITEMS,
    Permission.RECORD_MISHAPS,
    Permission.ADD_AT_DESK,
    Permission.COUNT_STOCK,
    Permission.SEE_MEMBERS,
    Permission.SEE_HISTORY,
    Permission.LET_GUESTS_IN,
}
_ADMINISTRATORS_ONLY = {
    Permission.EDIT_LIBRARY,
    Permission.EDIT_RULES,
    Permission.EDIT_CHARGES,
    Permission.EDIT_FORMS,
    Permission.EDIT_MEMBER_FORMS,
    Permission.EDIT_TARGETS,
    Permission.EDIT_MACHINES,
    Permission.CONFIGURE_DEVICES,
    Permission.EDIT_NOTICES,
    Permission.MANAGE_STAFF,
    Permission.SEE_AUDIT,
    Permission.EDIT_SIGN_IN,
    Permission.EDIT_RETENTION,
}

ALL = frozenset(Permission)
_BY_CODE = {permission.value: permission for permission in Permission}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ASSISTANT: frozenset(_ASSISTANT),
    Role.LIBRARIAN: ALL - _ADMINISTRATORS_ONLY,
    Role.ADMINISTRATOR: ALL,
}
"""What the built-in roles may do: they are the same everywhere, and a library's own roles begin as one of them."""


def rights_from(codes: Iterable[str]) -> frozenset[Permission]:
    """The permissions with these codes; one that only a later or earlier version knows gives nothing here."""
    return frozenset(_BY_CODE[code] for code in codes if code in _BY_CODE)


def origin_of(address: str) -> str:
    """From where a request comes, as far as that cannot be changed at will: of IPv6 the network of 64 bits."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
    return str(ip)
