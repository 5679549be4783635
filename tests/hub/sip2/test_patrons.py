"""What a machine is told about members and items, and what it may do to members."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from samut_hub.circulation.models import Hold, LoanRule, PickupPlace
from samut_hub.members.models import MemberPassword
from samut_hub.sip2.policy import FLAGS
from samut_hub.staff.policy import MAX_FAILURES
from samut_rules.calendar import Calendar
from samut_rules.loan import MemberFacts
from samut_rules.standing import MEMBER_RULES, member_reasons
from tests.hub.circulation.conftest import BLOCKED, BOOKS, ENDED, MANEE, PITI, TEACHER, School
from tests.hub.conftest import CHEAP, PASSWORD, Clock
from tests.hub.sip2.conftest import LOGIN, STAMP, AddAccount, Machine, Running, field, fields


def give_password(school: School, number: str, *, temporary: bool = False) -> None:
    with school.database.session(school.library) as session:
        session.add(
            MemberPassword(
                member_id=school.ids[number],
                password_hash=CHEAP,
                must_change=temporary,
                set_at=school.member(number).changed_at,
            )
        )


def test_a_pupil_in_good_standing(kiosk: Machine, school: School) -> None:
    answer = kiosk.status(MANEE)
    assert answer.startswith(f"24{' ' * 14}001{STAMP}AO")
    assert (field(answer, "AE"), field(answer, "BL"), field(answer, "BV")) == ("Manee Meechai", "Y", "0.00")
    assert field(answer, "CQ") is None


@pytest.mark.parametrize(
    ("number", "flags"), [(BLOCKED, "YYYY          "), (ENDED, "YYYY          ")], ids=["blocked", "ended"]
)
def test_who_may_not_borrow_has_the_flags_and_reads_why(
    kiosk: Machine, school: School, number: str, flags: str
) -> None:
    answer = kiosk.status(number)
    assert answer[2:16] == flags
    assert field(answer, "AF")


def test_too_many_late_and_owed_have_flags_of_their_own(kiosk: Machine, school: School, clock: Clock) -> None:
    for book in BOOKS[:3]:
        kiosk.lend(MANEE, book)
    assert kiosk.status(MANEE)[2:16] == "     Y        "
    clock.pass_by(days=10)
    assert kiosk.status(MANEE)[2:16] == "Y    YY       "
    school.change(lambda member: setattr(member, "debt", 10_001), PITI)
    assert kiosk.status(PITI)[2:16] == "YY        Y   "


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_lost_card_has_a_flag_of_its_own(kiosk: Machine, school: School) -> None:
    school.change(lambda member: setattr(member, "card_lost", True), MANEE)
    assert kiosk.status(MANEE)[2:16] == "YYYYY         "


def test_whatever_stands_against_a_member_has_its_flags() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    facts = MemberFacts("1", date(2026, 1, 1), "note", 0, 1, 1, card_lost=True, suspended_until=date(2026, 12, 1))
    reasons = member_reasons(facts, Calendar("Asia/Bangkok"), 0, now)
    assert len(reasons) == len(MEMBER_RULES)
    assert {reason.code for reason in reasons} <= set(FLAGS)


def test_a_machine_lists_what_a_pupil_has(kiosk: Machine, school: School, clock: Clock) -> None:
    for book in BOOKS[:2]:
        kiosk.lend(MANEE, book)
    kiosk.ask(f"15+{STAMP}AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|")
    charged = kiosk.patron(MANEE, summary="  Y")
    assert charged[37:61] == "000000000002000000000000"
    assert fields(charged, "AU") == list(BOOKS[:2])
    assert fields(kiosk.patron(MANEE, summary="  Y", more="BP2|BQ2|"), "AU") == [BOOKS[1]]
    assert fields(kiosk.patron(PITI, summary="     Y"), "CD") == [BOOKS[0]]
    assert (field(charged, "CB"), field(charged, "CC"), field(charged, "BZ")) == ("0003", "100.00", "0005")
    clock.pass_by(days=10)
    assert fields(kiosk.patron(MANEE, summary=" Y"), "AT") == list(BOOKS[:2])
    kiosk.take_back(BOOKS[0])
    assert fields(kiosk.patron(PITI, summary="Y"), "AS") == [BOOKS[0]]
    assert fields(kiosk.patron(MANEE, summary="   Y"), "AV") == [f"2.00 นิทานเล่ม {BOOKS[0]}"]


def test_a_hold_is_placed_and_cancelled(kiosk: Machine, school: School) -> None:
    kiosk.lend(MANEE, BOOKS[0])
    placed = kiosk.ask(f"15+{STAMP}AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|")
    assert field(placed, "BR") == "1"
    assert "CF1|" in kiosk.item(BOOKS[0])
    assert kiosk.ask(f"15*{STAMP}AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|").startswith("160")
    assert kiosk.ask(f"15-{STAMP}AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|").startswith("161")
    assert "CF0|" in kiosk.item(BOOKS[0])
    assert kiosk.ask(f"15-20261123    100001AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|").startswith("160")


def test_a_hold_is_fetched_where_the_member_says_and_may_be_of_this_copy(kiosk: Machine, school: School) -> None:
    with school.database.session(school.library) as session:
        session.add_all(
            (PickupPlace(name="เคาน์เตอร์", name_en="Desk"), PickupPlace(name="อาคาร 2", name_en="", position=1))
        )
    for book in BOOKS[:2]:
        kiosk.lend(MANEE, book)
    first = kiosk.ask(f"15+{STAMP}BSอาคาร 2|BY3|AOnorth|AA{PITI}|AB{BOOKS[0]}|AC|")
    assert (first[:3], field(first, "BS")) == ("161", "อาคาร 2")
    second = kiosk.ask(f"15+{STAMP}BSnowhere|BY2|AOnorth|AA{PITI}|AB{BOOKS[1]}|AC|")
    assert (second[:3], field(second, "BS")) == ("161", "Desk")
    with school.database.session(school.library) as session:
        holds = session.scalars(select(Hold).order_by(Hold.id)).all()
        assert [hold.wanted_item is not None for hold in holds] == [True, False]


def test_an_item_tells_where_it_is(kiosk: Machine, school: School) -> None:
    assert kiosk.item(BOOKS[0]).startswith(f"18030001{STAMP}CF0|AO")
    kiosk.lend(MANEE, BOOKS[0])
    lent = kiosk.item(BOOKS[0])
    assert lent.startswith("1804")
    assert (field(lent, "AH"), field(lent, "BG")) == ("20261201    235959", "North School Library")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_right_password_is_told_and_a_wrong_one_counted(kiosk: Machine, school: School) -> None:
    give_password(school, MANEE)
    assert field(kiosk.status(MANEE, more=f"AD{PASSWORD}|"), "CQ") == "Y"
    for _ in range(MAX_FAILURES):
        assert field(kiosk.status(MANEE, more="ADwrong|"), "CQ") == "N"
    assert "wait" in (field(kiosk.status(MANEE, more=f"AD{PASSWORD}|"), "AF") or "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_a_password_is_needed_nothing_is_told_or_lent_without_it(
    running: Running, school: School, account: AddAccount
) -> None:
    account("private", pin_needed=True)
    machine = running.machine("private")
    give_password(school, MANEE)
    give_password(school, PITI, temporary=True)
    silent = machine.patron(MANEE)
    assert (field(silent, "AE"), field(silent, "BL")) == ("", "N")
    assert machine.lend(MANEE, BOOKS[0]).startswith("120")
    assert field(machine.status(PITI, more=f"AD{PASSWORD}|"), "AE") == ""
    assert field(machine.patron(MANEE, more=f"AD{PASSWORD}|"), "AE") == "Manee Meechai"
    assert machine.lend(MANEE, BOOKS[0], stamp="20261123    100001").startswith("121")
    assert machine.ask(f"35{STAMP}AOnorth|AA{MANEE}|AC|").startswith("36Y")
    assert machine.lend(MANEE, BOOKS[1]).startswith("120")
    assert machine.lend(MANEE, BOOKS[2], more=f"AD{PASSWORD}|").startswith("121")


def test_a_card_that_was_kept_blocks_its_member_until_the_machine_enables_it(
    running: Running, school: School, account: AddAccount
) -> None:
    for login in (LOGIN, "hall"):
        account(login, blocks=True)
    account("gate")
    kiosk = running.machine()
    assert (field(kiosk.ask("9900802.00"), "BX") or "")[3] == "Y"
    blocked = kiosk.ask(f"01Y{STAMP}AOnorth|ALleft behind|AA{MANEE}|AC|")
    assert blocked[:6] == "24YYYY"
    assert school.member(MANEE).blocked == f"The card was kept by the machine ({LOGIN}): left behind"
    for other in ("hall", "gate"):
        assert running.machine(other).ask(f"25{STAMP}AOnorth|AA{MANEE}|AC|").startswith("26YYYY")
    assert kiosk.ask(f"25{STAMP}AOnorth|AA{MANEE}|AC|").startswith("26" + " " * 14)
    assert kiosk.ask(f"25{STAMP}AOnorth|AA{BLOCKED}|AC|").startswith("26YYYY")
    assert school.member(BLOCKED).blocked == "ทำหนังสือหาย"


def test_a_machine_that_may_not_blocks_nobody(kiosk: Machine, school: School) -> None:
    answer = kiosk.ask(f"01Y{STAMP}AOnorth|ALleft behind|AA{MANEE}|AC|")
    assert answer.startswith("24" + " " * 14)
    assert "blocks no cards" in (field(answer, "AF") or "")
    assert school.member(MANEE).blocked == ""


def test_limits_are_those_that_the_rules_say_today(kiosk: Machine, school: School, clock: Clock) -> None:
    today = clock().date()
    with school.database.session(school.library) as session:
        session.add(LoanRule(member_type="teacher", max_items=9, max_holds=2, max_total=7, effective_from=today))
        session.add(LoanRule(member_type="pupil", max_items=1, effective_from=today + timedelta(days=1)))
    teacher, pupil = kiosk.patron(TEACHER), kiosk.patron(MANEE)
    assert (field(teacher, "CB"), field(teacher, "BZ")) == ("0007", "0002")
    assert (field(pupil, "CB"), field(pupil, "BZ")) == ("0003", "0005")


def test_nobody_is_told_apart_from_a_member_elsewhere(kiosk: Machine, school: School) -> None:
    nobody, southerner = kiosk.status("99999"), kiosk.status("30001")
    assert nobody.replace("99999", "30001") == southerner
    assert (field(nobody, "BL"), field(nobody, "AE")) == ("N", "")
