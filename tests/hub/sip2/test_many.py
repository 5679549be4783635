"""Many machines at once, and what no machine should send."""

import random
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samut_hub.sip2.codec import LAYOUT, Kind, sealed
from tests.hub.circulation.conftest import BOOKS, MANEE, PITI, School
from tests.hub.sip2.conftest import STAMP, AddAccount, Machine, Running

KIOSKS = 64


@pytest.mark.parametrize("round_", range(3))
def test_two_machines_lend_one_book_at_one_moment(
    running: Running, school: School, account: AddAccount, round_: int
) -> None:
    account()
    machines = [running.machine() for _ in range(8)]
    with ThreadPoolExecutor(len(machines)) as pool:
        answers = list(
            pool.map(lambda pair: pair[0].lend(pair[1], BOOKS[0]), zip(machines, (MANEE, PITI) * 4, strict=True))
        )
    [loan] = school.loans()
    winners = [answer for answer in answers if answer.startswith("121")]
    assert winners
    assert len({answer.split("AA")[1][:5] for answer in winners}) == 1
    assert school.member(MANEE).open_loans + school.member(PITI).open_loans == 1
    assert loan.source == "sip2:kiosk"


@pytest.mark.parametrize("round_", range(2))
def test_the_same_return_from_two_connections_ends_one_loan(
    running: Running, school: School, account: AddAccount, round_: int
) -> None:
    account()
    machines = [running.machine() for _ in range(4)]
    machines[0].lend(MANEE, BOOKS[0])
    with ThreadPoolExecutor(len(machines)) as pool:
        answers = set(pool.map(lambda machine: machine.take_back(BOOKS[0]), machines))
    assert len(answers) == 1
    assert school.member(MANEE).open_loans == 0


def test_sixty_four_machines_are_served_at_once(running: Running, school: School, account: AddAccount) -> None:
    account(by_address=True, networks=["127.0.0.1/32"], connections=KIOSKS)
    machines = [running.machine("") for _ in range(KIOSKS)]

    def work(place: int) -> list[str]:
        machine, book = machines[place], BOOKS[place % len(BOOKS)]
        return [
            machine.item(book),
            machine.status(MANEE),
            machine.take_back(book, stamp=f"20261123    10{place:02d}00"[:18]),
        ]

    with ThreadPoolExecutor(KIOSKS) as pool:
        answers = [answer for part in pool.map(work, range(KIOSKS)) for answer in part]
    assert {answer[:2] for answer in answers} == {"18", "24", "10"}
    assert len(answers) == 3 * KIOSKS


def bodies() -> st.SearchStrategy[bytes]:
    """Requests bent out of shape: right beginnings with anything behind, and anything at all."""
    kind = st.sampled_from(sorted(set(LAYOUT) - {Kind.RESEND, Kind.LOGIN}))
    right = st.builds(
        lambda kind, fill, rest: (kind + fill * sum(size for _, size in LAYOUT[kind])).encode() + rest,
        kind,
        st.sampled_from(" Y0Z9"),
        st.binary(max_size=120) | st.just(b"AOx|AA20001|ABB00001|AC|"),
    )
    return (right | st.binary(max_size=200)).map(lambda text: text.replace(b"\r", b"").replace(b"\n", b""))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_messages_out_of_shape_leave_the_server_answering(
    running: Running, school: School, account: AddAccount
) -> None:
    """Some hundred that are found out to be different, and thousands of bytes changed at random."""
    account(checksum_required=False)

    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(bodies(), st.booleans())
    def send(body: bytes, with_checksum: bool) -> None:
        if not body.strip(b" \0"):
            return
        machine = machines[-1]
        machine.send(sealed(body, sequence="1", with_checksum=with_checksum) + b"\r")
        if not machine.receive():
            machine.close()
            machines.append(running.machine())

    machines = [running.machine()]
    send()
    machines[-1].close()
    assert running.machine().item(BOOKS[0]).startswith("18")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_noise_by_the_thousand_leaves_the_server_answering(
    running: Running, school: School, account: AddAccount
) -> None:
    account()
    chance, good = random.Random(7), sealed(f"17{STAMP}AOx|AB{BOOKS[0]}|".encode(), sequence="1", with_checksum=True)
    kiosk = running.machine()
    for _ in range(100):
        noise = socket.create_connection(("127.0.0.1", running.server.port), timeout=30)
        lines = []
        for _ in range(25):
            line = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                line[chance.randrange(len(line))] = chance.randrange(256)
            lines.append(bytes(line))
        noise.sendall(b"\r".join(lines) + b"\r")
        noise.close()
    assert kiosk.item(BOOKS[0]).startswith("18")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_line_without_end_is_not_kept(kiosk: Machine, school: School) -> None:
    kiosk.send(b"1" * 1_000_000 + b"\r")
    assert kiosk.receive() == b"96AZFEF6"
    assert kiosk.item(BOOKS[0]).startswith("18")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_message_in_single_bytes_and_two_in_one_piece_are_answered(kiosk: Machine, school: School) -> None:
    line = kiosk.sealed(f"17{STAMP}AOx|AB{BOOKS[0]}|") + b"\r"
    for byte in line:
        kiosk.send(bytes([byte]))
    assert kiosk.receive().startswith(b"18")
    kiosk.send(line + line)
    assert kiosk.receive() == kiosk.receive()
