"""A hub that other systems can reach: the whole application behind a port of the loopback address."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask

from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.db import Database


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class names it so
        """Tests read answers, not logs."""


@pytest.fixture
def address(hub_app: Flask) -> Iterator[str]:
    """Where the hub answers, for example http://127.0.0.1:40123."""
    server = make_server("127.0.0.1", 0, hub_app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def indexer(database: Database, hub_app: Flask) -> Indexer:
    return Indexer(database, hub_app.extensions["samut"].config.search_index)
