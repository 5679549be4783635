"""Mosquitto as the hub wants it: certificates only, rights from the protocol's table, nothing lost at a restart."""

from pathlib import Path

from samut_hub.config import Config
from samut_hub.fleet.certificates import BROKER_NAME, HUB_NAME
from samut_hub.fleet.revocations import REVOKED_NAME
from samut_wire.topics import ROOT, TOPICS, Direction

CONFIGURATION = """\
listener {port} {host}
cafile {secrets}/ca.crt
crlfile {secrets}/{revoked}
certfile {secrets}/{broker}.crt
keyfile {secrets}/{broker}.key
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {folder}/acl
user {user}
pid_file {pid_file}
set_tcp_nodelay true
persistence true
persistence_location {folder}/
autosave_interval 300
max_queued_messages 200000
max_inflight_messages 200
persistent_client_expiration 30d
max_packet_size 4000000
log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages true
"""


def write_broker_files(config: Config, user: str) -> Path:
    """Write configuration and access list into the home folder; returns `config.broker_file`.

    `user` is who the broker runs as: it must be able to read the hub's secrets.
    """
    folder = config.broker_file.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "acl").write_text(access_list())
    config.broker_file.write_text(
        CONFIGURATION.format(
            port=config.mqtt_port,
            host=config.mqtt_host,
            secrets=config.secrets,
            broker=BROKER_NAME,
            revoked=REVOKED_NAME,
            folder=folder,
            user=user,
            pid_file=config.broker_pid_file,
        )
    )
    return config.broker_file


def access_list() -> str:
    """A device writes its own topics towards the hub and reads its own towards the edge; the hub does all."""
    lines = [f"user {HUB_NAME}", f"topic readwrite {ROOT}/#"]
    for topic in TOPICS.values():
        right = "write" if topic.direction is Direction.TO_HUB else "read"
        lines.append(f"pattern {right} {topic.of('%u')}")
    return "\n".join(lines) + "\n"
