"""The hub's configuration: one file, read once. A wrong key stops the start and is named.

Everything that must not be in the source tree lives in the home folder: database, secrets, search index, logs.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from samut_hub.errors import ConfigError

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 — what a server may listen to, not what it is called


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`database` is an SQLAlchemy address; empty means SQLite in the home folder. `public_url` is how browsers
    and edge devices reach the hub; cookies are marked secure when it starts with https. `trusted_proxies` is
    how many proxies stand before the hub, each of which adds to X-Forwarded-For from where it was asked."""

    home: Path
    database: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = 8480
    http_processes: Annotated[int, msgspec.Meta(ge=1)] = 2
    http_threads: int = 48
    public_url: str = ""
    trusted_proxies: Annotated[int, msgspec.Meta(ge=0)] = 0
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = 8883
    sip2_host: str = "127.0.0.1"
    sip2_port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 0
    sip2_certificate: str = ""
    sip2_key: str = ""
    line_api: str = "https://api.line.me"
    two_letter_language: str = "th"
    log_level: str = "INFO"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'samut.db'}"

    @property
    def url(self) -> str:
        return self.public_url or f"http://{self.http_host}:{self.http_port}"

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https:")

    @property
    def broker_address(self) -> str:
        """Where the hub itself finds the broker."""
        return "127.0.0.1" if self.mqtt_host in EVERYWHERE else self.mqtt_host

    @property
    def broker_file(self) -> Path:
        """The broker's configuration."""
        return self.home / "broker" / "mosquitto.conf"

    @property
    def broker_pid_file(self) -> Path:
        """Where a broker on this computer says under which number it runs."""
        return self.home / "broker" / "mosquitto.pid"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def search_index(self) -> Path:
        return self.home / "search"


def read_config(home: Path) -> Config:
    """Configuration of the hub that lives in `home`; `samut.toml` there may be absent. Raises ConfigError."""
    path = home / "samut.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        return msgspec.convert({**table, "home": str(home.resolve())}, Config, dec_hook=_path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}. Correct that line and start again.") from None


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
