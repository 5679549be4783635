"""The virtual printer reads strictly."""

import pytest

from samut_edge.virtual.escpos_commands import (
    AskInTurn,
    AskNow,
    CommandReader,
    Cut,
    Feed,
    Initialise,
    Raster,
    UnknownCommandError,
)

PICTURE_WITH_A_QUESTION_IN_IT = b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x04"
JOB = b"\x1b@" + PICTURE_WITH_A_QUESTION_IN_IT + b"\n\x1bd\x06\x1dV\x00\x1dr\x01\x10\x04\x04\x1dV\x42\x00"
COMMANDS = [
    Initialise(), Raster(3, 1, b"\x10\x04\x04"), Feed(1), Feed(6), Cut(), AskInTurn(), AskNow(4), Cut(),
]  # fmt: skip


def test_a_job_is_read_command_by_command() -> None:
    assert list(CommandReader().feed(JOB)) == COMMANDS


def test_it_makes_no_difference_how_the_network_cuts_it() -> None:
    reader = CommandReader()
    assert [command for octet in JOB for command in reader.feed(bytes([octet]))] == COMMANDS


@pytest.mark.parametrize(
    "rubbish",
    [b"A", b"\x1bt\x15", b"\x1dV\x09", b"\x1dv0\x07\x01\x00\x01\x00\x00", b"\x10\x04\x09", b"\x1dr\x07", b"\xa1"],
)
def test_what_it_does_not_know_is_a_fault(rubbish: bytes) -> None:
    with pytest.raises(UnknownCommandError):
        list(CommandReader().feed(b"\x1b@" + rubbish))
