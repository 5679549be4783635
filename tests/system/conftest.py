"""One standing world for the tests that leave it whole."""

from collections.abc import Iterator

import pytest

from tests.system.world import World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything of a demo library is up; whoever cuts or kills something mends it."""
    with running_world(tmp_path_factory.mktemp("world")) as world:
        yield world
