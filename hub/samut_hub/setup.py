"""What must be there before the hub can start."""

from datetime import datetime

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.migrations import upgrade
from samut_hub.secrets import make_secrets


def set_up(config: Config, now: datetime) -> None:
    """Home folder, secrets, certificates, database of this version. Doing it again changes nothing."""
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_secrets(config)
    hosts = {"localhost", "127.0.0.1", config.mqtt_host, config.http_host} - {"", "0.0.0.0"}  # noqa: S104
    make_authority(config.secrets, now, tuple(sorted(hosts)))
    database = Database(config.database_url)
    upgrade(database.engine)
    database.close()
