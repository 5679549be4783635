"""Sends what waits: one message after the other, each taken by one sender alone.

A message is taken in one short transaction, goes out in none, and is marked in another. Where the power goes between
the last two, LINE recognises the message when it is tried again; of an e-mail nobody can tell, so it is not sent
again by itself, and stands in the log as one that may not have arrived.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.notices.channels.line import LineMessages
from samut_hub.notices.channels.mail import MailChannel
from samut_hub.notices.channels.sending import SendingChannel
from samut_hub.notices.happened import drop_past_events, tell_events
from samut_hub.notices.models import Notice, NoticeEvent, NoticeSettings
from samut_hub.notices.policy import Channel
from samut_hub.notices.posting import Post, waiting
from samut_hub.notices.settings import line_channel, mail_server, ready_channels, settings_of
from samut_hub.notices.settling import interrupted, settle_interrupted, settle_waiting
from samut_hub.notices.slips import tell_slips
from samut_hub.notices.texts import texts_of

PAUSE = 5.0
REST = timedelta(minutes=1)
"""How long a channel is left alone after its server failed."""
LOOK = timedelta(minutes=1)
"""How often it is looked whose visit is over, and what has waited too long."""


class Sender:
    """`run` goes on until `stop`; `send_due` is one round. Two may do it at once."""

    def __init__(self, config: Config, database: Database, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._config, self._database, self._secret, self._clock = config, database, secret, clock
        self._rests_until: dict[tuple[int, Channel], datetime] = {}
        self._look_at: datetime | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(PAUSE):
            self.send_due()

    def stop(self) -> None:
        self._stopped.set()

    def send_due(self) -> int:
        """Make notices of what just happened, then send what waits; how many messages went out."""
        now = self._clock()
        with self._database.session(None, writes=False) as session:
            has_events = session.scalar(select(exists().select_from(NoticeEvent)))
            has_stopped = session.scalar(select(exists().where(*interrupted(now))))
        if has_stopped:
            settle_interrupted(self._database, now)
        if self._look_at is None or self._look_at <= now:
            drop_past_events(self._database, now)
            settle_waiting(self._database, now)
            tell_slips(self._database, now, self._secret)
            self._look_at = now + LOOK
        if has_events:
            tell_events(self._database, now, self._secret)
        with self._database.session(None, writes=False) as session:
            wanted = _wanted(session, now)
        return sum(self._drain(library_id, channel) for library_id, channel in wanted)

    def _drain(self, library_id: int, channel: Channel) -> int:
        """Until nothing waits for this channel, or its server fails."""
        rests_until = self._rests_until.get((library_id, channel))
        if rests_until is not None and rests_until > self._clock():
            return 0
        with self._database.session(library_id, writes=False) as session:
            own, texts = settings_of(session, library_id), texts_of(session)
        if own is None or own.paused or channel not in ready_channels(own, self._secret):
            return 0
        post = Post(self._database, self._secret, self._config.url, library_id, channel, texts, self._clock)
        sent = 0
        with self._open(own, channel) as connection:
            while not self._stopped.is_set() and (outcome := post.send_next(connection)) is not None:
                sent += outcome.sent
                if outcome.is_down:
                    self._rests_until[library_id, channel] = self._clock() + REST
                    break
        return sent

    def _open(self, own: NoticeSettings, channel: Channel) -> SendingChannel:
        if channel is Channel.LINE:
            return LineMessages(self._config.line_api, line_channel(own, self._secret).token)
        return MailChannel(mail_server(own, self._secret))


def _wanted(session: Session, now: datetime) -> Sequence[tuple[int, Channel]]:
    found = session.execute(select(Notice.library_id, Notice.channel).where(*waiting(now)).distinct())
    return [(library_id, Channel(channel)) for library_id, channel in found]
