"""The school library with another system that speaks NCIP with it."""

from base64 import b64encode
from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samut_hub.ncip import web
from samut_hub.ncip.access import Doorkeeper
from tests.hub.circulation.conftest import School, school
from tests.hub.conftest import PASSWORD, browser_of
from tests.hub.sip2.conftest import AddAccount, account

__all__ = ["AddAccount", "School", "account", "school"]

NAMESPACE = "http://www.niso.org/2008/ncip"
LOGIN = "exchange"
_IN = f"{{{NAMESPACE}}}"


def user(number: str) -> str:
    return f"<UserId><UserIdentifierValue>{number}</UserIdentifierValue></UserId>"


def proven(number: str, password: str) -> str:
    """A member who says a password."""
    told = (("Barcode Id", number), ("PIN", password))
    return "".join(
        f"<AuthenticationInput><AuthenticationInputData>{value}</AuthenticationInputData>"
        "<AuthenticationDataFormatType>text/plain</AuthenticationDataFormatType>"
        f"<AuthenticationInputType>{kind}</AuthenticationInputType></AuthenticationInput>"
        for kind, value in told
    )


def item(barcode: str) -> str:
    return f"<ItemId><ItemIdentifierValue>{barcode}</ItemIdentifierValue></ItemId>"


def message(body: str) -> str:
    return f'<NCIPMessage xmlns="{NAMESPACE}" version="v2_02">{body}</NCIPMessage>'


@dataclass(frozen=True)
class Answer:
    """What came back; `text` and `texts` find elements by their names, wherever they lie."""

    status: int
    root: Element

    @property
    def service(self) -> str:
        return self.root[0].tag.removeprefix(_IN)

    def texts(self, name: str) -> list[str]:
        return [one.text or "" for one in self.root.iter(f"{_IN}{name}")]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    @property
    def problem(self) -> str:
        return self.text("ProblemType")


class System:
    """The other system; it signs in with every message."""

    def __init__(self, browser: FlaskClient, login: str = LOGIN, password: str = PASSWORD) -> None:
        self.browser = browser
        self._headers = {"Authorization": f"Basic {b64encode(f'{login}:{password}'.encode()).decode()}"}

    def ask(self, service: str, body: str = "") -> Answer:
        return self.send(message(f"<{service}>{body}</{service}>").encode())

    def send(self, data: bytes, *, headers: dict[str, str] | None = None) -> Answer:
        answer: TestResponse = self.browser.post(
            "/ncip", data=data, content_type="application/xml", headers=self._headers if headers is None else headers
        )
        assert answer.content_type == "application/xml; charset=utf-8"
        return Answer(answer.status_code, fromstring(answer.data))  # noqa: S314 — the hub's own answer

    def lend(self, member: str, barcode: str, more: str = "") -> Answer:
        return self.ask("CheckOutItem", user(member) + item(barcode) + more)

    def take_back(self, barcode: str) -> Answer:
        return self.ask("CheckInItem", item(barcode))

    def renew(self, member: str, barcode: str) -> Answer:
        return self.ask("RenewItem", user(member) + item(barcode))

    def request(self, member: str, barcode: str) -> Answer:
        return self.ask("RequestItem", f"{user(member)}{item(barcode)}{WISH}")


WISH = "<RequestType>Hold</RequestType><RequestScopeType>Bibliographic Item</RequestScopeType>"


@pytest.fixture
def browser(hub_app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A process of the hub that has just begun: it has seen no password yet."""
    monkeypatch.setattr(web, "_keeper", Doorkeeper())
    return browser_of(hub_app)


@pytest.fixture
def system(browser: FlaskClient, school: School, account: AddAccount) -> System:
    account(LOGIN, ncip=True)
    return System(browser)
