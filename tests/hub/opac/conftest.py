"""Two libraries with books on their shelves, as visitors meet them."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from samut_hub.catalogue import service
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.members.models import MemberType
from samut_hub.members.service import MemberFields, add_member
from tests.hub.conftest import Clock, Libraries


@dataclass
class Town:
    """What stands in north and in south, and who borrows it."""

    database: Database
    libraries: Libraries
    clock: Clock
    members: dict[tuple[int, str], int] = field(default_factory=dict)

    def title(self, name: str, **said: object) -> int:
        """A title that no library has yet."""
        with self.database.session(None) as session:
            service.add_material_types(session)
            return service.add_title(session, Description(title=name, **said), now=self.clock()).id  # type: ignore[arg-type]

    def item(self, title_id: int, number: str, library: str = "north", **said: object) -> int:
        with self.database.session(self.id_of(library)) as session:
            fields = ItemFields(accession_number=number, **said)  # type: ignore[arg-type]
            (item,) = add_items(session, session.get_one(Title, title_id), fields, now=self.clock())
            return item.id

    def book(self, name: str, number: str, library: str = "north", **said: object) -> int:
        """A title with one item; returns the title's id."""
        title_id = self.title(name, **said)
        self.item(title_id, number, library)
        return title_id

    def place(self, *names: str, library: str = "north") -> int:
        """A place within a place within …; returns the innermost."""
        with self.database.session(self.id_of(library)) as session:
            place = None
            for name in names:
                place = service.add_place(session, name, parent=place)
            assert place is not None
            return place.id

    def lend(self, number: str, member: str = "10001", library: str = "north", *, returned: bool = False) -> None:
        now, library_id = self.clock(), self.id_of(library)
        member_id = self._member(library_id, member)
        with self.database.session(library_id) as session:
            item = session.scalars(select(Item).where(Item.accession_number == number)).one()
            session.add(
                Loan(
                    item_id=item.id,
                    member_id=member_id,
                    lent_at=now,
                    due_at=now + timedelta(days=7),
                    returned_at=now if returned else None,
                    source="desk",
                )
            )

    def id_of(self, library: str) -> int:
        return self.libraries.north if library == "north" else self.libraries.south

    def _member(self, library_id: int, number: str) -> int:
        if (library_id, number) not in self.members:
            with self.database.session(library_id) as session:
                kind = session.scalar(select(MemberType))
                if kind is None:
                    kind = MemberType(code="pupil", name_th="นักเรียน", name_en="Pupil")
                    session.add(kind)
                    session.flush()
                fields = MemberFields(number=number, type_id=kind.id, name_th=f"ด.ญ. มานี {number}")
                made = add_member(session, fields, now=self.clock(), joined_on=self.clock().date())
                self.members[library_id, number] = made.id
        return self.members[library_id, number]


@pytest.fixture
def town(database: Database, libraries: Libraries, clock: Clock) -> Town:
    return Town(database, libraries, clock)
