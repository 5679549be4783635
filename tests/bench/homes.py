"""A hub's home in a temporary folder, with its database."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.migrations import upgrade
from samut_hub.secrets import make_secrets
from tests.ports import free_port


@contextmanager
def home_on(database: str = "") -> Iterator[tuple[Config, Database]]:
    """Without an address the database is SQLite in the home."""
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder:
        home = Path(folder)
        settings = {"http_port": free_port(), "public_url": "http://127.0.0.1", "log_level": "WARNING"}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        lines += [f'database = "{database}"'] if database else []
        (home / "samut.toml").write_text("\n".join(lines) + "\n")
        config = read_config(home)
        make_secrets(config)
        opened = Database(config.database_url)
        upgrade(opened.engine)
        try:
            yield config, opened
        finally:
            opened.close()
