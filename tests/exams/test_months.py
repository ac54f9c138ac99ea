"""When a monthly exam opens, which month is due, and what becomes of each person: tables and properties."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.rules.months import DayRule, MonthRule, day_of, following, month_due, next_opening, window_of
from lms.exams.rules.population import MemberState, next_state

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MARCH = date(2026, 3, 1)


def rule(kind=DayRule.WORKING_DAY, number=3, opens=9 * 60, hours=48, lead=5, first=MARCH, last=None):
    return MonthRule(kind, number, opens, hours, lead, first, last)


@pytest.mark.parametrize(
    ("kind", "number", "month", "day"),
    [
        (DayRule.WORKING_DAY, 1, date(2026, 3, 1), date(2026, 3, 2)),
        (DayRule.WORKING_DAY, 1, date(2026, 8, 1), date(2026, 8, 3)),
        (DayRule.WORKING_DAY, 20, date(2026, 2, 1), date(2026, 2, 27)),
        (DayRule.DAY, 30, date(2028, 2, 1), date(2028, 2, 29)),
        (DayRule.DAY, 5, date(2026, 4, 1), date(2026, 4, 5)),
    ],
)
def test_the_day_of_a_month(kind, number, month, day):
    assert day_of(kind, number, month) == day


def test_the_opening_is_local_in_summer_and_in_winter():
    january, july = (window_of(rule(number=1), date(2026, month, 1), BERLIN).opens_at for month in (1, 7))
    assert (january, july) == (datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC))


OPENS = datetime(2026, 3, 4, 1, tzinfo=UTC)  # the third working day, 09:00 in Shanghai


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (OPENS - 5 * DAY - SECOND, None),
        (OPENS - 5 * DAY, MARCH),
        (OPENS, MARCH),
        (OPENS + 2 * DAY - SECOND, MARCH),
        (OPENS + 2 * DAY, None),
    ],
    ids=[
        "before the lead",
        "at the lead",
        "at the opening",
        "a second before it closes",
        "closed: never made any more",
    ],
)
def test_a_month_is_due_from_its_lead_to_its_closing(at, due):
    assert month_due(rule(), at=at, zone=SHANGHAI) == due


def test_months_outside_the_plan_are_never_due():
    later = rule(first=date(2026, 4, 1), last=date(2026, 4, 1))
    assert month_due(later, at=OPENS, zone=SHANGHAI) is None
    assert month_due(later, at=datetime(2026, 4, 3, 2, tzinfo=UTC), zone=SHANGHAI) == date(2026, 4, 1)
    assert month_due(later, at=datetime(2026, 5, 5, 2, tzinfo=UTC), zone=SHANGHAI) is None
    assert next_opening(later, at=OPENS, zone=SHANGHAI) == datetime(2026, 4, 3, 1, tzinfo=UTC)
    assert next_opening(later, at=datetime(2026, 4, 3, 1, tzinfo=UTC), zone=SHANGHAI) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"number": 21},
        {"opens": 1440},
        {"hours": 337},
        {"lead": 8},
        {"first": date(2026, 3, 2)},
        {"last": date(2026, 2, 1)},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        rule(**wrong)


rules = st.one_of(
    st.builds(
        rule,
        st.just(DayRule.WORKING_DAY),
        st.integers(1, 20),
        st.integers(0, 1439),
        st.integers(1, 336),
        st.integers(0, 7),
    ),
    st.builds(
        rule, st.just(DayRule.DAY), st.integers(1, 31), st.integers(0, 1439), st.integers(1, 336), st.integers(0, 7)
    ),
)


@given(rules, st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("Pacific/Apia")]), st.integers(0, 40))
def test_two_months_never_overlap_so_that_nobody_has_both_open(plan, zone, ahead):
    month = MARCH
    for _step in range(ahead):
        month = following(month)
    this, after = (window_of(plan, it, zone) for it in (month, following(month)))
    assert this.closes_at < after.opens_at - timedelta(days=plan.lead_days)


S = MemberState
BASE = {"belongs": True, "away": False, "begun": False, "over": False}


@pytest.mark.parametrize(
    ("state", "facts", "after"),
    [
        (None, {}, S.ASKED),
        (None, {"away": True}, S.WAITING),
        (None, {"belongs": False}, None),
        (None, {"over": True}, None),
        (S.ASKED, {}, S.ASKED),
        (S.ASKED, {"away": True}, S.ASKED),
        (S.ASKED, {"belongs": False}, S.WITHDRAWN),
        (S.ASKED, {"over": True}, S.MISSED),
        (S.ASKED, {"over": True, "away": True}, S.WAITING),
        (S.ASKED, {"begun": True, "over": True, "belongs": False}, S.ASKED),
        (S.WAITING, {}, S.ASKED),
        (S.WAITING, {"away": True, "over": True}, S.WAITING),
        (S.WAITING, {"over": True}, S.CATCHING_UP),
        (S.WAITING, {"over": True, "superseded": True}, S.LAPSED),
        (S.WAITING, {"belongs": False}, S.WITHDRAWN),
        (S.CATCHING_UP, {"over": True}, S.CATCHING_UP),
        (S.CATCHING_UP, {"over": True, "late": True}, S.MISSED),
        (S.CATCHING_UP, {"over": True, "late": True, "away": True}, S.WAITING),
        (S.CATCHING_UP, {"over": True, "superseded": True}, S.MISSED),
        (S.WITHDRAWN, {}, S.ASKED),
        (S.WITHDRAWN, {"over": True}, S.WITHDRAWN),
        (S.WITHDRAWN, {"belongs": False}, S.WITHDRAWN),
        (S.MISSED, {}, S.MISSED),
        (S.LAPSED, {}, S.LAPSED),
    ],
)
def test_what_becomes_of_a_person(state, facts, after):
    assert next_state(state, **{**BASE, **facts}) is after


@given(
    st.sampled_from([None, *S]), st.fixed_dictionaries({name: st.booleans() for name in (*BASE, "late", "superseded")})
)
def test_as_long_as_nothing_else_happens_everybody_comes_to_rest(state, facts):
    for _step in range(3):
        state = next_state(state, **facts)
    assert next_state(state, **facts) is state
