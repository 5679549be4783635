"""What devices decided alone that does not fit the books, and how staff put it right, in words."""

from flask_babel import lazy_gettext as _l

from samut_hub.circulation.models import ConflictKind
from samut_hub.fleet.settling import Choice, Fault

CONFLICTS = {
    "unknown_member": _l("Lent to a member number that is not in the books."),
    "unknown_item": _l("A barcode that is not in the books."),
    "newer_loan": _l("Lent at the device, but meanwhile lent to somebody else as well."),
    "return_not_on_loan": _l("Returned at the device, but it was not on loan."),
    "return_before_loan": _l("Returned at the device, but lent again since."),
    "renewal_without_loan": _l("Renewed at the device, but not on loan to this member."),
    "due_too_late": _l(
        "The device told a due date later than the rules give: %(told)s, not %(given)s. What the member was told"
        " stands. Ask for the item earlier if others need it."
    ),
    "due_impossible": _l(
        "The device told a due date that has passed or is more than a year away, which cannot be right. By the rules"
        " it is due on %(given)s, and that counts. Tell the member, and check the device and its clock."
    ),
    "lateness_in_doubt": _l(
        "Told late by the device. Check the fine of this loan, and whether borrowing is suspended."
    ),
    "loan_unwritten": _l(
        "Lent at the device, but the hub could not enter it. If the item is still out, lend it to this member at the"
        " desk. Tell the administrator too."
    ),
    "renewal_unwritten": _l(
        "Renewed at the device, but the hub could not enter it. Renew the loan at the desk."
        " Tell the administrator too."
    ),
    "return_unwritten": _l(
        "Returned at the device, but the hub could not enter it. If the item is here and on loan in the books, return"
        " it at the desk and check the fine. Tell the administrator too."
    ),
    "cancel_unwritten": _l(
        "Refused at the device, but the hub could not undo the loan. If the item is here and on loan in the books,"
        " return it at the desk. Tell the administrator too."
    ),
    "security_unwritten": _l(
        "A tag could not be read back at the device, and the hub could not enter that. Check the item's tag at the"
        " desk. Tell the administrator too."
    ),
    "tag_still_secured": _l(
        "Lent at the device, but its tag could not be released: the gate at the exit may ring. Release the tag at the"
        " desk when the item comes there."
    ),
    "tag_not_secured": _l(
        "Returned at the device, but its tag could not be secured: the gate at the exit would not ring. Secure the"
        " tag at the desk before the item goes back to its shelf."
    ),
    "parts_not_seen": _l(
        "Returned at the device, but not all of its parts were on the pad: %(parts)s. Look whether all are there."
    ),
    "passage_unwritten": _l(
        "The hub could not enter passages of this gate, so visits are missing from the counts."
        " Tell the administrator."
    ),
}
CHOICES = {
    Choice.SEEN: _l("Settled at the desk"),
    Choice.EARLIER: _l("Who borrowed at the device has it"),
    Choice.LATER: _l("Who is in the books has it"),
    Choice.AGAIN: _l("Enter it now"),
    Choice.FOR_MEMBER: _l("Enter it for this member"),
    Choice.IS_HERE: _l("It is here: take it back"),
    Choice.RULES_DATE: _l("Set the date of the rules"),
}
OF_KINDS = {
    (ConflictKind.RETURN_NOT_ON_LOAN, Choice.SEEN): _l("Nothing to do"),
    (ConflictKind.RETURN_BEFORE_LOAN, Choice.SEEN): _l("The new loan stands"),
    (ConflictKind.DUE_TOO_LATE, Choice.SEEN): _l("Keep the date that was told"),
    (ConflictKind.DUE_IMPOSSIBLE, Choice.SEEN): _l("The member was told"),
    (ConflictKind.LATENESS_IN_DOUBT, Choice.SEEN): _l("The fine was checked"),
    (ConflictKind.UNKNOWN_ITEM, Choice.SEEN): _l("Dismiss"),
    (ConflictKind.UNKNOWN_MEMBER, Choice.SEEN): _l("Dismiss"),
    (ConflictKind.RENEWAL_WITHOUT_LOAN, Choice.SEEN): _l("Dismiss"),
}
"""What a choice means of some kinds, said more plainly."""
FAULTS = {
    Fault.NO_ITEM: _l("There is still no item with this barcode. Enter it in the catalogue first."),
    Fault.NO_MEMBER: _l("There is no member with this number."),
    Fault.NO_LOAN: _l("The item is not on loan to this member now."),
    Fault.NO_LETTER: _l("What the device said is no longer kept. Put it right at the desk."),
    Fault.NOT_OF_THIS: _l("That cannot be chosen here."),
}
