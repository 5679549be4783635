"""Other libraries: Zebra with real records, and the test server of YAZ, each on a free port for as long as needed."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from samut_hub.catalogue.copying.policy import Address, Kind
from tests.hub.catalogue.conftest import MARC_FILES
from tests.ports import free_port

TAB = Path("/usr/share/idzebra-2.0/tab")
ISBN = "9780375505782"
"""Of a book that Zebra has twice, with this number in its form of ten digits only."""
CONFIG = f"""\
profilePath: .:{TAB}
attset: bib1.att
index: icu.idx
register: register:1G
lockDir: locks
keyTmpDir: locks
encoding: UTF-8
recordType: grs.marc.usmarc
perm.anonymous: r
"""
SERVER = """\
<yazgfs>
  <listen id="here">tcp:127.0.0.1:{port}</listen>
  <server id="one" listenref="here">
    <config>zebra.cfg</config>
    <cql2rpn>/usr/share/yaz/etc/pqf.properties</cql2rpn>
    <retrievalinfo>
      <retrieval syntax="usmarc"/>
      <retrieval syntax="xml" name="marcxml" identifier="info:srw/schema/1/marcxml-v1.1">
        <backend syntax="usmarc" name="F">
          <marc inputformat="marc" outputformat="marcxml" inputcharset="utf-8"/>
        </backend>
      </retrieval>
    </retrievalinfo>
  </server>
</yazgfs>
"""
ISBN_RULES = "elm 020\t\tISBN\t-\nelm 020/?\t\tISBN\t!:w\nelm 020/?/a\t\tISBN\t!:w\n"


@dataclass(frozen=True)
class OtherLibrary:
    """Where it answers."""

    port: int

    def z3950(self, **more: object) -> Address:
        usual = {"isbn_index": "1=7", "title_index": "1=4", "author_index": "1=1003", "timeout": 5}
        place = {"host": "127.0.0.1", "port": self.port, "database": "Default", "syntax": "usmarc"}
        return Address(kind=Kind.Z3950, **{**usual, **place, **more})  # type: ignore[arg-type]

    def sru(self, **more: object) -> Address:
        usual = {"isbn_index": "bath.isbn", "title_index": "dc.title", "author_index": "dc.creator", "timeout": 5}
        place = {"host": "127.0.0.1", "port": self.port, "database": "Default", "syntax": "marcxml"}
        return Address(kind=Kind.SRU, **{**usual, **place, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def zebra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherLibrary]:
    """Records in Thai and other languages, cut into words by ICU with its Thai dictionary."""
    folder, port = tmp_path_factory.mktemp("zebra"), free_port()
    for name in ("register", "locks", "records"):
        (folder / name).mkdir()
    rules = (TAB / "usmarc.abs").read_text("latin-1").replace("all any", "encoding utf-8\nall any") + ISBN_RULES
    (folder / "usmarc.abs").write_text(rules, "latin-1")
    words = (TAB / "words-icu.xml").read_text().replace('locale="en"', 'locale="th"')
    (folder / "words-icu.xml").write_text(words)
    (folder / "zebra.cfg").write_text(CONFIG)
    (folder / "server.xml").write_text(SERVER.format(port=port))
    (folder / "records" / "mixed.mrc").write_bytes((MARC_FILES / "mixed_179.utf8.mrc").read_bytes())
    for command in (["init"], ["update", "records"]):
        subprocess.run(["zebraidx-2.0", "-l", "log", *command], cwd=folder, check=True, timeout=60)
    with running(["zebrasrv-2.0", "-f", "server.xml", "-l", "log"], port, folder):
        yield OtherLibrary(port)


@pytest.fixture(scope="session")
def ztest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherLibrary]:
    """Answers anything with some of its records; the name of the database can ask it to take its time."""
    folder, port = tmp_path_factory.mktemp("ztest"), free_port()
    with running(["yaz-ztest", "-l", "log", f"tcp:127.0.0.1:{port}"], port, folder):
        yield OtherLibrary(port)


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """The server, from when it answers until the end."""
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"Nothing answers on port {port}.")
