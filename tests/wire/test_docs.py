"""docs/wire.md names every topic with its direction, role, quality of service and fields."""

from pathlib import Path

import msgspec
import pytest

from samut_wire.topics import EVERY, TOPICS, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text("utf-8")


def row_of(kind: Kind) -> str:
    return next((line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` ")), "")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_topic_stands_in_the_page_as_it_is(kind: Kind) -> None:
    topic, row = TOPICS[kind], row_of(kind)
    role = "every" if topic.roles == EVERY else " ".join(sorted(topic.roles))
    assert f"| {topic.direction} | {role} | {topic.qos}{' retained' if topic.retained else ''} |" in row
    assert f"`{topic.message.__name__}`" in row
    for field in msgspec.structs.fields(topic.message):
        assert f"`{field.name}`" in row, field.name


def test_no_topic_stands_there_that_does_not_exist() -> None:
    rows = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(map(str, Kind))
