"""What breaks while a file from outside is parsed breaks nothing here."""

import time

import pytest

from samut_hub.confined import ConfinedError, Fault, call


def turned(*, stdin: bytes) -> bytes:
    return stdin[::-1]


def refusing(name: str, *, stdin: bytes) -> bytes:
    raise ValueError(f"{name} is not a picture")


def greedy(*, stdin: bytes) -> bytes:
    return bytes(4 * 1024**3)


def endless(*, stdin: bytes) -> bytes:
    while True:
        pass


def sleepy(*, stdin: bytes) -> bytes:
    time.sleep(60)
    return b""


def test_answer_comes_back() -> None:
    assert call(turned, stdin="กา".encode()) == "กา".encode()[::-1]


def test_refusal_says_why() -> None:
    with pytest.raises(ConfinedError) as refused:
        call(refusing, "poem.txt")
    assert (refused.value.reason, refused.value.detail) == (Fault.FAILED, "poem.txt is not a picture")


def test_memory_ends_with_the_child() -> None:
    with pytest.raises(ConfinedError) as refused:
        call(greedy, megabytes=200)
    assert refused.value.reason == Fault.TOO_BIG


@pytest.mark.parametrize("function", [endless, sleepy])
def test_time_ends_with_the_child(function: object) -> None:
    with pytest.raises(ConfinedError) as refused:
        call(function, seconds=1)  # type: ignore[arg-type]
    assert refused.value.reason == Fault.TOO_LONG
