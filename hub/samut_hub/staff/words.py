"""What each right allows, in a sentence, and how roles are called."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission, Role

ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.LIBRARIAN: _l("Librarian"),
    Role.ASSISTANT: _l("Assistant"),
}


@dataclass(frozen=True)
class RightGroup:
    """Rights that belong together, in the order in which they are shown."""

    name: LazyString
    sentences: dict[Permission, LazyString]


RIGHT_GROUPS = (
    RightGroup(
        _l("Desk"),
        {
            Permission.CIRCULATE: _l("Lend, take back and renew at the desk"),
            Permission.MANAGE_HOLDS: _l("Place and cancel reservations, and recall what is out"),
            Permission.BOOK_ITEMS: _l("Book equipment for a time"),
            Permission.RECORD_MISHAPS: _l("Record what is lost, damaged, or said to have been returned"),
            Permission.BACKDATE_RETURNS: _l("Take back as of an earlier day, as from a book drop"),
            Permission.ADD_AT_DESK: _l("Enter an item with a short title at the desk, to lend it at once"),
            Permission.SETTLE_CONFLICTS: _l("Settle what was lent offline and does not fit"),
            Permission.OVERRIDE_LIMITS: _l("Let a loan pass that is too many, or renewed too often, with a reason"),
            Permission.OVERRIDE_MEMBERSHIP: _l(
                "Let a loan pass to who is blocked or whose card has ended, with a reason"
            ),
            Permission.OVERRIDE_MONEY: _l("Let a loan pass to who owes too much, with a reason"),
            Permission.OVERRIDE_OVERDUE: _l("Let a loan pass to who has overdue items, with a reason"),
            Permission.OVERRIDE_ITEMS: _l("Lend an item that is not for loan or reserved for another, with a reason"),
            Permission.OVERRIDE_AGE: _l("Let a loan pass to who is too young for it, with a reason"),
        },
    ),
    RightGroup(
        _l("Members"),
        {
            Permission.SEE_MEMBERS: _l("Find members and see their pages"),
            Permission.SEE_HISTORY: _l("See and print what a member borrowed in the past, and see who came and when"),
            Permission.EDIT_MEMBERS: _l("Add and change members, their cards, photographs and classes"),
            Permission.BLOCK_MEMBERS: _l("Block members, and lift a block"),
            Permission.GIVE_PASSWORDS: _l("Give a member a password to sign in with"),
            Permission.CHANGE_MANY_MEMBERS: _l("Change many members at once, and begin a new school year"),
            Permission.LET_GUESTS_IN: _l("Make passes for guests, and take them back"),
        },
    ),
    RightGroup(
        _l("Catalogue"),
        {
            Permission.EDIT_CATALOGUE: _l("Add, change and remove titles, copies, pictures and files"),
            Permission.EDIT_HEADINGS: _l("Change headings: names and subjects"),
            Permission.MERGE_TITLES: _l("Make one title of two"),
            Permission.CHECK_IN_SERIALS: _l("Keep journals, and check in their issues"),
            Permission.CHANGE_MANY_ITEMS: _l("Change many items at once"),
            Permission.IMPORT_RECORDS: _l("Bring records in from files, and take an import back"),
            Permission.EXPORT_RECORDS: _l("Give records out as files"),
            Permission.PRINT_LABELS: _l("Print labels, and measure their sheets"),
            Permission.COUNT_STOCK: _l("Count the stock along the shelves"),
            Permission.EDIT_PLACES: _l("Change places and categories"),
        },
    ),
    RightGroup(
        _l("Money"),
        {
            Permission.TAKE_PAYMENTS: _l("Charge by hand, take money, and close one's own till"),
            Permission.WAIVE_CHARGES: _l("Waive a charge, with a reason"),
            Permission.UNDO_PAYMENTS: _l("Declare a receipt void, and give money back"),
            Permission.SEE_ACCOUNTS: _l("See the money of all tills"),
        },
    ),
    RightGroup(
        _l("News and devices"),
        {
            Permission.EDIT_NEWS: _l("Write news for the public pages"),
            Permission.SEND_NOTICES: _l("Print letters, send notices again, and choose the ways for members"),
            Permission.SEE_FLEET: _l("See gates, kiosks and other devices"),
            Permission.COMMAND_DEVICES: _l("Open a gate, and restart a device"),
            Permission.CONFIGURE_DEVICES: _l("Add devices, shut them out, and set what they do and are made of"),
        },
    ),
    RightGroup(
        _l("Settings"),
        {
            Permission.EDIT_LIBRARY: _l("Change name, limits and closed weekdays of the library"),
            Permission.EDIT_CALENDAR: _l("Change the calendar of closed days"),
            Permission.EDIT_RULES: _l("Change the loan rules, and move due dates"),
            Permission.EDIT_CHARGES: _l("Change how money is taken, and the kinds of charges"),
            Permission.EDIT_FORMS: _l("Change the fields of titles and copies, and the kinds of material"),
            Permission.EDIT_MEMBER_FORMS: _l("Change types of member, levels of education and fields of members"),
            Permission.EDIT_TARGETS: _l("Choose the libraries whose records can be copied"),
            Permission.EDIT_MACHINES: _l("Let machines of other makers sign in"),
            Permission.EDIT_NOTICES: _l("Change what members are told, when, in which words and over which servers"),
        },
    ),
    RightGroup(
        _l("Administration"),
        {
            Permission.MANAGE_STAFF: _l("Make accounts and roles of staff, and say what they may do"),
            Permission.SEE_AUDIT: _l("See who changed what"),
            Permission.EDIT_SIGN_IN: _l("Say how people sign in: school accounts, LINE, second step"),
            Permission.EDIT_RETENTION: _l("Say how long personal data are kept"),
        },
    ),
)


def role_name(account: StaffAccount) -> str:
    """How the person's role is called; of an own role the name the library gave it."""
    return str(ROLE_NAMES[Role(account.role)]) if account.own_role is None else account.own_role.name
