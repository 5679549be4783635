"""Members come, borrow and return: questions to the hub with their answers, and events it must learn of.

Questions are answered within a second or decided locally; events stay in the outbox until the hub has acknowledged
them.
"""

from datetime import date, datetime
from typing import Literal

from samut_wire.messages.base import Count, Message, Text


class ReasonGiven(Message, frozen=True):
    """One reason of a decision: its code in `samut_rules.reasons` and the values its sentence needs."""

    code: Text
    values: dict[Text, Text | int] = {}


class DecisionMade(Message, frozen=True):
    """What the lending rules said, and how they came to it."""

    allowed: bool
    reasons: tuple[ReasonGiven, ...] = ()
    due_at: datetime | None = None
    trace: tuple[Text, ...] = ()


class LoanShown(Message, frozen=True):
    """One open loan as the member may see it."""

    barcode: Text
    title: Text
    due_at: datetime
    overdue: bool = False


class PassageRecorded(Message, frozen=True, omit_defaults=True):
    """One tap at a gate and what became of it. `member` is empty when the card is unknown.

    `reasons` of an allowed passage were warnings. `guest` is the hash of a guest pass; `persons` came with one tap.
    """

    reader: Text
    direction: Literal["in", "out"]
    allowed: bool
    member: Text = ""
    reasons: tuple[ReasonGiven, ...] = ()
    guest: Text = ""
    persons: Count = 1


class LoanRecorded(Message, frozen=True, omit_defaults=True):
    """A loan decided by the local rules while the hub did not answer. `by` is who worked at the desk, if one did."""

    member: Text
    barcode: Text
    decision: DecisionMade
    by: Text = ""


class RenewalRecorded(Message, frozen=True, omit_defaults=True):
    """A renewal decided by the local rules while the hub did not answer. `seen`: the item was at hand."""

    member: Text
    barcode: Text
    decision: DecisionMade
    seen: bool = True
    by: Text = ""


class ReturnRecorded(Message, frozen=True, omit_defaults=True):
    """A return taken while the hub did not answer. `by` is who worked at the desk, if one did."""

    barcode: Text
    by: Text = ""


class SecurityRecorded(Message, frozen=True, omit_defaults=True):
    """What an item's tag tells the exit may be wrong: it was to be `secured`, or else was to let the item pass.

    `done`: after all it is as it was to be, read back from the tag. Of a set in `of` parts only `seen` lay there.
    `member` is who took the item, empty for what was returned; `by` who worked at the desk, if one did.
    """

    barcode: Text
    secured: bool
    done: bool = False
    member: Text = ""
    by: Text = ""
    seen: Count = 1
    of: Count = 1


class CheckoutCancelled(Message, frozen=True):
    """The hub was asked, its answer did not come in time, and the local rules refused: the member left without.

    It carries the id of the question. Had the hub lent the item after all, it takes the loan back as never made.
    """

    member: Text
    barcode: Text


class MemberAsked(Message, frozen=True):
    """Exactly one of the two is given: a card hash, or a member number that was scanned or typed."""

    card: Text = ""
    number: Text = ""


class HoldShown(Message, frozen=True, omit_defaults=True):
    """A title set aside for the member: to be fetched at `place`, until the end of a day."""

    title: Text
    place: Text = ""
    keep_until: datetime | None = None


class MemberFound(Message, frozen=True, omit_defaults=True):
    """`name` is what the screen may greet with. `reasons` tell why the member may not borrow at all, if so.

    `slip_by`: over which way the hub can send the slip of this visit; `joins_line`: whether the member may link a
    LINE account; `pays`: whether a code can be shown with which the debt is paid from a bank's app. For each of these
    the hub keeps the visit under the id of the question, `visit`; else that is empty. `member_type` is a code.
    """

    known: bool
    number: Text = ""
    name: Text = ""
    loans: tuple[LoanShown, ...] = ()
    debt: Count = 0
    reasons: tuple[ReasonGiven, ...] = ()
    visit: Text = ""
    slip_by: Literal["", "line", "email"] = ""
    joins_line: bool = False
    pays: bool = False
    holds: tuple[HoldShown, ...] = ()
    expires_on: date | None = None
    member_type: Text = ""


class CheckoutAsked(Message, frozen=True):
    member: Text
    barcode: Text


class CheckoutAnswered(Message, frozen=True, omit_defaults=True):
    """`found`: the item had been thought missing or lost, and is put right."""

    barcode: Text
    title: Text
    decision: DecisionMade
    found: bool = False


class RenewalAsked(Message, frozen=True, omit_defaults=True):
    """`seen`: the item is at hand; else the member asks for it from the list of loans."""

    member: Text
    barcode: Text
    seen: bool = True


class RenewalAnswered(Message, frozen=True):
    barcode: Text
    title: Text
    decision: DecisionMade


class CheckinAsked(Message, frozen=True):
    barcode: Text


class CheckinAnswered(Message, frozen=True, omit_defaults=True):
    """`returned` is false when the barcode is unknown. `was_on_loan` is false for an item that was not out; `found`:
    it had been thought missing or lost, and is put right."""

    barcode: Text
    returned: bool
    title: Text = ""
    was_on_loan: bool = False
    fine: Count = 0
    days_late: Count = 0
    reasons: tuple[ReasonGiven, ...] = ()
    found: bool = False


class SlipAsked(Message, frozen=True):
    """The member of this visit wants the slip sent; to whom and where the hub knows."""

    visit: Text


class SlipAnswered(Message, frozen=True):
    """Whether it is on its way."""

    sent: bool


class LineAsked(Message, frozen=True):
    """The member of this visit wants notices by LINE."""

    visit: Text


class LineAnswered(Message, frozen=True):
    """A QR code to be shown for `seconds`, in rows of “1” for dark and “0” for light; empty where there is none."""

    squares: tuple[Text, ...] = ()
    seconds: Count = 0


class PayAsked(Message, frozen=True):
    """The member of this visit wants to pay what is owed from a bank's app."""

    visit: Text


class PayAnswered(Message, frozen=True):
    """A PromptPay QR code for `amount` satang, in rows of “1” and “0”; the bank's app should show `name`.

    Empty where there is none. Nothing is paid by it in the books: staff confirm what arrived.
    """

    squares: tuple[Text, ...] = ()
    amount: Count = 0
    name: Text = ""
