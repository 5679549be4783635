"""LookupUser: what another system learns about a member, as far as it asks for it."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from samut_hub.catalogue.models import shown_title
from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import open_charges
from samut_hub.circulation.facts import standing
from samut_hub.circulation.holds import Waiting, open_holds_of
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.models import HoldState
from samut_hub.members.models import Member
from samut_hub.ncip.asked import Asked
from samut_hub.ncip.lending import Answer, fiscal
from samut_hub.ncip.writing import Scheme, holder, if_any, leaf, listed, moment, money
from samut_hub.sip2 import policy

LONGEST_LIST = 100
_KINDS = {
    ChargeKind.OVERDUE: "Fine",
    ChargeKind.LOST: "Book Replacement Charge",
    ChargeKind.CARD: "Card Replacement Charge",
}
_BLOCKS = {
    policy.Flag.NO_LOANS: "Block Check Out",
    policy.Flag.NO_RENEWALS: "Block Renewal",
    policy.Flag.NO_HOLDS: "Block Request Item",
}


def look_up_user(asked: Asked) -> Answer:
    member = asked.member()
    wanted = asked.request
    parts: Answer = [asked.user_id(member)]
    if wanted.has("UserFiscalAccountDesired"):
        parts.append(_account(asked, member))
    if wanted.has("LoanedItemsDesired"):
        parts += [_loan_count(member), *_loans(asked, member)]
    if wanted.has("RequestedItemsDesired"):
        holds = open_holds_of(asked.session, member)
        parts += [_hold_count(len(holds)), *(_hold(asked, hold) for hold in holds)]
    return [*parts, _optional(asked, member)]


def _account(asked: Asked, member: Member) -> Element:
    details = [
        holder(
            "AccountDetails",
            moment("AccrualDate", charge.made_at),
            fiscal(asked, _kind(charge), charge.left, charge.note),
        )
        for charge in open_charges(asked.session, member, LONGEST_LIST)
    ]
    return holder("UserFiscalAccount", money("AccountBalance", member.debt, asked.currency), *details)


def _kind(charge: Charge) -> str:
    return next((told for kind, told in _KINDS.items() if kind == charge.kind), "Service Charge")


def _loan_count(member: Member) -> Element:
    status = listed("CirculationStatus", "On Loan", Scheme.CIRCULATION)
    return holder("LoanedItemsCount", status, leaf("LoanedItemCountValue", member.open_loans))


def _loans(asked: Asked, member: Member) -> Iterator[Element]:
    for loan in open_loans(asked.session, member, limit=LONGEST_LIST):
        yield holder(
            "LoanedItem",
            asked.item_id(loan.item.barcode),
            moment("DateDue", loan.due_at),
            leaf("Title", shown_title(loan.item)),
        )


def _hold_count(count: int) -> Element:
    kind = listed("RequestType", "Hold", Scheme.REQUEST)
    return holder("RequestedItemsCount", kind, leaf("RequestedItemCountValue", count))


def _hold(asked: Asked, waiting: Waiting) -> Element:
    hold = waiting.hold
    is_ready = hold.state == HoldState.READY
    return holder(
        "RequestedItem",
        asked.request_id(hold.id),
        None if hold.item is None else asked.item_id(hold.item.barcode),
        listed("RequestType", "Hold", Scheme.REQUEST),
        listed("RequestStatusType", "Available For Pickup" if is_ready else "In Process", Scheme.REQUEST_STATUS),
        moment("DatePlaced", hold.placed_at),
        None if hold.pickup is None else leaf("PickupLocation", hold.pickup.shown(asked.language)),
        moment("PickupExpiryDate", hold.keep_until),
        if_any("HoldQueuePosition", waiting.place),
        leaf("Title", hold.title.title),
    )


def _optional(asked: Asked, member: Member) -> Element | None:
    wanted = asked.request.desired("UserElementType")
    parts: Answer = []
    if "name information" in wanted:
        name = leaf("UnstructuredPersonalUserName", member.name(asked.language))
        parts.append(holder("NameInformation", holder("PersonalNameInformation", name)))
    if "user privilege" in wanted:
        parts.append(_privilege(asked, member))
    if "block or trap" in wanted:
        parts += _blocks(asked, member)
    return holder("UserOptionalFields", *parts) if parts else None


def _privilege(asked: Asked, member: Member) -> Element:
    until = member.expires_on
    return holder(
        "UserPrivilege",
        leaf("AgencyId", asked.partner.agency),
        listed("AgencyUserPrivilegeType", member.type.code, Scheme.AGENCY_PRIVILEGE),
        None if until is None else leaf("ValidToDate", f"{until.isoformat()}T00:00:00"),
    )


def _blocks(asked: Asked, member: Member) -> Iterator[Element]:
    """By what stands against the member."""
    codes = {str(reason.code) for reason in standing(asked.session, member, asked.now)}
    raised = policy.patron_status(codes)
    for flag, told in _BLOCKS.items():
        if raised[flag] == "Y":
            kind = listed("BlockOrTrapType", told, Scheme.BLOCK)
            yield holder("BlockOrTrap", leaf("AgencyId", asked.partner.agency), kind)
