"""The pages about duplicate titles."""

import re

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue import service
from samut_hub.catalogue.records.marc import Description
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cataloguer(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        service.add_material_types(session)
        for publisher in ("ดอกหญ้า", "สร้างสรรค์"):
            said = Description(title="คู่กรรม", author="ทมยันตี", isbn="9789740204121", publisher=publisher)
            service.add_title(session, said, now=NOW)
    return sign_in()


def test_two_titles_become_one_and_the_old_address_leads_on(cataloguer: FlaskClient) -> None:
    assert "ISBN 9789740204121" in cataloguer.get("/catalogue/duplicates/").text
    assert "คู่กรรม" in cataloguer.get("/catalogue/duplicates/?by=work").text
    page = cataloguer.get("/catalogue/duplicates/1/2").text
    assert "ดอกหญ้า" in page
    assert "สร้างสรรค์" in page
    answer = cataloguer.post("/catalogue/duplicates/1/2", data={"take_publisher": "other", "take_title": "nonsense"})
    assert answer.location == "/catalogue/1"
    told = cataloguer.get("/catalogue/1").text
    assert (
        'are one now. Copies of other libraries follow within a minute. <a href="/catalogue/duplicates/#merges">'
        in told
    )
    assert 'id="merges"' in cataloguer.get("/catalogue/duplicates/").text
    assert "สร้างสรรค์" in cataloguer.get("/catalogue/1").text
    assert cataloguer.get("/catalogue/2").location == "/catalogue/1"
    assert "No titles look alike." in cataloguer.get("/catalogue/duplicates/").text
    undo = re.findall(r'action="([^"]*/undo)"', cataloguer.get("/catalogue/duplicates/").text)
    assert "as they were before" in cataloguer.post(undo[0], follow_redirects=True).text
    assert "ดอกหญ้า" in cataloguer.get("/catalogue/1").text
    assert "สร้างสรรค์" in cataloguer.get("/catalogue/2").text


def test_titles_that_only_look_alike_are_shown_no_more(cataloguer: FlaskClient) -> None:
    cataloguer.post("/catalogue/duplicates/apart", data={"by": "isbn", "key": "9789740204121"})
    assert "No titles look alike." in cataloguer.get("/catalogue/duplicates/").text
    assert "คู่กรรม" in cataloguer.get("/catalogue/duplicates/?by=work").text


def test_a_title_cannot_go_into_itself(cataloguer: FlaskClient) -> None:
    assert "cannot be merged now" in cataloguer.post("/catalogue/duplicates/1/1", follow_redirects=True).text
