"""In which order members and loans are locked, so that two desks see one another. Nothing here commits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.found_again import loser_of
from samut_hub.circulation.models import Loan
from samut_hub.members.models import Member

_LOAN_NOW = ["returned_at", "due_at", "renewals", "unseen_renewals", "recalled_at", "claimed_at", "trace"]
_MEMBER_NOW = ["open_loans", "on_site_loans", "debt", "blocked", "suspended_until", "expires_on"]


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
