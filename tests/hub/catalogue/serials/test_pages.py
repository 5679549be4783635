"""Checking in issues on the page of a holding."""

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue import service
from samut_hub.catalogue.records.marc import Description
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ISSUE = {"year": "2569", "volume": "5", "number": "1", "published_on": "2026-11-01", "received_on": "2026-11-23"}


@pytest.fixture
def cataloguer(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        service.add_material_types(session)
        service.add_title(session, Description(title="สารคดี", material="magazine"), now=NOW)
    browser = sign_in()
    browser.post(
        "/catalogue/1/holdings/new", data={"frequency": "monthly", "is_current": "y", "statement": "ก่อน 2569"}
    )
    return browser


def test_the_next_issue_stands_in_the_form_and_the_title_says_what_is_there(cataloguer: FlaskClient) -> None:
    assert cataloguer.post("/catalogue/holdings/1", data=ISSUE).status_code == 302
    page = cataloguer.get("/catalogue/holdings/1").text
    for said in ('value="2"', 'value="2026-12-01"', "vol. 5 no. 1", "ก่อน 2569"):
        assert said in page, said
    title = cataloguer.get("/catalogue/1").text
    assert "Monthly" in title
    assert "vol. 5 no. 1" in title


def test_an_issue_is_missing_and_comes_after_all(cataloguer: FlaskClient) -> None:
    cataloguer.post("/catalogue/holdings/1", data={**ISSUE, "received_on": ""})
    assert "1 issue is missing" in cataloguer.get("/catalogue/1").text
    cataloguer.post("/catalogue/issues/1/edit", data=ISSUE)
    assert "is missing" not in cataloguer.get("/catalogue/1").text
    cataloguer.post("/catalogue/issues/1/missing")
    assert "1 issue is missing" in cataloguer.get("/catalogue/holdings/1").text
    cataloguer.post("/catalogue/issues/1/remove")
    assert "No issue has been checked in yet." in cataloguer.get("/catalogue/holdings/1").text


def test_an_issue_that_is_lent_gets_a_copy(cataloguer: FlaskClient) -> None:
    cataloguer.post("/catalogue/holdings/1", data={**ISSUE, "accession_number": "M00001"})
    assert "M00001" in cataloguer.get("/catalogue/1").text
    answer = cataloguer.post("/catalogue/holdings/1", data={**ISSUE, "number": "2", "accession_number": "M00001"})
    assert (answer.status_code, "is taken by" in answer.text) == (422, True)
    assert "vol. 5 no. 1–2" not in cataloguer.get("/catalogue/1").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"year": "soon"}, "four digits"), ({"number": ""}, "required"), ({}, "in the list already")],
)
def test_what_is_filled_in_wrongly_is_told(cataloguer: FlaskClient, changes: dict[str, str], said: str) -> None:
    cataloguer.post("/catalogue/holdings/1", data=ISSUE)
    answer = cataloguer.post("/catalogue/holdings/1", data={**ISSUE, **changes})
    assert (answer.status_code, said in answer.text) == (422, True)


def test_the_holding_is_edited(cataloguer: FlaskClient) -> None:
    assert "ก่อน 2569" in cataloguer.get("/catalogue/holdings/1/edit").text
    cataloguer.post("/catalogue/holdings/1/edit", data={"frequency": "weekly", "retention": "2 ปี"})
    page = cataloguer.get("/catalogue/holdings/1").text
    for said in ("Weekly", "no new issues", "2 ปี"):
        assert said in page, said
