"""The north library with books on its shelves, searchable, and what south has beside it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from samut_hub.catalogue import service
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.members.models import MemberType
from samut_hub.members.service import MemberFields, add_member
from tests.hub.conftest import Clock, Libraries


@dataclass
class Shelves:
    """What stands where; `indexer` has caught up only when it was told to."""

    database: Database
    libraries: Libraries
    clock: Clock
    indexer: Indexer

    def title(self, name: str, **said: object) -> int:
        with self.database.session(None) as session:
            service.add_material_types(session)
            return service.add_title(session, Description(title=name, **said), now=self.clock()).id  # type: ignore[arg-type]

    def item(self, title_id: int, number: str, library: int | None = None, **said: object) -> None:
        with self.database.session(library or self.libraries.north) as session:
            fields = ItemFields(accession_number=number, **said)  # type: ignore[arg-type]
            add_items(session, session.get_one(Title, title_id), fields, now=self.clock())

    def book(self, name: str, number: str, **said: object) -> int:
        """A title with one item in north."""
        title_id = self.title(name, **said)
        self.item(title_id, number)
        return title_id

    def place(self, name: str) -> int:
        with self.database.session(self.libraries.north) as session:
            return service.add_place(session, name).id

    def lend(self, number: str) -> None:
        now = self.clock()
        with self.database.session(self.libraries.north) as session:
            kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
            session.add(kind)
            session.flush()
            fields = MemberFields(number="10001", type_id=kind.id, name_th="ด.ญ. มานี มีนา")
            member = add_member(session, fields, now=now, joined_on=now.date())
            item = session.scalars(select(Item).where(Item.accession_number == number)).one()
            due = now + timedelta(days=7)
            session.add(Loan(item_id=item.id, member_id=member.id, lent_at=now, due_at=due, source="desk"))

    def write_off(self, number: str) -> None:
        with self.database.session(self.libraries.north) as session:
            session.execute(update(Item).where(Item.accession_number == number).values(status="withdrawn"))

    def catch_up(self) -> None:
        self.indexer.catch_up()


@pytest.fixture
def shelves(database: Database, libraries: Libraries, clock: Clock, hub_app: Flask) -> Shelves:
    return Shelves(database, libraries, clock, Indexer(database, hub_app.extensions["samut"].config.search_index))
