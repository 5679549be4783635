"""One connection of the SIP2 server."""

import asyncio
import logging
from typing import Protocol

from samut_hub.sip2.accounts import Attempt
from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import Answer, Heard, Kind, Line, Lines, Request
from samut_hub.sip2.dialogue import Ask, Dialogue, HangUp, Send

log = logging.getLogger(__name__)

SIGN_IN_SECONDS, IDLE_SECONDS, WRITE_SECONDS = 30.0, 3600.0, 30.0
PIECE = 4096
MOST_STRANGE_LINES, MOST_STRANGE_BYTES = 20, 8192
"""What is listened to before a sign-in, empty lines included."""


class House(Protocol):
    """Where requests are answered, without keeping other connections waiting."""

    async def enter(self, attempt: Attempt, dialogue: Dialogue) -> Client | None: ...

    async def enter_by_address(self, address: str, dialogue: Dialogue) -> Client | None: ...

    def status(self) -> Answer: ...

    async def answer(self, client: Client, request: Request) -> Answer: ...


class Talk:
    """A connection and its dialogue, line by line: the next is taken when the one before is answered."""

    def __init__(self, house: House, address: str) -> None:
        self._house, self.address = house, address
        self.dialogue = Dialogue()
        self._lines = Lines()
        self._heard = Heard()

    async def go_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until one of both has had enough."""
        self._reader, self._writer = reader, writer
        self.dialogue.client = await self._house.enter_by_address(self.address, self.dialogue)
        goes_on = True
        while goes_on:
            goes_on = await (self._become_known() if self.dialogue.client is None else self._next(IDLE_SECONDS))

    async def _become_known(self) -> bool:
        async with asyncio.timeout(SIGN_IN_SECONDS):
            while self.dialogue.client is None:
                if not await self._next():
                    return False
        return True

    async def _next(self, seconds: float | None = None) -> bool:
        """Wait for a piece and answer the lines it completes; False is the end."""
        async with asyncio.timeout(seconds):
            piece = await self._reader.read(PIECE)
        for line in self._lines.feed(piece):
            if self._is_tiresome() or not await self._answer(line):
                return False
        await asyncio.sleep(0)  # while there is more to read and nothing to wait for, others have their turn
        return bool(piece) and not self._is_tiresome()

    def _is_tiresome(self) -> bool:
        """Whether one who has not signed in says more than that takes."""
        if self.dialogue.client is not None:
            self._heard = self._lines.heard
            return False
        since = self._lines.heard - self._heard
        if since.lines <= MOST_STRANGE_LINES and since.size <= MOST_STRANGE_BYTES:
            return False
        log.warning("connection from %s closed: it says much and does not sign in", self.address)
        return True

    async def _answer(self, line: Line) -> bool:
        step = self.dialogue.take(line)
        if isinstance(step, Ask):
            step = await self._carry_out(step)
        if isinstance(step, HangUp):
            log.warning("connection from %s closed: %s", self.address, step.why)
            return False
        self._writer.write(step.line + (line.end if line.end == b"\r\n" else b"\r"))
        async with asyncio.timeout(WRITE_SECONDS):
            await self._writer.drain()
        return True

    async def _carry_out(self, ask: Ask) -> Send | HangUp:
        answer = await self._answer_to(ask.request)
        if isinstance(answer, HangUp):
            return answer
        return Send(self.dialogue.say(answer, ask.framed))

    async def _answer_to(self, request: Request) -> Answer | HangUp:
        if request.kind is Kind.LOGIN:
            return self.dialogue.signed_in(await self._sign_in(request))
        client = self.dialogue.client
        if client is None:
            return self._house.status()
        return await self._house.answer(client, request)

    async def _sign_in(self, request: Request) -> Client | None:
        """Encrypted logins are not in the specification; who claims to send one is not understood."""
        if set(request.fixed.values()) - {"0", " "}:
            return None
        login, password = request.get("CN"), request.get("CO")
        return await self._house.enter(Attempt(login=login, password=password, address=self.address), self.dialogue)
