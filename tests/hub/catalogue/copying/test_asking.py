"""Asking real servers: Zebra and YAZ's test server over Z39.50 and SRU, and servers that behave badly."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from samut_hub.catalogue.copying.asking import ask, ask_all
from samut_hub.catalogue.copying.policy import MOST_BYTES, MOST_RECORDS, Address, Fault, Kind, Wanted, cql, pqf
from samut_hub.catalogue.copying.reading import record_in
from samut_hub.catalogue.records.marc import describe
from tests.hub.catalogue.conftest import MARC_FILES
from tests.hub.catalogue.copying.conftest import ISBN, OtherLibrary
from tests.ports import free_port

PROTOCOLS = pytest.mark.parametrize("protocol", ["z3950", "sru"])


@PROTOCOLS
def test_a_book_is_found_by_its_isbn_of_thirteen_digits(zebra: OtherLibrary, protocol: str) -> None:
    """The record of old has the ten digits only."""
    reply = ask(getattr(zebra, protocol)(), Wanted(isbn=ISBN))
    assert (reply.fault, reply.answer.total) == (None, 2)
    assert all("connected world" in describe(record_in(data)).title for data in reply.answer.records)


@PROTOCOLS
def test_thai_titles_are_found_by_a_word(zebra: OtherLibrary, protocol: str) -> None:
    reply = ask(getattr(zebra, protocol)(), Wanted(title="ประชาสัมพันธ์"))
    assert [describe(record_in(data)).title for data in reply.answer.records] == ["ข่าวสารประชาสัมพันธ์"]


@PROTOCOLS
def test_title_and_author_are_both_asked_for(zebra: OtherLibrary, protocol: str) -> None:
    both = ask(getattr(zebra, protocol)(), Wanted(title="future", author="lessig"))
    assert both.answer.total >= 1
    assert ask(getattr(zebra, protocol)(), Wanted(title="future", author="nobodyatall")).answer.total == 0


@PROTOCOLS
def test_of_many_records_the_first_come(zebra: OtherLibrary, protocol: str) -> None:
    answer = ask(getattr(zebra, protocol)(), Wanted(title="of")).answer
    assert answer.total > len(answer.records) == MOST_RECORDS


@PROTOCOLS
@pytest.mark.parametrize(
    "words",
    [
        'x"\nquit\nopen evil.example',
        "a\\",
        '"',
        '" or dc.title="the',
        "@or @attr 1=4 the",
        "'; rm -rf / #",
        "$(id)",
        "a\x00b",
        "x\rshow 0 1",
        "x" * 1000,
    ],
)
def test_words_stay_words(zebra: OtherLibrary, protocol: str, words: str) -> None:
    """Whatever is typed finds nothing, and is no command, operator or fault."""
    reply = ask(getattr(zebra, protocol)(), Wanted(title=f"nowheretobefound {words}"))
    assert (reply.fault, reply.answer.total) == (None, 0)


def test_queries_are_written_in_both_languages() -> None:
    here = {"host": "x", "port": 1, "database": "d", "syntax": "s"}
    z3950 = Address(kind=Kind.Z3950, isbn_index="1=7", title_index="1=4 4=1", author_index="1=1003", **here)  # type: ignore[arg-type]
    sru = Address(kind=Kind.SRU, isbn_index="bath.isbn", title_index="dc.title", author_index="dc.creator", **here)  # type: ignore[arg-type]
    wanted = Wanted(title="แม่ น้ำ", author="สุนทรภู่")
    assert pqf(wanted, z3950) == '@and @attr 1=4 @attr 4=1 "แม่ น้ำ" @attr 1=1003 "สุนทรภู่"'
    assert cql(wanted, sru) == 'dc.title="แม่ น้ำ" and dc.creator="สุนทรภู่"'
    assert pqf(Wanted(isbn="9780306406157"), z3950) == '@or @attr 1=7 "9780306406157" @attr 1=7 "0306406152"'
    assert cql(Wanted(isbn="9791090636071"), sru) == 'bath.isbn="9791090636071"'


@PROTOCOLS
def test_a_library_that_cannot_be_asked_for_this_says_so(zebra: OtherLibrary, protocol: str) -> None:
    reply = ask(getattr(zebra, protocol)(author_index=""), Wanted(author="lessig"))
    assert reply.fault is Fault.CANNOT_ASK


@PROTOCOLS
def test_what_the_other_side_refuses_is_told_in_its_words(zebra: OtherLibrary, protocol: str) -> None:
    index = {"z3950": "1=9999", "sru": "music.key"}[protocol]
    reply = ask(getattr(zebra, protocol)(title_index=index), Wanted(title="x"))
    assert reply.fault is Fault.REFUSED
    assert "Unsupported" in reply.detail


@PROTOCOLS
def test_a_wrong_database_and_a_closed_port_are_faults(zebra: OtherLibrary, protocol: str) -> None:
    assert ask(getattr(zebra, protocol)(database="nothing"), Wanted(title="x")).fault is Fault.REFUSED
    assert ask(getattr(zebra, protocol)(port=free_port()), Wanted(title="x")).fault is Fault.UNREACHABLE


def test_the_test_server_of_yaz_gives_records(ztest: OtherLibrary) -> None:
    answer = ask(ztest.z3950(), Wanted(title="computer")).answer
    assert answer.total >= 1
    assert all(describe(record_in(data)).title for data in answer.records)


def test_a_slow_library_does_not_hold_up_the_others(ztest: OtherLibrary, zebra: OtherLibrary) -> None:
    """The test server waits as many seconds before it answers as the name of its database says."""
    slow = ztest.z3950(database="Default?seed=1&search-delay=20", timeout=1)
    began = time.monotonic()
    replies = ask_all([slow, zebra.z3950(), zebra.sru(port=free_port()), zebra.sru()], Wanted(title="future"))
    assert time.monotonic() - began < 4
    assert [reply.fault for reply in replies] == [Fault.TOO_SLOW, None, Fault.UNREACHABLE, None]
    assert replies[1].answer.total == replies[3].answer.total > 0


def test_nobody_to_ask_is_no_answer() -> None:
    assert ask_all([], Wanted(title="x")) == []


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><searchRetrieveResponse>&b;</searchRetrieveResponse>'


@contextmanager
def answering(*parts: bytes, pause: float = 0.0) -> Iterator[OtherLibrary]:
    """A server that sends these bytes to whoever asks, with a pause after each."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.recv(65536)
                    _send(connection, parts, lambda: stop.wait(pause))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield OtherLibrary(server.getsockname()[1])
        finally:
            stop.set()
            thread.join()


def _send(connection: socket.socket, parts: tuple[bytes, ...], pause: Callable[[], object]) -> None:
    try:
        for part in parts:
            connection.sendall(part)
            pause()
    except OSError:
        return


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((HEAD, BOMB), Fault.NOT_UNDERSTOOD),
        ((HEAD, b"<html>Welcome</html>"), Fault.NOT_UNDERSTOOD),
        ((HEAD, b"not xml"), Fault.NOT_UNDERSTOOD),
        ((HEAD, b"<searchRetrieveResponse/>"), Fault.NOT_UNDERSTOOD),
        ((HEAD, b"<a>" * 5000), Fault.NOT_UNDERSTOOD),
        ((HEAD, b'<?xml version="1.0" encoding="no-such"?><a/>'), Fault.NOT_UNDERSTOOD),
        ((HEAD, b"x" * (MOST_BYTES + 9)), Fault.TOO_BIG),
        ((b"HTTP/1.1 500 Oh\r\n\r\n",), Fault.REFUSED),
        ((b"nonsense\r\n\r\n",), Fault.UNREACHABLE),
        ((b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/secret\r\n\r\n",), Fault.NOT_UNDERSTOOD),
        ((b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",), Fault.REFUSED),
    ],
)
def test_a_web_server_that_answers_badly_is_a_fault_and_nothing_more(parts: tuple[bytes, ...], fault: Fault) -> None:
    with answering(*parts) as there:
        assert ask(there.sru(timeout=3), Wanted(title="x")).fault is fault


@PROTOCOLS
def test_a_server_that_drips_is_too_slow(protocol: str) -> None:
    with answering(HEAD, *[b"<a>"] * 200, pause=0.05) as there:
        began = time.monotonic()
        assert ask(getattr(there, protocol)(timeout=1), Wanted(title="x")).fault in (
            Fault.TOO_SLOW,
            Fault.UNREACHABLE,
        )
        assert time.monotonic() - began < 4


def test_a_server_that_drips_headers_is_too_slow() -> None:
    """The time limit is for the whole answer, from its first byte on."""
    with answering(b"HTTP/1.1 200 OK\r\n", *[b"X-Wait: a moment\r\n"] * 80, pause=0.05) as there:
        began = time.monotonic()
        assert ask(there.sru(timeout=1), Wanted(title="x")).fault is Fault.TOO_SLOW
        assert time.monotonic() - began < 3


def test_records_come_in_the_coding_that_the_library_really_uses() -> None:
    """A record of Thai in UTF-8 whose leader says MARC-8, and one in the old Thai coding, named in the settings."""
    data = next(
        piece + b"\x1d"
        for piece in (MARC_FILES / "mixed_179.utf8.mrc").read_bytes().split(b"\x1d")
        if "ประชาสัมพันธ์".encode() in piece
    )
    wrong = data[:9] + b" " + data[10:]
    assert describe(record_in(wrong)).title == "ข่าวสารประชาสัมพันธ์"
    old = data.decode().encode("cp874", "replace")
    assert describe(record_in(old, "cp874")).title == "ข่าวสารประชาสัมพันธ์"
