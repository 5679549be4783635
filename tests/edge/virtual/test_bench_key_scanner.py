"""A scanner that types, at a bench whose agent was started by umockdev-wrapper."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from samut_edge.devices.part import PartState
from samut_edge.events import CodeScanned
from tests.edge.drivers.heard import story, until
from tests.edge.virtual.benches import visiting, write_settings

SCANNER = '[parts.scanner]\ndriver = "evdev_scanner"\noptions = {{ device = "0c2e:0200" }}\n'


@pytest.mark.skipif(shutil.which("umockdev-wrapper") is None, reason="needs the package umockdev")
def test_a_code_is_scanned_at_the_bench_and_the_scanner_pulled_out() -> None:
    said = subprocess.run(
        ["umockdev-wrapper", sys.executable, "-m", "tests.edge.virtual.test_bench_key_scanner"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (said.returncode, said.stdout) == (0, "TH0012345\noffline\nTH7\n"), said.stderr


@story
async def visit(folder: Path) -> None:
    async with visiting(write_settings(folder, SCANNER)) as visit:
        scanner = visit.parts["scanner"]
        await visit.does("scan", part="scanner", text="TH0012345")
        print((await visit.heard.next(CodeScanned)).text)
        await visit.does("plug", part="scanner", plugged_in=False)
        await until(lambda: scanner.status.state is PartState.OFFLINE)
        print(scanner.status.state)
        await visit.does("plug", part="scanner", plugged_in=True)
        await until(lambda: scanner.status.state is PartState.READY)
        await visit.does("scan", part="scanner", text="TH7")
        print((await visit.heard.next(CodeScanned)).text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        visit(Path(folder))
