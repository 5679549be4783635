"""What all tests share: both databases, and the record of which requirements were proved."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process: own folder, own port, ended with it."""
    with PostgresServer() as server:
        yield server


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        for row in report.keywords.get("requirement_rows", ()) if isinstance(report.keywords, dict) else ():
            _outcomes.setdefault(row, {})[report.nodeid] = report.outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    report.keywords["requirement_rows"] = sorted(
        {row for marker in item.iter_markers("requirement") for row in marker.args}
    )
    return report


_outcomes: dict[str, dict[str, str]] = {}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the proofs for `make requirements`, beside those of other runs that may end at this moment too; with
    several test processes only the first one collects them."""
    if hasattr(session.config, "workerinput") or not _outcomes:
        return
    path = ROOT / "build" / "requirements.json"
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(path.read_text()) if path.exists() else {}
        for row, outcomes in _outcomes.items():
            known[row] = {**known.get(row, {}), **outcomes}
        path.write_text(json.dumps(known, indent=1, sort_keys=True))
