"""The virtual printer reads strictly."""

import pytest

from samut_edge.virtual.escpos_commands import (
    Align,
    AskInTurn,
    AskNow,
    Bold,
    CodePage,
    CommandReader,
    Cut,
    DrawerPulse,
    Feed,
    Initialise,
    Letters,
    LineSpacing,
    Nothing,
    OneByteLetters,
    QrOrder,
    Raster,
    Size,
    UnknownCommandError,
)

PICTURE_WITH_A_QUESTION_IN_IT = b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x04"
JOB = b"\x1b@" + PICTURE_WITH_A_QUESTION_IN_IT + b"\n\x1bd\x06\x1dV\x00\x1dr\x01\x10\x04\x04\x1dV\x42\x00"
COMMANDS = [
    Initialise(), Raster(3, 1, b"\x10\x04\x04"), Feed(1), Feed(6), Cut(), AskInTurn(), AskNow(4), Cut(whole=False),
]  # fmt: skip


def test_a_job_is_read_command_by_command() -> None:
    assert list(CommandReader().feed(JOB)) == COMMANDS


def test_it_makes_no_difference_how_the_network_cuts_it() -> None:
    reader = CommandReader()
    assert [command for octet in JOB for command in reader.feed(bytes([octet]))] == COMMANDS


def test_letters_and_codes_are_read_too() -> None:
    job = b"\x1bt\x15\xa1A\n\x1ba\x01\x1bE\x01\x1d!\x11\x1b3\x18\x1b2\x1c.\x00\x1bp\x01\x19\xfa\x1d(k\x04\x001P0B"
    assert list(CommandReader().feed(job)) == [
        CodePage(21), Letters(b"\xa1A"), Feed(1), Align(1), Bold(True), Size(2, 2), LineSpacing(24), LineSpacing(30),
        OneByteLetters(), Nothing(), DrawerPulse(5), QrOrder(80, b"0B"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x07",
        b"\x1bq",
        b"\x1ba\x09",
        b"\x1bp\x07\x01\x01",
        b"\x1dV\x09",
        b"\x1d(k\x03\x00\x30\x51\x30",
        b"\x1dv0\x07\x01\x00\x01\x00\x00",
        b"\x10\x04\x09",
        b"\x1dr\x07",
    ],
)
def test_what_it_does_not_know_is_a_fault(rubbish: bytes) -> None:
    with pytest.raises(UnknownCommandError):
        list(CommandReader().feed(b"\x1b@" + rubbish))
