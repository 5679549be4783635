"""Many members changed at once, as when the memberships of a class are renewed."""

from datetime import date

import pytest
from sqlalchemy import select

from samut_hub.members import batches, editing, jobs
from samut_hub.members.editing import Chosen, Edit, Wanted
from samut_hub.members.groups import remove_group
from samut_hub.members.models import Group, Member, MemberBatch
from tests.hub.members.test_rolling import School, school

__all__ = ["school"]
ENDS, RENEWED = date(2027, 3, 31), date(2028, 3, 31)


def begun(school: School, edit: Edit) -> int:
    with school.database.session(school.library) as session:
        batch = batches.new_batch(session, editing.KIND, "ต่ออายุ", edit, staff_id=None, now=school.clock())
        batch.begun_at = school.clock()
        return batch.id


def test_memberships_that_end_are_renewed_and_put_back(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PART", 2)
    with school.database.session(school.library) as session:
        for member in session.scalars(select(Member).where(Member.number.in_(["20001", "20002", "20003"]))):
            member.expires_on = ENDS
    edit = Edit(Chosen(expires_by=ENDS), Wanted(change=("expires_on",), expires_on=RENEWED))
    with school.database.session(school.library) as session:
        seen = editing.preview(session, edit, 1)
        assert (seen.total, seen.changing, len(seen.members)) == (4, 4, 4)
    batch_id = begun(school, edit)
    work = school.work(batch_id)
    assert jobs.edit_many(work) == {"members": 4}
    assert jobs.edit_many(work) == {"members": 0}
    assert (school.member("20001").expires_on, school.member("20004").expires_on) == (RENEWED, None)
    assert jobs.put_back(school.work(batch_id))["members"] == 4
    assert school.member("20001").expires_on == ENDS


def test_nobody_is_put_back_into_a_class_that_is_gone(school: School) -> None:
    with school.database.session(school.library) as session:
        first, second = (session.scalars(select(Group).where(Group.name == name)).one().id for name in ("ป.1", "ป.2"))
    edit = Edit(Chosen(group_id=first), Wanted(change=("group_id",), group_id=second))
    batch_id = begun(school, edit)
    assert jobs.edit_many(school.work(batch_id)) == {"members": 4}
    with school.database.session(school.library) as session:
        remove_group(session, session.get_one(Group, first))
    told = jobs.put_back(school.work(batch_id))
    assert (told["members"], told["left"]) == (0, 4)
    with school.database.session(school.library) as session:
        assert batches.changes_left(session, session.get_one(MemberBatch, batch_id)) == 4
