"""The second step of signing in, as a telephone's app sees it: RFC 6238, worked out here by the letter of the RFC."""

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from samut_hub.auditing import AuditEntry
from samut_hub.db import Database
from samut_hub.sealing import SealedError
from samut_hub.staff.models import RecoveryCode, SecondStep
from samut_hub.staff.policy import Role
from samut_hub.staff.seals import Seal
from tests.hub.conftest import PASSWORD, Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASSISTANT = {"username": "north.assistant", "password": PASSWORD}


@dataclass
class App:
    """An app for codes with one secret."""

    secret: bytes

    @classmethod
    def reads(cls, page: str) -> "App":
        shown = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
        assert shown is not None
        return cls(base64.b32decode(shown[1].replace(" ", "")))

    def code(self, at: datetime, steps: int = 0) -> str:
        counter = struct.pack(">Q", int(at.timestamp()) // 30 + steps)
        digest = hmac.new(self.secret, counter, hashlib.sha1).digest()
        offset = digest[-1] & 0xF
        return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def set_up(browser: FlaskClient, clock: Clock, page: str = "/second-step") -> tuple[App, list[str]]:
    """The app and the recovery codes, after the first code was typed."""
    if page == "/second-step":
        browser.post("/second-step/begin")
    app = App.reads(browser.get(page).text)
    told = browser.post(page, data={"code": app.code(clock())})
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", told.text)
    assert len(codes) == 10
    return app, codes


def password(browser: FlaskClient) -> TestResponse:
    return browser.post("/sign-in", data=ASSISTANT)


def code(browser: FlaskClient, typed: str) -> TestResponse:
    return browser.post("/sign-in/code", data={"code": typed})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/password").status_code == 200


def test_after_the_password_a_code_is_asked_and_no_code_is_good_twice(
    sign_in: SignIn, client: FlaskClient, clock: Clock
) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    assert password(client).location == "/sign-in/code"
    assert not is_in(client)
    assert "This code is wrong" in code(client, app.code(clock())).text
    clock.pass_by(seconds=30)
    assert code(client, app.code(clock())).location == "/"
    assert is_in(client)
    client.post("/sign-out")
    password(client)
    assert code(client, app.code(clock())).status_code == 422


@pytest.mark.parametrize(("steps", "let_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_wrong(
    sign_in: SignIn, client: FlaskClient, clock: Clock, steps: int, let_in: bool
) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    clock.pass_by(minutes=2)
    password(client)
    code(client, app.code(clock(), steps))
    assert is_in(client) == let_in


def test_five_wrong_codes_from_anywhere_and_one_waits(sign_in: SignIn, client: FlaskClient, clock: Clock) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    clock.pass_by(minutes=1)
    password(client)
    for turn in range(5):
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{turn}"
        assert "This code is wrong" in code(client, "000000").text
    assert "Too many wrong codes" in code(client, app.code(clock())).text
    clock.pass_by(minutes=5, seconds=1)
    assert code(client, app.code(clock())).status_code == 302


def test_who_lost_the_telephone_uses_each_recovery_code_once(
    sign_in: SignIn, client: FlaskClient, clock: Clock, database: Database
) -> None:
    _, codes = set_up(sign_in(Role.ASSISTANT), clock)
    assert len(codes) == 10
    for turn in range(2):
        client.post("/sign-out")
        password(client)
        assert code(client, codes[0].upper()).status_code == (302 if turn == 0 else 422)
    with database.session(None) as session:
        kept = [one.code_hash for one in session.scalars(select(RecoveryCode))]
    assert len(kept) == 9
    assert not {plain.replace("-", "") for plain in codes} & set(kept)


def test_a_right_password_waits_ten_minutes_for_its_code(sign_in: SignIn, client: FlaskClient, clock: Clock) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    password(client)
    clock.pass_by(minutes=10, seconds=1)
    assert code(client, app.code(clock())).location == "/sign-in"
    assert not is_in(client)


def test_a_role_of_which_it_is_asked_sets_it_up_at_the_door(
    sign_in: SignIn, client: FlaskClient, clock: Clock
) -> None:
    sign_in(Role.ADMINISTRATOR).post("/settings/sign-in", data={"roles": ["assistant"]})
    assert password(client).location == "/sign-in/set-up"
    assert not is_in(client)
    app, _ = set_up(client, clock, "/sign-in/set-up")
    assert is_in(client)
    clock.pass_by(minutes=1)
    assert client.post("/second-step/end", data={"code": app.code(clock())}).status_code == 422
    client.post("/sign-out")
    assert password(client).location == "/sign-in/code"


def test_it_is_given_up_and_codes_are_renewed_only_with_a_code(sign_in: SignIn, clock: Clock) -> None:
    assistant = sign_in(Role.ASSISTANT)
    app, codes = set_up(assistant, clock)
    assistant.post("/second-step/end", data={"code": "000000"})
    assert "Set up" in assistant.get("/second-step").text
    clock.pass_by(minutes=1)
    told = assistant.post("/second-step/codes", data={"code": app.code(clock())}).text
    assert codes[0] not in told
    clock.pass_by(minutes=1)
    assistant.post("/second-step/end", data={"code": app.code(clock())})
    assert "Whoever learns your password" in assistant.get("/second-step").text


def test_an_administrator_takes_it_away_and_that_is_written_down(
    sign_in: SignIn, client: FlaskClient, clock: Clock, database: Database, libraries: Libraries
) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    staff_id = libraries.staff_of["north"][Role.ASSISTANT]
    sign_in(Role.ADMINISTRATOR).post(f"/staff/{staff_id}/second-step/remove")
    assert password(client).location == "/"
    with database.session(libraries.north) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.kind == "second_step")).all()
        assert [(entry.action, entry.who) for entry in entries][-1] == ("removed", "north.administrator")
        written = " ".join(str(entry.changes) for entry in session.scalars(select(AuditEntry)))
    assert base64.b32encode(app.secret).decode() not in written


def test_the_secret_is_sealed_in_the_database(sign_in: SignIn, clock: Clock, database: Database) -> None:
    app, _ = set_up(sign_in(Role.ASSISTANT), clock)
    with database.session(None) as session:
        sealed = session.scalars(select(SecondStep)).one().sealed_secret
    assert app.secret not in sealed
    with pytest.raises(SealedError):
        Seal(b"another hub's secret").open(sealed, "second step of 3")
