"""The page for joining in a real Chromium: a scanner types the code and Enter, into the field that waits for it."""

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.chromium import chromium
from tests.ports import free_port
from tests.system.world import BIN, answers, wait_until


def test_what_a_scanner_types_is_taken(tmp_path: Path) -> None:
    """A browser must say from where it sends the form, else a page of elsewhere could join the device."""
    port = free_port()
    command = [
        BIN / "samut-edge",
        "run",
        tmp_path / "settings.toml",
        "--join-host",
        "127.0.0.1",
        "--join-port",
        str(port),
    ]
    agent = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command])
    try:
        wait_until("the page answers", lambda: answers(port))
        with chromium() as browser:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            page.keyboard.type("http://127.0.0.1:1 K7QF2M9XPD4R\n")
            expect(page.get_by_role("alert")).to_contain_text("The hub does not answer")
    finally:
        agent.kill()
        agent.wait(20)
    assert (tmp_path / "claim.txt").read_text() == "http://127.0.0.1:1 K7QF2M9XPD4R\n", "it goes on trying"
