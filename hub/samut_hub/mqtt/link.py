"""The hub's connection to the broker."""

import socket
from collections.abc import Callable
from typing import Any

from samut_hub.config import Config
from samut_hub.fleet.certificates import HUB_NAME
from samut_wire.codec import Letter, encode
from samut_wire.loading import left_out
from samut_wire.topics import ROOT, TOPICS, Direction, Kind

with left_out("dns"):  # it looks up which host serves MQTT; ours is in the settings
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

Receive = Callable[[str, bytes, Callable[[], object]], None]
"""Topic, message, and what to call when it is taken: until then the broker keeps it, and sends few others."""


class Link:
    """Connects, reconnects, subscribes to what edges say, and sends letters. Receiving runs on paho's own thread."""

    def __init__(self, config: Config, receive: Receive) -> None:
        self._config = config
        self._receive = receive
        self._client = _client(config)
        self._client.on_connect = self._subscribe
        self._client.on_message = self._take

    def start(self) -> None:
        """Returns at once; connecting is tried until it works."""
        self._client.connect_async(self._config.broker_address, self._config.mqtt_port, keepalive=15)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, kind: Kind, device: str, letter: Letter) -> None:
        """Hand a letter to the broker. What must arrive is kept in the database until the device confirms it."""
        topic = TOPICS[kind]
        self._client.publish(topic.of(device), encode(letter), qos=topic.qos, retain=topic.retained)

    def _take(self, client: mqtt.Client, _: object, message: mqtt.MQTTMessage) -> None:
        self._receive(message.topic, bytes(message.payload), lambda: client.ack(message.mid, message.qos))

    def _subscribe(self, client: mqtt.Client, *_: object) -> None:
        wanted = [t for t in TOPICS.values() if t.direction is Direction.TO_HUB]
        client.subscribe([(f"{ROOT}/+/{topic.kind}", topic.qos) for topic in wanted])


def _send_at_once(client: mqtt.Client, data: object, sock: Any) -> None:
    """Nagle's algorithm costs 45 ms a round trip on each side that has it."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _client(config: Config) -> mqtt.Client:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=HUB_NAME,
        clean_session=False,
        protocol=mqtt.MQTTv311,
        manual_ack=True,
    )
    client.suppress_exceptions = False
    client.on_socket_open = _send_at_once
    client.max_inflight_messages_set(200)
    client.reconnect_delay_set(min_delay=1, max_delay=10)
    secrets = config.secrets
    client.tls_set(
        ca_certs=str(secrets / "ca.crt"),
        certfile=str(secrets / f"{HUB_NAME}.crt"),
        keyfile=str(secrets / f"{HUB_NAME}.key"),
    )
    return client
