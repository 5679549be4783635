"""A librarian copies records: from the hub's own central database, and from other libraries."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.models import Item, Place, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.service import add_material_types, add_place, add_title
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.catalogue.copying.conftest import ISBN, OtherLibrary
from tests.hub.conftest import Clock, Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

COPY = {
    "accession_number": "A00001",
    "copies": "1",
    "status": "available",
    "source": "ร้านหนังสือศึกษาภัณฑ์",
    "service_charge": "5",
    "fine_per_day": "2.50",
    "loan_days": "3",
}
TARGET = {
    "name": "Zebra",
    "kind": "z3950",
    "host": "127.0.0.1",
    "database": "Default",
    "syntax": "usmarc",
    "coding": "",
    "isbn_index": "1=7",
    "title_index": "1=4",
    "author_index": "1=1003",
    "timeout": "5",
    "licence": "CC0 1.0",
    "is_on": "y",
}


@pytest.fixture
def librarian(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        add_material_types(session)
    return sign_in()


@pytest.fixture
def shelf(database: Database, libraries: Libraries) -> Place:
    with database.session(libraries.north) as session:
        return add_place(session, "ชั้น 1")


@pytest.fixture
def zebra_is_asked(sign_in: SignIn, zebra: OtherLibrary) -> OtherLibrary:
    assert (
        sign_in("administrator").post(f"{HERE}/libraries/new", data={**TARGET, "port": zebra.port}).status_code == 302
    )
    return zebra


HERE = "/catalogue/copying"


def rows(database: Database, kind: type) -> Sequence:  # type: ignore[type-arg]
    with database.session(None, writes=False) as session:
        return session.scalars(select(kind).order_by(kind.id)).all()


def ask(browser: FlaskClient, **wanted: str) -> str:
    """The page of answers of the other libraries."""
    answer = browser.post(f"{HERE}/ask", data=wanted)
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location).text


@pytest.mark.requirement("A-12", "A-23", "A-24")
def test_a_title_of_the_central_database_is_taken_with_own_copies(
    database: Database, libraries: Libraries, hub_app: Flask, librarian: FlaskClient, shelf: Place
) -> None:
    """South described it; north finds it, by words or ISBN, and gives its copy all that is its own."""
    with database.session(libraries.south) as session:
        wanted = Description(title="พระอภัยมณี", author="สุนทรภู่", isbn="9789747047981")
        theirs = add_title(session, wanted, now=NOW).id
    Indexer(database, hub_app.extensions["samut"].config.search_index).catch_up()
    for query in ({"title": "อภัยมณี"}, {"author": "สุนทรภู่"}, {"isbn": "974-7047-98-5"}):
        page = librarian.get(f"{HERE}/", query_string=query).text
        assert f'href="/catalogue/{theirs}/items/new"' in page
    scanned = librarian.get(f"{HERE}/", query_string={"isbn": "9789747047981", "scan": "1"})
    assert scanned.location == f"/catalogue/{theirs}/items/new"
    saved = librarian.post(scanned.location, data={**COPY, "place_id": str(shelf.id)})
    assert saved.status_code == 302, saved.text
    (item,) = rows(database, Item)
    own = (item.accession_number, item.source, item.place_id, item.service_charge, item.fine_per_day, item.loan_days)
    assert own == ("A00001", "ร้านหนังสือศึกษาภัณฑ์", shelf.id, 500, 250, 3)
    assert (item.title_id, item.library_id, len(rows(database, Title))) == (theirs, libraries.north, 1)


def test_a_record_of_another_library_is_copied_with_own_copies(
    database: Database, librarian: FlaskClient, zebra_is_asked: OtherLibrary, shelf: Place
) -> None:
    page = ask(librarian, title="ประชาสัมพันธ์")
    (address,) = set(re.findall(rf'href="({HERE}/records/\d+)"', page))
    assert "ข่าวสารประชาสัมพันธ์" in librarian.get(address).text
    answer = librarian.post(address, data={**COPY, "place_id": str(shelf.id), "copies": "2"})
    assert answer.status_code == 302, answer.text
    (title,) = rows(database, Title)
    assert (title.title, title.source, title.licence) == ("ข่าวสารประชาสัมพันธ์", "Zebra", "CC0 1.0")
    first, second = rows(database, Item)
    assert (first.accession_number, second.accession_number) == ("A00001", "A00002")
    assert (first.service_charge, first.fine_per_day, first.loan_days, first.place_id) == (500, 250, 3, shelf.id)


@pytest.mark.requirement("K-02")
def test_an_isbn_is_looked_up_over_sru_and_z3950_from_the_form_of_a_title(
    database: Database, sign_in: SignIn, librarian: FlaskClient, zebra: OtherLibrary
) -> None:
    over = {
        "Z39.50": {"kind": "z3950"},
        "SRU": {"kind": "sru", "syntax": "marcxml", "isbn_index": "bath.isbn"},
    }
    over["SRU"] |= {"title_index": "dc.title", "author_index": "dc.creator"}
    for name, setting in over.items():
        added = {**TARGET, "name": name, "port": str(zebra.port), **setting}
        assert sign_in("administrator").post(f"{HERE}/libraries/new", data=added).status_code == 302
    (link,) = set(re.findall(rf'href="({HERE}/[^"]*)"', librarian.get(f"/catalogue/new?isbn={ISBN}").text))
    assert 'name="isbn" value="9780375505782"' in librarian.get(link).text
    ask(librarian, isbn=ISBN)
    found = [(hit.source, hit.isbn) for hit in rows(database, CopyHit)]
    assert found == [("Z39.50", ISBN)] * 2 + [("SRU", ISBN)] * 2


def test_what_is_here_already_is_shown_beside_it_and_decided(
    database: Database, libraries: Libraries, librarian: FlaskClient, zebra_is_asked: OtherLibrary
) -> None:
    with database.session(libraries.north) as session:
        here = add_title(session, Description(title="อนาคต", isbn=ISBN), now=NOW).id
    page = ask(librarian, isbn=ISBN)
    addresses = sorted(set(re.findall(rf'href="({HERE}/records/\d+)"', page)))
    assert len(addresses) == 2
    beside = librarian.get(addresses[0]).text
    assert "อนาคต" in beside
    assert "connected world" in beside
    kept = librarian.post(addresses[0], data={**COPY, "into": "existing"})
    assert kept.location == f"/catalogue/{here}"
    version = re.search(r'name="version" value="(\d+)"', beside)
    assert version
    stale = {**COPY, "accession_number": "A00002", "into": "replace", "version": "99"}
    assert "Someone else changed the title" in librarian.post(addresses[0], data=stale).text
    replaced = librarian.post(addresses[0], data={**stale, "version": version[1]})
    assert replaced.location == f"/catalogue/{here}"
    another = librarian.post(addresses[0], data={**COPY, "accession_number": "A00003", "into": "new"})
    assert another.location != f"/catalogue/{here}"
    first, second = rows(database, Title)
    assert "connected world" in first.title
    assert (first.source, second.source) == ("Zebra", "Zebra")
    assert [item.title_id for item in rows(database, Item)] == [here, here, second.id]


def test_a_scanned_book_that_one_library_has_once_is_one_step(
    database: Database, librarian: FlaskClient, zebra_is_asked: OtherLibrary
) -> None:
    scanned = {"isbn": "9780747586432", "scan": "1"}
    answer = librarian.post(f"{HERE}/ask", data=scanned)
    (hit,) = rows(database, CopyHit)
    assert answer.location == f"{HERE}/records/{hit.id}"
    assert 'value="000001"' in librarian.get(answer.location).text
    by_script = librarian.post(f"{HERE}/ask", data=scanned, headers={"HX-Request": "true"})
    assert by_script.headers["HX-Redirect"].startswith(f"{HERE}/records/")


def test_a_number_that_is_taken_saves_nothing(
    database: Database, librarian: FlaskClient, zebra_is_asked: OtherLibrary
) -> None:
    page = ask(librarian, title="ประชาสัมพันธ์")
    (address,) = set(re.findall(rf'href="({HERE}/records/\d+)"', page))
    assert librarian.post(address, data={**COPY, "into": "new"}).status_code == 302
    again = librarian.post(address, data={**COPY, "into": "new"})
    assert again.status_code == 422
    assert "is taken" in again.text
    assert len(rows(database, Title)) == 1


def test_a_dead_library_is_named_and_the_others_answer(
    sign_in: SignIn, librarian: FlaskClient, zebra_is_asked: OtherLibrary
) -> None:
    dead = {**TARGET, "name": "Dead", "kind": "sru", "port": "1", "syntax": "marcxml", "timeout": "1"}
    dead |= {"isbn_index": "bath.isbn", "title_index": "dc.title", "author_index": "dc.creator"}
    assert sign_in("administrator").post(f"{HERE}/libraries/new", data=dead).status_code == 302
    page = ask(librarian, title="ประชาสัมพันธ์")
    assert "Dead" in page
    assert "Cannot be reached" in page
    assert "ข่าวสารประชาสัมพันธ์" in page


def test_what_nobody_chose_is_forgotten_after_a_day(
    database: Database, librarian: FlaskClient, zebra_is_asked: OtherLibrary, clock: Clock
) -> None:
    ask(librarian, title="ประชาสัมพันธ์")
    clock.now += timedelta(hours=11)
    ask(librarian, title="nothing of the kind")
    assert len(rows(database, CopySearch)) == 2
    with database.session(None) as session:
        for search in session.scalars(select(CopySearch)):
            search.at -= timedelta(days=2)
    ask(librarian, title="nothing of the kind")
    assert (len(rows(database, CopySearch)), len(rows(database, CopyHit))) == (1, 0)


def test_a_wrong_isbn_is_told(librarian: FlaskClient) -> None:
    page = librarian.get(f"{HERE}/", query_string={"isbn": "974-7047-98-6", "scan": "1"}).text
    assert "“974-7047-98-6” is not an ISBN" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("host", "http://lx2.loc.gov/", "A host is a name"),
        ("host", "-oProxyCommand=x", "A host is a name"),
        ("port", "0", "between 1 and 65535"),
        ("database", "x\ny", "Letters, digits"),
        ("syntax", "usmarc; quit", "Letters, digits"),
        ("title_index", "dc.title", "made of attributes"),
        ("timeout", "600", "between 1 and 30"),
        ("kind", "ftp", "Not a valid choice"),
    ],
)
def test_a_wrong_setting_is_told(sign_in: SignIn, field: str, typed: str, said: str) -> None:
    answer = sign_in("administrator").post(f"{HERE}/libraries/new", data={**TARGET, "port": "210", field: typed})
    assert answer.status_code == 422
    assert said in answer.text


def test_an_administrator_adds_the_known_ones_tests_and_removes(
    database: Database, sign_in: SignIn, zebra_is_asked: OtherLibrary
) -> None:
    administrator = sign_in("administrator")
    (zebra,) = rows(database, Target)
    page = administrator.post(f"{HERE}/libraries/{zebra.id}/test", follow_redirects=True).text
    assert re.search(r"Zebra answers: \d+ records found, \d+ sent", page)
    for _ in range(2):
        administrator.post(f"{HERE}/libraries/known")
    known = rows(database, Target)[1:]
    assert "Library of Congress" in {one.name for one in known}
    assert len({(one.kind, one.host) for one in known}) == len(known)
    assert not any(one.is_on for one in known)
    administrator.post(f"{HERE}/libraries/{zebra.id}", data={**TARGET, "port": "1"})
    page = administrator.post(f"{HERE}/libraries/{zebra.id}/test", follow_redirects=True).text
    assert "Cannot be reached" in page
    administrator.post(f"{HERE}/libraries/{zebra.id}/remove")
    assert "Zebra" not in {one.name for one in rows(database, Target)}
