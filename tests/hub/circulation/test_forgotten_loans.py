"""A loan of long ago, of which is not known any more whose it was."""

from datetime import timedelta

import pytest

from samut_hub.circulation.models import ForgottenError
from samut_hub.circulation.service import lend, renew, take_back
from samut_hub.db import Database
from samut_rules.reasons import Code
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import item, member, put_on_shelf


def test_it_is_not_renewed(database: Database, libraries: Libraries, clock: Clock) -> None:
    """An old page of the desk may still ask for it."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        book = item(session, shelf.book)
        loan = lend(session, member=member(session, shelf.pupil), item=book, now=clock(), source="d").loan
        assert loan is not None
        take_back(session, item=book, now=clock() + timedelta(days=1), source="d")
        loan.member_id = None
        session.flush()
        session.expire(loan)
        decision = renew(session, loan=loan, now=clock() + timedelta(days=2), source="d").decision
        assert [reason.code for reason in decision.reasons] == [Code.NOT_ON_LOAN]
        with pytest.raises(ForgottenError):
            _ = loan.borrower
