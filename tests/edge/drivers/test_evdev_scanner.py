"""A scanner that types like a keyboard is read from the kernel's input devices."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from samut_edge.devices.typed_code import Pace, TypedCode
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.key_scanner import ENTER, SHIFT, KeyScanner, keys_of
from tests.edge.drivers.heard import story
from tests.edge.drivers.part_at_work import at_work

DEVICE = "0c2e:0200"
SCANNER_PACE = Pace(silence=0.05, slowest=0.03)

needs_umockdev = pytest.mark.skipif(shutil.which("umockdev-wrapper") is None, reason="needs the package umockdev")


@pytest.fixture
def scanner() -> Iterator[KeyScanner]:
    """Not plugged in yet."""
    scanner = KeyScanner("Zebra DS2208", DEVICE)
    yield scanner
    scanner.put_away()


def typed(text: str, *, every: float, pace: Pace = SCANNER_PACE, ends: bool = True) -> list[str]:
    """What is made of these keys, the last of them followed by silence."""
    code = TypedCode(pace)
    told: list[str] = []
    for number, key in enumerate([*keys_of(text), *([ENTER] if ends else [])]):
        told += code.key(abs(key), int(key > 0), number * every)
        if key > 0 and key != SHIFT:
            told += code.key(key, 0, number * every + 0.0005)
    return [*told, *code.silence()]


@needs_umockdev
@pytest.mark.requirement("H-10")
@story
async def test_a_code_is_read_whatever_letters_it_has_and_however_it_ends(scanner: KeyScanner) -> None:
    scanner.plug_in()
    async with at_work("evdev_scanner", {"device": DEVICE.upper()}, scanner.environment) as part:
        ready = await part.next("status")
        assert (ready["state"], ready["detail"]) == ("ready", f"Zebra DS2208, {scanner.path}")
        for text in ("TH0012345", "https://samut.example/t/42?a=B&c=%7E", "~!@#$%^&*()_+{}|:\"<>?`-=[]\\;',./"):
            await scanner.scan(text)
            assert await part.text() == text
        await scanner.scan("9786160012345", end=None)
        assert await part.text() == "9786160012345"


@needs_umockdev
@story
async def test_two_codes_with_only_silence_between_and_one_in_two_pieces(scanner: KeyScanner) -> None:
    scanner.plug_in()
    patient = {"path": scanner.path, "silence_ms": 300, "slowest_key_ms": 100}
    async with at_work("evdev_scanner", patient, scanner.environment) as part:
        await part.is_ready()
        await scanner.scan("TH1", end=None)
        await asyncio.sleep(0.5)
        await scanner.scan("TH2", end=None)
        assert [await part.text(), await part.text()] == ["TH1", "TH2"]
        scanner.press(keys_of("TH00"))
        await asyncio.sleep(0.01)
        scanner.press([*keys_of("123"), ENTER])
        assert await part.text() == "TH00123"


@needs_umockdev
@story
async def test_what_a_person_types_is_ignored(scanner: KeyScanner) -> None:
    scanner.plug_in()
    async with at_work("evdev_scanner", {"device": DEVICE}, scanner.environment) as part:
        await part.is_ready()
        for key in [*keys_of("4500"), ENTER]:
            scanner.press([key])
            await asyncio.sleep(0.04)
        await scanner.scan("TH7")
        assert await part.text() == "TH7"


@needs_umockdev
@story
async def test_pulled_out_in_the_middle_of_a_code_and_put_in_elsewhere(scanner: KeyScanner) -> None:
    async with at_work("evdev_scanner", {"device": DEVICE}, scanner.environment) as part:
        away = await part.next("status")
        assert (away["state"], away["detail"]) == ("offline", f"no scanner {DEVICE} is plugged in")
        scanner.plug_in()
        await part.is_ready()
        scanner.press(keys_of("TH00"))
        scanner.unplug()
        lost = await part.next("status")
        assert (lost["state"], "was lost" in lost["detail"]) == ("offline", True)
        scanner.plug_in()
        await part.is_ready()
        await scanner.scan("TH42")
        assert await part.text() == "TH42"


@needs_umockdev
@story
async def test_another_maker_s_keyboard_is_left_alone() -> None:
    keyboard = KeyScanner("Keyboard", "046d:c31c")
    keyboard.plug_in()
    async with at_work("evdev_scanner", {"device": DEVICE}, keyboard.environment) as part:
        assert (await part.next("status"))["detail"] == f"no scanner {DEVICE} is plugged in"
    keyboard.put_away()


@needs_umockdev
@story
async def test_a_path_that_is_no_input_device_is_said() -> None:
    async with at_work("evdev_scanner", {"path": "/dev/null"}, {}) as part:
        assert "/dev/null cannot be opened" in (await part.next("status"))["detail"]


@pytest.mark.parametrize(
    ("every", "pace", "told"),
    [
        (0.002, SCANNER_PACE, ["450012"]),
        (0.029, SCANNER_PACE, ["450012"]),
        (0.035, SCANNER_PACE, []),
        (0.08, SCANNER_PACE, []),
        (0.08, Pace(silence=0.2, slowest=0.0), ["450012"]),
    ],
)
def test_pace_tells_a_scanner_from_a_person(every: float, pace: Pace, told: list[str]) -> None:
    assert typed("450012", every=every, pace=pace) == told
    assert typed("450012", every=every, pace=pace, ends=False) == told


def test_a_single_key_is_a_person_s() -> None:
    assert typed("7", every=0.001, ends=False) == []


def test_a_silence_that_was_noticed_late_still_parts_two_codes() -> None:
    """The agent was busy: both codes are read from the kernel at once."""
    code = TypedCode(SCANNER_PACE)
    keys = zip(keys_of("4242"), (0.0, 0.002, 0.2, 0.202), strict=True)
    told = [text for key, at in keys for text in code.key(key, 1, at)]
    assert told == ["42"]
    assert list(code.silence()) == ["42"]


def test_the_number_block_and_a_key_that_repeats_itself() -> None:
    code = TypedCode(SCANNER_PACE)
    told = []
    for number, (key, value) in enumerate([(71, 1), (71, 2), (71, 0), (82, 1), (82, 0), (96, 1)]):
        told += code.key(key, value, number / 1000)
    assert told == ["70"]


def test_after_lost_keys_the_rest_of_a_code_is_not_taken_for_a_code() -> None:
    code = TypedCode(SCANNER_PACE)
    assert not [text for key in keys_of("TH00") for text in code.key(abs(key), 1, 0.0)]
    code.forget()
    assert not code.is_pending
    assert list(code.silence()) == []


@needs_umockdev
@story
async def test_thai_text_cannot_be_typed_by_a_scanner_that_is_a_keyboard(scanner: KeyScanner) -> None:
    with pytest.raises(BenchError, match="cannot send"):
        await scanner.scan("หนังสือ")
    with pytest.raises(BenchError, match="unplugged"):
        scanner.write(b"")
