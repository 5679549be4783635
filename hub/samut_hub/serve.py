"""The pages under gunicorn: a few processes of many threads, as each live page holds one of them.

The processes are forked from one that has loaded everything, so they share most of their memory.
"""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from samut_hub.app import create_app
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import ConfigError
from samut_hub.lasting import keep_what_is_loaded
from samut_hub.migrations import is_current
from samut_hub.web.hub import Hub
from samut_hub.web.language import load_sentences


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with settings from the hub's configuration instead of its own files."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"{self._config.http_host}:{self._config.http_port}",
            "worker_class": "gthread",
            "workers": self._config.http_processes,
            "preload_app": True,
            "threads": self._config.http_threads,
            "timeout": 60,
            "graceful_timeout": 3,
            "keepalive": 5,
            "max_requests": 0,
            "proc_name": "samut-hub",
            "control_socket_disable": True,
        }
        settings |= {"when_ready": _keep_what_is_shared, "post_fork": _open_own_connections}
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        app = create_app(self._config)
        load_sentences(app)
        return app


def _keep_what_is_shared(arbiter: Any) -> None:
    keep_what_is_loaded()


def _open_own_connections(arbiter: Any, worker: Any) -> None:
    """A connection must not be used by two processes."""
    hub: Hub = worker.app.wsgi().extensions["samut"]
    hub.database.engine.dispose(close=False)


def serve(config: Config) -> None:
    """Serve the pages until told to end; raises ConfigError when the database is not of this version."""
    database = Database(config.database_url)
    if not is_current(database.engine):
        raise ConfigError("The database has the shape of another version. Run “samut setup” to bring it up to date.")
    database.close()
    Server(config).run()
