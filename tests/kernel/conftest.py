"""The machine is made once, and each bench is run once; the tests of its file look at what it said."""

import functools
from collections.abc import Callable

import pytest

from tests.kernel import machine

Bench = Callable[[str], machine.Said]


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Runs a bench by its name, or gives what it said before."""
    try:
        machine.set_up()
    except machine.MachineError as error:
        pytest.exit(str(error), 2)
    return functools.cache(machine.run_bench)
