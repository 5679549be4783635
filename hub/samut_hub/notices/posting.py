"""One notice after the other over one channel: take it, put it into words, mark what came of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.notices.channels.sending import NotSentError, Outgoing, SendingChannel
from samut_hub.notices.facts import Telling, facts_of
from samut_hub.notices.making import Making, Reach, reach_of, reachable, values_of
from samut_hub.notices.models import Notice
from samut_hub.notices.policy import (
    PRINTABLE,
    STOPPABLE,
    SUBJECT_OF,
    Channel,
    Fault,
    Kind,
    State,
    after_quiet,
    next_attempt,
)
from samut_hub.notices.rendering import as_letter_by_mail, as_message
from samut_hub.notices.settings import ready_channels, settings_of
from samut_hub.notices.settling import is_forgotten
from samut_hub.notices.stopping import stop_address
from samut_hub.notices.texts import Texts, words_for

log = logging.getLogger(__name__)

ELSEWHERE = frozenset({Fault.REFUSED, Fault.NO_ADDRESS, Fault.QUOTA})
"""After these the next way to the member is taken, if there is one."""
NEVER = frozenset({Fault.REFUSED, Fault.NO_ADDRESS, Fault.UNSURE})
"""Faults that trying again by itself would not mend, or must not try to."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice that is this sender's to send; `outgoing` is None where there is nothing to send after all."""

    notice_id: int
    outgoing: Outgoing | None


@dataclass(frozen=True, slots=True)
class Post:
    """What the notices of one library and channel are sent with. `home` is the address of the hub."""

    database: Database
    secret: bytes
    home: str
    library_id: int
    channel: Channel
    texts: Texts
    clock: Callable[[], datetime]

    def send_next(self, connection: SendingChannel) -> "Outcome | None":
        """None when nothing waits."""
        taken = self._take()
        if taken is None or taken.outgoing is None:
            return None if taken is None else Outcome()
        try:
            connection.send(taken.outgoing)
        except NotSentError as error:
            self._put_off(taken, error)
            return Outcome(is_down=error.is_of_channel)
        except Exception as error:  # a fault in the program must not stop all other messages, nor send this one twice
            log.exception("notice %s could not be sent", taken.notice_id)
            self._put_off(taken, NotSentError(Fault.UNSURE, type(error).__name__))
            return Outcome()
        self._note_sent(taken)
        return Outcome(sent=1)

    def _take(self) -> Taken | None:
        now = self.clock()
        with self.database.session(self.library_id) as session:
            notice = _claim(session, self.channel, now)
            if notice is None:
                return None
            library = session.get_one(Library, self.library_id)
            (facts,) = facts_of(session, library, [Telling.of(notice)], now, self.home)
            if facts.is_past:
                _end(notice, State.CANCELLED, now, Fault.PAST)
                return Taken(notice.id, None)
            if is_forgotten(notice, now):
                _end(notice, State.FAILED, now, Fault.UNSURE, notice.detail)
                return Taken(notice.id, None)
            reach = reach_of(session, [notice.member_id])[notice.member_id]
            address = (reach.line if self.channel is Channel.LINE else reach.email) or ""
            if not reachable([self.channel], reach):
                _fail(session, notice, NotSentError(Fault.NO_ADDRESS, address), self.secret, now)
                return Taken(notice.id, None)
            words, stop = words_for(self.texts, facts.kind, self.channel, facts.language), self._stop(notice)
            by_mail = self.channel is Channel.EMAIL
            message = as_letter_by_mail(words, facts, stop=stop) if by_mail else as_message(words, facts)
            sender, receiver = facts.values["library"], facts.values["name"]
            return Taken(notice.id, Outgoing(address, receiver, sender, message, notice.key, stop))

    def _stop(self, notice: Notice) -> str:
        subject = SUBJECT_OF.get(Kind(notice.kind))
        if self.channel is not Channel.EMAIL or subject not in STOPPABLE or subject is None:
            return ""
        return stop_address(self.home, self.secret, self.library_id, notice.member_id, subject)

    def _note_sent(self, taken: Taken) -> None:
        out = taken.outgoing
        if out is None:
            return
        with self.database.session(self.library_id) as session:
            said = {"address": out.address, "subject": out.message.subject, "text": out.message.text}
            ended = {"state": State.SENT.value, "ended_at": self.clock(), "fault": "", "detail": ""}
            session.execute(update(Notice).where(Notice.id == taken.notice_id).values(**said, **ended))
            _note_fault(session, self.library_id, self.channel, "")

    def _put_off(self, taken: Taken, error: NotSentError) -> None:
        with self.database.session(self.library_id) as session:
            notice = session.get_one(Notice, taken.notice_id)
            if taken.outgoing is not None:
                notice.address = taken.outgoing.address
            _fail(session, notice, error, self.secret, self.clock())
            if error.is_of_channel:
                _note_fault(session, self.library_id, self.channel, f"{error.fault.value} {error.detail}".strip())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one notice; `is_down`: the next would fail as well."""

    sent: int = 0
    is_down: bool = False


def waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for notices that are to go out."""
    return Notice.state == State.WAITING, Notice.next_at <= now


def _claim(session: Session, channel: Channel, now: datetime) -> Notice | None:
    """The next notice, from now on this sender's alone."""
    wanted = select(Notice.id).where(*waiting(now), Notice.channel == channel).order_by(Notice.next_at, Notice.id)
    found = session.scalar(wanted.limit(1).with_for_update(skip_locked=True))
    if found is None:
        return None
    notice = session.get_one(Notice, found, options=[joinedload(Notice.member)])
    notice.state, notice.claimed_at, notice.attempts = State.SENDING.value, now, notice.attempts + 1
    notice.first_tried_at = notice.first_tried_at or now
    return notice


def _end(notice: Notice, state: State, now: datetime, fault: Fault, detail: str = "") -> None:
    notice.state, notice.ended_at, notice.fault, notice.detail = state.value, now, fault.value, detail


def _fail(session: Session, notice: Notice, error: NotSentError, secret: bytes, now: datetime) -> None:
    """Tried again later, or given up; another way only where it is known that nothing arrived by this one."""
    notice.fault, notice.detail = error.fault.value, error.detail
    if notice.first_tried_at == notice.claimed_at and not error.may_have_arrived:
        notice.first_tried_at = None
    is_unsure = notice.first_tried_at is not None
    again = None if error.fault in NEVER else next_attempt(notice.attempts, now, Channel(notice.channel))
    if not is_unsure and error.fault in ELSEWHERE and _take_other_way(session, notice, secret, now):
        again = None
    if again is None:
        _end(notice, State.FAILED, now, Fault.UNSURE if is_unsure else error.fault, error.detail)
        return
    own, library = settings_of(session, notice.library_id), session.get_one(Library, notice.library_id)
    notice.state = State.WAITING.value
    notice.next_at = again if own is None else after_quiet(again, library.zone, own.quiet_from, own.quiet_until)


def _take_other_way(session: Session, notice: Notice, secret: bytes, now: datetime) -> bool:
    """After LINE comes e-mail, after both paper, unless the same was made for that way from the beginning."""
    own, kind = settings_of(session, notice.library_id), Kind(notice.kind)
    if own is None or kind is Kind.SLIP:
        return False
    library = session.get_one(Library, notice.library_id)
    making = Making(session, library, own, ready_channels(own, secret), now)
    for channel in _other_ways(making, notice, reach_of(session, [notice.member_id])[notice.member_id]):
        same = (Notice.member_id == notice.member_id, Notice.kind == notice.kind, Notice.made_at == notice.made_at)
        if session.scalar(select(Notice.id).where(*same, Notice.channel == channel).limit(1)) is None:
            values = values_of(making, notice.member_id, channel, notice.about, staff_id=notice.staff_id)
            session.add(Notice(**{**values, "made_at": notice.made_at}))
        return True
    return False


def _other_ways(making: Making, notice: Notice, reach: Reach) -> list[Channel]:
    by_email = notice.channel == Channel.LINE and Channel.EMAIL in reachable(making.ready, reach)
    by_print = Kind(notice.kind) in PRINTABLE and bool(making.settings.letters_from)
    return [*([Channel.EMAIL] if by_email else []), *([Channel.PRINT] if by_print else [])]


def _note_fault(session: Session, library_id: int, channel: Channel, fault: str) -> None:
    """Written only when it changes."""
    own, name = settings_of(session, library_id), "line_fault" if channel is Channel.LINE else "email_fault"
    if own is not None:
        setattr(own, name, fault)
