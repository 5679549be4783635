"""Addresses that nobody's browser makes: numbers that no row can have, and characters that no text has."""

import pytest
from flask.testing import FlaskClient

from tests.hub.conftest import SignIn

pytestmark = pytest.mark.usefixtures("libraries")
HUGE = "9" * 23


@pytest.mark.parametrize(
    "address",
    ["/title/{}", "/lib/north/title/{}", "/news/{}", "/media/{}/file", "/browse/heading/{}", "/lib/n%00rth/", "/%00"],
)
def test_page_that_cannot_be_there_is_not_found(client: FlaskClient, address: str) -> None:
    for number in (HUGE, "2147483648"):
        assert client.get(address.format(number)).status_code in {400, 404}


@pytest.mark.parametrize(
    "address",
    [
        "/browse/shelf?after={}",
        "/browse/shelf?before=-{}",
        "/browse/new?after={}",
        "/browse/headings/subject?after={}",
        "/find?page={}",
        "/find?q=a%00b",
        "/find.rss?q=%00",
        "/browse/shelf?from=%00",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=%00",
        "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:localhost:{}",
        "/sru?version=1.2&operation=searchRetrieve&query=%00",
    ],
)
def test_parameter_that_cannot_be_is_none(client: FlaskClient, address: str) -> None:
    for number in (HUGE, "9" * 18, "2147483648"):
        assert client.get(address.format(number)).status_code in {200, 400, 404}


def test_staff_get_an_answer_to_strange_numbers_too(sign_in: SignIn) -> None:
    browser = sign_in()
    assert browser.get(f"/catalogue/imports/export?id={HUGE}&id=1").status_code == 200
    assert browser.post("/catalogue/imports/export", data={"id": [HUGE], "which": "chosen"}).status_code in {200, 422}
    for address in (f"/tasks/{HUGE}", f"/members/?group={HUGE}", f"/desk/?member={HUGE}", f"/catalogue/{HUGE}"):
        assert browser.get(address).status_code in {200, 302, 404}


def test_nul_in_a_form_is_left_out(client: FlaskClient) -> None:
    sent = {"username": "north.librarian\0", "password": "\0"}
    assert "wrong" in client.post("/sign-in", data=sent).text
