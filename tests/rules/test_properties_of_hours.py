"""What must hold of opening hours, suspensions, larger materials and places: looked for in made-up libraries."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from samut_rules.age import age_on
from samut_rules.calendar import Calendar, NeverOpenError, Span, later
from samut_rules.choices import AtClosing, CalendarMode
from samut_rules.due import due_after_hours
from samut_rules.fines import suspended_until
from samut_rules.matrix import About, Kind, Limit, RuleRow, Tree, terms_for
from tests.rules.people import terms

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MOMENTS = st.integers(0, 1_000_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
CLOCKS = st.lists(st.integers(0, 23 * 60 + 58), min_size=2, max_size=6, unique=True).map(sorted)


def spans(minutes: list[int]) -> tuple[Span, ...]:
    """Open from the first to the second minute of a day, from the third to the fourth, and so on."""
    clocks = [time(minute // 60, minute % 60) for minute in minutes]
    return tuple(Span(*pair) for pair in zip(clocks[::2], clocks[1::2], strict=False))


HOURS = CLOCKS.map(spans)
CALENDARS = st.builds(
    Calendar,
    st.just("Asia/Bangkok"),
    st.frozensets(st.integers(0, 6), max_size=6),
    st.dictionaries(DAYS, st.booleans(), max_size=12),
    st.frozensets(st.tuples(st.integers(1, 12), st.integers(1, 31)), max_size=6),
    st.dictionaries(st.integers(0, 6), HOURS, max_size=7),
    st.dictionaries(DAYS, HOURS, max_size=12),
)
NOT_IGNORING = st.sampled_from([mode for mode in CalendarMode if mode != CalendarMode.IGNORE])


@given(CALENDARS, MOMENTS, st.integers(0, 300), st.sampled_from(AtClosing), NOT_IGNORING)
def test_a_loan_of_hours_ends_while_the_library_is_open(
    calendar: Calendar, now: datetime, hours: int, closing: AtClosing, mode: CalendarMode
) -> None:
    said = terms(loan_hours=hours, at_closing=closing, calendar_mode=mode)
    due = due_after_hours(said, calendar, now).at
    straight = now + timedelta(hours=hours)
    assert calendar.is_open_at(due)
    assert due == straight or not calendar.is_open_at(straight)
    assert due > now or due == straight
    if closing is AtClosing.EXTEND:
        assert due >= straight
    elif due > straight:
        assert calendar.last_closing(straight, after=now) is None, "only where there is nothing to shorten to"


@given(CALENDARS, MOMENTS, st.integers(1, 300), st.integers(0, 200))
def test_more_hours_are_never_due_earlier(calendar: Calendar, now: datetime, hours: int, more: int) -> None:
    for closing in AtClosing:
        short, long = (terms(loan_hours=n, at_closing=closing) for n in (hours, hours + more))
        first, last = due_after_hours(short, calendar, now).at, due_after_hours(long, calendar, now).at
        was_not_shortened = first > now + timedelta(hours=hours)
        assert first <= last or (closing is AtClosing.SHORTEN and was_not_shortened)


SUSPENSIONS = st.fixed_dictionaries(
    {"suspension_days": st.integers(0, 9)},
    optional={
        "suspension_cap": st.integers(0, 40),
        "suspension_open_days": st.booleans(),
        "suspension_follows": st.booleans(),
        "grace": st.integers(0, 5),
        "fine_every": st.integers(1, 7),
    },
)


@given(CALENDARS, MOMENTS, st.integers(0, 900), SUSPENSIONS, st.none() | DAYS)
def test_a_suspension_ends_within_its_cap_and_on_an_open_day_where_only_those_count(
    calendar: Calendar, due: datetime, hours: int, said: dict[str, Any], running: date | None
) -> None:
    given_terms, back = terms(**said), due + timedelta(hours=hours)
    try:
        until = suspended_until(given_terms, calendar, due, back, running_until=running)
    except NeverOpenError:
        return
    if until is None:
        return
    start = calendar.local_day(back)
    if given_terms.suspension_follows and running is not None:
        start = max(start, running)
    assert until > start
    if given_terms.suspension_open_days:
        assert calendar.is_open(until)
        counted = (until - start).days - len(calendar.closed_days(start, until))
    else:
        counted = (until - start).days
    assert counted <= (given_terms.suspension_cap if given_terms.suspension_cap is not None else counted)
    assert counted > 0


@given(CALENDARS, MOMENTS, st.integers(0, 600), st.integers(0, 300), SUSPENSIONS)
def test_who_is_later_is_not_suspended_for_less(
    calendar: Calendar, due: datetime, hours: int, more: int, said: dict[str, Any]
) -> None:
    given_terms = terms(**said)
    try:
        early, late = (
            suspended_until(given_terms, calendar, due, due + timedelta(hours=hours + extra)) for extra in (0, more)
        )
    except NeverOpenError:
        return
    assert early is None or (late is not None and late >= early)


NAMES = st.sampled_from(["a", "b", "c", "d"])
TREES = st.builds(Tree, st.dictionaries(NAMES, NAMES), st.dictionaries(NAMES, NAMES))
KINDS = st.builds(Kind, NAMES, st.sampled_from(["", "new"]), NAMES)


@given(TREES, KINDS, st.dictionaries(KINDS, st.integers(0, 5), max_size=6), NAMES)
def test_a_limit_of_a_larger_kind_counts_all_that_belongs_to_it(
    tree: Tree, kind: Kind, held: dict[Kind, int], larger: str
) -> None:
    for row in (RuleRow("k", material=larger, max_items=1), RuleRow("k", location=larger, max_items=1)):
        inside = [n for one, n in held.items() if row.covers_item(tree.of(one))]
        assert Limit(1, row, tree).count(held) == sum(inside) <= sum(held.values())
        found = terms_for(
            [RuleRow("any", loan_days=1), row],
            "pupil",
            kind.material,
            about=About(kind.category, kind.location, tree),
        )
        assert found is not None
        own = tree.of(kind)
        assert (found.won.get("max_items") == "k") == (larger in (own.materials if row.material else own.places))


@given(TREES, NAMES)
def test_every_lineage_ends_and_begins_with_itself(tree: Tree, name: str) -> None:
    line = tree.of(Kind(name, location=name))
    for one in (line.materials, line.places):
        assert one[0] == name
        assert len(set(one)) == len(one)


@given(DAYS, DAYS)
def test_less_known_of_a_birth_makes_nobody_older(born: date, day: date) -> None:
    whole, month, year = (age_on(born.isoformat()[:length], later(day, 4_000)) for length in (10, 7, 4))
    assert whole is not None
    assert month is not None
    assert year is not None
    assert year <= month <= whole <= year + 1
