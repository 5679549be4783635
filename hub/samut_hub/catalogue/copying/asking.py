"""Asking several libraries at once: each has its time, and none holds up the others."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from samut_hub.catalogue.copying import sru, z3950
from samut_hub.catalogue.copying.policy import Address, Answer, Fault, Kind, TargetError, Wanted

_CLIENTS = {Kind.SRU: sru.ask, Kind.Z3950: z3950.ask}
_GRACE = 2.0
"""Seconds that a client may take to end after its own time is over."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a library answered, or why it did not."""

    answer: Answer
    fault: Fault | None = None
    detail: str = ""


def ask(target: Address, wanted: Wanted) -> Reply:
    """One library; a fault is an answer too."""
    try:
        return Reply(_CLIENTS[target.kind](target, wanted))
    except TargetError as error:
        return Reply(Answer(0), error.fault, error.detail)


def ask_all(targets: Sequence[Address], wanted: Wanted) -> list[Reply]:
    """The replies in the order of the libraries, after at most the longest time that one of them has."""
    if not targets:
        return []
    threads = ThreadPoolExecutor(len(targets), thread_name_prefix="copying")
    futures = [threads.submit(ask, target, wanted) for target in targets]
    wait(futures, timeout=max(target.timeout for target in targets) + _GRACE)
    threads.shutdown(wait=False, cancel_futures=True)
    return [_reply(future) for future in futures]


def _reply(future: Future[Reply]) -> Reply:
    return future.result() if future.done() and not future.cancelled() else Reply(Answer(0), Fault.TOO_SLOW)
