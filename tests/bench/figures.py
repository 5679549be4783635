"""A figure with its aim, and the table they stand in."""

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Figure:
    """`aim` is the most it should be, when there is one. `note` stands behind it."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    note: str = ""

    def row(self) -> str:
        aim = (
            "" if self.aim is None else f"< {self.aim:g} {self.unit}{'' if self.value < self.aim else ' **missed**'}"
        )
        return f"| {self.name} | {_short(self.value)} {self.unit} | {aim} | {self.note} |"


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def spread(
    name: str, milliseconds: Sequence[float], *, p50: float | None = None, p99: float | None = None
) -> list[Figure]:
    """Median and 99th percentile, with their aims."""
    count = f"of {len(milliseconds)}"
    return [
        Figure(f"{name}, p50", quantile(milliseconds, 0.5), "ms", p50, count),
        Figure(f"{name}, p99", quantile(milliseconds, 0.99), "ms", p99, count),
    ]


def table(figures: Sequence[Figure]) -> str:
    head = ["| what | measured | aim | |", "|---|---|---|---|"]
    return "\n".join([*head, *(figure.row() for figure in figures)])


def side_by_side(columns: Sequence[Sequence[Figure]]) -> str:
    """A table with one column of figures for each database."""
    lines = ["| what | SQLite | PostgreSQL | aim |", "|---|---|---|---|"]
    for row in zip(*columns, strict=True):
        values = " | ".join(figure.row().split("|")[2].strip() for figure in row)
        aims = {figure.row().split("|")[3].strip() for figure in row}
        lines.append(f"| {row[0].name} | {values} | {' / '.join(sorted(filter(None, aims)))} |")
    return "\n".join(lines)


def machine(before: tuple[float, float, float]) -> str:
    """Where and when; `before` is the load average before anything was measured."""
    memory = psutil.virtual_memory().total / 2**30
    load = " ".join(f"{value:.1f}" for value in before)
    return (
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z} · "
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB · "
        f"{platform.system()} {platform.release()} · Python {platform.python_version()} · load before: {load}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
