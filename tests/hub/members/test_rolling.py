"""The roll-over of a school year, as a school does it in May."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.members import batches, jobs, rolling
from samut_hub.members.groups import add_group, add_type, groups
from samut_hub.members.models import Member, MemberBatch, MemberChange
from samut_hub.members.rolling import Plan, Step, proposed
from samut_hub.members.samples import add_sample_people
from samut_hub.tasks import Task, TaskError, Work
from tests.hub.conftest import Clock, Libraries

LAST_DAY = date(2027, 3, 31)


@dataclass
class School:
    """The demo library: its classes by name, and the plan to move all up."""

    database: Database
    library: int
    clock: Clock
    plan: Plan
    alumni: int
    secondary: int

    def begin(self) -> int:
        with self.database.session(self.library) as session:
            batch = batches.new_batch(session, rolling.KIND, "2570", self.plan, staff_id=None, now=self.clock())
            batch.begun_at = self.clock()
            return batch.id

    def work(self, batch_id: int) -> Work:
        args = {"batch_id": batch_id, "total": 0}
        with self.database.session(self.library) as session:
            task = Task(kind=jobs.ROLL_OVER, args=args, made_at=self.clock())
            session.add(task)
            session.flush()
            session.get_one(MemberBatch, batch_id).task_id = task.id
            return Work(self.database, Config(home=Path()), self.library, task.id, args)

    def classes(self) -> dict[str, str]:
        with self.database.session(self.library) as session:
            return {
                one.number: one.group.name if one.group else one.type.code for one in session.scalars(select(Member))
            }

    def member(self, number: str) -> Member:
        with self.database.session(self.library) as session:
            return session.scalars(select(Member).where(Member.number == number)).one()


@pytest.fixture
def school(database: Database, libraries: Libraries, clock: Clock) -> School:
    with database.session(libraries.north) as session:
        add_sample_people(session, now=clock(), today=clock().date())
        alumni = add_type(session, "alumni", "ศิษย์เก่า", "Former pupil").id
        secondary = add_type(session, "secondary", "นักเรียนมัธยม", "Secondary pupil").id
        steps = tuple(Step(one, to) for one, to in proposed(groups(session)).items())
    plan = Plan(year=2027, steps=steps, leaver_type=alumni, leaver_until=LAST_DAY)
    return School(database, libraries.north, clock, plan, alumni, secondary)


def test_where_classes_go_is_seen_by_their_numbers(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        names = ("อนุบาล 3", "ป.1", "ป.๒", "ป.6/1", "ม.1/1", "ม.2/1", "ม.6", "ครู")
        made = {name: add_group(session, name).id for name in names}
        by_id = {one: name for name, one in made.items()}
        goes = {by_id[one]: by_id.get(to or 0) for one, to in proposed(groups(session)).items()}
    assert goes == dict(
        [("อนุบาล 3", "ป.1"), ("ป.1", "ป.๒"), ("ป.๒", None), ("ป.6/1", "ม.1/1"), ("ม.1/1", "ม.2/1")],
        **dict.fromkeys(("ม.2/1", "ม.6")),
    )


@pytest.mark.requirement("M-12")
@pytest.mark.requirement("W-10")
def test_classes_move_up_the_last_leaves_repeaters_stay_and_all_can_be_put_back(school: School) -> None:
    before, repeater = school.classes(), school.member("20001")
    last_of_primary = school.member("20021").group_id
    steps = tuple(
        msgspec.structs.replace(one, type_id=school.secondary) if one.group_id == last_of_primary else one
        for one in school.plan.steps
    )
    school.plan = msgspec.structs.replace(school.plan, repeaters=(repeater.id,), steps=steps)
    batch_id = school.begin()
    jobs.roll_over(school.work(batch_id))
    after = school.classes()
    assert (before["20002"], after["20002"], after["20001"]) == ("ป.1", "ป.2", "ป.1")
    assert (before["20021"], after["20021"], after["20035"]) == ("ป.6", "ม.1", "กลุ่มสาระภาษาไทย")
    assert [school.member(number).type_id == school.secondary for number in ("20020", "20021", "20025")] == [
        False, True, False,
    ]  # fmt: skip
    leaver = school.member("20032")
    assert (before["20032"], after["20032"], leaver.expires_on) == ("ม.3", "alumni", LAST_DAY)
    again = jobs.roll_over(school.work(school.begin()))
    assert (again, school.classes()) == ({"members": 0}, after)
    told = jobs.put_back(school.work(batch_id))
    assert (told["left"], school.classes(), school.member("20032").expires_on) == (0, before, None)
    assert school.member("20021").type_id == repeater.type_id


def test_leavers_end_with_the_school_year_where_nothing_else_is_said_and_never_later_than_before(
    school: School,
) -> None:
    with school.database.session(school.library) as session:
        earlier = session.scalars(select(Member).where(Member.number == "20033")).one()
        earlier.expires_on = date(2026, 12, 31)
    school.plan = msgspec.structs.replace(school.plan, leaver_until=None)
    batch_id = school.begin()
    jobs.roll_over(school.work(batch_id))
    ends = [school.member(number).expires_on for number in ("20030", "20033", "20032")]
    assert ends == [None, date(2026, 12, 31), date(2027, 3, 31)]
    jobs.put_back(school.work(batch_id))
    assert [school.member(number).expires_on for number in ("20033", "20032")] == [date(2026, 12, 31), None]


def test_a_roll_over_that_was_cut_short_goes_on_and_moves_nobody_twice(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PART", 5)
    batch_id = school.begin()
    work = school.work(batch_id)
    with school.database.session(school.library) as session:
        moved, last = rolling.move_part(session, session.get_one(MemberBatch, batch_id), 0, now=school.clock())
    assert (moved, last is not None) == (5, True)
    assert jobs.roll_over(work) == {"members": 29}
    assert school.classes()["20001"] == "ป.2"
    assert jobs.roll_over(work) == {"members": 0}


def test_who_was_changed_since_stays_and_is_listed(school: School) -> None:
    batch_id = school.begin()
    jobs.roll_over(school.work(batch_id))
    with school.database.session(school.library) as session:
        moved = session.scalars(select(Member).where(Member.number == "20001")).one()
        moved.group_id = next(one.id for one in groups(session) if one.name == "ป.5")
    told = jobs.put_back(school.work(batch_id))
    assert told == {"members": 33, "left": 1, "numbers": ["20001"]}
    assert (school.classes()["20001"], school.classes()["20002"]) == ("ป.5", "ป.1")
    with school.database.session(school.library) as session:
        batch = session.get_one(MemberBatch, batch_id)
        assert [one.member.number for one in batches.changes_of(session, batch, 1, left=True)] == ["20001"]


def test_what_was_put_back_is_not_done_by_a_task_that_wakes_up_late(school: School) -> None:
    batch_id = school.begin()
    late = school.work(batch_id)
    jobs.put_back(school.work(batch_id))
    with pytest.raises(TaskError):
        jobs.roll_over(late)


def test_the_preview_counts_and_repeaters_are_ticked_page_by_page(school: School) -> None:
    with school.database.session(school.library) as session:
        batch = batches.new_batch(session, rolling.KIND, "2570", school.plan, staff_id=None, now=school.clock())
        people, total = rolling.people(session, rolling.plan_of(batch), 1)
        assert (len(people), total) == (34, 34)
        ids = [one.id for one in people]
        rolling.set_repeaters(batch, ids[:10], [ids[0], ids[3], ids[20]])
        rolling.set_repeaters(batch, ids[10:], [ids[12]])
        assert rolling.plan_of(batch).repeaters == tuple(sorted((ids[0], ids[3], ids[12])))
        assert sum(one.members for one in rolling.moving(session, rolling.plan_of(batch))) == 31


def test_loans_move_with_their_members(school: School) -> None:
    with school.database.session(school.library) as session:
        borrower = session.scalars(select(Member).where(Member.number == "20032")).one()
        borrower.open_loans = 2
        plan = school.plan
        assert [one.with_loans for one in rolling.moving(session, plan) if one.step.to is None] == [1]
    jobs.roll_over(school.work(school.begin()))
    assert school.member("20032").open_loans == 2
    with school.database.session(school.library) as session:
        assert len(session.scalars(select(MemberChange)).all()) == 34
