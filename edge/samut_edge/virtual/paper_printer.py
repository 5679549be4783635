"""A virtual slip printer on TCP."""

import asyncio
from collections.abc import Callable

from samut_edge.virtual.printer_letters import LetterCase
from samut_edge.virtual.printer_works import Paper, PrinterWorks

CHUNK = 4096


class PaperPrinter(PrinterWorks):
    """`port` 0 takes any free port when the printer is first switched on, and keeps it.

    `octets_a_second` is how fast it takes what it is sent; None takes all at once.
    """

    def __init__(
        self,
        host: str,
        port: int,
        changed: Callable[[], None],
        *,
        width: int = 512,
        letters: LetterCase | None = None,
    ) -> None:
        super().__init__(changed, width, letters)
        self._host, self.port = host, port
        self.octets_a_second: int | None = None
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.StreamWriter] = set()

    async def set_paper(self, paper: Paper) -> None:
        """Also switches the printer on and off. With new paper it goes on where it stopped."""
        self.paper = paper
        if paper is Paper.OFF:
            self.switch_off()
        else:
            await self.switch_on()
            self.go_on()
        self._changed()

    async def switch_on(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self._host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def switch_off(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._strips.clear()
        self.lose_power()
        self.cut_line()

    def cut_line(self) -> None:
        """Pull out the cable: what the printer has not taken yet never arrives."""
        calls, self._calls = self._calls, set()
        for call in calls:
            call.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._calls.add(writer)
        try:
            while received := await reader.read(CHUNK):
                if writer not in self._calls or not self.take(received, lambda octets: _say(writer, octets)):
                    break
                await asyncio.sleep(len(received) / self.octets_a_second if self.octets_a_second else 0)
        except ConnectionError:
            pass
        finally:
            self._calls.discard(writer)
            writer.close()


def _say(writer: asyncio.StreamWriter, octets: bytes) -> None:
    if not writer.is_closing():
        writer.write(octets)
