"""The school library with a LINE account and a mail server, both on loopback: nobody's sockets are replaced."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.circulation.service import lend
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.members.identities import link
from samut_hub.members.models import Member, Provider
from samut_hub.notices.gathering import gather
from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.sealing import seal
from samut_hub.notices.sending import Sender
from samut_hub.notices.settings import settings_to_change
from tests.hub.circulation.conftest import MANEE, PITI, School, school
from tests.hub.conftest import Clock, SignIn
from tests.ports import free_port

__all__ = ["LineApi", "MailServer", "Office", "School", "school"]

TOKEN, CHANNEL_SECRET, ACCOUNT = "channel access token", "channel secret", "@north"
SECRET = b"not a secret at all, for tests.."
FIELDS = {"token": TOKEN, "secret": CHANNEL_SECRET}
EMAIL = "manee@example.ac.th"
LINE_USER = "U" + "1" * 32


@dataclass
class LineApi:
    """LINE's Messaging API, as far as the hub asks it. `trouble` is the next answers that are not 200.

    It knows a key for 24 hours by `clock`.
    """

    url: str = ""
    pushed: list[dict[str, Any]] = field(default_factory=list)
    replied: list[dict[str, Any]] = field(default_factory=list)
    clock: Callable[[], datetime] = datetime.now
    keys: dict[str, datetime] = field(default_factory=dict)
    trouble: list[tuple[int, str]] = field(default_factory=list)
    forgets_to_answer: bool = False

    def texts(self) -> list[str]:
        return [one["messages"][0]["text"] for one in self.pushed]

    def push(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.trouble:
            status, said = self.trouble.pop(0)
            return status, {"message": said}
        if key in self.keys and self.clock() - self.keys[key] < timedelta(hours=24):
            return 409, {"message": "The retry key is already accepted"}
        self.keys[key] = self.clock()
        self.pushed.append(body)
        return (500, {}) if self.forgets_to_answer else (200, {"sentMessages": [{"id": "1", "quoteToken": "q"}]})


class _Asked(BaseHTTPRequestHandler):
    api: LineApi

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, {"message": "Authentication failed"})
        elif self.path == "/v2/bot/message/push":
            self._answer(*self.api.push(self.headers["X-Line-Retry-Key"], body))
        else:
            self.api.replied.append(body)
            self._answer(200, {"sentMessages": [{"id": "2"}]})

    def do_GET(self) -> None:
        answers = {
            "/v2/bot/info": {
                "userId": "U" + "0" * 32,
                "basicId": ACCOUNT,
                "displayName": "ห้องสมุดเหนือ",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            },
            "/v2/bot/message/quota": {"type": "limited", "value": 300},
            "/v2/bot/message/quota/consumption": {"totalUsage": 12},
        }
        self._answer(200, answers[self.path])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — as the base class calls it
        pass

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def line() -> Iterator[LineApi]:
    api = LineApi()
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), type("Asked", (_Asked,), {"api": api}))
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield api
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Letter:
    """An e-mail as its reader sees it."""

    message: Message

    def __getitem__(self, name: str) -> str:
        return str(make_header(decode_header(self.message.get(name, "")))).strip()

    @property
    def to(self) -> str:
        return parseaddr(self["To"])[1]

    @property
    def plain(self) -> str:
        return self._part(0)

    @property
    def html(self) -> str:
        return self._part(1)

    def _part(self, place: int) -> str:
        content = self.message.get_payload(place).get_payload(decode=True)  # type: ignore[union-attr]
        assert isinstance(content, bytes)
        return content.decode()


@dataclass
class MailServer:
    """What a mail server took. `refuses` are answers to addresses, `breaks` closes the connection after the text."""

    port: int
    taken: list["Letter"] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    breaks: bool = False

    async def handle_RCPT(  # noqa: N802 — as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(Letter(message_from_bytes(envelope.content)))  # type: ignore[arg-type]
        if self.breaks:
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    taken = MailServer(free_port())
    controller = Controller(
        taken, hostname="127.0.0.1", port=taken.port, authenticator=_is_known, auth_require_tls=False
    )
    controller.start()
    yield taken
    controller.stop()


def _is_known(server: object, session: object, envelope: object, mechanism: object, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.password == b"right"
    return AuthResult(success=known, handled=False)


@dataclass
class Office:
    """A library that tells its members: its servers, its clock, and what is in its log."""

    school: School
    clock: Clock
    config: Config
    line: LineApi
    mail: MailServer
    secret: bytes = SECRET

    @property
    def database(self) -> Database:
        return self.school.database

    def lend(self, number: str, *barcodes: str) -> None:
        with self.database.session(self.school.library) as session:
            for barcode in barcodes:
                item = session.scalars(select(Item).where(Item.barcode == barcode)).one()
                member = session.get_one(Member, self.school.ids[number])
                assert lend(session, member=member, item=item, now=self.clock(), source="desk:dao").loan

    def gather(self) -> int:
        return gather(self.database, self.school.library, self.clock(), self.secret)

    def sender(self) -> Sender:
        return Sender(self.config, self.database, self.secret, self.clock)

    def send(self) -> int:
        return self.sender().send_due()

    def log(self) -> list[Notice]:
        with self.database.session(self.school.library) as session:
            return list(session.scalars(select(Notice).order_by(Notice.id)))

    def states(self) -> list[tuple[str, str, str]]:
        return [(one.channel, one.state, one.fault) for one in self.log()]

    def change(self, change: Callable[[NoticeSettings], object]) -> None:
        with self.database.session(self.school.library) as session:
            change(settings_to_change(session, self.school.library))

    def loan(self, barcode: str) -> Loan:
        with self.database.session(self.school.library) as session:
            return session.scalars(select(Loan).join(Loan.item).where(Item.barcode == barcode)).one()

    def set_due(self, barcode: str, due_at: datetime) -> None:
        loan_id = self.loan(barcode).id
        with self.database.session(self.school.library) as session:
            session.get_one(Loan, loan_id).due_at = due_at


@pytest.fixture
def office(school: School, clock: Clock, line: LineApi, mail: MailServer, tmp_path: Path) -> Office:
    """Manee has LINE and e-mail, Piti e-mail alone, the others nothing. It keeps no quiet hours."""
    line.clock = clock
    config = Config(home=tmp_path, line_api=line.url, public_url="https://library.example.ac.th")
    own = Office(school, clock, config, line, mail)
    own.change(lambda settings: _set_up(settings, mail.port))
    with school.database.session(school.library) as session:
        manee, piti = (session.get_one(Member, school.ids[number]) for number in (MANEE, PITI))
        manee.email, piti.email = EMAIL, "piti@example.ac.th"
        link(session, manee, Provider.LINE, LINE_USER, now=clock())
    return own


def _set_up(own: NoticeSettings, port: int) -> None:
    own.smtp_host, own.smtp_port, own.smtp_security, own.sender = "127.0.0.1", port, "none", "library@example.ac.th"
    own.line_account = ACCOUNT
    own.line_token, own.line_secret = (seal(SECRET, own.library_id, text) for text in (TOKEN, CHANNEL_SECRET))
    own.quiet_from = own.quiet_until = 0
    own.letters_from = 0


@pytest.fixture
def admin(office: Office, hub_app: Flask, sign_in: SignIn) -> FlaskClient:
    """The administrator of a hub that asks the office's own servers; secrets are sealed as that hub does it."""
    hub = hub_app.extensions["samut"]
    object.__setattr__(hub, "config", office.config)
    secret = office.secret = hub.card_secret

    def seal_anew(own: NoticeSettings) -> None:
        own.line_token = seal(secret, own.library_id, TOKEN)
        own.line_secret = seal(secret, own.library_id, CHANNEL_SECRET)

    office.change(seal_anew)
    return sign_in("administrator")
