"""Every message survives the way, looks as it always did, and nothing that is not named gets in."""

import json
from pathlib import Path

import pytest

from samut_wire.codec import Letter, decode, encode
from samut_wire.errors import WireError
from samut_wire.ids import command_id, is_command_id
from samut_wire.topics import TOPICS, Kind, read_topic
from tests.wire.examples import AT, EXAMPLES, ID

GOLDEN = Path(__file__).parent / "golden"
EVERY_KIND = pytest.mark.parametrize("kind", list(Kind))


def a_letter(kind: Kind) -> Letter:
    return Letter(id=ID, at=AT, body=EXAMPLES[kind], boot="b1", seq=3)


def spoilt(kind: Kind, **changes: object) -> bytes:
    envelope = json.loads(encode(a_letter(kind)))
    body = {**envelope["body"], **changes.pop("body", {})}  # type: ignore[dict-item]
    return json.dumps({**envelope, **changes, "body": body}).encode()


@EVERY_KIND
def test_every_message_comes_out_as_it_went_in(kind: Kind) -> None:
    assert decode(TOPICS[kind], encode(a_letter(kind))) == a_letter(kind)


@EVERY_KIND
def test_every_message_looks_as_it_always_did(kind: Kind) -> None:
    """A change here is a change of the protocol: raise PROTOCOL, or keep reading the old form."""
    golden = GOLDEN / f"{kind.name.lower()}.json"
    assert encode(a_letter(kind)).decode() == golden.read_text("utf-8").strip()


@EVERY_KIND
def test_a_field_that_is_not_named_is_refused_by_name(kind: Kind) -> None:
    with pytest.raises(WireError, match="colour"):
        decode(TOPICS[kind], spoilt(kind, body={"colour": "red"}))
    with pytest.raises(WireError, match="flavour"):
        decode(TOPICS[kind], spoilt(kind, flavour="sweet"))


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "malformed"),
        (b"[]", "object"),
        (spoilt(Kind.RETURN, v=2), "version 2"),
        (spoilt(Kind.RETURN, id="7"), "“7”"),
        (spoilt(Kind.RETURN, at="2026-11-21T03:04:05"), "time zone"),
        (spoilt(Kind.RETURN, body={"barcode": 5}), "barcode"),
        (spoilt(Kind.PASSAGE, body={"direction": "up"}), "direction"),
    ],
)
def test_what_is_wrong_is_named(payload: bytes, names: str) -> None:
    topic = TOPICS[Kind.PASSAGE if b"direction" in payload else Kind.RETURN]
    with pytest.raises(WireError, match=names):
        decode(topic, payload)


def counts(bounds: int) -> dict[str, int]:
    return {str(bound): 1 for bound in range(bounds)}


PART = {"name": "reader", "kind": "card_reader", "driver": "pcsc", "state": "ready"}


@pytest.mark.parametrize(
    ("kind", "fits", "too_much"),
    [
        (Kind.STATE, {"refused": -1}, {"refused": -2}),
        (Kind.DESCRIPTION, {"parts": [PART] * 50}, {"parts": [PART] * 51}),
        (Kind.DESCRIPTION, {"parts": [{**PART, "name": "n" * 200}]}, {"parts": [{**PART, "name": "n" * 201}]}),
        (Kind.DESCRIPTION, {"drivers": ["d"] * 100}, {"drivers": ["d"] * 101}),
        (Kind.HEALTH, {"parts": [PART] * 50}, {"parts": [PART] * 51}),
        (Kind.HEALTH, {"alarms": ["fire"] * 20}, {"alarms": ["fire"] * 21}),
        (Kind.HEALTH, {"alarms": ["a" * 200]}, {"alarms": ["a" * 201]}),
        (Kind.HEALTH, {"tap_ms": counts(30)}, {"tap_ms": counts(31)}),
    ],
)
def test_what_devices_say_of_themselves_has_an_end(
    kind: Kind, fits: dict[str, object], too_much: dict[str, object]
) -> None:
    decode(TOPICS[kind], spoilt(kind, body=fits))
    with pytest.raises(WireError):
        decode(TOPICS[kind], spoilt(kind, body=too_much))


def test_topics_are_read_back_and_strange_ones_refused() -> None:
    for topic in TOPICS.values():
        assert read_topic(topic.of("kiosk-1")) == ("kiosk-1", topic)
    for strange in ("samut/dev/kiosk-1/evt/party", "samut/dev//state", "other/kiosk-1/state", ""):
        with pytest.raises(WireError):
            read_topic(strange)


def test_command_ids_sort_by_time_and_are_uuids() -> None:
    ids = [command_id(ms) for ms in (1, 2, 1_790_000_000_000)]
    assert ids == sorted(ids)
    assert all(map(is_command_id, ids))
    assert len({command_id(5) for _ in range(1000)}) == 1000
    assert not is_command_id("no")
