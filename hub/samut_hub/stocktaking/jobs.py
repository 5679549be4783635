"""What is done for thousands of items: the file of a collecting scanner, and what follows a stock-taking."""

from datetime import UTC, datetime
from typing import Any

from samut_hub.catalogue.item_history import By
from samut_hub.stocktaking.closing import declare_missing, fates
from samut_hub.stocktaking.service import AT_ONCE, ClosedError, scan, stock_taking_by_id
from samut_hub.tasks import TaskError, Work

SCAN, MISSING = "stock_scans", "declare_missing"


def run_scan(work: Work) -> dict[str, Any]:
    """Some numbers in each transaction, so that others can lend meanwhile; what is read twice is kept once."""
    codes, done = work.args["codes"], 0
    for start in range(0, len(codes), AT_ONCE):
        if work.is_cancelled():
            break
        done += _scan_some(work, codes[start : start + AT_ONCE])
        work.tell(min(start + AT_ONCE, len(codes)), len(codes))
    return {"numbers": done}


def run_declare_missing(work: Work) -> dict[str, Any]:
    """Some items in each transaction; what is done already is not done again."""
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            taking = stock_taking_by_id(session, work.args["stock_taking"])
            by = By(staff_id=work.args["staff"], now=datetime.now(UTC), reason=taking.name)
            is_over = not declare_missing(session, taking, by)
            told = fates(session, taking)
        work.tell(told.missing + told.kept, told.missing + told.kept + told.open)
        if is_over:
            return {"missing": told.missing, "kept": told.kept}
    return {}


def _scan_some(work: Work, codes: list[str]) -> int:
    with work.database.session(work.library_id) as session:
        taking = stock_taking_by_id(session, work.args["stock_taking"])
        by = By(staff_id=work.args["staff"], now=datetime.now(UTC), reason=taking.name)
        try:
            return len(scan(session, taking, codes, here_id=work.args["here"], by=by))
        except ClosedError:
            raise TaskError("This stock-taking is closed. Begin a new one to go on.") from None
