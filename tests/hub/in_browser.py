"""Pages of the hub in a real Chromium, served by a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page
from werkzeug.serving import make_server

from tests.chromium import PATIENCE

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, PHONE = 1280, 390
"""How wide a screen is, in pixels."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address under which the hub answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def page_of(browser: Browser, address: str, client: FlaskClient) -> Page:
    """A page in which the same person is signed in as in the test's client."""
    cookie = client.get_cookie("samut")
    assert cookie is not None
    context = browser.new_context()
    context.add_cookies([{"name": "samut", "value": cookie.value, "url": address}])
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of from now on: scripts that fail, what the content security policy stops."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def type_and_wait(box: Locator, letters: str) -> None:
    """Type into a box that offers words, until those for all that stands in it came: the lists for less of it, which
    come while one types, are replaced, and what was chosen in them with them."""
    whole = quote(box.input_value() + letters, safe="!~*'()")
    with box.page.expect_response(lambda answer: answer.url.endswith(f"?q={whole}")) as answer:
        box.press_sequentially(letters)
    answer.value.finished()


def is_too_wide(page: Page, width: int) -> bool:
    """Whether the page is wider than a screen of this width."""
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def axe(page: Page) -> list[str]:
    """What axe finds on the page as it is."""
    page.evaluate(AXE.read_text())
    run = "rules => axe.run(document, {runOnly: rules}).then(said => said.violations.map(one => one.id))"
    return list(page.evaluate(run, RULES))
