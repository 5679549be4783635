"""What the numbers and letters of SIP2 answers stand for, decided from plain facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code

Networks = frozenset[IPv4Network | IPv6Network]

PROTOCOL = "2.00"


class Flag(IntEnum):
    """Places in the fourteen characters of the patron status that the hub can fill."""

    NO_LOANS = 0
    NO_RENEWALS = 1
    NO_RECALLS = 2
    NO_HOLDS = 3
    CARD_LOST = 4
    TOO_MANY_LOANS = 5
    TOO_MANY_OVERDUE = 6
    TOO_MANY_FINES = 10


_OF_THE_PERSON = (Flag.NO_LOANS, Flag.NO_RENEWALS, Flag.NO_RECALLS, Flag.NO_HOLDS)
FLAGS: dict[str, tuple[Flag, ...]] = {
    Code.MEMBER_EXPIRED: _OF_THE_PERSON,
    Code.MEMBER_BLOCKED: _OF_THE_PERSON,
    Code.CARD_LOST: (*_OF_THE_PERSON, Flag.CARD_LOST),
    Code.SUSPENDED: _OF_THE_PERSON,
    Code.HAS_OVERDUE: (Flag.NO_LOANS, Flag.TOO_MANY_OVERDUE),
    Code.OWES_TOO_MUCH: (Flag.NO_LOANS, Flag.NO_RENEWALS, Flag.TOO_MANY_FINES),
    Code.LIMIT_REACHED: (Flag.TOO_MANY_LOANS,),
}
NOBODY = "".join("Y" if place in _OF_THE_PERSON else " " for place in range(14))
"""The status of one who is not known, or not let in."""


class Circulation(StrEnum):
    """Circulation status of item information (section “circulation status”)."""

    OTHER = "01"
    AVAILABLE = "03"
    CHARGED = "04"
    IN_PROCESS = "06"
    ON_HOLD_SHELF = "08"
    LOST = "12"
    MISSING = "13"


_STATUSES = {
    ItemStatus.AVAILABLE: Circulation.AVAILABLE,
    ItemStatus.RESERVED: Circulation.ON_HOLD_SHELF,
    ItemStatus.IN_PROCESS: Circulation.IN_PROCESS,
    ItemStatus.LOST: Circulation.LOST,
    ItemStatus.MISSING: Circulation.MISSING,
}
_MEDIA = {"book": "001", "journal": "002", "serial": "002"}


class Alert(StrEnum):
    """CV of a checkin answer."""

    HOLD_HERE = "01"
    OTHER = "99"


class Pin(StrEnum):
    """What became of the password that a client sent for a member."""

    NOT_ASKED = "not_asked"
    RIGHT = "right"
    WRONG = "wrong"
    TEMPORARY = "temporary"
    TOO_OFTEN = "too_often"


class Summary(IntEnum):
    """Places in the ten characters of patron information: which list is wanted."""

    HOLDS = 0
    OVERDUE = 1
    CHARGED = 2
    FINES = 3
    UNAVAILABLE_HOLDS = 5


@dataclass(frozen=True, slots=True)
class Span:
    """BP and BQ: first and last of a list that is wanted, from 1."""

    first: int
    last: int


LONGEST_LIST = 100


def supported(*, blocks: bool, payments: bool) -> str:
    """BX: patron status, checkout, checkin, block, status, resend, login, patron information, end of session, fee
    paid, item information, item status update, patron enable, hold, renew, renew all."""
    return f"YYY{'NY'[blocks]}YYYYY{'NY'[payments]}YNYYYY"


def patron_status(codes: Collection[str]) -> str:
    """Fourteen characters from the codes of what stands against the member."""
    raised = {flag for code in codes for flag in FLAGS.get(code, (Flag.NO_LOANS,))}
    return "".join("Y" if place in raised else " " for place in range(14))


def circulation_status(status: str, *, is_lent: bool) -> str:
    return Circulation.CHARGED if is_lent else _STATUSES.get(ItemStatus(status), Circulation.OTHER)


def media_type(material: str) -> str:
    return _MEDIA.get(material, "000")


def span(first: str, last: str) -> Span:
    """What the two fields ask for; anything else is the beginning of the list."""
    begin = max(1, _number(first) or 1)
    return Span(begin, min(max(begin, _number(last) or begin + LONGEST_LIST), begin + LONGEST_LIST - 1))


def summary(text: str) -> Summary | None:
    """The list that is asked for: the first that is marked."""
    return next((place for place in Summary if text[place : place + 1] == "Y"), None)


def networks_of(texts: Iterable[str]) -> Networks:
    return frozenset(map(ip_network, texts))


def lies_in(address: str, networks: Networks) -> bool:
    """Whether the address lies in one of the networks."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return any(ip in network for network in networks)


def comes_from(address: str, networks: Iterable[str]) -> bool:
    """The same for networks as text."""
    return lies_in(address, networks_of(networks))


def is_one_address(network: str) -> bool:
    return ip_network(network).num_addresses == 1


def network_of(text: str) -> str:
    """The network in its usual spelling; one address is a network too. Raises ValueError."""
    return str(ip_network(text.strip(), strict=False))


def amount(satang: int) -> str:
    """As SIP2 writes money: with two decimals and nothing between thousands."""
    return f"{satang / 100:.2f}"


def count(number: int) -> str:
    """Four digits."""
    return f"{min(number, 9999):04d}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
