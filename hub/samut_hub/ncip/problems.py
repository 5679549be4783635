"""Why something was not done, in the words of the standard's lists and in a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from samut_hub.ncip.writing import holder, if_any, leaf
from samut_rules.reasons import Code

_ERRORS = "http://www.niso.org/ncip/v1_0/schemes"
MESSAGING = f"{_ERRORS}/messagingerrortype/messagingerrortype.scm"
GENERAL = f"{_ERRORS}/processingerrortype/generalprocessingerror.scm"


class ProblemError(Exception):
    """The service is refused. `kind` is a value of the list of its `scheme`; empty is that of the service itself.
    `element` and `value` are what in the request it is about."""

    def __init__(self, kind: str, detail: str = "", *, scheme: str = "", element: str = "", value: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail, self.scheme, self.element, self.value = kind, detail, scheme, element, value
        self.fee: Element | None = None

    def written(self, service: str) -> Element:
        own = f"{_ERRORS}/processingerrortype/{service.lower()}processingerror.scm"
        return holder(
            "Problem",
            leaf("ProblemType", self.kind, self.scheme or own),
            if_any("ProblemDetail", self.detail),
            if_any("ProblemElement", self.element),
            if_any("ProblemValue", self.value),
        )


@dataclass(frozen=True, slots=True)
class Words:
    """How a service's list calls reasons of the lending rules; `otherwise` is for all the others."""

    by_code: Mapping[Code, str]
    otherwise: str

    def of(self, code: str) -> str:
        return next((kind for known, kind in self.by_code.items() if known == code), self.otherwise)


UNKNOWN_USER, UNKNOWN_ITEM, UNKNOWN_REQUEST = "Unknown User", "Unknown Item", "Unknown Request"
NOT_AUTHENTICATED, NOT_CHECKED_OUT = "User Authentication Failed", "Item Not Checked Out"
_BLOCKED = dict.fromkeys(
    (
        Code.MEMBER_BLOCKED,
        Code.MEMBER_EXPIRED,
        Code.CARD_LOST,
        Code.SUSPENDED,
        Code.OWES_TOO_MUCH,
        Code.HAS_OVERDUE,
    ),
    "User Blocked",
)
_UNKNOWN = {Code.MEMBER_UNKNOWN: UNKNOWN_USER, Code.ITEM_UNKNOWN: UNKNOWN_ITEM}
CHECKOUT = Words(
    {
        **_BLOCKED,
        **_UNKNOWN,
        Code.ITEM_NOT_FOR_LOAN: "Item Does Not Circulate",
        Code.NO_RULE: "Item Does Not Circulate",
        Code.LIMIT_REACHED: "Maximum Check Outs Exceeded",
        Code.TOTAL_REACHED: "Maximum Check Outs Exceeded",
        Code.ITEM_ON_LOAN: "Resource Cannot Be Provided",
        Code.ITEM_RESERVED: "Resource Cannot Be Provided",
    },
    "User Ineligible To Check Out This Item",
)
RENEWAL = Words(
    {
        **_BLOCKED,
        **_UNKNOWN,
        Code.NOT_ON_LOAN: NOT_CHECKED_OUT,
        Code.RENEWALS_USED: "Maximum Renewals Exceeded",
        Code.UNSEEN_RENEWALS_USED: "Maximum Renewals Exceeded",
        Code.OTHERS_WAIT: "Renewal Not Allowed - Item Has Outstanding Requests",
        Code.RECALLED: "Renewal Not Allowed - Item Has Outstanding Requests",
    },
    "Item Not Renewable",
)
HOLD = Words(
    {
        **_BLOCKED,
        **_UNKNOWN,
        Code.ALREADY_RESERVED: "Duplicate Request",
        Code.NO_HOLDS: "Item Does Not Circulate",
        Code.NOTHING_TO_LEND: "Item Does Not Circulate",
    },
    "User Ineligible To Request This Item",
)
