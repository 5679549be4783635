"""In which order members and loans are locked, so that two desks see one another. Nothing here commits."""

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, defer, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import sought_key
from samut_hub.circulation.found_again import GONE, loser_of
from samut_hub.circulation.models import Loan
from samut_hub.db import prepared
from samut_hub.members.models import Member

_LOAN_NOW = ["returned_at", "due_at", "renewals", "unseen_renewals", "recalled_at", "claimed_at", "trace"]
_MEMBER_NOW = ["open_loans", "on_site_loans", "debt", "blocked", "suspended_until", "expires_on"]

WITHOUT_DETAILS = [
    defer(column)
    for column in (
        *(Member.sort_name, Member.phone, Member.phone_key, Member.email, Member.note, Member.address),
        *(Member.facebook, Member.line_id, Member.guardian_name, Member.guardian_phone, Member.guardian_relation),
    )
]
"""What lending never looks at in a member; fifty columns less of member and title are a tenth of a loan's work."""
ONLY_NAMED = joinedload(Item.title, innerjoin=True).load_only(Title.title, Title.material, Title.version)
"""What lending looks at in a title."""


def with_item(*who: ColumnElement[bool]) -> Select[Member, Item]:
    """A member, then locked and as it is now, and the library's item with the bar code `key` (see `sought_key`)."""
    both = select(Member, Item).join(Item, Item.library_id == Member.library_id)
    wanted = both.where(*who, Item.barcode_key == bindparam("key")).options(*WITHOUT_DETAILS, ONLY_NAMED)
    return prepared(wanted.with_for_update(of=Member).execution_options(populate_existing=True))


_AT_DESK = with_item(Member.id == bindparam("member"), Item.status.not_in(GONE))


def locked_with_item(session: Session, member_id: int, barcode: str) -> tuple[Member, Item] | None:
    """Both with one statement. None where one is not known, and for what is thought gone: see `lock_with_loser`."""
    key = sought_key(barcode)
    found = None if key is None else session.execute(_AT_DESK, {"member": member_id, "key": key}).one_or_none()
    return None if found is None else (found[0], found[1])


def lock(session: Session, member: Member) -> None:
    """Lock the member's row until the end, so that two desks cannot both see the last free place of a limit."""
    if not _is_locked_whole(session):
        session.refresh(member, _MEMBER_NOW, with_for_update={"of": Member})


def lock_with_loser(session: Session, member: Member, item: Item) -> None:
    """Where somebody else had lost the item, charges of that member change too. Two who borrow what the other had
    lost must not wait for each other: whoever locks two members locks the one with the smaller id first."""
    loser = None if _is_locked_whole(session) else loser_of(session, item)
    if loser is not None and loser < member.id:
        session.execute(select(Member.id).where(Member.id == loser).with_for_update())
    lock(session, member)


def lock_open(session: Session, loan: Loan) -> bool:
    """Lock the member and the loan, and look again: another desk may have ended it since it was read. One of which is
    not known any more whose it was has ended long ago."""
    if loan.member is None:
        return False
    lock(session, loan.member)
    if not _is_locked_whole(session):
        session.refresh(loan, _LOAN_NOW, with_for_update={"of": Loan})
    return loan.returned_at is None


def _is_locked_whole(session: Session) -> bool:
    """On SQLite a writing transaction has locked everything from its beginning; what was read in it is current."""
    return session.get_bind().dialect.name == "sqlite"
