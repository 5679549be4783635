"""A pupil whose membership has ended stands at the desk, and others behind him."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.auditing import AuditEntry
from samut_hub.members.models import MemberType
from tests.hub.circulation.conftest import ENDED, MANEE, Desk, School

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_one_button_renews_and_the_refused_book_is_lent(desk: Desk, school: School) -> None:
    desk.scan(ENDED)
    assert "Not lent" in desk.scan("B00001")
    here = f"/desk/?member={school.ids[ENDED]}"
    page = desk.browser.get(here).text
    assert "Renew the membership until 31 Mar 2027" in page
    sent = dict(re.findall(r'name="(was|next)" value="([^"]+)"', page))
    assert sent == {"was": "2026-03-31", "next": here}
    for _click in range(2):
        answer = desk.browser.post(f"/members/{school.ids[ENDED]}/renew", data=sent)
        assert answer.headers["Location"] == here
    assert school.member(ENDED).expires_on == date(2027, 3, 31)
    assert "Lent, due" in desk.scan("B00001")
    with school.database.session(school.library) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.kind == "member")).all()
        assert [one.changes["expires_on"] for one in entries if "expires_on" in one.changes][1:] == [
            ["2026-03-31", "2027-03-31"]
        ]


def test_the_type_says_how_long(desk: Desk, school: School, sign_in: Callable[..., FlaskClient]) -> None:
    with school.database.session(school.library) as session:
        pupil = session.scalars(select(MemberType).where(MemberType.code == "pupil")).one().id
    office = sign_in("administrator")
    names = {"name_th": "นักเรียน", "name_en": "Pupil"}
    answer = office.post(f"/members/types/{pupil}", data={**names, "year_ends": "30/2"}, follow_redirects=True)
    assert "Write day and month, for example 31/3." in answer.text
    office.post(f"/members/types/{pupil}", data={**names, "valid_months": "6", "year_ends": "30/4"})
    page = desk.browser.get(f"/members/{school.ids[ENDED]}").text
    assert "Renew the membership until 23 May 2027" in page


def test_it_is_offered_to_whom_it_helps(desk: Desk, school: School, sign_in: Callable[..., FlaskClient]) -> None:
    assert "Renew the membership" not in desk.browser.get(f"/desk/?member={school.ids[MANEE]}").text
    helper = sign_in("assistant")
    assert "Renew the membership" not in helper.get(f"/desk/?member={school.ids[ENDED]}").text
    assert helper.post(f"/members/{school.ids[ENDED]}/renew", data={"was": "2026-03-31"}).status_code == 403
