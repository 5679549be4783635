"""All doors through which other systems and search engines learn of a title."""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sickle import Sickle

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Clock, Libraries

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.requirement("K-03")
def test_a_title_is_found_harvested_listed_and_described(
    database: Database,
    libraries: Libraries,
    indexer: Indexer,
    client: FlaskClient,
    address: str,
    tmp_path: Path,
    clock: Clock,
) -> None:
    with database.session(libraries.north) as session:
        add_material_types(session)
        title = add_title(session, Description(title="พระอภัยมณี", author="สุนทรภู่"), now=NOW)
        add_items(session, title, ItemFields(accession_number="N00001"), now=NOW)
        number = title.id
    indexer.catch_up()
    clock.pass_by(hours=1)
    assert "พระอภัยมณี" in _by_yaz(address, tmp_path / "commands", "marcxml")
    assert "พระอภัยมณี" in _by_yaz(address, tmp_path / "commands", "dc")
    for prefix in ("oai_dc", "marcxml"):
        (harvested,) = Sickle(f"{address}/oai").ListRecords(metadataPrefix=prefix)
        assert harvested.header.identifier == f"oai:127.0.0.1:{number}"
        assert "พระอภัยมณี" in harvested.raw
    maps = re.findall(r"<loc>[^<]*?(/sitemap-\d+\.xml)</loc>", client.get("/sitemap.xml").text)
    assert any(f"/title/{number}</loc>" in client.get(part).text for part in maps)
    page = client.get(f"/title/{number}").text
    assert "application/ld+json" in page
    assert "https://schema.org" in page


def _by_yaz(address: str, commands: Path, schema: str) -> str:
    """What `yaz-client` shows of the first record."""
    commands.write_text(
        f"sru get 1.2\nopen http://{urlsplit(address).netloc}/sru\nquerytype cql\nschema {schema}\n"
        'find dc.creator = "สุนทรภู่" and dc.title = อภัย\nshow 1\nquit\n',
        encoding="utf-8",
    )
    done = subprocess.run(["yaz-client", "-f", str(commands)], capture_output=True, timeout=20, check=True)
    return done.stdout.decode()
