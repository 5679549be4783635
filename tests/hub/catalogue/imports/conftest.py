"""A home of the hub in which files to import may lie."""

from pathlib import Path

import pytest

from samut_hub.config import Config


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config(home=tmp_path, database=database_url)
