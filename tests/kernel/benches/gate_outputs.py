"""A gate's relay on a kernel's own pins, by the real lgpio: at start, in a pulse, and after SIGKILL."""

import asyncio
import signal
import sys

from samut_edge.devices.part import PartState
from tests.kernel.guest import run, say, until
from tests.kernel.sim_chip import SimChip

RELAY, GREEN = 17, 27
AGENT = f"""
import asyncio, sys
from samut_edge.drivers import create_part
async def live():
    options = {{"relay": {RELAY}, "green": {GREEN}, "active_low": ["relay"], "lamp_seconds": 1.0}}
    async with create_part("gate", "rpi_gpio", options, print) as part:
        while part.status.state != "{PartState.READY}":
            await asyncio.sleep(0.01)
        print("ready", flush=True)
        while True:
            word = await asyncio.to_thread(sys.stdin.readline)
            if not word.strip():
                return
            part.open(float(word))
asyncio.run(live())
"""


class Agent:
    """The driver in a process of its own, so that it can be killed."""

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(sys.executable, "-c", AGENT, stdin=pipe, stdout=pipe)
        while b"ready" not in await self._line():
            pass

    async def _line(self) -> bytes:
        assert self.process.stdout is not None
        return await asyncio.wait_for(self.process.stdout.readline(), 60)

    def open(self, seconds: float) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n".encode())

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        await self.process.wait()


async def bench() -> None:
    chip, agent = SimChip(), Agent()
    chip.pull(RELAY, 1)  # the resistor that the wiring page asks for, on a board that is active low
    watched = asyncio.create_task(asyncio.to_thread(chip.levels_during, RELAY, 15.0))
    await agent.start()
    say("relay levels at start", sorted({level for _, level in await watched}))
    watched = asyncio.create_task(asyncio.to_thread(chip.levels_during, RELAY, 10.0))
    await asyncio.sleep(0.5)
    agent.open(1.5)
    say("relay in a pulse", await watched)
    agent.open(60)
    await until(lambda: chip.level(RELAY) == 0)
    say("relay while open", chip.level(RELAY))
    await agent.kill()
    say("relay after SIGKILL, pulled up", chip.level(RELAY))
    chip.pull(RELAY, 0)
    say("relay after SIGKILL, not pulled up", chip.level(RELAY))
    chip.pull(RELAY, 1)
    await agent.start()
    say("relay when started anew", chip.level(RELAY))
    agent.open(60)
    await until(lambda: chip.level(RELAY) == 0)
    await agent.leave()
    say("relay after an orderly end", chip.level(RELAY))


run(bench)
