"""A broker alone, as the hub configures it, for tests that need no hub and no device."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from samut_hub.config import Config
from samut_hub.fleet.certificates import HUB_NAME, keep_good, make_authority
from samut_hub.fleet.revocations import write_revocations
from samut_hub.mqtt.broker import write_broker_files
from tests.ports import free_port
from tests.system.mqtt_guest import Guest
from tests.system.world import wait_until

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or "mosquitto"


class LoneBroker:
    """`config` is its hub's; nobody listens but the test."""

    def __init__(self, home: Path) -> None:
        self.config = Config(home=home, mqtt_port=free_port())
        self.config.secrets.mkdir(parents=True)
        make_authority(self.config.secrets, datetime.now(UTC), ("127.0.0.1",))
        write_revocations(self.config.secrets, (), datetime.now(UTC))
        self._program = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", MOSQUITTO, "-c", write_broker_files(self.config, getpass.getuser())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def revoke(self, name: str) -> None:
        """Put a device's certificate on the list and let the broker read it."""
        certificate = x509.load_pem_x509_certificate((self.config.home / f"{name}.crt").read_bytes())
        write_revocations(self.config.secrets, [f"{certificate.serial_number:x}"], datetime.now(UTC))
        self._program.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self._program.terminate()
        self._program.wait(20)

    def hub(self) -> Guest:
        return self._guest(HUB_NAME, self.config.secrets / HUB_NAME)

    def device(self, name: str, calls_itself: str = "") -> Guest:
        """A device with a certificate of its own, which may call itself something else."""
        path = self.config.home / name
        keep_good(self.config.secrets, path, name, datetime.now(UTC))
        return self._guest(calls_itself or name, path)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.config.mqtt_port)) == 0

    def _guest(self, name: str, path: Path) -> Guest:
        authority = self.config.secrets / "ca.crt"
        return Guest(self.config.mqtt_port, name, authority, path.with_suffix(".crt"), path.with_suffix(".key"))


@contextlib.contextmanager
def lone_broker(home: Path) -> Iterator[LoneBroker]:
    broker = LoneBroker(home)
    try:
        wait_until("the broker answers", broker.answers, 10)
        yield broker
    finally:
        broker.stop()
