"""Other libraries search the hub over SRU: with `yaz-client`, and with requests written by hand."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import etree

from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.marcxml import read_marcxml
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SRW = "{http://www.loc.gov/zing/srw/}"
MARC_RECORD = "{http://www.loc.gov/MARC21/slim}record"
BOOKS = (
    Description(title="พระอภัยมณี", author="สุนทรภู่", year=1845, isbn="9789747047981", language="tha"),
    Description(title="Art history", author="Gombrich, E. H.", year=1950, subjects="Art", publisher="Phaidon"),
    Description(title="History of the art of war", author="Delbrück, Hans", year=1920, subjects="War"),
    Description(title="A <wild> & \x01 title", year=2001),
)
Find = Callable[..., list[str]]


@pytest.fixture
def stocked(database: Database, libraries: Libraries, indexer: Indexer) -> None:
    with database.session(libraries.north) as session:
        add_material_types(session)
        for book in BOOKS:
            add_title(session, book, now=NOW)
    indexer.catch_up()


@pytest.fixture
def ask(client: FlaskClient, stocked: None) -> Callable[..., etree._Element]:
    def ask(query: str | None = None, **more: str) -> etree._Element:
        usual = {"version": "1.2", "operation": "searchRetrieve"} | ({"query": query} if query is not None else {})
        answer = client.get("/sru", query_string={**usual, **more})
        assert answer.status_code == 200
        return etree.fromstring(answer.data)

    return ask


@pytest.fixture
def find(ask: Callable[..., etree._Element]) -> Find:
    def find(query: str, **more: str) -> list[str]:
        """The titles found, in the order of letters."""
        records = ask(query, **more).iter(MARC_RECORD)
        return sorted(describe(read_marcxml(etree.tostring(one))).title for one in records)

    return find


def diagnostic(answer: etree._Element) -> tuple[str, str]:
    told = {etree.QName(one).localname: one.text or "" for one in answer.iter() if isinstance(one.tag, str)}
    return told["uri"].rpartition("/")[2], told.get("details", "")


def test_yaz_client_finds_and_reads_records(address: str, stocked: None, tmp_path: Path) -> None:
    parts = urlsplit(address)
    commands = tmp_path / "commands"
    commands.write_text(
        f"sru get 1.2\nopen http://{parts.netloc}/sru\nquerytype cql\nschema marcxml\n"
        'find dc.title = "พระอภัยมณี"\nshow 1\nfind dc.title = nonsenseword\nquit\n',
        encoding="utf-8",
    )
    done = subprocess.run(["yaz-client", "-f", str(commands)], capture_output=True, timeout=20, check=True)
    said = done.stdout.decode()
    hits = dict.fromkeys(line for line in said.splitlines() if "Number of hits" in line)
    assert list(hits) == ["Number of hits: 1", "Number of hits: 0"]
    assert "สุนทรภู่" in said
    assert "9789747047981" in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("art", ["Art history", "History of the art of war"]),
        ("title = art", ["Art history", "History of the art of war"]),
        ('dc.title = "art history"', ["Art history"]),
        ('dc.title adj "art history"', ["Art history"]),
        ('dc.title all "war art"', ["History of the art of war"]),
        ('dc.title any "war history"', ["Art history", "History of the art of war"]),
        ("dc.creator = gombrich", ["Art history"]),
        ("dc.creator = art", []),
        ("bath.isbn = 974-7047-98-5", ["พระอภัยมณี"]),
        ("isbn = 9789747047981", ["พระอภัยมณี"]),
        ("dc.title = อภัย", ["พระอภัยมณี"]),
        ("dc.title = พระ*", ["พระอภัยมณี"]),
        ("art and war", ["History of the art of war"]),
        ("art NOT war", ["Art history"]),
        ("(gombrich or delbrück) and dc.date < 1940", ["History of the art of war"]),
        ("gombrich or delbrück and dc.date > 1940", ["Art history"]),
        ('art and dc.date within "1940 1960"', ["Art history"]),
        ("dc.date = 2001-05-01", ["A <wild> & title"]),
        ("dc.language = tha", ["พระอภัยมณี"]),
        ("cql.anywhere = phaidon", ["Art history"]),
        (f'title any "{"WAR war " * 20}"', ["History of the art of war"]),
        ('"art" and', None),
    ],
)
def test_cql_finds_what_it_asks_for(
    find: Find, ask: Callable[..., etree._Element], query: str, found: object
) -> None:
    if found is None:
        assert diagnostic(ask(query))[0] == "10"
    else:
        assert find(query) == found


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", "7"),
        ('""', "27"),
        ("(art", "10"),
        ("art)", "10"),
        ('"art', "10"),
        ("title =", "10"),
        ("dc.title == art", "19"),
        ("isbn any 9789747047981", "19"),
        ("isbn = 123", "36"),
        ("dc.date = soon", "36"),
        ("dc.smell = art", "16"),
        ("music.key = c", "15"),
        ("title =/stem art", "20"),
        ("art prox war", "39"),
        ("art and/x war", "46"),
        ("art sortBy dc.title", "80"),
        ('> dc = "info:x" dc.title = art', "48"),
        ("title = ar?", "28"),
        ("title = ar*", "28"),
        ('title = "^art"', "32"),
        (" or ".join(["art"] * 30), "38"),
        ("(" * 60 + "art" + ")" * 60, "38"),
        ("a" * 2000, "10"),
        (f'cql.anywhere any "{" ".join(map(chr, range(0x0E01, 0x0E1A)))}"', "38"),
        (f'"{" ".join(map(str, range(25)))}"', "38"),
        (f'title any "{" ".join(map(str, range(10)))}" not (art or "{" ".join(map(str, range(14)))}")', "38"),
        ("!!!", "36"),
    ],
)
def test_what_cannot_be_asked_is_told_by_its_diagnostic(
    ask: Callable[..., etree._Element], query: str, number: str
) -> None:
    assert diagnostic(ask(query))[0] == number


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"version": "2.0"}, "5"),
        ({"operation": "scan"}, "4"),
        ({"recordSchema": "mods"}, "66"),
        ({"recordPacking": "zip"}, "71"),
        ({"startRecord": "0"}, "6"),
        ({"startRecord": "99"}, "61"),
        ({"startRecord": "99999999"}, "61"),
        ({"maximumRecords": "-1"}, "6"),
        ({"sortKeys": "title"}, "80"),
        ({"colour": "red"}, "8"),
    ],
)
def test_wrong_parameters_are_told(ask: Callable[..., etree._Element], more: dict[str, str], number: str) -> None:
    assert diagnostic(ask("art", **more))[0] == number


def test_results_come_in_pages_and_never_more_than_a_hundred(ask: Callable[..., etree._Element]) -> None:
    def titles(**more: str) -> tuple[list[str], str | None]:
        answer = ask("art or พระอภัยมณี", **more)
        assert answer.findtext(f"{SRW}numberOfRecords") == "3"
        return [
            describe(read_marcxml(etree.tostring(one))).title for one in answer.iter(MARC_RECORD)
        ], answer.findtext(f"{SRW}nextRecordPosition")

    everything, following = titles(maximumRecords="5000")
    assert (len(everything), following) == (3, None)
    assert titles(maximumRecords="2") == (everything[:2], "3")
    assert titles(maximumRecords="2", startRecord="2") == (everything[1:], None)
    assert titles(maximumRecords="0") == ([], None)


def test_records_come_in_dublin_core_and_as_text_too(ask: Callable[..., etree._Element]) -> None:
    answer = ask("wild", recordSchema="dc")
    assert answer.findtext(".//{http://purl.org/dc/elements/1.1/}title") == "A <wild> &  title"
    packed = ask("wild", recordSchema="info:srw/schema/1/dc-v1.1", recordPacking="string")
    inner = etree.fromstring(packed.findtext(f".//{SRW}recordData") or "")
    assert inner.findtext("{http://purl.org/dc/elements/1.1/}date") == "2001"


def test_the_server_tells_of_itself(client: FlaskClient) -> None:
    for address in ("/sru", "/sru?operation=explain&version=1.1"):
        told = etree.fromstring(client.get(address).data)
        assert told.tag == f"{SRW}explainResponse"
        names = {(one.get("set"), one.text) for one in told.iter("{http://explain.z3950.org/dtd/2.0/}name")}
        assert {("dc", "title"), ("bath", "isbn")} <= names
