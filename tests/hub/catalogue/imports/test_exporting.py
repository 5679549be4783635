"""What goes out can be read by others, and comes back whole."""

import io
import subprocess
from functools import partial
from pathlib import Path

import pymarc
import pytest

from samut_hub.catalogue.imports.exporting import Export, Shape, Which, count, records_out
from samut_hub.catalogue.imports.holdings import Holdings
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.splitting import pieces
from samut_hub.catalogue.service import add_material_types, add_title
from tests.hub.catalogue.conftest import MARC_FILES, NOW
from tests.hub.catalogue.imports.conftest import Desk
from tests.hub.catalogue.imports.test_taking_in import book, field, file_of


def exported(desk: Desk, wanted: Export) -> bytes:
    return b"".join(part for _done, part in records_out(partial(desk.database.session, desk.library), wanted))


@pytest.mark.requirement("K-01")
@pytest.mark.parametrize("name", ["mixed_179.utf8", "french_100.marc8", "unimarc_8"])
def test_what_came_in_goes_out_and_other_programs_read_it(desk: Desk, name: str, tmp_path: Path) -> None:
    run = desk.bring_in((MARC_FILES / f"{name}.mrc").read_bytes())
    records = exported(desk, Export(Which.ALL))
    read = [record for record in pymarc.MARCReader(io.BytesIO(records)) if record is not None]
    assert len(read) == run.added
    (tmp_path / "out.xml").write_bytes(exported(desk, Export(Which.ALL, Shape.MARCXML)))
    (tmp_path / "out.mrc").write_bytes(records)
    lines = [
        subprocess.run(["yaz-marcdump", "-i", kind, "-o", "line", tmp_path / name], capture_output=True, check=True)
        for kind, name in (("marcxml", "out.xml"), ("marc", "out.mrc"))
    ]
    said = [[line for line in one.stdout.splitlines() if line[3:4] == b" "] for one in lines]
    assert said[0] == said[1]
    again = desk.bring_in(records)
    assert (again.added, again.already_there) == (0, run.added)


@pytest.mark.parametrize("kind", [Holdings.KOHA, Holdings.MARC21])
def test_copies_go_out_and_come_back(desk: Desk, kind: Holdings) -> None:
    held = field("952", "B000001", "p")
    held.subfields += field("952", "ชั้น 1", "c").subfields
    run = desk.bring_in(file_of(book("แมว", held)), with_copies=True)
    out = exported(desk, Export(Which.OURS, holdings=kind))
    assert len(list(pieces(io.BytesIO(out)))) == 1
    desk.undo(run)
    assert desk.items() == []
    desk.bring_in(out, with_copies=True)
    (item,) = desk.items()
    assert (item.barcode, item.accession_number) == ("B000001", "B000001")
    assert item.place_id is not None


def test_one_may_choose_what_goes_out(desk: Desk) -> None:
    with desk.database.session(desk.library) as session:
        add_material_types(session)
        ids = [add_title(session, Description(title=title), now=NOW).id for title in ("แมว", "ปลา")]
        assert [count(session, Export(which, ids=(ids[0],))) for which in Which] == [0, 2, 1]
    assert "แมว".encode() in exported(desk, Export(Which.CHOSEN, ids=(ids[0],)))
    assert Export.from_args(Export(Which.ALL, Shape.MARCXML, Holdings.KOHA, (1,)).args()).ids == (1,)


def test_a_title_whose_record_cannot_be_read_goes_out_as_it_is_described(desk: Desk) -> None:
    desk.bring_in(file_of(book("แมว")))
    (title,) = desk.titles()
    with desk.database.session(None) as session:
        session.get_one(Title, title.id).marc = b"spoiled"
    assert describe(read_record(exported(desk, Export(Which.ALL)))).title == title.title
