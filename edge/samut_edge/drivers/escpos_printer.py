"""ESC/POS slip printers on the network."""

import asyncio
from collections.abc import Mapping
from typing import Any

from samut_edge.devices.escpos_channel import EscposChannel, NetworkChannel
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.options import Port, Text, read_options
from samut_edge.devices.part import Emit, PartKind

KIND = PartKind.PRINTER


class NetworkOptions(EscposOptions, frozen=True, kw_only=True):
    """Where it listens: print servers and most printers on port 9100."""

    host: Text
    port: Port = 9100


class NetworkPrinter(EscposPart):
    def __init__(self, name: str, options: NetworkOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._host, self._port = options.host, options.port

    @property
    def where(self) -> str:
        return f"{self._host}:{self._port}"

    async def _open(self) -> EscposChannel:
        return NetworkChannel(*await asyncio.open_connection(self._host, self._port))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> NetworkPrinter:
    return NetworkPrinter(name, read_options(name, options, NetworkOptions), emit)
