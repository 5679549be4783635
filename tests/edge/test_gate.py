"""A gate at work, with its replica, outbox and count on disk."""

import os
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest

from samut_edge.events import CodeScanned, TagPassed
from samut_edge.flows.gate_occupancy import is_inside
from samut_edge.gate_people import first_name
from samut_rules.reasons import Code
from samut_wire import messages as m
from tests.edge.drivers.heard import story, until
from tests.edge.standing_gate import standing, tap
from tests.edge.stock import BLOCKED_CARD, EXPIRED_CARD, MANEE_CARD, NOW


@pytest.mark.requirement("H-01")
@story
async def test_members_come_in_and_each_passage_is_kept(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 1)
        await until(lambda: not at.wires.is_on["relay"])
        await at.happens(CodeScanned("in", "10001", time.perf_counter_ns()))
        await until(lambda: at.wires.openings == 2)
        for card in (BLOCKED_CARD, "FFFF"):
            await at.happens(tap(card))
            await until(lambda: at.wires.is_on["red"])
        assert at.wires.openings == 2
        await until(lambda: len(at.passages()) == 4)
        assert at.passages() == [
            ("10001", "in", True),
            ("10001", "in", True),
            ("10002", "in", False),
            ("", "in", False),
        ]
        assert sum(at.gate.taps.counts().values()) == 2


@story
async def test_a_second_tap_opens_again_without_a_second_passage(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 1 and not at.wires.is_on["relay"])
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 2)
        assert len(at.passages()) == 1


@pytest.mark.requirement("H-05")
@story
async def test_nobody_is_locked_in_by_a_broken_disk(tmp_path: Path) -> None:
    """The agent ends, as it cannot keep what happens; the one at the way out is let out all the same."""
    async with standing(tmp_path, open_seconds=0.5) as at:
        broken = sqlite3.connect(tmp_path / "outbox.db")
        broken.execute("DROP TABLE outbox")
        broken.close()
        at.gate.happen(tap("FFFF", "out"))
        with pytest.raises(sqlite3.OperationalError):
            await at.task
    await until(lambda: at.wires.pulses)
    out = next(pulse for pulse in at.wires.pulses if pulse.output == "relay")
    assert out.ended - out.began > 0.49


@pytest.mark.requirement("H-03")
@story
async def test_after_a_restart_the_gate_knows_who_is_inside(tmp_path: Path) -> None:
    async with standing(tmp_path, anti_passback="refuse") as at:
        await at.happens(tap(MANEE_CARD))
        await at.told(m.OccupancyCorrected(by="l", people=42))
    async with standing(tmp_path, anti_passback="refuse", now=NOW + timedelta(minutes=1)) as at:
        assert at.inside == 42
        await at.happens(tap(MANEE_CARD))
        assert at.gate.shown is not None
        assert at.gate.shown.code == Code.ALREADY_INSIDE
    async with standing(tmp_path, now=NOW + timedelta(days=1)) as at:
        await until(lambda: at.inside == 0)


@pytest.mark.requirement("H-03")
@story
async def test_what_was_kept_but_not_counted_when_the_agent_was_killed_is_counted(tmp_path: Path) -> None:
    """The count is written after the passage: kill -9 may fall between the two."""
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        at.gate._memory.save = lambda *_, **__: None  # type: ignore[method-assign]  # dies before it counts
        await at.happens(CodeScanned("in", "10001", 0))
        await until(lambda: len(at.passages()) == 2)
        await at.happens(tap(MANEE_CARD, "out"))
        await at.happens(tap("FFFF", "out"))
    async with standing(tmp_path) as at:
        assert at.inside == 0
        assert not is_inside(at.gate.state.occupancy, "10001", NOW, 12)


@story
async def test_a_damaged_count_begins_anew_and_the_gate_works(tmp_path: Path) -> None:
    (tmp_path / "gate.db").write_bytes(os.urandom(8192))
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 1)
        assert at.inside == 1
    async with standing(tmp_path) as at:
        assert at.inside == 1


@pytest.mark.requirement("H-05")
@story
async def test_an_emergency_outlives_a_restart_and_ends_by_order(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.told(m.EmergencyDeclared(by="librarian", why="ไฟไหม้"))
        await until(lambda: at.wires.is_on["relay"])
        assert at.gate.alarms == ("emergency",)
    async with standing(tmp_path) as at:
        await until(lambda: at.wires.is_on["relay"])
        await at.told(m.EmergencyDeclared(by="librarian", why="", over=True))
        await until(lambda: not at.wires.is_on["relay"])
        assert at.gate.alarms == ()


@pytest.mark.requirement("H-05")
@story
async def test_fire_and_exit_open_the_gate_and_the_screen_learns_of_it(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        at.wires.set("exit_button", True)
        await until(lambda: at.wires.is_on["relay"] and at.gate.shown is not None)
        at.wires.set("exit_button", False)
        await until(lambda: not at.wires.is_on["relay"])
        at.wires.set("fire", True)
        await until(lambda: at.wires.is_on["relay"] and at.gate.alarms == ("fire",))
        await until(lambda: [alarm.kind for alarm in at.kept(m.GateAlarmed)] == ["fire"])
        at.wires.set("fire", False)
        await until(lambda: not at.wires.is_on["relay"])


@pytest.mark.requirement("H-04")
@story
async def test_an_item_that_was_not_lent_is_named_and_one_that_was_is_not(tmp_path: Path) -> None:
    async with standing(tmp_path, alarm_seconds=0.3) as at:
        await at.happens(TagPassed("exit", "B00009", "E001", True, 0))
        await at.happens(TagPassed("exit", "B00001", "E002", True, 0))
        at.gate.happen(TagPassed("exit", "B00002", "E003", False, 0))
        await until(lambda: at.wires.is_on["red"] and at.wires.is_on["buzzer"])
        assert at.gate.state.alarm is not None
        assert at.gate.state.alarm.title == "เรื่อง B00001"
        told = [(alarm.barcode, alarm.quiet) for alarm in at.kept(m.GateAlarmed)]
        assert told == [("B00009", True), ("B00001", False)]
        await until(lambda: at.gate.alarms == () and not at.wires.is_on["buzzer"])


@pytest.mark.requirement("H-03")
@story
async def test_visitors_walk_through_the_beams(tmp_path: Path) -> None:
    async with standing(tmp_path, beams=True, counts="beams") as at:
        await at.wires.walk(inwards=True, step=0.25)
        await until(lambda: at.inside == 1)
        await at.wires.walk(inwards=False, step=0.25)
        await until(lambda: at.inside == 0)
        assert [count.direction for count in at.kept(m.PersonsCounted)] == ["in", "out"]


@pytest.mark.requirement("H-02")
@story
async def test_without_a_hub_an_unknown_card_is_refused_at_once_and_let_out_at_once(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.happens(CodeScanned("in", "99999", 0))
        await until(lambda: at.passages() == [("", "in", False)])
        await at.happens(CodeScanned("out", "99999", 0))
        await until(lambda: at.wires.openings == 1)


@story
async def test_no_class_is_let_into_a_closed_library(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.told(m.GateLocked(by="l", why="", locked=True))
        assert at.gate.obey(m.ClassLetIn(by="l", persons=30, seconds=60)) == "nobody is let in now"
        await at.happens(tap(EXPIRED_CARD))
        assert at.wires.openings == 0


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("ด.ญ. มานี ใจดี", "มานี"),
        ("ด.ช.ปิติ มีสุข", "ปิติ"),
        ("เด็กหญิงชูใจ ใจดี", "ชูใจ"),
        ("นาย สมชาย รักเรียน", "สมชาย"),
        ("นางสาวสมศรี รักเรียน", "สมศรี"),
        ("ผศ.ดร.วิชัย เก่งงาน", "วิชัย"),
        ("นายน้อย ใจดี", "นายน้อย"),
        ("Mr. John Smith", "John"),
        ("คุณวิชัย", "คุณวิชัย"),
        ("", ""),
    ],
)
def test_the_screen_greets_with_the_first_name_only(name: str, greeted: str) -> None:
    assert first_name(name) == greeted
