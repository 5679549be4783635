"""Keeping what other libraries answered, on both kinds of database."""

from datetime import timedelta

from sqlalchemy import func, select

from samut_hub.catalogue.copying.asking import Reply
from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.copying.policy import Answer, Fault, Wanted
from samut_hub.catalogue.copying.service import (
    add_known_targets,
    hits_of,
    keep_search,
    known_titles,
    targets,
    told_by,
)
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.marcxml import write_marcxml
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from samut_hub.staff.policy import Role
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries

BOOK = Description(title="พระอภัยมณี", author="สุนทรภู่", isbn="9789747047981")
OTHER = Description(title="ขุนช้างขุนแผน", author="สุนทรภู่")


def test_answers_are_kept_compared_and_forgotten(database: Database, libraries: Libraries) -> None:
    by = libraries.staff_of["north"][Role.LIBRARIAN]
    records = (write_marcxml(new_record(BOOK)), write_record(new_record(OTHER)), b"damaged", b"<record/>")
    with database.session(libraries.north) as session:
        add_material_types(session)
        here = add_title(session, OTHER, now=NOW)
        far = Target(name="Far", kind="sru", host="far", port=1, database="x", syntax="marcxml", licence="CC0")
        dead = Target(name="Dead", kind="sru", host="dead", port=1, database="x", syntax="marcxml")
        replies = [(far, Reply(Answer(9, records))), (dead, Reply(Answer(0), Fault.TOO_SLOW))]
        search = keep_search(session, Wanted(author="สุนทรภู่"), replies, staff_id=by, now=NOW)
        told = [(one.name, one.total, one.damaged, one.fault) for one in told_by(search)]
        assert told == [("Far", 9, 2, None), ("Dead", 0, 0, Fault.TOO_SLOW)]
        first, second = hits_of(session, search)
        assert (first.title, first.isbn, first.licence) == (BOOK.title, BOOK.isbn, "CC0")
        assert {hit: known.title.id for hit, known in known_titles(session, [first, second]).items()} == {
            second.id: here.id
        }
    with database.session(libraries.south) as session:
        keep_search(session, Wanted(title="x"), [], staff_id=by, now=NOW + timedelta(days=3))
    with database.session(libraries.north) as session:
        assert session.scalar(select(func.count()).select_from(CopySearch)) == 1
        keep_search(session, Wanted(title="x"), [], staff_id=by, now=NOW + timedelta(days=3))
    with database.session(None) as session:
        assert session.scalars(select(CopyHit)).all() == []
        assert len(session.scalars(select(CopySearch)).all()) == 2


def test_each_library_has_its_own_list(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        assert add_known_targets(session) > 2
        assert add_known_targets(session) == 0
    with database.session(libraries.south) as session:
        assert targets(session) == []
