from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.certification.rules.cycles import StandingState, in_order, requirements_at, standing_of
from lms.certification.rules.replay import Grant, History, Revocation, replay
from lms.records.rules import in_force
from tests.certification.histories import ZONE, calls, course, fact, local, other, rule, theory

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
PASSED = local("2026-03-02 12:00")


def standing(editions, history, at, code="gas", known_at=None):
    cycles = replay(editions, history, known_at=known_at)
    facts = [it for it in history.facts if known_at is None or it.recorded_at <= known_at]
    return standing_of(code, editions, cycles, in_force(facts), at=at)


def gas_history(*more):
    first = (fact("course:gas-leak", PASSED - DAY, outcome="completed"), fact("exam:gas-theory", PASSED, 85))
    return History(tuple(replace(it, sequence=place) for place, it in enumerate((*first, *more), start=1)))


GAS = {"gas": (rule(course(), theory(80)),)}


@pytest.mark.parametrize(
    ("at", "state"),
    [(PASSED - SECOND, StandingState.NOT_YET), (PASSED, StandingState.IN_FORCE),
     (local("2027-03-03 00:00") - SECOND, StandingState.IN_FORCE), (local("2027-03-03 00:00"), StandingState.EXPIRED),
     (local("2027-03-03 00:00") + SECOND, StandingState.EXPIRED)],
    ids=["before", "when the last fact occurs", "a second before the end", "at the end", "a second after"],
)
def test_a_certificate_runs_from_the_last_fact_to_the_end_of_its_last_day(at, state):
    assert standing(GAS, gas_history(), at).state is state


def test_without_the_last_fact_there_is_no_certificate():
    history = History((fact("course:gas-leak", PASSED, outcome="completed"), fact("exam:gas-theory", PASSED, 79)))
    assert standing(GAS, history, PASSED).state is StandingState.NEVER


def test_further_passes_before_the_window_opens_issue_nothing():
    again = [fact("exam:gas-theory", PASSED + n * DAY, 90) for n in range(1, 20)]
    assert len(replay(GAS, gas_history(*again))["gas"]) == 1


def test_only_facts_since_the_window_opened_renew_and_the_anniversary_stays():
    opens = local("2027-03-03 00:00") - 60 * DAY
    early = gas_history(fact("course:gas-leak", opens, outcome="completed"),
                        fact("exam:gas-theory", opens - SECOND, 90))
    assert len(replay(GAS, early)["gas"]) == 1
    done = replace(early, facts=(*early.facts, fact("exam:gas-theory", opens, 90)))
    first, second = replay(GAS, done)["gas"]
    assert (first.number, second.number) == (1, 2)
    assert (second.period.starts_at, second.period.last_day) == (opens, date(2028, 3, 2))
    assert first.period.last_day == date(2027, 3, 2), "the first stays as it was"


def test_a_course_asked_for_once_need_not_be_repeated_at_renewal():
    editions = {"gas": (rule(course(afresh=False), theory(80)),)}
    history = gas_history(fact("exam:gas-theory", local("2027-02-01 09:00"), 90))
    assert len(replay(editions, history)["gas"]) == 2


def test_after_a_revocation_everything_counts_afresh():
    taken_back = local("2026-06-01 10:00")
    history = replace(gas_history(), revocations=(Revocation("gas", 1, taken_back),))
    assert standing(GAS, history, taken_back - SECOND).state is StandingState.IN_FORCE
    assert standing(GAS, history, taken_back).state is StandingState.REVOKED
    only_theory = replace(history, facts=(*history.facts, fact("exam:gas-theory", taken_back + DAY, 95)))
    assert standing(GAS, only_theory, taken_back + DAY).state is StandingState.REVOKED
    retaken = fact("course:gas-leak", taken_back + 2 * DAY, outcome="completed")
    both = replace(only_theory, facts=(*only_theory.facts, retaken))
    assert standing(GAS, both, taken_back + 2 * DAY).state is StandingState.IN_FORCE


def test_a_corrected_pass_voids_the_certificate_from_the_beginning_but_not_what_was_known_then():
    corrected_at = PASSED + 30 * DAY
    passed = fact("exam:gas-theory", PASSED, 82)
    history = History((fact("course:gas-leak", PASSED - DAY, outcome="completed"), passed,
                       fact("exam:gas-theory", PASSED, 78, outcome="failed", recorded_at=corrected_at,
                            supersedes=passed.id)))
    at = PASSED + DAY
    assert standing(GAS, history, at, known_at=at).state is StandingState.IN_FORCE
    assert standing(GAS, history, at).state is StandingState.NEVER


def test_a_correction_that_still_reaches_the_score_changes_nothing():
    passed = fact("exam:gas-theory", PASSED, 92)
    history = History((fact("course:gas-leak", PASSED - DAY, outcome="completed"), passed,
                       fact("exam:gas-theory", PASSED, 90, recorded_at=PASSED + DAY, supersedes=passed.id)))
    (only,) = replay(GAS, history)["gas"]
    assert only.voided_at is None


def test_after_a_correction_another_pass_issues_a_new_certificate():
    passed = fact("exam:gas-theory", PASSED, 82)
    resit = fact("exam:gas-theory", PASSED + 10 * DAY, 88)
    history = History((fact("course:gas-leak", PASSED - DAY, outcome="completed"), passed, resit,
                       fact("exam:gas-theory", PASSED, None, outcome="voided", recorded_at=PASSED + 30 * DAY,
                            supersedes=passed.id)))
    voided, fresh = replay(GAS, history)["gas"]
    assert voided.voided_at == PASSED + 30 * DAY
    assert (fresh.number, fresh.period.starts_at) == (2, PASSED + 10 * DAY)


def test_a_fact_recorded_late_counts_from_when_it_occurred_and_as_known_then_not_before():
    recorded = PASSED + 5 * DAY
    history = History((fact("course:gas-leak", PASSED - DAY, outcome="completed"),
                       fact("exam:gas-theory", PASSED, 85, recorded_at=recorded)))
    assert standing(GAS, history, PASSED).state is StandingState.IN_FORCE
    assert standing(GAS, history, PASSED, known_at=recorded - SECOND).state is StandingState.NEVER


def test_an_overdue_refresher_interrupts_the_certificate_until_it_is_done():
    editions = {"gas": (rule(theory(80), course(period_months=6)),)}
    lapse = local("2026-09-02 00:00")  # six months after the course of 1 March, last day inclusive
    history = gas_history(fact("course:gas-leak", local("2026-10-10 12:00"), outcome="completed"))
    assert standing(editions, history, lapse - SECOND).until == lapse
    overdue = standing(editions, history, lapse)
    assert (overdue.state, overdue.lapsed) == (StandingState.LAPSED, ("course-gas-leak",))
    assert standing(editions, history, local("2026-10-10 12:00")).until == local("2027-03-03 00:00")


def test_a_certificate_built_on_another_stands_and_falls_with_it():
    editions = {"gas": (rule(theory(80), other("basic")),), "basic": (rule(course(), code="basic", months=6),)}
    lapse = local("2026-09-02 00:00")
    assert standing(editions, gas_history(), lapse - SECOND).until == lapse
    assert standing(editions, gas_history(), lapse).state is StandingState.LAPSED


def test_certifications_in_a_circle_are_broken_and_nobody_gets_them():
    editions = {"a": (rule(other("b"), code="a"),), "b": (rule(other("a"), code="b"),), "gas": GAS["gas"]}
    assert in_order(editions) == ("gas",)
    assert standing(editions, gas_history(), PASSED, "a").state is StandingState.BROKEN
    assert standing(editions, gas_history(), PASSED).state is StandingState.IN_FORCE


def test_a_new_edition_leaves_running_certificates_alone_and_rules_the_next():
    stricter = rule(course(), theory(90), number=2, published_at=PASSED + 30 * DAY)
    editions = {"gas": (GAS["gas"][0], stricter)}
    renewal = [fact("course:gas-leak", local("2027-02-01 09:00"), outcome="completed"),
               fact("exam:gas-theory", local("2027-02-01 09:00"), 89)]
    assert standing(editions, gas_history(*renewal), local("2027-03-02 09:00")).state is StandingState.IN_FORCE
    assert standing(editions, gas_history(*renewal), local("2027-03-03 09:00")).state is StandingState.EXPIRED


def test_an_easier_edition_is_earned_from_its_publication_by_what_was_done_before():
    easier = rule(theory(70), number=2, published_at=PASSED + 30 * DAY)
    history = History((fact("exam:gas-theory", PASSED, 75),))
    (only,) = replay({"gas": (GAS["gas"][0], easier)}, history)["gas"]
    assert only.period.starts_at == PASSED + 30 * DAY


def test_a_founding_grant_opens_until_its_last_day_and_is_followed_by_an_earned_one():
    history = replace(gas_history(), facts=(), grants=(Grant("gas", PASSED, date(2026, 5, 31), ZONE),))
    assert standing(GAS, history, local("2026-06-01 00:00") - SECOND).state is StandingState.IN_FORCE
    assert standing(GAS, history, local("2026-06-01 00:00")).state is StandingState.EXPIRED
    later = replace(history, facts=(fact("course:gas-leak", local("2026-05-20 09:00"), outcome="completed"),
                                    fact("exam:gas-theory", local("2026-05-20 09:00"), 90)))
    assert [cycle.number for cycle in replay(GAS, later)["gas"]] == [1, 2]


def test_requirements_tell_how_far_a_beginner_is():
    editions = {"gas": (rule(course(), theory(80), calls(3)),)}
    facts = [fact("course:gas-leak", PASSED, outcome="completed"), fact("call:a", PASSED, 90)]
    done = requirements_at(editions["gas"][0], editions, {}, facts, at=PASSED, zone=ZONE)
    assert [(it.met, it.done, it.needed) for it in done] == [(True, 1, 1), (False, 0, 1), (False, 1, 3)]


def test_facts_are_replayed_in_the_order_of_the_ledger_whatever_their_clocks_said():
    course_done = fact("course:gas-leak", PASSED - DAY, outcome="completed")
    early, late = fact("exam:gas-theory", PASSED + SECOND, 90), fact("exam:gas-theory", PASSED, 95)
    (only,) = replay(GAS, History((course_done, early, late)))["gas"]
    assert early.sequence < late.sequence
    assert only.evidence[-1] == early.id


def test_a_certification_with_nothing_to_do_anew_never_renews_by_itself():
    editions = {"gas": (rule(course(afresh=False)),)}
    more = [fact("course:gas-leak", PASSED + n * 100 * DAY, outcome="completed") for n in range(1, 5)]
    assert len(replay(editions, gas_history(*more))["gas"]) == 1
