"""A real Chromium in front of a whole running hub."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from samut_hub.web.wording import compile_all
from tests.chromium import chromium
from tests.system.world import World, running_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    compile_all()
    with running_world(tmp_path_factory.mktemp("home")) as world:
        yield world


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
