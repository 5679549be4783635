"""What a device knows: a small library as replica rows."""

from datetime import UTC, date, datetime
from typing import Any

from samut_wire import messages as m
from samut_wire.cards import card_hash

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MANEE_CARD, BLOCKED_CARD, EXPIRED_CARD = "04A1", "04B2", "04C3"

LIBRARY = m.LibraryRow(
    code="north",
    name_th="ห้องสมุดโรงเรียนเหนือ",
    name_en="North School Library",
    zone="Asia/Bangkok",
    debt_limit=2_000,
    weekly_closed=(6,),
    offline_loans=True,
    rules=(
        m.LoanRuleShown(
            key="* × *",
            member_type=None,
            material=None,
            loan_days=7,
            max_items=3,
            max_renewals=1,
            fine_per_day=100,
            fine_cap=None,
        ),
    ),
    closures=(),
)


def a_member(number: str, card: str = "", **changes: object) -> m.MemberRow:
    row: dict[str, object] = {
        "number": number,
        "name": "มานี ใจดี",
        "member_type": "pupil",
        "cards": (card_hash(KEY, "uid", card),) if card else (),
        "expires_on": date(2027, 3, 31),
        "blocked": "",
        "debt": 0,
        **changes,
    }
    return m.MemberRow(**row)  # type: ignore[arg-type]


def an_item(
    barcode: str, lent_to: str = "", due_at: datetime | None = None, status: str = "available", **own: Any
) -> m.ItemRow:
    return m.ItemRow(
        barcode=barcode,
        title=f"เรื่อง {barcode}",
        material="book",
        status=status,
        lent_to=lent_to,
        due_at=due_at,
        renewals=0,
        **own,
    )


ROWS: tuple[m.ReplicaRow, ...] = (
    LIBRARY,
    a_member("10001", MANEE_CARD),
    a_member("10002", BLOCKED_CARD, blocked="ทำบัตรหาย"),
    a_member("10003", EXPIRED_CARD, expires_on=date(2026, 11, 22)),
    an_item("B00001"),
    an_item("B00002"),
    an_item("B00003"),
    an_item("B00004"),
    an_item("B00009", lent_to="10002", due_at=datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)),
)
