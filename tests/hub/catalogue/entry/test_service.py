"""Entering and taking back, on both kinds of database."""

import pytest
from sqlalchemy import select

from samut_hub.catalogue import items
from samut_hub.catalogue.entry.service import Book, CannotUndoError, Obstacle, enter, entries_since, numbers_of, undo
from samut_hub.catalogue.items import ItemFields
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_title
from samut_hub.db import Database
from samut_hub.staff.policy import Role
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries


def test_a_book_is_entered_once_and_taken_back_whole(database: Database, libraries: Libraries) -> None:
    by = libraries.staff_of["north"][Role.LIBRARIAN]
    with database.session(libraries.north) as session:
        add_material_types(session)
        new = Book(
            lambda: add_title(session, Description(title="ใหม่"), now=NOW),
            True,
            ItemFields(accession_number="A00001"),
            3,
        )
        entry = enter(session, "one", new, staff_id=by, now=NOW)
        assert enter(session, "one", new, staff_id=by, now=NOW) is entry
        assert entry.numbers == "A00001–A00003"
        assert numbers_of(session, entries_since(session, by, NOW)) == ["A00001", "A00002", "A00003"]
    with database.session(libraries.north) as session:
        (entry,) = entries_since(session, by, NOW)
        undo(session, entry, now=NOW)
    with database.session(None) as session:
        assert session.scalars(select(Item)).all() == []
        assert session.scalars(select(Title)).all() == []
        assert session.scalars(select(RemovedTitle.title_id)).all() == [entry.title_id]


def test_a_copy_that_was_changed_stays(database: Database, libraries: Libraries) -> None:
    by = libraries.staff_of["north"][Role.LIBRARIAN]
    with database.session(libraries.north) as session:
        add_material_types(session)
        title = add_title(session, Description(title="เก่า"), now=NOW)
        fields = ItemFields(accession_number="A00001")
        entry = enter(session, "one", Book(lambda: title, False, fields), staff_id=by, now=NOW)
        item = session.get_one(Item, entry.item_ids[0])
        items.edit_item(session, item, ItemFields(accession_number="A00009"), now=NOW, staff_id=by)
        with pytest.raises(CannotUndoError) as refused:
            undo(session, entry, now=NOW)
        assert refused.value.obstacle is Obstacle.CHANGED
