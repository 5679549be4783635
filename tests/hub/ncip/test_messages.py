"""Who may speak, and what no system should send."""

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samut_hub.ncip.reading import DEEPEST, LARGEST
from samut_hub.ncip.service import SERVICES
from samut_hub.staff.policy import MAX_FAILURES
from tests.hub.circulation.conftest import BOOKS, MANEE, School
from tests.hub.conftest import PASSWORD, Clock
from tests.hub.ncip.conftest import LOGIN, NAMESPACE, AddAccount, System, item, message, user

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOOK_UP = f"<LookupItem>{item(BOOKS[0])}</LookupItem>"
NAMES = re.findall(
    r"\w+",
    """UserId UserIdentifierValue ItemId ItemIdentifierValue ItemIdentifierType AuthenticationInput RequestId
    AuthenticationInputData AuthenticationInputType RequestIdentifierValue BibliographicId BibliographicRecordId
    BibliographicRecordIdentifier AcknowledgedFeeAmount MonetaryValue CurrencyCode UserElementType ItemElementType
    LoanedItemsDesired RequestedItemsDesired UserFiscalAccountDesired InitiationHeader FromAgencyId AgencyId""",
)
HEADER = (
    "<InitiationHeader><FromSystemId>{}</FromSystemId><FromSystemAuthentication>{}</FromSystemAuthentication>"
    "<FromAgencyId><AgencyId>DK-1</AgencyId></FromAgencyId><ToAgencyId><AgencyId>north</AgencyId></ToAgencyId>"
    "</InitiationHeader>"
)


@pytest.mark.parametrize(("login", "password"), [(LOGIN, "wrong"), ("nobody", PASSWORD), ("", "")])
def test_who_is_not_known_is_told_nothing(system: System, browser: FlaskClient, login: str, password: str) -> None:
    answer = System(browser, login, password).send(message(LOOK_UP).encode())
    assert (answer.status, answer.problem) == (401, "System Authentication Failed")


def test_a_system_may_sign_in_with_the_header_of_its_messages(system: System) -> None:
    body = f"<LookupItem>{HEADER.format(LOGIN, PASSWORD)}{item(BOOKS[0])}</LookupItem>"
    answer = system.send(message(body).encode(), headers={})
    assert answer.text("CirculationStatus") == "Available On Shelf"
    assert answer.texts("AgencyId")[:2] == ["north", "DK-1"]
    refused = system.send(message(body.replace(PASSWORD, "wrong")).encode(), headers={})
    assert refused.status == 401


def test_a_machine_without_the_option_or_from_elsewhere_may_not(
    system: System, browser: FlaskClient, account: AddAccount
) -> None:
    account("kiosk")
    account("far", ncip=True, networks=["10.0.0.0/8"])
    for login in ("kiosk", "far"):
        assert System(browser, login).send(message(LOOK_UP).encode()).status == 401


def test_wrong_passwords_are_counted_and_end_in_waiting(system: System, browser: FlaskClient, clock: Clock) -> None:
    for _ in range(MAX_FAILURES):
        assert System(browser, password="wrong").send(message(LOOK_UP).encode()).status == 401
    assert system.send(message(LOOK_UP).encode()).status == 401
    clock.pass_by(minutes=6)
    assert system.send(message(LOOK_UP).encode()).status == 200


def test_a_password_that_was_right_is_not_hashed_again_until_it_is_changed(
    system: System, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system.send(message(LOOK_UP).encode()).status == 200
    monkeypatch.setattr("samut_hub.ncip.access.sign_in", None)
    assert system.send(message(LOOK_UP).encode()).status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"\xff\xfe",
        b"<a/>",
        LOOK_UP.encode(),
        f'<NCIPMessage xmlns="{NAMESPACE}"/>'.encode(),
        message(LOOK_UP * 2).encode(),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + message(LOOK_UP.replace(BOOKS[0], "&b;")).encode(),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + message(LOOK_UP).encode(),
        message("<LookupItem>" * (DEEPEST + 1) + "</LookupItem>" * (DEEPEST + 1)).encode(),
        message(f"<LookupItem><!--{'x' * LARGEST}--></LookupItem>").encode(),
    ],
)
def test_what_is_no_message_is_refused_as_such(system: System, data: bytes) -> None:
    answer = system.send(data)
    assert (answer.status, answer.problem) == (400, "Invalid Message Syntax Error")
    assert answer.text("ProblemDetail")


def test_a_service_that_is_not_offered_is_named(system: System) -> None:
    answer = system.ask("AcceptItem")
    assert (answer.status, answer.problem, answer.text("ProblemElement")) == (
        200,
        "Unsupported Service",
        "AcceptItem",
    )


def bodies() -> st.SearchStrategy[str]:
    """Services with parts in any order, of any depth, with anything in them."""
    text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30) | st.sampled_from(
        [MANEE, BOOKS[0], "", "0", "-1", "9" * 30, "٣", "2026-11-23T10:00:00Z"]
    )
    leaves = text.map(lambda one: one.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", ""))
    names = st.sampled_from(NAMES)
    inside = st.recursive(
        leaves,
        lambda part: st.lists(st.builds(lambda n, p: f"<{n}>{p}</{n}>", names, part), max_size=4).map("".join),
        max_leaves=12,
    )
    known = st.just(user(MANEE) + item(BOOKS[0])) | st.just("")
    service = st.sampled_from([*SERVICES, "AcceptItem"])
    return st.builds(lambda name, begin, rest: f"<{name}>{begin}{rest}</{name}>", service, known, inside)


def test_messages_out_of_shape_by_the_thousand_are_answered(system: System) -> None:
    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(bodies() | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
    def send(body: str) -> None:
        assert system.send(message(body).encode()).status in (200, 400)

    send()
    whole = message(f"<CheckOutItem>{user(MANEE)}{item(BOOKS[0])}</CheckOutItem>").encode()
    for place in range(len(whole)):
        for byte in (0x3C, 0xFF):
            answer = system.send(whole[:place] + bytes([byte]) + whole[place + 1 :])
            assert answer.status in (200, 400)
    assert system.send(message(LOOK_UP).encode()).status == 200
