"""What a program loads stays in its memory as long as it runs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(package: str) -> Iterator[None]:
    """What is loaded meanwhile does without that package, as where it is not installed: libraries load some for uses
    that nobody here makes of them. What others have loaded stays loaded."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # tells the import system that there is none
    try:
        yield
    finally:
        del sys.modules[package]
