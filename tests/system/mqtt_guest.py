"""A client of the broker with a certificate of the test's choice, or none: what the broker lets it do."""

import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.system.world import wait_until


class Guest:
    """As a context: connected. `heard` are the topics and payloads that came."""

    def __init__(self, port: int, name: str, authority: Path, certificate: Path | None, key: Path | None) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._port = port
        self._subscribed, self._hung_up = threading.Event(), threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311)
        context = ssl.create_default_context(cafile=str(authority))
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        self._client.tls_set_context(context)
        self._client.on_message = self._hear
        self._client.on_disconnect = lambda *_: self._hung_up.set()
        self._client.on_subscribe = lambda *_: self._subscribed.set()

    def __enter__(self) -> Self:
        """Raises OSError (SSLError and ConnectionError are such) when the broker turns it away."""
        self._client.connect("127.0.0.1", self._port, keepalive=15)
        self._client.loop_start()
        wait_until("the broker answers", lambda: self._client.is_connected() or self._hung_up.is_set(), 10)
        if self._hung_up.is_set():
            self._client.loop_stop()
            raise ConnectionRefusedError("the broker hung up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def was_cut_off(self) -> bool:
        return self._hung_up.is_set()

    def listen_to(self, *topics: str) -> None:
        self._subscribed.clear()
        self._client.subscribe([(topic, 1) for topic in topics])
        assert self._subscribed.wait(5)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Returns when the broker has it; it says so also of what it throws away (MQTT 3.1.1)."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def topics(self) -> list[str]:
        return [topic for topic, _ in self.heard]

    def _hear(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload))


def is_turned_away(guest: Guest) -> bool:
    """Whether the broker refuses the connection. With TLS 1.3 a client may learn it only after its handshake."""
    try:
        with guest:
            return False
    except OSError:
        return True
