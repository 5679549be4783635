"""Two administrators who take everything from each other at one moment: one of them is left."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from samut_hub.db import Database
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from samut_hub.staff.roles import AccountRefusedError
from samut_hub.staff.service import change_account
from tests.hub.conftest import Libraries


def test_one_is_left_of_two_who_take_it_from_each_other(database: Database, libraries: Libraries) -> None:
    of_north = libraries.staff_of["north"]
    two = (of_north[Role.ADMINISTRATOR], of_north[Role.LIBRARIAN])
    with database.session(libraries.north) as session:
        session.get_one(StaffAccount, two[1]).role = Role.ADMINISTRATOR
    ready = threading.Barrier(2)

    def take(by_id: int, from_id: int) -> bool:
        with database.session(libraries.north, writes=False) as session:
            by = session.get_one(StaffAccount, by_id)
        ready.wait()
        try:
            with database.session(libraries.north) as session:
                other = session.get_one(StaffAccount, from_id)
                change_account(session, by, other, name="x", email="", role=Role.ASSISTANT)
        except (AccountRefusedError, OperationalError):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(take, two, reversed(two)))
    assert sorted(taken) == [False, True]
    with database.session(libraries.north, writes=False) as session:
        left = [one for one in session.scalars(select(StaffAccount)) if one.is_administrator and one.active]
    assert len(left) == 1
