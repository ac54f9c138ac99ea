"""The resit ladder, rung by rung: wait, retrain, other paper, cap, the manager."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.exams.rules.resits import Attempt, Decision, DecisionKind, ResitPolicy, Step, earliest_resit, next_step

SHANGHAI = ZoneInfo("Asia/Shanghai")
FAILED_AT = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)  # Monday 23:59:59 in Shanghai
TUESDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # Tuesday 00:00 in Shanghai
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
PLAIN = ResitPolicy(attempts=3, wait_days=1)


def failed(*ends):
    return [Attempt(number, end) for number, end in enumerate(ends, start=1)]


def step(attempts, at=TUESDAY, policy=PLAIN, **more):
    return next_step(policy, attempts, at=at, zone=SHANGHAI, **more)


def test_without_an_attempt_the_person_may_sit():
    it = step([])
    assert (it.step, it.attempt, it.allowed, it.may_sit) == (Step.SIT, 1, 3, True)


def test_a_running_sitting_is_continued():
    assert step([Attempt(1, None)]).step is Step.CONTINUE


def test_a_pass_ends_the_ladder_whatever_came_before():
    assert step([*failed(FAILED_AT), Attempt(2, TUESDAY, passed=True)]).step is Step.PASSED


@pytest.mark.parametrize(
    ("at", "expected"),
    [(TUESDAY - TICK, Step.WAIT), (TUESDAY, Step.SIT), (TUESDAY + TICK, Step.SIT)],
    ids=["a tick before midnight", "at midnight", "a tick after"],
)
def test_one_day_of_waiting_ends_at_the_persons_own_midnight(at, expected):
    it = step(failed(FAILED_AT), at=at)
    assert it.step is expected
    assert it.not_before == TUESDAY
    assert it.attempt == 2


@pytest.mark.parametrize(
    ("days", "from_when"),
    [(0, FAILED_AT), (1, TUESDAY), (5, TUESDAY + 4 * DAY)],
    ids=["no waiting", "the next day", "five days"],
)
def test_waiting_counts_calendar_days(days, from_when):
    assert earliest_resit(FAILED_AT, days, SHANGHAI) == from_when


def test_the_same_failure_waits_for_another_midnight_in_another_zone():
    assert earliest_resit(FAILED_AT, 1, ZoneInfo("UTC")) == datetime(2026, 3, 3, tzinfo=UTC)


def test_waiting_and_retraining_are_both_told_while_waiting():
    it = step(failed(FAILED_AT), at=FAILED_AT, open_tasks=["course:gas-leak"])
    assert (it.step, it.open_tasks) == (Step.WAIT, ("course:gas-leak",))


def test_after_waiting_the_retraining_still_stands_before_the_resit():
    assert step(failed(FAILED_AT), open_tasks=["course:gas-leak"]).step is Step.RETRAIN
    assert step(failed(FAILED_AT), open_tasks=[]).step is Step.SIT


def test_a_policy_without_retraining_lets_the_person_sit_at_once():
    policy = ResitPolicy(retrain=False, wait_days=0)
    it = step(failed(FAILED_AT), policy=policy, open_tasks=["course:gas-leak"])
    assert (it.step, it.open_tasks) == (Step.SIT, ())


def test_a_resit_is_another_paper_and_capped_when_the_policy_says_so():
    it = step(failed(FAILED_AT), policy=ResitPolicy(other_paper=True, cap_percent=80))
    assert (it.other_paper, it.cap_percent) == (True, 80)
    assert step([], policy=ResitPolicy(cap_percent=80)).cap_percent is None


@pytest.mark.parametrize(
    ("failures", "expected"), [(1, Step.SIT), (2, Step.SIT), (3, Step.DECISION)], ids=["one", "two", "all three"]
)
def test_used_up_attempts_wait_for_the_manager(failures, expected):
    assert step(failed(*[FAILED_AT] * failures)).step is expected


def test_a_manager_may_grant_more_attempts():
    granted = [Decision(DecisionKind.MORE_ATTEMPTS, 1)]
    it = step(failed(*[FAILED_AT] * 3), decisions=granted)
    assert (it.step, it.attempt, it.allowed) == (Step.SIT, 4, 4)
    assert step(failed(*[FAILED_AT] * 4), decisions=granted).step is Step.DECISION


def test_a_manager_may_end_the_series():
    it = step(failed(*[FAILED_AT] * 3), decisions=[Decision(DecisionKind.END)])
    assert (it.step, it.may_sit) == (Step.ENDED, False)


def test_waiting_counts_from_the_last_failure():
    it = step(failed(FAILED_AT - 30 * DAY, FAILED_AT), at=FAILED_AT)
    assert (it.step, it.not_before, it.attempt) == (Step.WAIT, TUESDAY, 3)


@pytest.mark.parametrize(
    "what", [{"attempts": 0}, {"attempts": 11}, {"wait_days": -1}, {"wait_days": 366}, {"cap_percent": 0},
             {"cap_percent": 101}], ids=str,
)
def test_a_policy_outside_its_ranges_is_refused(what):
    with pytest.raises(ValueError, match=r"attempts|cap"):
        ResitPolicy(**what)


@pytest.mark.parametrize(("cap", "hinders"), [(79, True), (80, False), (None, False)], ids=["below", "at", "none"])
def test_a_cap_below_the_pass_mark_would_make_every_resit_hopeless(cap, hinders):
    assert ResitPolicy(cap_percent=cap).cap_hinders(80) is hinders
