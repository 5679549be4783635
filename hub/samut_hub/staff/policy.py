"""What each role may do, and how long one may try to sign in and stay signed in."""

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


class AccountFault(StrEnum):
    NAME_TAKEN = "name_taken"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 — a code, not a password
    OWN_ACCOUNT = "own_account"


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    LIBRARIAN = "librarian"
    ASSISTANT = "assistant"


class Permission(StrEnum):
    CIRCULATE = "circulate"  # desk: lend, return, renew
    SEE_MEMBERS = "see_members"
    EDIT_MEMBERS = "edit_members"
    EDIT_CATALOGUE = "edit_catalogue"
    EDIT_NEWS = "edit_news"
    TAKE_PAYMENTS = "take_payments"  # charge by hand, take money, close one's own till
    WAIVE_CHARGES = "waive_charges"
    UNDO_PAYMENTS = "undo_payments"  # declare receipts void, give money back
    SEE_ACCOUNTS = "see_accounts"  # the money of all tills
    SEE_FLEET = "see_fleet"
    COMMAND_DEVICES = "command_devices"  # open a gate, restart an agent
    SETTLE_CONFLICTS = "settle_conflicts"
    OVERRIDE_LIMITS = "override_limits"  # let a refused loan or renewal pass, with a reason
    OVERRIDE_MEMBERSHIP = "override_membership"
    OVERRIDE_MONEY = "override_money"
    OVERRIDE_OVERDUE = "override_overdue"
    OVERRIDE_ITEMS = "override_items"
    OVERRIDE_AGE = "override_age"
    EDIT_RULES = "edit_rules"  # lending rules, calendar
    MANAGE_STAFF = "manage_staff"


_ASSISTANT = {Permission.CIRCULATE, Permission.SEE_MEMBERS}
_LIBRARIAN = _ASSISTANT | {
    Permission.EDIT_MEMBERS,
    Permission.EDIT_CATALOGUE,
    Permission.EDIT_NEWS,
    Permission.TAKE_PAYMENTS,
    Permission.WAIVE_CHARGES,
    Permission.UNDO_PAYMENTS,
    Permission.SEE_ACCOUNTS,
    Permission.SEE_FLEET,
    Permission.COMMAND_DEVICES,
    Permission.SETTLE_CONFLICTS,
    Permission.OVERRIDE_LIMITS,
    Permission.OVERRIDE_MEMBERSHIP,
    Permission.OVERRIDE_MONEY,
    Permission.OVERRIDE_OVERDUE,
    Permission.OVERRIDE_ITEMS,
    Permission.OVERRIDE_AGE,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ASSISTANT: frozenset(_ASSISTANT),
    Role.LIBRARIAN: frozenset(_LIBRARIAN),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def origin_of(address: str) -> str:
    """From where a request comes, as far as that cannot be changed at will: of IPv6 the network of 64 bits."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
    return str(ip)


def may(role: str, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in PERMISSIONS[Role(role)]
