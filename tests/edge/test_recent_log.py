"""The last lines of the log, in parts that fit into messages."""

import logging

from samut_edge.recent_log import KEPT, MOST, PART, RecentLog


def heard(lines: list[str]) -> RecentLog:
    recent = RecentLog()
    log = logging.Logger("samut_edge.test")
    log.addHandler(recent)
    for line in lines:
        log.warning(line)
    return recent


def test_the_last_lines_come_the_oldest_first() -> None:
    (text,) = heard(["one", "two", "three"]).parts(2)
    assert [line.rsplit(" ", 1)[1] for line in text.splitlines()] == ["two", "three"]


def test_nothing_is_one_empty_part() -> None:
    assert heard([]).parts(10) == [""]
    assert heard(["one"]).parts(0) == [""]


def test_much_is_cut_at_its_beginning_and_comes_in_parts() -> None:
    parts = heard(["x" * 1500 + str(number) for number in range(KEPT + 50)]).parts(KEPT)
    assert all(len(part) <= PART for part in parts)
    assert len("".join(parts)) == MOST
    assert parts[-1].endswith(str(KEPT + 49))
