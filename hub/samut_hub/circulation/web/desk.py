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
from samut_hub.circulation.facts import standing
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import kept_rows
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason, say_rule, say_steps, say_value
from samut_hub.commands import answer_given, for_the_first_time, once
from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import card_key
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day, moment, zone_here
from samut_hub.web.hub import carry_out, db, library, needs, now, staff, the_hub, wants_fragment
from samut_rules.loan import Renewing
from samut_rules.reasons import Reason
from samut_wire.ids import command_id, is_command_id
from samut_wire.numbers import has_shape_of_national_id, member_number

MOST_CHARGES = 10
"""More are on the page of charges."""
Answer = str | Response | tuple[str, int, dict[str, str]]
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A member at the desk: what the panel beside the scan box shows.

    `asks_unseen`: renewals without the item at hand are counted apart.
    """

    member: Member
    loans: list[Loan]
    charges: list[Charge]
    reasons: tuple[Reason, ...]
    at: datetime
    asks_unseen: bool


@pages.get("/")
@needs(Permission.CIRCULATE)
def desk() -> str:
    """The whole page; `done` names the command whose outcome is told, for browsers without scripts."""
    member_id = request.args.get("member", type=int)
    sitting = None if member_id is None else sit_down(member_by_id(db(), member_id))
    return render_template("circulation/desk.html", sitting=sitting, outcomes=told())


@pages.post("/scan")
@needs(Permission.CIRCULATE)
def scan() -> Answer:
    text, member_id = request.form.get("scan", ""), request.form.get("member", type=int)
    if not text.strip():
        return redirect(url_for(".desk", member=member_id))
    key = command_of(text)
    outcome = _scanned(text, member_id, key)
    member = None if member_id is None else member_by_id(db(), member_id)
    if not wants_fragment():
        return redirect(back(outcome, key))
    if outcome.what is What.MEMBER and outcome.member is not None:
        return _person_comes(outcome.member)
    return line(outcome, member, typed=text)


def _scanned(text: str, member_id: int | None, key: str) -> Outcome:
    """A scan is hardly ever sent twice, and then finds something to do: that it was is found when it is noted."""

    def do() -> bytes:
        came = at_desk.scan(
            db(),
            text,
            member_id=member_id,
            card_key=_card_key(),
            now=now(),
            source=source(),
            on_site="on_site" in request.form,
        )
        return msgspec.json.encode(came)

    told = carry_out(
        lambda: for_the_first_time(db(), source(), key, "desk.scan", now(), do=do),
        again=lambda: _once("desk.scan", key, do),
    )
    return msgspec.json.decode(told, type=Outcome)


@pages.post("/renew/<int:loan_id>")
@needs(Permission.CIRCULATE)
def renew(loan_id: int) -> Answer:
    loan = open_loan_at(loan_id)
    key = command_of(f"renew {loan_id}")
    outcome = once_at_desk(
        "desk.renew", key, lambda: at_desk.renew_loan(db(), loan, now=now(), source=source(), renewing=_renewing())
    )
    return line(outcome, loan.member) if wants_fragment() else redirect(back(outcome, key))


@pages.post("/renew-all")
@needs(Permission.CIRCULATE)
def renew_all() -> Answer:
    """All that the member has whose session is open."""
    member = member_by_id(db(), request.form.get("member", 0, type=int))
    key = command_of(f"renew all {member.id}")

    def do() -> bytes:
        done = at_desk.renew_all(db(), member, now=now(), source=source(), renewing=_renewing())
        return msgspec.json.encode(done)

    told = msgspec.json.decode(carry_out(lambda: _once("desk.renew_all", key, do)), type=list[Outcome])
    if wants_fragment():
        return render_template("circulation/renewed_all.html", outcomes=told, member=member, at=now())
    return redirect(url_for(".desk", member=member.id, done=key))


def _renewing() -> Renewing:
    return Renewing.UNSEEN if "unseen" in request.form else Renewing.SEEN


def sit_down(member: Member) -> Sitting:
    """What is shown of a member whose session is open."""
    charges = list(open_charges(db(), member, MOST_CHARGES)) if member.debt else []
    asks_unseen = any(row.max_unseen_renewals is not None for row in kept_rows(db(), member))
    return Sitting(member, open_loans(db(), member), charges, standing(db(), member, now()), now(), asks_unseen)


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

    told = carry_out(lambda: _once(kind, key, lambda: msgspec.json.encode(do())))
    return msgspec.json.decode(told, type=Outcome)


def _once(kind: str, key: str, do: Callable[[], bytes]) -> bytes:
    return once(db(), source(), key, kind, now(), do=do)


def command_of(text: str) -> str:
    """The form's command together with what was scanned: a fast scanner sends the next book from the same form,
    and that is another command, while the same book from the same form is the same one. The card key keeps the
    scanned text from being guessed by its hash."""
    wanted = request.form.get("command", "")
    if not is_command_id(wanted):
        abort(400)
    return f"{wanted}.{hmac.new(_card_key(), text.strip().encode(), hashlib.sha256).hexdigest()[:12]}"


def told() -> list[Outcome]:
    """What came of the command that the address names."""
    command = answer_given(db(), source(), request.args.get("done", "")) if "done" in request.args else None
    if command is None:
        return []
    said = msgspec.json.decode(command.answer, type=Outcome | list[Outcome])
    return said if isinstance(said, list) else [said]


def _card_key() -> bytes:
    return card_key(the_hub().card_secret, library().code)


def _person_comes(member_id: int) -> Answer:
    """The new session takes the place of the one before, and of its lines."""
    sitting = sit_down(member_by_id(db(), member_id))
    page = render_template("circulation/sitting.html", sitting=sitting, outcomes=[])
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
        "say_steps": say_steps,
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
