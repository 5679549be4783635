"""A kiosk that cannot lend at the moment says why, and takes back all the same."""

from pathlib import Path

import pytest

from samut_edge.books import Books
from samut_edge.local_clerk import LocalClerk
from samut_edge.outbox import Outbox
from samut_edge.outbox_room import Fill, Room
from samut_edge.replica import Replica
from samut_rules.reasons import Code, sentence
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story
from tests.edge.stock import NOW, ROWS
from tests.edge.test_local_clerk import Desk, codes
from tests.edge.test_outbox import a_return
from tests.edge.test_replica import write_snapshot


@pytest.mark.requirement("H-08")
@story
async def test_a_full_outbox_ends_lending_but_not_returning_until_there_is_room_again(tmp_path: Path) -> None:
    replica = Replica(tmp_path / "replica.db")
    replica.adopt(replica.build(tmp_path / "s", write_snapshot(tmp_path / "s", ROWS)))
    room = Room(long_from=1, most=2, free_bytes=0)
    async with Outbox(tmp_path / "outbox.db", room=room) as outbox:

        def hindrance() -> Code | None:
            return Code.OFFLINE_FULL if outbox.fill is Fill.FULL else None

        clerk = LocalClerk(Books(replica, outbox), outbox, lambda: NOW, most_items=5, hindrance=hindrance)
        desk = Desk(clerk, outbox)
        for n in (7, 8):
            await outbox.add(Kind.RETURN, a_return(f"B{n}", n))
        assert codes(await desk.borrow("10001", "B00001")) == [Code.OFFLINE_FULL]
        assert codes(await desk.keep("10002", "B00009")) == [Code.OFFLINE_FULL]
        assert (await desk.bring_back("B00009")).returned
        await outbox.confirm([waiting.letter.id for waiting in outbox.waiting()])
        assert (await desk.borrow("10001", "B00001")).allowed
    replica.close()


@pytest.mark.parametrize("code", [Code.OFFLINE_FULL, Code.OFFLINE_NO_CLOCK])
def test_the_reason_is_said_in_both_languages(code: Code) -> None:
    assert "desk" in sentence(code, {}, "en") or "librarian" in sentence(code, {}, "en")
    assert sentence(code, {}, "th") != sentence(code, {}, "en")
