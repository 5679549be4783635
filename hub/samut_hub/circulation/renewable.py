"""Loans that cannot be renewed whatever happens until they are due: said beside them, without asking the database."""

from datetime import datetime

from sqlalchemy.orm import Session

from samut_hub.circulation.facts import renewal_facts
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_rules.loan import LoanFacts, MemberFacts
from samut_rules.reasons import Reason
from samut_rules.renewal import never_renewed


def why_never(session: Session, loan: Loan, now: datetime) -> Reason | None:
    """Why a renewal would be refused; None where it may be tried. The loan's item, title and member are at hand."""
    library, member = library_of(session, loan.library_id), loan.borrower
    facts = LoanFacts(
        member=MemberFacts(member.number, member.expires_on, member.blocked, member.open_loans, 0, member.debt),
        item=renewal_facts(loan, is_waited_for=False),
        terms=terms_of(session, member, loan.item, now),
        calendar=calendar_of(session, library),
        debt_limit=library.debt_limit,
        on_site=loan.on_site,
    )
    return never_renewed(facts, now)
