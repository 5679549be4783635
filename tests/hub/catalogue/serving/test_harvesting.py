"""A union catalogue harvests the hub by OAI-PMH, with `sickle`."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import change_status
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.marcxml import read_marcxml
from samut_hub.catalogue.service import add_material_types, add_title, title_by_id
from samut_hub.catalogue.serving import harvest
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW, marc_files
from tests.hub.conftest import Clock, Libraries

MARC_RECORD = "{http://www.loc.gov/MARC21/slim}record"
TITLES = 215
"""Two whole pages and a part of a third."""


@pytest.fixture
def stocked(database: Database, libraries: Libraries, clock: Clock) -> list[int]:
    """Titles that changed one second after another; many at the same moment in the middle, as after an import.

    They are asked for two days later.
    """
    clock.pass_by(days=2)
    with database.session(libraries.north) as session:
        add_material_types(session)
        titles = []
        for place in range(TITLES):
            at = NOW + timedelta(seconds=place if not 60 <= place < 190 else 60)
            titles.append(add_title(session, Description(title=f"เล่มที่ {place}"), now=at))
        add_items(session, titles[3], ItemFields(accession_number="N00001"), now=NOW)
        return [title.id for title in titles]


def numbers(records: object) -> list[int]:
    return [int(one.identifier.rpartition(":")[2]) for one in records]  # type: ignore[attr-defined]


def harvester(address: str) -> Sickle:
    return Sickle(f"{address}/oai", max_retries=0, timeout=30)


def test_every_title_is_harvested_once(address: str, stocked: list[int]) -> None:
    headers = list(harvester(address).ListIdentifiers(metadataPrefix="oai_dc"))
    assert sorted(int(one.identifier.rpartition(":")[2]) for one in headers) == stocked
    records = list(harvester(address).ListRecords(metadataPrefix="oai_dc"))
    assert sorted(one.metadata["title"][0] for one in records) == sorted(f"เล่มที่ {n}" for n in range(TITLES))


def test_what_was_removed_or_merged_is_told_as_deleted(database: Database, address: str, stocked: list[int]) -> None:
    with database.session(None) as session:
        merged = title_by_id(session, stocked[0])
        merged.merged_into_id, merged.changed_at = stocked[1], NOW + timedelta(days=1)
        session.delete(title_by_id(session, stocked[2]))
        session.add(RemovedTitle(title_id=stocked[2], removed_at=NOW + timedelta(days=1)))
    changed = list(harvester(address).ListRecords(metadataPrefix="marcxml", **{"from": "2026-11-24"}))
    assert sorted(numbers(one.header for one in changed)) == [stocked[0], stocked[2]]
    assert [one.header.deleted for one in changed] == [True, True]
    everything = list(harvester(address).ListIdentifiers(metadataPrefix="oai_dc"))
    assert sorted(numbers(everything)) == stocked
    gone = harvester(address).GetRecord(identifier=f"oai:127.0.0.1:{stocked[2]}", metadataPrefix="oai_dc")
    assert gone.header.deleted


def test_times_are_given_to_the_second_both_included(address: str, stocked: list[int]) -> None:
    span = {"from": "2026-11-23T03:00:05Z", "until": "2026-11-23T03:00:07Z"}
    assert numbers(harvester(address).ListIdentifiers(metadataPrefix="oai_dc", **span)) == stocked[5:8]
    with pytest.raises(NoRecordsMatch):
        harvester(address).ListIdentifiers(metadataPrefix="oai_dc", **{"from": "2027-01-01"})


def test_a_change_is_told_when_it_is_certain_that_none_before_it_is_to_come(
    client: FlaskClient, database: Database, stocked: list[int], clock: Clock
) -> None:
    """Another transaction may have an earlier time and be committed later; the harvester goes on from the answer."""
    with database.session(None) as session:
        title_by_id(session, stocked[0]).changed_at = clock()
    clock.pass_by(seconds=50)
    asked = "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&from="
    too_early = etree.fromstring(client.get(f"{asked}2026-11-25").data)
    assert too_early.find("{*}error").get("code") == "noRecordsMatch"
    clock.pass_by(seconds=20)
    answered_at = too_early.findtext("{*}responseDate")
    later = etree.fromstring(client.get(f"{asked}{answered_at}").data)
    assert [one.text for one in later.iter("{*}identifier")] == [f"oai:127.0.0.1:{stocked[0]}"]


def test_each_library_is_a_set(address: str, stocked: list[int]) -> None:
    sets = {one.setSpec: one.setName for one in harvester(address).ListSets()}
    assert sets == {"north": "ห้องสมุดโรงเรียนเหนือ", "south": "ห้องสมุดโรงเรียนใต้"}
    of_north = list(harvester(address).ListIdentifiers(metadataPrefix="oai_dc", set="north"))
    assert numbers(of_north) == [stocked[3]]
    assert of_north[0].setSpecs == ["north"]
    with pytest.raises(NoRecordsMatch):
        harvester(address).ListIdentifiers(metadataPrefix="oai_dc", set="south")


@pytest.mark.parametrize("is_small", [True, False])
def test_a_set_is_harvested_whole_whether_the_library_is_large_or_small(
    address: str, stocked: list[int], monkeypatch: pytest.MonkeyPatch, *, is_small: bool
) -> None:
    monkeypatch.setattr(harvest, "holds_few", lambda session, library_id: is_small)
    assert numbers(harvester(address).ListIdentifiers(metadataPrefix="oai_dc", set="north")) == [stocked[3]]
    with pytest.raises(NoRecordsMatch):
        harvester(address).ListIdentifiers(metadataPrefix="oai_dc", set="nowhere")


def test_a_title_is_told_again_when_a_library_has_its_first_copy_or_no_longer_any(
    database: Database, address: str, libraries: Libraries, stocked: list[int], clock: Clock
) -> None:
    """Then its sets have changed; a second copy changes none, and whoever edits the title is not told of a change."""

    def told(**more: str) -> dict[int, list[str]]:
        try:
            found = list(harvester(address).ListIdentifiers(metadataPrefix="oai_dc", **{"from": since}, **more))
        except NoRecordsMatch:
            return {}
        return {number: one.setSpecs for number, one in zip(numbers(found), found, strict=True)}

    def after(change: Callable[[Session], object]) -> None:
        nonlocal since
        clock.pass_by(hours=1)
        since = clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        with database.session(libraries.north) as session:
            change(session)
        clock.pass_by(minutes=5)

    def add(session: Session, number: str) -> None:
        title = title_by_id(session, stocked[7])
        add_items(session, title, ItemFields(accession_number=number), now=clock())
        assert title.version == 1

    def write_off(session: Session, number: str) -> None:
        item = session.scalars(select(Item).where(Item.accession_number == number)).one()
        change_status(session, item, "withdrawn", By(staff_id=None, now=clock(), reason="worn"))

    since = ""
    after(lambda session: add(session, "N00002"))
    assert told(set="north") == told() == {stocked[7]: ["north"]}
    after(lambda session: add(session, "N00003"))
    assert told() == {}
    after(lambda session: write_off(session, "N00002"))
    assert told() == {}
    after(lambda session: write_off(session, "N00003"))
    assert told() == {stocked[7]: []}
    assert told(set="north") == {}


@pytest.mark.parametrize(
    "strange",
    [{"last": ["2026-11-23T03:00:00Z", 2**31]}, {"told": 2**53}, {"library": "a\0b"}],
)
def test_a_token_with_what_no_row_can_have_is_refused(
    client: FlaskClient, stocked: list[int], strange: dict[str, object]
) -> None:
    token = urlsafe_b64encode(json.dumps({"prefix": "oai_dc", **strange}).encode()).decode().rstrip("=")
    answer = etree.fromstring(client.get(f"/oai?verb=ListRecords&resumptionToken={token}").data)
    assert answer.find("{*}error").get("code") == "badResumptionToken"


def test_real_records_come_whole_as_marcxml(
    database: Database, address: str, libraries: Libraries, clock: Clock
) -> None:
    """Damaged characters too: what XML cannot hold is a mark, never a broken answer."""
    clock.pass_by(hours=1)
    kept = {}
    with database.session(libraries.north) as session:
        add_material_types(session)
        data = next(file for file in marc_files() if file.name == "mixed_179.utf8.mrc").read_bytes()
        for piece in data.split(b"\x1d")[:120]:
            title = add_title(session, Description(title="ใด ๆ"), now=NOW)
            title.marc = piece + b"\x1d"
            kept[title.id] = read_record(title.marc)
    for one in harvester(address).ListRecords(metadataPrefix="marcxml"):
        element = one.xml.find(f".//{MARC_RECORD}")
        record = read_marcxml(etree.tostring(element))
        wanted = kept.pop(int(one.header.identifier.rpartition(":")[2]))
        assert describe(record) == describe(wanted)
        assert [field.tag for field in record.fields] == [field.tag for field in wanted.fields]
    assert not kept


def test_wild_characters_leave_the_answer_readable(
    client: FlaskClient, database: Database, stocked: list[int]
) -> None:
    with database.session(None) as session:
        title = session.get_one(Title, stocked[0])
        title.title = "a\x01b ]]> <script>&\uffff"
    answer = client.get(f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:{stocked[0]}")
    title_element = etree.fromstring(answer.data).find(".//{http://purl.org/dc/elements/1.1/}title")
    assert title_element is not None
    assert title_element.text == "a\ufffdb ]]> <script>&\ufffd"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("", "badVerb"),
        ("verb=Dance", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&from=2026-01-01", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&resumptionToken=%E0%B8%81", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=e30", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=e30", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=9999-12-31&from=9999-12-31", "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:999999999999999999", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:elsewhere:1", "idDoesNotExist"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_asked_wrongly_is_told_by_its_code(client: FlaskClient, arguments: str, code: str) -> None:
    for answer in (client.get(f"/oai?{arguments}"), client.post("/oai", query_string="", data=_form(arguments))):
        assert answer.status_code == 200
        error = etree.fromstring(answer.data).find("{http://www.openarchives.org/OAI/2.0/}error")
        assert error is not None
        assert error.get("code") == code


def _form(arguments: str) -> dict[str, list[str]]:
    return parse_qs(arguments)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_harvester_may_post_without_a_token_of_ours(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    assert b"<protocolVersion>2.0" in client.post("/oai", data={"verb": "Identify"}).data


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_repository_tells_of_itself(address: str, stocked: list[int]) -> None:
    told = harvester(address).Identify()
    assert (told.deletedRecord, told.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert told.earliestDatestamp == "2026-11-23T03:00:00Z"
    assert told.repositoryName == "North School Library, South School Library"
    assert {one.metadataPrefix for one in harvester(address).ListMetadataFormats()} == {"oai_dc", "marcxml"}
    with pytest.raises(BadResumptionToken):
        harvester(address).ListRecords(resumptionToken="nonsense!")


def test_the_last_page_costs_what_the_first_costs(
    client: FlaskClient, stocked: list[int], statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """A page is at most five questions to the database, wherever it stands."""
    address = "/oai?verb=ListRecords&metadataPrefix=marcxml"
    while address:
        with statements() as asked:
            answer = etree.fromstring(client.get(address).data)
        about_titles = [statement for statement in asked if "titles" in statement or "items" in statement]
        assert len(about_titles) <= 5
        token = answer.find(".//{http://www.openarchives.org/OAI/2.0/}resumptionToken")
        address = f"/oai?verb=ListRecords&resumptionToken={token.text}" if token is not None and token.text else ""
