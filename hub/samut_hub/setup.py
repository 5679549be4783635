"""What must be there before the hub can start."""

import getpass
from datetime import datetime
from urllib.parse import urlsplit

from samut_hub.catalogue.service import add_material_types
from samut_hub.config import EVERYWHERE, Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.fleet.joining.given import revoked_serials
from samut_hub.fleet.revocations import write_revocations
from samut_hub.members.sorting import sort_anew
from samut_hub.migrations import upgrade
from samut_hub.mqtt.broker import write_broker_files
from samut_hub.secrets import make_secrets


def set_up(config: Config, now: datetime) -> None:
    """Home folder, secrets, certificates, the broker's configuration, database of this version, kinds of material.

    Doing it again changes only what the hub's settings or the calendar ask for.
    """
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_secrets(config)
    make_authority(config.secrets, now, broker_hosts(config))
    write_broker_files(config, getpass.getuser())
    database = Database(config.database_url)
    upgrade(database.engine)
    with database.session(None) as session:
        add_material_types(session)
        sort_anew(session)
    with database.session(None, writes=False) as session:
        write_revocations(config.secrets, revoked_serials(session), now)
    database.close()


def broker_hosts(config: Config) -> tuple[str, ...]:
    """Every name and address under which the broker may be reached."""
    hosts = {"localhost", "127.0.0.1", config.mqtt_host, config.http_host, urlsplit(config.url).hostname or ""}
    return tuple(sorted(hosts - EVERYWHERE - {""}))
