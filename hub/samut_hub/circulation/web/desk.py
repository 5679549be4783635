"""The desk with its one scan box, and the box for returns alone."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec
from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samut_hub.charges.models import Charge
from samut_hub.charges.service import open_charges
from samut_hub.circulation import desk as at_desk
from samut_hub.circulation.desk import Outcome, What
from samut_hub.circulation.models import Loan
from samut_hub.circulation.service import open_loans, standing
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason, say_rule, say_step, say_value
from samut_hub.commands import answer_given, once
from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import card_key
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day, moment, zone_here
from samut_hub.web.hub import carry_out, db, library, needs, now, staff, the_hub, wants_fragment
from samut_rules.reasons import Reason
from samut_wire.ids import command_id, is_command_id
from samut_wire.numbers import has_shape_of_national_id, member_number

Answer = str | Response | tuple[str, int, dict[str, str]]
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A member at the desk: what the panel beside the scan box shows."""

    member: Member
    loans: list[Loan]
    charges: list[Charge]
    reasons: tuple[Reason, ...]
    at: datetime


@pages.get("/")
@needs(Permission.CIRCULATE)
def desk() -> str:
    """The whole page; `done` names the command whose outcome is told, for browsers without scripts."""
    member_id = request.args.get("member", type=int)
    sitting = None if member_id is None else sit_down(member_by_id(db(), member_id))
    return render_template("circulation/desk.html", sitting=sitting, outcome=_told())


@pages.post("/scan")
@needs(Permission.CIRCULATE)
def scan() -> Answer:
    text, member_id = request.form.get("scan", ""), request.form.get("member", type=int)
    if not text.strip():
        return redirect(url_for(".desk", member=member_id))
    key = command_of(text)
    member = None if member_id is None else member_by_id(db(), member_id)
    outcome = once_at_desk(
        "desk.scan",
        key,
        lambda: at_desk.scan(db(), text, member_id=member_id, card_key=_card_key(), now=now(), source=source()),
    )
    if not wants_fragment():
        return redirect(back(outcome, key))
    if outcome.what is What.MEMBER and outcome.member is not None:
        return _person_comes(outcome.member)
    return line(outcome, member, typed=text)


@pages.post("/renew/<int:loan_id>")
@needs(Permission.CIRCULATE)
def renew(loan_id: int) -> Answer:
    loan = open_loan_at(loan_id)
    key = command_of(f"renew {loan_id}")
    outcome = once_at_desk("desk.renew", key, lambda: at_desk.renew_loan(db(), loan, now=now(), source=source()))
    return line(outcome, loan.member) if wants_fragment() else redirect(back(outcome, key))


@pages.get("/return")
@needs(Permission.CIRCULATE)
def returns() -> str:
    return render_template("circulation/return.html", outcome=_told())


@pages.post("/return")
@needs(Permission.CIRCULATE)
def hand_in() -> Answer:
    text = request.form.get("scan", "")
    if not text.strip():
        return redirect(url_for(".returns"))
    key = command_of(text)
    outcome = once_at_desk("desk.return", key, lambda: at_desk.hand_in(db(), text, now=now(), source=source()))
    return line(outcome, None, typed=text) if wants_fragment() else redirect(url_for(".returns", done=key))


def sit_down(member: Member) -> Sitting:
    """What is shown of a member whose session is open."""
    charges = list(open_charges(db(), member)) if member.debt else []
    return Sitting(member, open_loans(db(), member), charges, standing(db(), member, now()), now())


def open_loan_at(loan_id: int) -> Loan:
    """The library's open loan; raises NotFoundError."""
    loan = db().get(Loan, loan_id)
    if loan is None or loan.returned_at is not None:
        raise NotFoundError(f"There is no open loan {loan_id}.")
    return loan


def source() -> str:
    """How this desk is called in loans."""
    return f"desk:{staff().username}"


def once_at_desk(kind: str, key: str, do: Callable[[], Outcome]) -> Outcome:
    """What came of the command, now or when it was carried out before."""

    def answer() -> bytes:
        return once(db(), source(), key, kind, now(), do=lambda: msgspec.json.encode(do()))

    return msgspec.json.decode(carry_out(answer), type=Outcome)


def command_of(text: str) -> str:
    """The form's command together with what was scanned: a fast scanner sends the next book from the same form,
    and that is another command, while the same book from the same form is the same one. The card key keeps the
    scanned text from being guessed by its hash."""
    wanted = request.form.get("command", "")
    if not is_command_id(wanted):
        abort(400)
    return f"{wanted}.{hmac.new(_card_key(), text.strip().encode(), hashlib.sha256).hexdigest()[:12]}"


def _told() -> Outcome | None:
    command = answer_given(db(), source(), request.args.get("done", "")) if "done" in request.args else None
    return None if command is None else msgspec.json.decode(command.answer, type=Outcome)


def _card_key() -> bytes:
    return card_key(the_hub().card_secret, library().code)


def _person_comes(member_id: int) -> Answer:
    """The new session takes the place of the one before, and of its lines."""
    sitting = sit_down(member_by_id(db(), member_id))
    page = render_template("circulation/sitting.html", sitting=sitting, outcome=None)
    address = url_for(".desk", member=member_id)
    return page, 200, {"HX-Retarget": "#work", "HX-Reswap": "innerHTML", "HX-Push-Url": address}


def back(outcome: Outcome, key: str) -> str:
    """Where a browser without scripts is told what came of it."""
    return url_for(".desk", member=outcome.member, done=key)


def line(outcome: Outcome, member: Member | None, *, typed: str = "") -> str:
    """One line, and of the rest of the page only what changed for the member whose session is open.

    `typed` is told back where it is not known; a national ID only by its end, as it was kept.
    """
    own = member if member is not None and outcome.holder == member.id else None
    was_late = outcome.what is What.RETURNED and outcome.due is not None and outcome.due < now()
    reasons = standing(db(), own, now()) if own and was_late else None
    return render_template(
        "circulation/answer.html",
        outcome=outcome,
        typed="" if has_shape_of_national_id(member_number(typed)) else typed,
        member=member,
        own=own is not None,
        reasons=reasons,
        at=now(),
    )


@pages.context_processor
def words_of_desk() -> dict[str, object]:
    """What the templates of the desk ask for."""
    return {
        "What": What,
        "new_command": lambda: command_id(int(now().timestamp() * 1000)),
        "person_of": lambda member_id: member_by_id(db(), member_id),
        "holder_of": lambda outcome: member_by_id(db(), outcome.holder),
        "say_reason": say_reason,
        "say_rule": say_rule,
        "say_value": say_value,
        "say_step": say_step,
    }


@pages.app_template_global()
def open_loans_of(member: Member) -> list[Loan]:
    """For the page of one member."""
    return open_loans(db(), member)


@pages.app_template_global()
def is_late(loan: Loan) -> bool:
    """For the page of one member."""
    return loan.due_at < now()


@pages.app_template_filter("due")
def said_due(at: datetime) -> str:
    """The day of what is due at its end; of what is due at an hour the time too."""
    is_whole_day = at.astimezone(ZoneInfo(zone_here())).time() >= LAST_MINUTE
    return day(at) if is_whole_day else moment(at)
