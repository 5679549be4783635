"""What every answer carries, how a request begins and ends, and what is said when it fails."""

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, current_app, request
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from samut_hub.app import create_app
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import ConfigError, RefusedError
from samut_hub.libraries.models import Closure
from samut_hub.secrets import make_secrets
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from samut_hub.web import bundle
from samut_hub.web.hub import carry_out, db, now, own_address
from samut_hub.web.templating import page_address
from tests.hub.conftest import PASSWORD, Clock, Libraries, SignIn, browser_of, on_sqlite


@pytest.fixture(scope="module")
def built_app(tmp_path_factory: pytest.TempPathFactory, compiled_templates: BytecodeCache) -> Flask:
    """An application of this file's own, with two pages that tell the tests something."""
    config = Config(home=tmp_path_factory.mktemp("pages"))
    make_secrets(config)
    app = create_app(config)
    app.jinja_env.bytecode_cache = compiled_templates
    app.add_url_rule("/test/holiday", view_func=enter_holiday, methods=["GET", "POST"])
    app.add_url_rule("/test/wish", view_func=do_as_wished, methods=["GET", "POST"])
    return app


def enter_holiday() -> tuple[str, int]:
    """Enters today as a holiday, and then ends as it is told."""
    db().add(Closure(on=now().date(), name="test"))
    db().flush()
    if request.args.get("then") == "refuse":
        raise RefusedError("The library is never closed.")
    return "", int(request.args.get("status", 200))


def do_as_wished() -> str:
    current_app.config["WISH"]()
    return ""


def holidays_of(database: Database) -> int:
    with database.session(None) as session:
        return session.query(Closure).count()


# -- the transaction


def test_what_a_page_wrote_is_kept(sign_in: SignIn, database: Database) -> None:
    assert sign_in().post("/test/holiday").status_code == 200
    assert holidays_of(database) == 1


@pytest.mark.parametrize("how", ["then=refuse", "status=422", "status=500"])
def test_nothing_is_kept_of_what_was_refused(sign_in: SignIn, database: Database, how: str) -> None:
    assert sign_in().post(f"/test/holiday?{how}").status_code >= 400
    assert holidays_of(database) == 0


def test_a_page_that_is_only_looked_at_changes_nothing(sign_in: SignIn, database: Database) -> None:
    sign_in().get("/test/holiday")
    assert holidays_of(database) == 0


def test_a_command_that_collides_is_carried_out_once_more(
    hub_app: Flask, sign_in: SignIn, database: Database
) -> None:
    tries: list[int] = []

    def use_case() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError("INSERT", None, Exception("somebody was faster"))
        db().add(Closure(on=now().date(), name="second try"))

    hub_app.config["WISH"] = lambda: carry_out(use_case)
    assert sign_in().post("/test/wish").status_code == 200
    assert (len(tries), holidays_of(database)) == (2, 1)


def test_a_request_that_the_database_ends_for_another_is_carried_out_once_more(
    hub_app: Flask, sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    """Each waits for what the other holds. The other never looks for deadlocks, so the request has to give way."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time and no deadlocks")
    mine, others = (libraries.staff_of["north"][role] for role in (Role.LIBRARIAN, Role.ASSISTANT))
    tries: list[int] = []

    def rename(staff_id: int) -> None:
        db().get_one(StaffAccount, staff_id, populate_existing=True, with_for_update={"of": StaffAccount}).name += "!"
        db().flush()

    with database.engine.connect() as other, ThreadPoolExecutor(1) as beside:
        other.exec_driver_sql("SET deadlock_timeout = '10min'")
        _lock(other, others)

        def use_case() -> None:
            tries.append(1)
            rename(mine)
            if len(tries) == 1:
                beside.submit(lambda: (_lock(other, mine), other.commit()))
                _wait_until_someone_waits(database)
            rename(others)

        hub_app.config["WISH"] = lambda: carry_out(use_case)
        assert sign_in(Role.ADMINISTRATOR).post("/test/wish").status_code == 200
    with database.session(libraries.north) as session:
        assert [session.get_one(StaffAccount, staff_id).name[-2:] for staff_id in (mine, others)] == ["h!", "h!"]
    assert len(tries) == 2


def _lock(connection: Connection, staff_id: int) -> None:
    connection.execute(select(StaffAccount.id).where(StaffAccount.id == staff_id).with_for_update()).all()


def _wait_until_someone_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 20
    with database.engine.connect() as look:
        while not look.scalar(waiting):
            look.rollback()
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_no_word_of_a_link_leads_the_links_of_a_page_elsewhere(hub_app: Flask) -> None:
    with hub_app.test_request_context("/members/?q=mali&_external=1&_scheme=javascript&_anchor=x&_method=POST"):
        assert page_address(2) == "/members/?q=mali&page=2"


# -- refusals and faults


@on_sqlite
def test_a_refusal_is_a_page_of_its_own_for_a_browser(sign_in: SignIn) -> None:
    answer = sign_in().post("/test/holiday?then=refuse")
    assert answer.status_code == 422
    assert "The library is never closed." in answer.text
    assert "<html" in answer.text


@on_sqlite
def test_a_refusal_goes_among_the_messages_for_htmx(sign_in: SignIn) -> None:
    answer = sign_in().post("/test/holiday?then=refuse", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.text


@on_sqlite
def test_htmx_is_sent_to_sign_in_when_the_session_has_ended(client: FlaskClient) -> None:
    answer = client.get("/devices", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


@on_sqlite
def test_a_fault_tells_its_number_and_no_secret(hub_app: Flask, sign_in: SignIn) -> None:
    def fault() -> None:
        raise ZeroDivisionError("the inside of the program")

    hub_app.config.update(PROPAGATE_EXCEPTIONS=False, WISH=fault)
    answer = sign_in().get("/test/wish")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "inside" not in answer.text


@on_sqlite
def test_an_address_that_is_not_there_is_said_in_the_persons_language(sign_in: SignIn) -> None:
    assert "ไม่พบหน้านี้" in sign_in(language="th").get("/nothing").text


# -- headers and cookies


@on_sqlite
def test_every_answer_forbids_foreign_content_and_framing(client: FlaskClient) -> None:
    for address in ("/sign-in", "/nothing", "/health"):
        headers = client.get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@on_sqlite
def test_bundled_files_are_kept_for_ever(client: FlaskClient) -> None:
    name = bundle.read_manifest()["app.css"]
    assert "immutable" in client.get(f"/static/dist/{name}").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/mark.svg").headers["Cache-Control"]


@on_sqlite
def test_the_session_cookie_is_out_of_reach_of_scripts(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"username": "north.librarian", "password": PASSWORD})
    (cookie,) = (cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("samut="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@on_sqlite
def test_cookies_are_bound_to_this_host_when_the_hub_is_secure(
    database: Database, libraries: Libraries, clock: Clock, tmp_path: Path
) -> None:
    config = Config(home=tmp_path, public_url="https://library.school.example")
    make_secrets(config)
    app = create_app(config, database=database, clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = browser_of(app).post(
        "/sign-in",
        data={"username": "north.librarian", "password": PASSWORD},
        base_url="https://library.school.example",
    )
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Path=/" in cookie


@on_sqlite
def test_a_form_without_its_token_is_refused(hub_app: Flask, sign_in: SignIn, database: Database) -> None:
    hub_app.config["WTF_CSRF_ENABLED"] = True
    for address in ("/sign-in", "/sign-out", "/password", "/language", "/devices/gate/open"):
        assert sign_in().post(address).status_code == 400


@on_sqlite
def test_the_log_names_the_page_and_never_the_person(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in()
    monkeypatch.setattr(logging.getLogger("samut.web"), "propagate", True)
    with caplog.at_level("INFO", "samut.web"):
        answer = browser.get("/?q=somchai")
    line = json.loads(caplog.messages[-1])
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["page"], line["status"], line["method"]) == ("/", 200, "GET")
    assert "somchai" not in caplog.text


# -- language


@on_sqlite
def test_the_browser_chooses_the_language_until_the_person_does(client: FlaskClient) -> None:
    assert "Sign in" in client.get("/sign-in").text
    assert "เข้าสู่ระบบ" in client.get("/sign-in", headers={"Accept-Language": "th-TH,th;q=0.9"}).text
    assert "เข้าสู่ระบบ" in client.get("/sign-in", headers={"Accept-Language": "de"}).text
    client.post("/language", data={"language": "th", "next": "/sign-in"})
    assert "เข้าสู่ระบบ" in client.get("/sign-in").text


def test_the_choice_of_a_signed_in_person_is_kept_in_the_account(
    sign_in: SignIn, database: Database, libraries: Libraries
) -> None:
    answer = sign_in().post("/language", data={"language": "th", "next": "/devices?x=1"})
    assert answer.location == "/devices?x=1"
    with database.session(None) as session:
        account = session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN])
        assert account.language == "th"


@on_sqlite
def test_an_unknown_language_is_refused(client: FlaskClient) -> None:
    assert client.post("/language", data={"language": "xx"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("/", True),
        ("/desk/?q=ก", True),
        ("", False),
        ("desk", False),
        ("//elsewhere.example/", False),
        ("///elsewhere.example/", False),
        ("/\\elsewhere.example", False),
        ("\\\\elsewhere.example", False),
        ("/\t/elsewhere.example", False),
        ("https:elsewhere.example", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_addresses_of_this_hub_are_own(address: str, is_own: bool) -> None:
    assert bool(own_address(address)) == is_own


# -- starting


def test_the_hub_is_well(client: FlaskClient) -> None:
    assert client.get("/health").get_json() == {"database": True, "migrations": True}
    assert client.get("/ready").status_code == 204


@pytest.fixture
def later_version(database: Database) -> Iterator[None]:
    """The database has the shape of a version that is not known here, until the test is over."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9' || version_num")
    yield
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = substr(version_num, 2)")


@pytest.mark.usefixtures("later_version")
def test_a_database_of_another_shape_is_not_ready(client: FlaskClient) -> None:
    assert client.get("/health").status_code == 503
    assert client.get("/ready").status_code == 503


def test_the_hub_is_well_while_somebody_writes(client: FlaskClient, database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        session.add(Closure(on=date(2026, 12, 5), name="stocktaking"))
        session.flush()
        assert client.get("/health").status_code == 200


def test_the_hub_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="secret"):
        create_app(Config(home=tmp_path))


def test_the_hub_does_not_start_without_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_secrets(Config(home=tmp_path))
    monkeypatch.setattr(bundle, "DIST", tmp_path)
    with pytest.raises(ConfigError, match="npm"):
        create_app(Config(home=tmp_path))


def test_a_name_given_to_one_template_never_reaches_the_others(hub_app: Flask) -> None:
    templates = hub_app.jinja_env.overlay()  # with none loaded yet
    plain = templates.get_template("parts/pager.html")
    with pytest.raises(AttributeError):
        templates.get_template("parts/pager.html", globals={"secret": "of one page"})
    assert ("secret" in plain.globals, "secret" in templates.globals) == (False, False)
