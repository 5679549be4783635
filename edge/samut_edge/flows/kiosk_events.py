"""What can happen to a kiosk, and what it can ask for."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from samut_edge.clerk import Answer
from samut_edge.devices.pad import Security
from samut_edge.events import PartEvent
from samut_edge.flows.kiosk_states import Equipment, Language, MemberKey, Receipt
from samut_wire import messages as m

# -- touches: what the page may send


class Touch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="touch"):
    """A finger on the glass."""


class ChooseLanguage(Touch, frozen=True, tag="language"):
    language: Language


class StartTyping(Touch, frozen=True, tag="type_number"):
    """“I have no card with me.”"""


class PressDigit(Touch, frozen=True, tag="digit"):
    digit: Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class EraseDigit(Touch, frozen=True, tag="erase"):
    pass


class SubmitNumber(Touch, frozen=True, tag="submit"):
    pass


class StartReturning(Touch, frozen=True, tag="return"):
    pass


class LookAtLoans(Touch, frozen=True, tag="loans"):
    """“What do I have?”, or back to the books of this visit."""

    look: bool


class RenewLoan(Touch, frozen=True, tag="renew"):
    """`key` is the book's, as the page was told it."""

    key: str


class RenewAll(Touch, frozen=True, tag="renew_all"):
    pass


class ConfirmCount(Touch, frozen=True, tag="count"):
    """Whether all books on the pad were counted."""

    right: bool


class ChooseEase(Touch, frozen=True, tag="ease"):
    """Larger text, more contrast, no sound: until this visitor leaves."""

    what: Literal["large", "contrast", "quiet"]
    on: bool


class ShowPay(Touch, frozen=True, tag="pay"):
    """“Pay by PromptPay”, or away from the code again."""

    show: bool


class OpenStaffMenu(Touch, frozen=True, tag="staff"):
    pass


class PutInService(Touch, frozen=True, tag="service"):
    """Staff let people use the kiosk, or none."""

    on: bool


class PrintTest(Touch, frozen=True, tag="test_slip"):
    pass


class RestartKiosk(Touch, frozen=True, tag="restart"):
    pass


class JoinLine(Touch, frozen=True, tag="line"):
    """“Get notices by LINE”, or away from the code again."""

    show: bool


class SendSlip(Touch, frozen=True, tag="send"):
    """Done, and the slip by LINE or e-mail instead of on paper."""


class Finish(Touch, frozen=True, tag="finish"):
    slip: bool


class Leave(Touch, frozen=True, tag="leave"):
    """Back to the first screen, without more ado."""


class Stay(Touch, frozen=True, tag="stay"):
    """“I am still here.”"""


AnyTouch = (
    ChooseLanguage
    | StartTyping
    | PressDigit
    | EraseDigit
    | SubmitNumber
    | StartReturning
    | LookAtLoans
    | RenewLoan
    | RenewAll
    | JoinLine
    | ConfirmCount
    | ChooseEase
    | ShowPay
    | OpenStaffMenu
    | PutInService
    | PrintTest
    | RestartKiosk
    | SendSlip
    | Finish
    | Leave
    | Stay
)


# -- what else can happen


@dataclass(frozen=True, slots=True)
class MemberAnswered:
    visit: int
    answer: Answer[m.MemberFound]


@dataclass(frozen=True, slots=True)
class LoanAnswered:
    visit: int
    barcode: str
    answer: Answer[m.CheckoutAnswered]


@dataclass(frozen=True, slots=True)
class RenewalAnswered:
    visit: int
    barcode: str
    answer: Answer[m.RenewalAnswered]


@dataclass(frozen=True, slots=True)
class ReturnAnswered:
    visit: int
    barcode: str
    answer: Answer[m.CheckinAnswered]


@dataclass(frozen=True, slots=True)
class SecurityAnswered:
    """What became of an order to the pad, as it was read back."""

    visit: int
    barcode: str
    secured: bool
    outcome: Security


@dataclass(frozen=True, slots=True)
class PayAnswered:
    """`answer` is empty where the hub gave no code, or is away."""

    visit: int
    answer: m.PayAnswered


@dataclass(frozen=True, slots=True)
class LineAnswered:
    """`answer` is empty where the hub gave no code, or is away."""

    visit: int
    answer: m.LineAnswered


@dataclass(frozen=True, slots=True)
class SlipAnswered:
    visit: int
    sent: bool


@dataclass(frozen=True, slots=True)
class PrinterDone:
    visit: int
    printed: bool


@dataclass(frozen=True, slots=True)
class EquipmentChanged:
    equipment: Equipment


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""


Event = (
    PartEvent
    | AnyTouch
    | MemberAnswered
    | LoanAnswered
    | RenewalAnswered
    | ReturnAnswered
    | SecurityAnswered
    | PayAnswered
    | LineAnswered
    | SlipAnswered
    | PrinterDone
    | EquipmentChanged
    | Tick
)


# -- actions


@dataclass(frozen=True, slots=True)
class FindMember:
    visit: int
    key: MemberKey


@dataclass(frozen=True, slots=True)
class CheckOut:
    visit: int
    member: str
    barcode: str


@dataclass(frozen=True, slots=True)
class Renew:
    """`seen`: the book is at hand."""

    visit: int
    member: str
    barcode: str
    seen: bool


@dataclass(frozen=True, slots=True)
class CheckIn:
    visit: int
    barcode: str


@dataclass(frozen=True, slots=True)
class SetTag:
    """Release the tag (`secured` is false: only after its loan is durable), or secure it."""

    visit: int
    barcode: str
    secured: bool


@dataclass(frozen=True, slots=True)
class RecordSecurity:
    """Tell the hub that a tag may tell the exit something wrong; or, where `done`, that it is right after all."""

    barcode: str
    secured: bool
    done: bool = False
    member: str = field(default="", repr=False)
    seen: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class AskPayCode:
    visit: int
    of_hub: str


@dataclass(frozen=True, slots=True)
class PrintTestSlip:
    visit: int
    language: Language


@dataclass(frozen=True, slots=True)
class Restart:
    """End the agent; whoever started it starts it anew."""


@dataclass(frozen=True, slots=True)
class AskLineCode:
    """`of_hub` is the hub's name for the visit, here as in `AskSlip`."""

    visit: int
    of_hub: str


@dataclass(frozen=True, slots=True)
class AskSlip:
    visit: int
    of_hub: str


@dataclass(frozen=True, slots=True)
class PrintSlip:
    visit: int
    receipt: Receipt
    language: Language


@dataclass(frozen=True, slots=True)
class LookAtParts:
    """Ask the parts for the status they know."""


@dataclass(frozen=True, slots=True)
class AskPrinter:
    """Ask the printer itself, so that a lack of paper is told before anybody begins."""


Action = (
    FindMember
    | CheckOut
    | Renew
    | CheckIn
    | SetTag
    | RecordSecurity
    | AskLineCode
    | AskPayCode
    | AskSlip
    | PrintSlip
    | PrintTestSlip
    | Restart
    | LookAtParts
    | AskPrinter
)
