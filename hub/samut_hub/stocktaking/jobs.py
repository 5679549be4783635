"""What is done after a stock-taking, for thousands of items."""

from datetime import UTC, datetime
from typing import Any

from samut_hub.catalogue.item_history import By
from samut_hub.stocktaking.service import declare_missing, stock_taking_by_id
from samut_hub.tasks import Work


def run_declare_missing(work: Work) -> dict[str, Any]:
    """Some items in each transaction; what is done already is not done again."""
    done = 0
    while True:
        with work.database.session(work.library_id) as session:
            taking = stock_taking_by_id(session, work.args["stock_taking"])
            total = taking.missing or 0
            by = By(staff_id=work.args["staff"], now=datetime.now(UTC), reason=taking.name)
            some = declare_missing(session, taking, by)
        done += some
        work.tell(min(done, total), total)
        if not some:
            return {"missing": done}
