"""Long work: started once, taken up once, given back when its process is gone, stopped, started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import text, update

from samut_hub import tasks
from samut_hub.catalogue.imports.models import Import
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.jobs import performing
from samut_hub.jobs.performing import perform
from samut_hub.jobs.runner import Runner
from samut_hub.jobs.schedule import forget_tasks
from samut_hub.jobs.work import KINDS
from samut_hub.staff.policy import Role
from samut_hub.tasks import Task, TaskError, TaskState, Work
from tests.hub.conftest import Clock, Libraries, SignIn

COUNTING = {"en": "Counting", "th": "กำลังนับ"}


def counting(work: Work) -> dict[str, object]:
    for done in range(3):
        work.tell(done + 1, 3)
    (work.folder / "count.txt").write_text(work.args["text"], "utf-8")
    return {"file": "count.txt"}


def refusing(work: Work) -> dict[str, object]:
    raise TaskError("There is nothing to print.")


def failing(work: Work) -> dict[str, object]:
    raise ZeroDivisionError


def taken_away(work: Work) -> dict[str, object]:
    """While it works it is taken to be lost, and given to another process."""
    with work.database.session(None) as session:
        session.execute(update(Task).where(Task.id == work.task_id).values(starts=Task.starts + 1))
    return {}


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(home=tmp_path)


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, function in (("count", counting), ("refuse", refusing), ("fail", failing), ("lose", taken_away)):
        monkeypatch.setitem(KINDS, name, function)


def start(database: Database, libraries: Libraries, clock: Clock, kind: str = "count") -> int:
    by = libraries.staff_of["north"][Role.LIBRARIAN]
    with database.session(libraries.north) as session:
        return tasks.submit(session, kind, {"text": "หนึ่ง"}, staff_id=by, now=clock(), names=COUNTING).id


def claim(database: Database, clock: Clock) -> int | None:
    with database.session(None) as session:
        return tasks.claim_next(session, clock())


def row(database: Database, task_id: int) -> Task:
    with database.session(None, writes=False) as session:
        return session.get_one(Task, task_id)


@pytest.mark.usefixtures("kinds")
def test_task_is_done_and_leaves_a_file(
    config: Config, database: Database, libraries: Libraries, clock: Clock
) -> None:
    task_id = start(database, libraries, clock)
    assert claim(database, clock) == task_id
    perform(config, database, task_id, clock)

    done = row(database, task_id)
    assert (done.state, done.done, done.total, done.result) == (TaskState.DONE, 3, 3, {"file": "count.txt"})
    assert (tasks.folder_of(config, task_id) / "count.txt").read_text("utf-8") == "หนึ่ง"

    clock.pass_by(days=15)
    forget_tasks(config, database, clock())
    assert not tasks.folder_of(config, task_id).exists()


def test_two_workers_take_up_two_tasks(database: Database, libraries: Libraries, clock: Clock) -> None:
    first, second = start(database, libraries, clock), start(database, libraries, clock)
    assert [claim(database, clock) for _ in range(3)] == [first, second, None]


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("refuse", "There is nothing to print."),
        ("fail", "Something went wrong; the log of the worker tells what."),
    ],
)
def test_what_fails_says_so(
    config: Config, database: Database, libraries: Libraries, clock: Clock, kind: str, said: str
) -> None:
    task_id = start(database, libraries, clock, kind)
    claim(database, clock)
    perform(config, database, task_id, clock)
    failed = row(database, task_id)
    assert (failed.state, failed.error) == (TaskState.FAILED, said)


def test_task_whose_process_is_gone_waits_again_three_times(
    database: Database, libraries: Libraries, clock: Clock
) -> None:
    task_id = start(database, libraries, clock)
    states = []
    for _ in range(tasks.MOST_STARTS):
        assert claim(database, clock) == task_id
        clock.pass_by(seconds=tasks.SILENT_FOR.total_seconds() + 1)
        with database.session(None) as session:
            assert tasks.is_any_waiting(session, clock())
            tasks.give_back_silent(session, clock())
        states.append(row(database, task_id).state)
    assert states == [TaskState.WAITING, TaskState.WAITING, TaskState.FAILED]


@pytest.mark.usefixtures("kinds")
def test_stopped_task_stays_stopped_until_it_is_started_again(
    config: Config, database: Database, libraries: Libraries, clock: Clock
) -> None:
    task_id = start(database, libraries, clock)
    claim(database, clock)
    with database.session(libraries.north) as session:
        tasks.cancel(session, task_id, now=clock())
    perform(config, database, task_id, clock)
    assert row(database, task_id).state == TaskState.CANCELLED

    with database.session(libraries.north) as session:
        tasks.start_again(session, task_id)
    assert claim(database, clock) == task_id


def test_what_a_task_is_given_is_not_read_where_it_is_only_looked_at(
    database: Database,
    libraries: Libraries,
    clock: Clock,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    task_id = start(database, libraries, clock)
    with database.session(libraries.north) as session, statements() as asked:
        tasks.latest_tasks(session)
        tasks.task_by_id(session, task_id)
        tasks.give_back_silent(session, clock())
    assert any("FROM tasks" in statement for statement in asked)
    assert not any("args" in statement for statement in asked)


@pytest.mark.usefixtures("kinds")
def test_librarian_follows_her_task_and_downloads_what_it_made(
    hub_app: object, database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn, tmp_path: Path
) -> None:
    task_id, browser = start(database, libraries, clock), sign_in()
    assert 'hx-trigger="every 1s"' in browser.get(f"/tasks/{task_id}").text

    claim(database, clock)
    perform(Config(home=tmp_path), database, task_id, clock)

    page = browser.get(f"/tasks/{task_id}").text
    assert "every 1s" not in page
    assert "Download count.txt" in page
    assert browser.get(f"/tasks/{task_id}/file").data.decode() == "หนึ่ง"
    assert "Counting" in browser.get("/tasks/").text
    for address in ("/tasks/", f"/tasks/{task_id}"):
        assert COUNTING["th"] in sign_in(language="th").get(address).text


def test_another_library_knows_nothing_of_it(
    hub_app: object, database: Database, libraries: Libraries, clock: Clock, sign_in: SignIn
) -> None:
    task_id = start(database, libraries, clock)
    assert sign_in(library="south").get(f"/tasks/{task_id}").status_code == 404


@pytest.mark.usefixtures("kinds")
def test_import_outlives_its_task(config: Config, database: Database, libraries: Libraries, clock: Clock) -> None:
    task_id = start(database, libraries, clock)
    with database.session(libraries.north) as session:
        run = Import(file_name="books.mrc", started_at=clock(), task_id=task_id)
        session.add(run)
    claim(database, clock)
    perform(config, database, task_id, clock)
    clock.pass_by(days=15)
    forget_tasks(config, database, clock())
    with database.session(libraries.north) as session:
        assert session.get(Task, task_id) is None
        assert session.get_one(Import, run.id).task_id is None


@pytest.mark.usefixtures("kinds")
def test_only_the_last_process_of_a_task_says_what_came_of_it(
    config: Config, database: Database, libraries: Libraries, clock: Clock
) -> None:
    task_id = start(database, libraries, clock, "lose")
    claim(database, clock)
    perform(config, database, task_id, clock)
    assert row(database, task_id).state == TaskState.RUNNING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_task_is_heard_of_again_after_the_database_failed(
    database: Database, libraries: Libraries, clock: Clock,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(performing, "BEAT", 0.01)
    monkeypatch.setattr(performing, "BEAT_AGAIN", 0.01)
    task_id, over = start(database, libraries, clock), threading.Event()
    rename(database, "tasks", "elsewhere")
    heart = threading.Thread(target=performing.beat, args=(database, task_id, over))
    heart.start()
    wait_until(lambda: "could not tell" in caplog.text)
    rename(database, "elsewhere", "tasks")
    wait_until(lambda: row(database, task_id).heard_at)
    over.set()
    heart.join()


def rename(database: Database, name: str, other: str) -> None:
    with database.session(None) as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_worker_that_ends_interrupts_no_task(
    config: Config, database: Database, libraries: Libraries, clock: Clock
) -> None:
    task_id, runner = start(database, libraries, clock), Runner(config, database, clock)
    thread = threading.Thread(target=runner.run)
    thread.start()
    wait_until(lambda: row(database, task_id).state == TaskState.RUNNING)
    runner.stop()
    thread.join()
    given_back = row(database, task_id)
    assert (given_back.state, given_back.starts) == (TaskState.WAITING, 0)


def test_task_does_not_outlive_its_worker() -> None:
    script = (
        "import subprocess; from samut_hub.jobs.runner import bound; p = subprocess.Popen(bound(['sleep', '99']))"
    )
    command = [sys.executable, "-c", f"{script}; print(p.pid, flush=True); p.wait()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        child = Path("/proc") / worker.stdout.readline().decode().strip()
        wait_until(lambda: (child / "comm").read_text().strip() == "sleep")
        os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: not child.exists() or "\nState:\tZ" in (child / "status").read_text())
