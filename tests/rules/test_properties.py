"""What must hold whatever a library sets: looked for in thousands of made-up libraries."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from samut_rules.calendar import Calendar, NeverOpenError, Span
from samut_rules.choices import CalendarMode, Charged, FineUnit, FixedDue, Grace, RenewFrom
from samut_rules.due import due_after_days
from samut_rules.fines import Ceilings, change_of_fine, fine_for
from samut_rules.lending import decide_loan
from samut_rules.matrix import VALUES, About, Kind, OwnTerms, RuleRow, Tree, terms_for
from samut_rules.reasons import Code
from samut_rules.renewal import decide_renewal
from tests.rules.people import facts, terms

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
MOMENTS = st.integers(0, 2_000_000).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
HOURS = (Span(time(8), time(16)),)
CALENDARS = st.builds(
    Calendar,
    st.just("Asia/Bangkok"),
    st.frozensets(st.integers(0, 6)),
    st.dictionaries(DAYS, st.booleans(), max_size=12),
    st.frozensets(st.tuples(st.integers(1, 12), st.integers(1, 31)), max_size=6),
    st.dictionaries(st.integers(0, 6), st.just(HOURS), max_size=7),
)
OPEN_SOMETIMES = CALENDARS.filter(lambda calendar: len(calendar.weekly_closed) < 7)
MODES = st.sampled_from(CalendarMode)
NOT_IGNORING = st.sampled_from([mode for mode in CalendarMode if mode != CalendarMode.IGNORE])
MAYBE = st.none() | st.integers(0, 40)
FINES = st.fixed_dictionaries(
    {"fine_per_day": st.integers(0, 5_000)},
    optional={
        "fine_unit": st.sampled_from(FineUnit),
        "fine_every": st.integers(1, 9),
        "fine_charged": st.sampled_from(Charged),
        "grace": st.integers(0, 9),
        "grace_is": st.sampled_from(Grace),
        "fine_closed_days": st.booleans(),
        "fine_cap": st.integers(0, 9_000),
        "fine_cap_at_price": st.booleans(),
        "fine_cap_of_member": st.integers(0, 9_000),
    },
)
CEILINGS = st.builds(Ceilings, price=st.none() | st.integers(0, 9_000), others=st.integers(0, 9_000))


@given(OPEN_SOMETIMES, DAYS, st.integers(0, 60), NOT_IGNORING, st.none() | DAYS, st.sampled_from(FixedDue))
def test_a_due_date_is_never_on_a_closed_day_where_closed_days_matter(
    calendar: Calendar, start: date, days: int, mode: CalendarMode, fixed: date | None, kind: FixedDue
) -> None:
    said = terms(calendar_mode=mode, fixed_due=fixed, fixed_due_is=kind)
    due = calendar.local_day(due_after_days(said, calendar, start, days=days).at)
    no_day_left = fixed is not None and due == fixed and calendar.last_open(fixed, since=start) is None
    assert calendar.is_open(due) or no_day_left
    assert due >= start


@given(CALENDARS, MOMENTS, MODES, MAYBE, MAYBE, st.none() | DAYS)
def test_a_decision_always_comes_and_never_goes_beyond_the_membership(
    calendar: Calendar, now: datetime, mode: CalendarMode, days: int | None, hours: int | None, ends: date | None
) -> None:
    said = terms(calendar_mode=mode, loan_days=days or 0, loan_hours=hours)
    decision = decide_loan(facts(said, calendar=calendar, member={"expires_on": ends}), now)
    assert decision.allowed == (decision.due is not None) == (not decision.reasons)
    assert {reason.code for reason in decision.reasons} <= {Code.NEVER_OPEN, Code.MEMBER_EXPIRED}
    if decision.due is not None:
        assert decision.due >= now - timedelta(seconds=1)
        assert ends is None or calendar.local_day(decision.due) <= ends


@given(
    CALENDARS,
    *(MOMENTS, st.integers(0, 40), st.sampled_from(RenewFrom), MODES, MAYBE),
    *(st.integers(-20, 40), st.integers(-20, 40)),
)
def test_a_renewal_gives_time_from_now_on_whatever_staff_let_pass(
    calendar: Calendar,
    due_at: datetime,
    late: int,
    renew_from: RenewFrom,
    mode: CalendarMode,
    hours: int | None,
    ends_in: int,
    booked_in: int,
) -> None:
    now = due_at + timedelta(days=late)
    said = terms(calendar_mode=mode, renew_from=renew_from, loan_hours=hours, max_renewals=1)
    member = {"expires_on": now.date() + timedelta(days=ends_in)}
    item = {"lent_to": "10001", "due_at": due_at, "booked_from": now.date() + timedelta(days=booked_in)}
    passing = {Code.OVERDUE_LOAN, Code.MEMBER_EXPIRED, Code.BOOKED}
    renewed = decide_renewal(facts(said, calendar=calendar, member=member, item=item), now, overridden=passing)
    assert renewed.due is None or renewed.due > max(now, due_at)


@given(OPEN_SOMETIMES, MOMENTS, st.integers(0, 400), st.integers(0, 90), FINES, CEILINGS)
def test_fines_are_never_negative_never_above_their_ceilings_and_grow_with_time(
    calendar: Calendar, due: datetime, hours: int, more: int, said: dict[str, Any], ceilings: Ceilings
) -> None:
    given_terms = terms(**said)
    first, later = (
        fine_for(given_terms, calendar, due, due + timedelta(hours=hours + extra), ceilings=ceilings).amount
        for extra in (0, more)
    )
    assert 0 <= first <= later
    assert given_terms.fine_cap is None or later <= given_terms.fine_cap
    if given_terms.fine_cap_at_price and ceilings.price is not None:
        assert later <= ceilings.price
    if given_terms.fine_cap_of_member is not None:
        assert later == 0 or later + ceilings.others <= given_terms.fine_cap_of_member


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=9))
def test_a_fine_that_is_updated_each_night_is_that_of_the_last_night(nights: list[tuple[int, int]]) -> None:
    charged, settled = 0, 0
    for amount, pays in nights:
        charged += change_of_fine(amount, charged=charged, settled=settled)
        assert charged == max(amount, settled)
        settled = min(charged, settled + pays)
    assert charged >= settled


@given(
    OPEN_SOMETIMES,
    DAYS,
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([CalendarMode.SKIP, CalendarMode.IGNORE]),
)
def test_renewing_and_then_returning_equals_one_longer_loan(
    calendar: Calendar, day: date, first: int, second: int, mode: CalendarMode
) -> None:
    now = calendar.moment(day, HOURS[0].opens)
    said = {"calendar_mode": mode, "renew_from": RenewFrom.DUE, "max_renewals": 1, "fine_per_day": 100}
    short, long = terms(**said, loan_days=first, renewal_days=second), terms(**said, loan_days=first + second)
    for_ever = {"expires_on": None}
    due = decide_loan(facts(short, calendar=calendar, member=for_ever), now).due
    lent = {"lent_to": "10001", "due_at": due}
    renewed = decide_renewal(facts(short, calendar=calendar, member=for_ever, item=lent), now)
    longer = decide_loan(facts(long, calendar=calendar, member=for_ever), now)
    assert renewed.due == longer.due is not None
    returned = longer.due + timedelta(days=9)
    assert fine_for(short, calendar, longer.due, returned) == fine_for(long, calendar, longer.due, returned)


SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "member_type": st.sampled_from(["pupil", "teacher"]),
        "material": st.sampled_from(["camera", "equipment", "book"]),
        "category": st.sampled_from(["new", "old"]),
        "effective_from": DAYS,
    },
)
SAID = st.fixed_dictionaries(
    {}, optional={name: st.integers(0, 9) for name in ("loan_days", "max_items", "max_total", "minimum_age")}
)
TREE = Tree({"camera": "equipment"})


@given(st.lists(st.tuples(SCOPES, SAID), max_size=8), DAYS, st.none() | st.integers(0, 9))
def test_the_explanation_always_names_the_winning_row(
    rows: list[tuple[dict[str, Any], dict[str, Any]]], on: date, own: int | None
) -> None:
    matrix = [RuleRow(f"row {number}", **scope, **said) for number, (scope, said) in enumerate(rows)]
    found = terms_for(matrix, "pupil", "camera", OwnTerms(own), about=About("new", tree=TREE, on=on))
    if found is None:
        return
    by_key = {row.key: row for row in matrix}
    decision = decide_loan(facts(found, member={"age": 99}), datetime(2026, 4, 20, 3, tzinfo=UTC))
    for name, key in found.won.items():
        if key == "item":
            assert getattr(found, name) == own
            continue
        row = by_key[key]
        assert getattr(row, name) == getattr(found, name)
        assert row.covers("pupil", TREE.of(Kind("camera", "new")))
        assert row.effective_from is None or row.effective_from <= on
        told = [step for step in decision.trace if f"value {name} = " in step or "loan length" in step]
        refused = name == "loan_days" and not decision.allowed
        assert refused or any(step.endswith(f"from rule {key}") for step in told)
    assert set(found.won) <= set(VALUES)


@given(CALENDARS, MOMENTS, st.integers(0, 2_000))
def test_open_time_is_the_sum_of_its_parts(calendar: Calendar, start: datetime, hours: int) -> None:
    middle, end = start + timedelta(hours=hours // 2), start + timedelta(hours=hours)
    whole = calendar.open_seconds(start, end)
    assert whole == calendar.open_seconds(start, middle) + calendar.open_seconds(middle, end)
    assert 0 <= whole <= hours * 3_600


@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_open_and_nothing_opens_before_it(calendar: Calendar, now: datetime) -> None:
    try:
        opening = calendar.next_opening(now)
    except NeverOpenError:
        assert len(calendar.weekly_closed) == 7
        return
    assert calendar.is_open_at(opening)
    assert opening >= now
