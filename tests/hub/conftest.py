"""A hub's database, empty but for its shape, on SQLite and on PostgreSQL; two libraries with people and books."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from playwright.sync_api import Browser
from sqlalchemy import event

from samut_hub.app import create_app
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.migrations import upgrade
from samut_hub.secrets import make_secrets, read_secret
from samut_hub.staff import service as staff
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from samut_hub.web.hub import Hub
from samut_hub.web.streams import use_streams
from samut_hub.web.wording import compile_all
from tests.chromium import chromium
from tests.hub.kept_open import KeptOpen
from tests.hub.remembered import begin_empty, remembered, watch
from tests.postgres import PostgresServer

PASSWORD = "a quiet reading room"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Its hash, made at little cost: most tests do not ask for the password."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what asks nothing of the database that another test does not ask on both."""

SLOW = {"test_in_browser.py", "test_wrong_person.py"}
"""Files that begin first: at the end one of them would keep everybody waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in SLOW)


class Clock:
    """The time as the hub sees it: a Monday morning in November 2026, moved by the tests."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Libraries:
    """Two libraries of one hub, and their staff by code and role; user names are like `north.assistant`."""

    north: int
    south: int
    staff_of: dict[str, dict[Role, int]]


SignIn = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "samut.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres: PostgresServer) -> str:
    """The address of a migrated database that all tests of this process use in turn, each finding it empty."""
    url = postgres.url(postgres.new_database())
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture(scope="session")
def opened() -> dict[str, KeptOpen]:
    """Databases by address. They stay for all tests, as what is asked of them is worked out once for each."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, opened: dict[str, KeptOpen]) -> str:
    """The address of a fresh, migrated database. Every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        for old in folder.iterdir():
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "samut.db")
        return f"sqlite:///{folder / 'samut.db'}"
    url: str = request.getfixturevalue("postgres_database")
    server: PostgresServer = request.getfixturevalue("postgres")
    server.empty(url, opened[url].backend() if url in opened else None)
    return url


@pytest.fixture
def database(database_url: str, opened: dict[str, KeptOpen]) -> Iterator[Database]:
    if database_url not in opened:
        opened[database_url] = KeptOpen(database_url)
        watch(opened[database_url].database)
    begin_empty(opened[database_url].database)
    yield opened[database_url].database
    opened[database_url].end_test()


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database.engine)
    database.close()


@pytest.fixture
def statements(database: Database) -> Callable[[], object]:
    """`with statements() as asked:` collects what the database is asked inside."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield asked
        event.remove(database.engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def libraries(database: Database) -> Libraries:
    """North has an administrator, a librarian and an assistant; south has the same. All have PASSWORD."""
    return remembered(database, "libraries", lambda: _lay_out_libraries(database))


def _lay_out_libraries(database: Database) -> Libraries:
    with database.session(None) as session:
        north = Library(code="north", name_th="ห้องสมุดโรงเรียนเหนือ", name_en="North School Library", weekly_closed=[6])
        south = Library(code="south", name_th="ห้องสมุดโรงเรียนใต้", name_en="South School Library", weekly_closed=[6])
        session.add_all((north, south))
        session.flush()
        people = {}
        for library in (north, south):
            of_library = {role: _person(library, role) for role in Role}
            session.add_all(of_library.values())
            session.flush()
            people[library.code] = {role: account.id for role, account in of_library.items()}
        return Libraries(north.id, south.id, people)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BytecodeCache:
    """Each template is compiled once in a run, by the first process of the tests that needs it."""
    of_process = tmp_path_factory.getbasetemp()
    folder = (of_process if worker_id == "master" else of_process.parent) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory, compiled_templates: BytecodeCache) -> Flask:
    """The hub's application, joined once: its 250 addresses and its templates take longer than most tests."""
    compile_all()
    config = Config(home=tmp_path_factory.mktemp("built"))
    make_secrets(config)
    app = create_app(config)
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def hub_app(
    built_app: Flask, database: Database, libraries: Libraries, clock: Clock, tmp_path: Path
) -> Iterator[Flask]:
    """The application on this test's database, home and clock, with both libraries. It asks for no CSRF tokens."""
    config, before = Config(home=tmp_path), dict(built_app.config)
    make_secrets(config)
    built_app.extensions["samut"] = Hub(
        config=config,
        database=database,
        clock=clock,
        titles=TitleIndex(config.search_index),
        card_secret=read_secret(config, "card.key"),
    )
    use_streams(built_app, config.http_threads)
    built_app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SECRET_KEY=read_secret(config, "session.key"))
    yield built_app
    built_app.config.clear()
    built_app.config.update(before)


@pytest.fixture
def client(hub_app: Flask) -> FlaskClient:
    """A browser that has not signed in and asks for English."""
    return browser_of(hub_app)


@pytest.fixture
def sign_in(hub_app: Flask, database: Database, libraries: Libraries, clock: Clock) -> SignIn:
    """sign_in(role="librarian", library="north"): a new browser in which that person is signed in."""

    def sign_in(role: str = Role.LIBRARIAN, library: str = "north", language: str = "en") -> FlaskClient:
        with database.session(None) as session:
            account = session.get_one(StaffAccount, libraries.staff_of[library][Role(role)])
            account.language = language
            token = staff.start_session(session, account, clock())
        browser = browser_of(hub_app)
        with browser.session_transaction() as cookie:
            cookie["token"] = token
        return browser

    return sign_in


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A real Chromium, as one that was just started; `in_browser.served` gives it something to show."""
    if not _chromium:
        _chromium.append(_chromium_ends.enter_context(chromium()))
    yield _chromium[0]
    for context in _chromium[0].contexts:
        context.close()


_chromium: list[Browser] = []
_chromium_ends = ExitStack()
"""One for all tests that follow each other with it: to start it takes longer than most of them. Beside it runs an
event loop, which others would come across."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "browser" not in getattr(item, "fixturenames", ()):
        _end_chromium()


def pytest_sessionfinish() -> None:
    _end_chromium()


def _end_chromium() -> None:
    _chromium.clear()
    _chromium_ends.close()


def browser_of(app: Flask) -> FlaskClient:
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def _person(library: Library, role: Role) -> StaffAccount:
    return StaffAccount(
        library_id=library.id,
        username=f"{library.code}.{role}",
        name=f"{role.capitalize()} of {library.code}",
        password_hash=CHEAP,
        role=role,
    )
