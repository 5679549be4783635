"""A visitor at the bench presses a gate's buttons and walks through its beams."""

from pathlib import Path

from samut_edge.events import Input, InputChanged
from tests.edge.drivers.heard import story, until
from tests.edge.virtual.benches import visiting, write_settings

WIRED = """
    [parts.gate]
    driver = "rpi_gpio"
    options = {{ relay = 17, beam_outer = 6, beam_inner = 13, fire = 20, active_low = ["fire"], debounce_ms = 5 }}
    [parts.bare]
    driver = "rpi_gpio"
    options = {{ relay = 4 }}
"""


@story
async def test_the_fire_alarm_is_rung_and_opens_the_gate(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, WIRED)) as visit:
        await visit.does("wire", part="gate", wire="fire", active=True)
        assert (await visit.heard.next(InputChanged)).input is Input.FIRE
        await until(lambda: visit.bench.gates["gate"].is_on["relay"])
        seen = next(gate for gate in (await visit.sees())["gates"] if gate["part"] == "gate")
        assert (seen["wires"]["fire"], seen["outputs"]["relay"]) == (True, True)
        await visit.does("wire", part="gate", wire="fire", active=False)
        await until(lambda: not visit.bench.gates["gate"].is_on["relay"])


@story
async def test_somebody_walks_out(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, WIRED)) as visit:
        await visit.does("walk", part="gate", inwards=False)
        changes = [await visit.heard.next(InputChanged) for _ in range(4)]
        assert [change.input for change in changes] == [
            *(Input.BEAM_INNER, Input.BEAM_OUTER),
            *(Input.BEAM_INNER, Input.BEAM_OUTER),
        ]


@story
async def test_what_is_not_wired_cannot_be_pressed(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, WIRED)) as visit:
        assert (await visit.post("wire", part="bare", wire="fire", active=True)).status == 409
        assert (await visit.post("walk", part="bare", inwards=True)).status == 409
        assert (await visit.post("wire", part="gate", wire="window", active=True)).status == 400
