"""One standing world for the tests that leave it whole; a broker alone for those that need no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.lone_broker import LoneBroker, lone_broker
from tests.system.world import World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything of a demo library is up; whoever cuts or kills something mends it."""
    with running_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LoneBroker]:
    with lone_broker(tmp_path) as broker:
        yield broker
