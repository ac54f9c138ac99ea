from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.rules.validity import (
    Ending,
    RenewalPolicy,
    Validity,
    add_months,
    first_period,
    local_day,
    period_until,
    renewed_period,
    window_opens,
)
from tests.certification.histories import ZONE, local


@pytest.mark.parametrize(
    ("completed", "months", "last_day"),
    [
        ("2026-03-02 09:00", 12, date(2027, 3, 2)),
        ("2026-03-02 23:59", 12, date(2027, 3, 2)),
        ("2028-02-29 12:00", 12, date(2029, 2, 28)),
        ("2028-02-29 12:00", 48, date(2032, 2, 29)),
        ("2026-01-31 12:00", 1, date(2026, 2, 28)),
        ("2027-08-31 12:00", 6, date(2028, 2, 29)),
        ("2026-12-31 12:00", 2, date(2027, 2, 28)),
    ],
)
def test_the_last_day_is_the_same_day_of_the_month_or_that_months_last(completed, months, last_day):
    assert first_period(Validity(months), local(completed), ZONE).last_day == last_day


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Urumqi", "Australia/Lord_Howe"])
def test_the_last_day_is_inclusive_and_ends_at_midnight_where_the_person_is(zone):
    period = first_period(Validity(12), local("2026-03-02 09:00", zone), zone)
    assert period.ends_at == local("2027-03-03 00:00", zone)
    assert local_day(period.ends_at - timedelta(microseconds=1), zone) == period.last_day


def test_a_late_evening_counts_as_the_day_it_is_where_the_person_is():
    completed = local("2026-03-02 23:30", "America/New_York")  # the 3rd in Shanghai
    assert first_period(Validity(12), completed, "America/New_York").last_day == date(2027, 3, 2)
    assert first_period(Validity(12), completed, "Asia/Shanghai").last_day == date(2027, 3, 3)


def test_where_a_clock_change_skips_midnight_the_day_before_lasts_until_the_first_instant_that_exists():
    period = period_until(date(2018, 11, 3), local("2018-10-01 09:00", "America/Sao_Paulo"), "America/Sao_Paulo")
    assert period.ends_at == local("2018-11-04 01:00", "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("completed", "expected"),
    [("2027-02-28 10:00", date(2028, 3, 2)), ("2027-03-02 23:59", date(2028, 3, 2)),
     ("2027-03-03 00:00", date(2028, 3, 3)), ("2027-06-10 10:00", date(2028, 6, 10))],
    ids=["days early", "on the last day", "the instant it ended", "months late"],
)
def test_renewing_early_keeps_the_anniversary_and_late_starts_a_new_one(completed, expected):
    first = first_period(Validity(12), local("2026-03-02 09:00"), ZONE)
    assert renewed_period(Validity(12), first, local(completed)).last_day == expected


def test_a_policy_may_count_from_completion_instead():
    validity = Validity(12, renewal=RenewalPolicy.FROM_COMPLETION)
    first = first_period(validity, local("2026-03-02 09:00"), ZONE)
    assert renewed_period(validity, first, local("2027-02-10 10:00")).last_day == date(2028, 2, 10)


def test_an_anniversary_on_the_31st_comes_back_after_february():
    validity = Validity(1)
    period = first_period(validity, local("2026-01-31 09:00"), ZONE)
    days = [period.last_day]
    for _ in range(3):
        period = renewed_period(validity, period, period.ends_at - timedelta(hours=1))
        days.append(period.last_day)
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_the_end_may_be_put_at_the_end_of_the_month():
    first = first_period(Validity(12, Ending.MONTH_END), local("2026-11-24 09:00"), ZONE)
    assert first.last_day == date(2027, 11, 30)
    assert renewed_period(Validity(3, Ending.MONTH_END), first, local("2027-11-01 09:00")).last_day == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("completed", "last_day"),
    [("2026-03-02 09:00", date(2026, 12, 31)), ("2026-12-30 09:00", date(2026, 12, 31)),
     ("2026-12-31 09:00", date(2027, 12, 31)), ("2027-01-01 09:00", date(2027, 12, 31))],
)
def test_the_end_may_be_a_fixed_day_of_the_year_never_later_than_the_months_allow(completed, last_day):
    validity = Validity(12, Ending.FIXED_DATE, 12, 31)
    assert first_period(validity, local(completed), ZONE).last_day == last_day


def test_renewal_opens_whole_days_before_the_end():
    period = first_period(Validity(12, window_days=60), local("2026-03-02 09:00"), ZONE)
    assert window_opens(Validity(12, window_days=60), period) == period.ends_at - timedelta(days=60)
    assert window_opens(Validity(12, window_days=0), period) == period.ends_at


@pytest.mark.parametrize("wrong", [{"months": 0}, {"months": 121}, {"months": 12, "window_days": -1},
                                   {"months": 6, "ending": Ending.FIXED_DATE}, {"months": 12, "fixed_day": 32}])
def test_a_validity_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        Validity(**wrong)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 120))
def test_adding_months_lands_in_the_right_month_and_never_later_in_it(day, months):
    there = add_months(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)
