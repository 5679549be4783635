"""What kinds, ways, states and faults of notices are called on pages."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.notices.channels.sending import without_addresses
from samut_hub.notices.policy import Channel, Fault, Kind, State, Subject
from samut_hub.notices.settings import Missing
from samut_hub.notices.texts import WordsError, WordsFault

KINDS: Mapping[str, LazyString] = {
    Kind.DUE_SOON: _l("Due soon"),
    Kind.OVERDUE_1: _l("Overdue, first reminder"),
    Kind.OVERDUE_2: _l("Overdue, second reminder"),
    Kind.OVERDUE_3: _l("Overdue, last reminder"),
    Kind.RENEWED: _l("Renewed by itself at night"),
    Kind.RECALLED: _l("Needed back early"),
    Kind.HOLD_READY: _l("Reservation ready"),
    Kind.HOLD_CANCELLED: _l("Reservation ended"),
    Kind.EXPIRY: _l("Membership ends soon"),
    Kind.RECEIPT: _l("Receipt"),
    Kind.SLIP: _l("Slip of loans and returns"),
    Kind.NEWS: _l("News"),
}
SUBJECTS: Mapping[str, LazyString] = {
    Subject.DUE: _l("What is due soon"),
    Subject.OVERDUE: _l("What is overdue or needed back"),
    Subject.HOLDS: _l("Reservations"),
    Subject.MONEY: _l("Receipts"),
    Subject.MEMBERSHIP: _l("The end of membership"),
    Subject.NEWS: _l("News of the library"),
    Subject.SLIPS: _l("A slip after each visit, also at the kiosk"),
}
CHANNELS: Mapping[str, LazyString] = {
    Channel.LINE: _l("LINE"),
    Channel.EMAIL: _l("E-mail"),
    Channel.PRINT: _l("Letter"),
}
STATES: Mapping[str, LazyString] = {
    State.WAITING: _l("Waiting to be sent"),
    State.TO_PRINT: _l("To be printed"),
    State.SENDING: _l("Being sent"),
    State.SENT: _l("Sent"),
    State.PRINTED: _l("Printed"),
    State.FAILED: _l("Not sent"),
    State.CANCELLED: _l("Cancelled"),
}
UNDECIDED = _l("Unknown whether it arrived")
"""Of notices that were not sent for Fault.UNSURE."""
FAULTS: Mapping[str, LazyString] = {
    Fault.UNREACHABLE: _l("The server does not answer."),
    Fault.BUSY: _l("The server asks to try again later."),
    Fault.QUOTA: _l("The messages of this month are used up on the LINE account."),
    Fault.SIGN_IN: _l("The server refuses the library's password, token or address."),
    Fault.REFUSED: _l("The receiver's account or mailbox takes no messages."),
    Fault.NO_ADDRESS: _l("The member has no address for it that can be used."),
    Fault.NOT_SET_UP: _l("The server does not offer what the settings ask for."),
    Fault.UNSURE: _l("The server's answer was lost: it may have arrived. Ask before you send it again."),
    Fault.PAST: _l("It was no longer needed: brought back, renewed or collected meanwhile, or old news."),
    Fault.BY_HAND: _l("Cancelled by staff."),
}
LACKS: Mapping[str, LazyString] = {
    Missing.SMTP_HOST: _l("The mail server is not named yet."),
    Missing.SENDER: _l("The address that messages come from is missing."),
    Missing.PASSWORD: _l("The password of the mail server is missing. Enter it once more."),
    Missing.LINE_ACCOUNT: _l("The basic ID of the official account, which begins with @, is missing."),
    Missing.LINE_TOKEN: _l("The channel access token is missing."),
    Missing.LINE_SECRET: _l("The channel secret is missing."),
    Missing.HTTPS: _l("LINE needs an address of the hub that begins with https: set public_url on its computer."),
}
WORDS_FAULTS: Mapping[str, LazyString] = {
    WordsFault.UNKNOWN_FIELD: _l("{%(field)s} is not known here. Use only the fields that are listed."),
    WordsFault.LONE_BRACE: _l("A brace has no partner. Write fields like {name}, and no other braces."),
    WordsFault.NOT_ALONE: _l("{%(field)s} is a list: give it a line of its own."),
    WordsFault.MISSING: _l("{%(field)s} is missing: without it nobody knows what the message is about."),
}
FIELDS: Mapping[str, LazyString] = {
    "name": _l("name of the member"),
    "number": _l("member number"),
    "class": _l("class or department"),
    "library": _l("name of the library"),
    "day": _l("the day"),
    "link": _l("address of the member's own page"),
    "items": _l("the list of books, on a line of its own"),
    "also": _l("further lists: what is due soon as well, on a line of its own"),
    "count": _l("how many books"),
    "debt": _l("what the member owes"),
    "owes": _l("a sentence that says so; nothing where nothing is owed"),
    "keep_until": _l("last day to collect"),
    "expires": _l("last day of membership"),
    "receipt": _l("number of the receipt"),
    "amount": _l("amount paid"),
    "news_title": _l("heading of the news"),
    "news_text": _l("text of the news"),
}


def say_words_fault(error: WordsError) -> str:
    return str(WORDS_FAULTS[error.fault]) % {"field": error.field} if error.field else str(WORDS_FAULTS[error.fault])


def say_fault(noted: str) -> str:
    """A fault of a channel as it is kept: its name, and what the server said."""
    name, _blank, detail = noted.partition(" ")
    sentence = str(FAULTS[Fault(name)])
    return f"{sentence} ({without_addresses(detail)})" if detail else sentence
