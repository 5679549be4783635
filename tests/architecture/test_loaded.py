"""What each program loads at its start stays in memory as long as it runs: what only few need is loaded by them."""

import subprocess
import sys
from pathlib import Path

import pytest

PAGES = "samut_hub.serve"
WORKER = "samut_hub.worker"
SIP2 = "samut_hub.sip2.cli, samut_hub.sip2.server"
EDGE = "samut_edge.cli"

SETUP = {"alembic", "mako", "pygments"}
PRINTING = {"pypdf", "fontTools", "typst", "openpyxl"}
PICTURES = {"cv2", "numpy", "zxingcpp"}
NOTICES = {"linebot", "pydantic", "aiohttp", "aiosmtpd"}
ELSEWHERE = {"authlib", "joserfc", "requests", "charset_normalizer", "urllib3"}
HOLIDAYS = {"holidays", "dateutil"}
WEB = {"flask", "flask_babel", "wtforms", "gunicorn"}
DOOR = {"paho", "huey"}
SEARCH = {"tantivy"}
LOOKED_FOR = {"dns", "psycopg"}
TESTS = {"pytest", "hypothesis", "unittest"}


@pytest.mark.parametrize(
    ("program", "rare"),
    [
        (PAGES, SETUP | PRINTING | PICTURES | NOTICES | ELSEWHERE | HOLIDAYS | DOOR | TESTS),
        (WORKER, SETUP | PRINTING | PICTURES | NOTICES | ELSEWHERE | HOLIDAYS | WEB | LOOKED_FOR | TESTS),
        (SIP2, SETUP | PRINTING | PICTURES | NOTICES | ELSEWHERE | HOLIDAYS | WEB | DOOR | SEARCH | TESTS),
        (
            EDGE,
            {"samut_hub", "sqlalchemy", "PIL", "evdev", "smartcard", "serial", "gpiozero", "escpos", "dns"} | TESTS,
        ),
    ],
)
def test_a_program_loads_nothing_at_its_start_that_only_few_need(program: str, rare: set[str]) -> None:
    start = program if program == EDGE else f"samut_hub.cli, {program}"
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {start}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert {name.partition(".")[0] for name in said.stdout.split()} & rare == set()


def test_the_queue_beside_sqlite_loads_nothing_for_postgresql(tmp_path: Path) -> None:
    (tmp_path / "samut.toml").write_text("")
    ask = (
        "import sys; from pathlib import Path; from samut_hub.config import read_config\n"
        "from samut_hub.jobs.schedule import open_huey\n"
        "open_huey(read_config(Path(sys.argv[1]))); print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", ask, tmp_path], capture_output=True, text=True, check=True)

    loaded = said.stdout.split()
    assert "huey.storage" in loaded
    assert "psycopg" not in loaded
