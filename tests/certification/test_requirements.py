from datetime import timedelta

import pytest

from lms.certification.rules.requirements import BrokenRuleError, Requirement, RequirementKind, judge, judge_all
from tests.certification.histories import ZONE, calls, course, fact, local, other, theory

NOON = local("2026-03-02 12:00")
SECOND = timedelta(seconds=1)


def met(requirement, *facts, at=NOON, since=None, in_force=None):
    return judge(requirement, facts, at=at, since=since, zone=ZONE, in_force=in_force or {})


@pytest.mark.parametrize(("score", "holds"), [(79, False), (80, True), (100, True)])
def test_theory_is_met_at_the_score_and_above(score, holds):
    assert met(theory(80), fact("exam:gas-theory", NOON, score)).met is holds


def test_a_failed_sitting_never_meets_a_requirement_however_high_its_score():
    assert not met(theory(80), fact("exam:gas-theory", NOON, 95, outcome="failed")).met


def test_another_exam_doesnt_count():
    assert not met(theory(80), fact("exam:service-theory", NOON, 95)).met


def test_the_best_score_is_told_even_when_it_isnt_enough():
    facts = fact("exam:gas-theory", NOON, 71, outcome="failed"), fact("exam:gas-theory", NOON, 64, outcome="failed")
    assert met(theory(80), *facts).best_percent == 71


@pytest.mark.parametrize(("offset", "holds"), [(-SECOND, True), (timedelta(), True), (SECOND, False)],
                         ids=["a second before", "at the instant", "a second after"])
def test_a_fact_counts_from_the_instant_it_occurred(offset, holds):
    assert met(course(), fact("course:gas-leak", NOON + offset, outcome="completed")).met is holds


def test_three_different_calls_are_asked_for_and_the_same_one_thrice_is_one():
    same = [fact("call:gas-01", NOON, 90) for _ in range(3)]
    assert met(calls(3), *same).done == 1
    assert met(calls(3), *same, fact("call:refund-01", NOON, 80), fact("call:smell-02", NOON, 85)).met


def test_a_call_below_the_score_doesnt_count_but_a_later_better_one_does():
    early = [fact("call:a", NOON - SECOND, 79), fact("call:b", NOON, 80), fact("call:c", NOON, 80)]
    assert met(calls(3), *early).done == 2
    assert met(calls(3), *early, fact("call:a", NOON, 80)).met_at == NOON


def test_calls_may_be_limited_to_a_list():
    listed = Requirement("calls", RequirementKind.CALLS, ("call:a", "call:b"), 80, 2)
    assert not met(listed, fact("call:a", NOON, 90), fact("call:z", NOON, 90)).met
    assert met(listed, fact("call:a", NOON, 90), fact("call:b", NOON, 90)).met


def test_a_refresher_counts_through_its_last_day_and_not_a_second_longer():
    refresher = course(period_months=6)
    done = fact("course:gas-leak", NOON, outcome="completed")
    ends = local("2026-09-03 00:00")
    assert met(refresher, done, at=ends - SECOND).until == ends
    assert not met(refresher, done, at=ends).met


def test_for_several_aging_calls_the_requirement_ends_with_the_earliest_of_the_best():
    need = calls(2, period_months=6)
    days = ["2026-03-02 12:00", "2026-04-02 12:00", "2026-05-02 12:00"]
    facts = [fact(f"call:{name}", local(day), 90) for name, day in zip("abc", days, strict=True)]
    outcome = met(need, *facts, at=local("2026-05-02 12:00"))
    assert outcome.until == local("2026-10-03 00:00")  # of the three, the two that last longest


@pytest.mark.parametrize(("offset", "holds"), [(-SECOND, False), (timedelta(), True)])
def test_only_what_was_done_since_the_window_opened_counts_afresh(offset, holds):
    assert met(theory(), fact("exam:gas-theory", NOON + offset, 90), at=NOON + SECOND, since=NOON).met is holds


def test_a_requirement_met_once_for_all_keeps_counting():
    once = course(afresh=False)
    assert met(once, fact("course:gas-leak", NOON - SECOND, outcome="completed"), since=NOON).met


def test_another_certification_counts_while_it_is_in_force():
    assert met(other("basic"), in_force={"basic": (NOON - SECOND, None)}).met_at == NOON - SECOND
    assert not met(other("basic")).met


@pytest.mark.parametrize("broken", [
    Requirement("x", RequirementKind.THEORY, ()),
    Requirement("x", RequirementKind.THEORY, ("course:gas-leak",)),
    Requirement("x", RequirementKind.THEORY, ("exam:",)),
    Requirement("x", RequirementKind.THEORY, ("exam:a",), 101),
    Requirement("x", RequirementKind.CALLS, ("call:a", "call:b"), 80, 3),
    Requirement("x", RequirementKind.CALLS, (), 80, 0),
    Requirement("x", RequirementKind.COURSE, ("course:a", "course:b")),
], ids=str)
def test_a_requirement_that_cant_be_judged_is_refused_not_met(broken):
    with pytest.raises(BrokenRuleError):
        met(broken, fact("exam:a", NOON, 100))


def test_a_certification_that_asks_for_nothing_is_broken():
    with pytest.raises(BrokenRuleError):
        judge_all([], [], at=NOON, since=None, zone=ZONE, in_force={})
