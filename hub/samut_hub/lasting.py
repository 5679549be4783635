"""What a program has loaded stays for as long as it runs; told once at its start, this saves memory and time."""

import ctypes
import gc

_ARENAS, _M_ARENA_MAX = 2, -8
"""`mallopt(3)` of glibc; by itself it keeps eight for each core, and much of each is empty."""
_MADE = 10_000
"""So many new objects until the youngest are looked through; Python looks after 700, which a single page makes ten
times."""


def keep_what_is_loaded() -> None:
    """Before a process is forked or starts its threads. A collection would look through all that is loaded, and write
    to its memory, so that forked processes could not share it."""
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:  # other C libraries have none
        mallopt(_M_ARENA_MAX, _ARENAS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE, 10, 10)
