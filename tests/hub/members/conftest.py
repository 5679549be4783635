"""A session of the library in the north, and its pupils."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.members.groups import add_type
from tests.hub.conftest import Libraries


@pytest.fixture
def north(database: Database, libraries: Libraries) -> Iterator[Session]:
    with database.session(libraries.north) as session:
        yield session


@pytest.fixture
def pupil(north: Session) -> int:
    return add_type(north, "pupil", "นักเรียน", "Pupil").id
