"""A library's items in the order of another scheme."""

from typing import Any

from sqlalchemy import func, select

from samut_hub.catalogue.classification.service import arrange_part
from samut_hub.catalogue.models import Item
from samut_hub.tasks import Work

KIND = "shelf_order"


def arrange(work: Work) -> dict[str, Any]:
    """Give all items their place on the shelf anew."""
    with work.database.session(work.library_id, writes=False) as session:
        total = session.scalar(select(func.count()).select_from(Item)) or 0
    last = done = 0
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            last, count = arrange_part(session, last)
        if not count:
            break
        done += count
        work.tell(done, total)
    return {"items": done}
