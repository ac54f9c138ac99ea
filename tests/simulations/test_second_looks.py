"""A rubric that was wrong, and a learner who appeals: seen before, decided by two, kept beside what was."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.notifications.models import Notification
from lms.records.appeals import AppealOutcome
from lms.records.corrections import CorrectionVerdict
from lms.records.models import TrainingFact
from simulations import services
from simulations.models import CallReview, CallScoreRow, Purpose, SimulatedCall
from simulations.practice import services as examples
from simulations.practice.models import CallExample, ExampleState
from simulations.practice.queries import Fall, fall_of
from simulations.queries import report_of, tries_of
from simulations.recounting import services as second
from simulations.recounting.models import CallResult, RubricCorrection
from simulations.recounting.queries import appeals_until, impact_of, standing_of
from simulations.recounting.rules import flaws_of_rubric, words_in_force
from simulations.recounting.tasks import recount_all
from tests.factories import identity_with, make_person
from tests.simulations.calls import compiled as compiled_text
from tests.simulations.factories import GAS, GOOD_CALL, make_edition, play_out

LATER = timedelta(hours=1)
HARDER = GAS.replace("时限: 300秒", "时限: 300秒\n及格: 95")
OTHERWISE = GAS.replace("[开窗] 指导开窗 | 处置 | 10 | 说(开窗)", "[开窗] 指导开窗 | 处置 | 10 | 说(开窗) @收尾")


@pytest.fixture
def learner(session):
    make_edition()
    return make_person("陈雨桐")


def person(role, name="高文博"):
    return identity_with(role, person_id=make_person(name, roles=[role]).id)


@pytest.fixture
def assessor(session):
    return person(Role.ASSESSOR)


def reviewed(learner, assessor, **fields):
    """Play the good call for the record and let the assessor confirm it."""
    call = play_out(learner)
    with unit_of_work() as session:
        services.review_call(session, call.id, by=assessor, now=clock.now() + LATER,
                             **{"overrides": {}, "reason": "", "remark": "", **fields})
    return reading().get_one(SimulatedCall, call.id)


def facts():
    return [(it.outcome, it.score, it.supersedes is not None)
            for it in reading().scalars(select(TrainingFact).order_by(TrainingFact.sequence))]


def told():
    return sorted(reading().scalars(select(Notification.slug)))


def proposal(text, by=None):
    """Publish a second edition and propose its rubric for the first one's calls."""
    edition = make_edition(text, number=2)
    first, by = reading().scalar(select(SimulatedCall.edition_id).limit(1)), by or person(Role.TRAINER, "何梦洁")
    with unit_of_work() as session:
        return second.propose_correction(session, first, corrected_id=edition.id, reason="评分表写错了", by=by,
                                         now=clock.now() + 2 * LATER).id


def approve(correction_id, by=None, seen=None):
    at = clock.now() + 3 * LATER
    seen = seen or impact_of(reading(), reading().get_one(RubricCorrection, correction_id), at=at).digest
    by = by or person(Role.TRAINER, "罗一凡")
    with unit_of_work() as session:
        second.decide_correction(session, correction_id, verdict=CorrectionVerdict.APPROVED, reason="核过", seen=seen,
                                 by=by, now=at)
    return recount_all(correction_id, now=at)


@pytest.mark.both_databases
def test_a_corrected_rubric_writes_a_row_beside_the_first_score_and_supersedes_the_fact(learner, assessor):
    call = reviewed(learner, assessor)
    first = facts()[0]
    correction_id = proposal(OTHERWISE)
    impact = impact_of(reading(), reading().get_one(RubricCorrection, correction_id), at=clock.now())
    assert (impact.calls, len(impact.touched), len(impact.rising), len(impact.falling)) == (1, 1, 0, 0)
    assert facts() == [first]
    assert approve(correction_id) == {"calls": 1, "changed": 1}
    result = reading().scalars(select(CallResult)).unique().one()
    assert (result.total_before - result.total, result.changes) == (1000, {"开窗": ["met", "not_met"]})
    assert facts() == [first, ("passed", first[1] - 1000, True)]
    assert reading().scalars(select(CallScoreRow.total)).one() == reading().scalars(select(CallReview.total)).one()
    report = report_of(reading(), reading().get_one(SimulatedCall, call.id))
    assert report.intact and report.score.digest == result.digest
    assert tries_of(reading(), learner.id)[0].total == result.total
    assert told().count("call-changed") == 1


def test_a_correction_counts_each_call_once_however_often_it_runs(learner, assessor):
    reviewed(learner, assessor)
    correction_id = proposal(OTHERWISE)
    approve(correction_id)
    assert recount_all(correction_id, now=clock.now() + 5 * LATER) == {"calls": 0, "changed": 0}
    assert len(facts()) == 2


def test_the_preview_tells_who_would_no_longer_pass_and_an_approval_names_it(learner, assessor):
    reviewed(learner, assessor, overrides={"工单": "not_met"}, reason="号码写错")
    correction_id = proposal(HARDER)
    row = reading().get_one(RubricCorrection, correction_id)
    impact = impact_of(reading(), row, at=clock.now())
    assert [it.name for it in impact.falling] == ["陈雨桐"]
    with pytest.raises(Conflict):
        approve(correction_id, seen="another preview")
    approve(correction_id)
    assert facts()[-1][0] == "failed" and facts()[-1][2]


def test_what_an_assessor_decided_stands_under_the_corrected_rubric(learner, assessor):
    call = reviewed(learner, assessor, overrides={"工单": "not_met"}, reason="号码写错")
    approve(proposal(OTHERWISE))
    assert standing_of(reading(), reading().get_one(SimulatedCall, call.id)).outcomes["工单"] == "not_met"


def test_a_call_that_waits_for_its_review_is_reviewed_by_the_corrected_rubric(learner, assessor):
    call = play_out(learner)
    approve(proposal(OTHERWISE))
    assert facts() == [] and told() == []
    with unit_of_work() as session:
        made = services.review_call(session, call.id, by=assessor, now=clock.now() + 4 * LATER, overrides={}, reason="",
                                    remark="")
    assert made.total == 9000
    assert standing_of(reading(), reading().get_one(SimulatedCall, call.id)).decided
    assert facts() == [("passed", 9000, False)]


def test_nobody_approves_what_they_proposed_and_a_proposal_is_decided_once(learner, assessor):
    reviewed(learner, assessor)
    by = person(Role.TRAINER, "何梦洁")
    correction_id = proposal(OTHERWISE, by)
    with pytest.raises(Refused):
        approve(correction_id, by)
    with pytest.raises(Conflict):
        propose_again(correction_id, by)
    approve(correction_id)
    with pytest.raises(Conflict):
        approve(correction_id, seen="x")


def propose_again(correction_id, by):
    row = reading().get_one(RubricCorrection, correction_id)
    with unit_of_work() as session:
        second.propose_correction(session, row.edition_id, corrected_id=row.corrected_id, reason="再来", by=by,
                                  now=clock.now())


def test_a_rubric_that_looks_where_those_calls_never_were_is_none_for_them():
    played = compiled_text(GAS)
    moved = compiled_text(GAS.replace("报险", "来电说明"))
    assert flaws_of_rubric(played, played) == ()
    assert flaws_of_rubric(played, moved) == ("node:来电说明",)
    assert flaws_of_rubric(played, compiled_text(GAS.replace("gas-leak-01", "another"))) == ("script",)


class Item:
    def __init__(self, name, outcome):
        self.id, self.outcome = name, outcome


def test_a_doubt_is_decided_as_it_was_decided_before_and_else_is_not_met():
    items = (Item("甲", "met"), Item("乙", "doubtful"), Item("丙", "doubtful"))
    assert words_in_force(items, {"甲": "not_met", "丁": "met"}, {"乙": "met"}) == {
        "甲": "not_met", "乙": "met", "丙": "not_met"}


# -- examples that fall ----------------------------------------------------------------------------------------------


def given(call, learner):
    """Let the learner give a call as an example and a trainer take it in."""
    trainer = person(Role.TRAINER, "周岚")
    with unit_of_work() as session:
        id_ = examples.offer_example(session, call.id, named=True, by=identity_with(person_id=learner.id),
                                     now=clock.now() + LATER).id
    with unit_of_work() as session:
        examples.decide_example(session, id_, approve=True, note="复述清楚", by=trainer,
                                now=clock.now() + LATER)
    return id_


def fall(example_id):
    example = reading().get_one(CallExample, example_id, populate_existing=True)
    return example.state, fall_of(reading(), example)


@pytest.mark.both_databases
def test_an_example_leaves_the_library_when_a_correction_takes_its_pass(learner, assessor):
    id_ = given(reviewed(learner, assessor, overrides={"工单": "not_met"}, reason="号码写错"), learner)
    assert fall(id_) == (ExampleState.APPROVED, None)
    approve(proposal(HARDER))
    assert fall(id_) == (ExampleState.WITHDRAWN, Fall(9000, 9000, "评分表写错了"))
    assert {"call-example-approved", "call-example-withdrawn"} <= set(told())


def test_an_example_that_stays_good_stays_in_the_library(learner, assessor):
    id_ = given(reviewed(learner, assessor), learner)
    approve(proposal(OTHERWISE))
    assert fall(id_) == (ExampleState.APPROVED, None)


def test_an_operator_who_takes_it_out_is_told_nothing_and_of_a_trainer_who_does_they_are(learner, assessor):
    id_ = given(reviewed(learner, assessor), learner)
    with unit_of_work() as session:
        examples.withdraw_example(session, id_, any_call=False, by=identity_with(person_id=learner.id), now=clock.now())
    assert fall(id_) == (ExampleState.WITHDRAWN, None) and "call-example-withdrawn" not in told()
    trainer = person(Role.TRAINER, "罗一凡")
    with unit_of_work() as session:
        session.get_one(CallExample, id_).state = ExampleState.APPROVED
        examples.withdraw_example(session, id_, any_call=True, by=trainer, now=clock.now())
    assert told().count("call-example-withdrawn") == 1


# -- appeals ---------------------------------------------------------------------------------------------------------


def appealed(call, learner, *, after=2 * LATER, text="我说了要开窗"):
    with unit_of_work() as session:
        return second.raise_appeal(session, call.id, text=text, by=identity_with(person_id=learner.id),
                                   now=clock.now() + after).id


def decide(appeal_id, by, outcome=AppealOutcome.UPHELD, words=None, reason="录音里听得到"):
    with unit_of_work() as session:
        return second.decide_appeal(session, appeal_id, outcome=outcome, words=words or {}, reason=reason, by=by,
                                    now=clock.now() + 3 * LATER)


@pytest.mark.both_databases
def test_an_upheld_appeal_raises_the_mark_and_keeps_what_was(learner, assessor):
    call = reviewed(learner, assessor, overrides={"开窗": "not_met"}, reason="没听见")
    another = person(Role.ASSESSOR, "另一位")
    appeal_id = appealed(call, learner)
    decide(appeal_id, another, words={"开窗": "met"})
    result = reading().scalars(select(CallResult)).unique().one()
    assert result.changes == {"开窗": ["not_met", "met"]} and result.reason == "录音里听得到"
    review = reading().scalars(select(CallReview)).one()
    assert review.overrides == {"开窗": ["met", "not_met"]} and review.reason == "没听见"
    assert facts() == [("passed", 9000, False), ("passed", 10_000, True)]
    assert {"call-appeal", "call-appeal-decided", "call-changed"} <= set(told())


def test_a_rejected_appeal_moves_nothing_and_is_told(learner, assessor):
    call = reviewed(learner, assessor, overrides={"开窗": "not_met"}, reason="没听见")
    decide(appealed(call, learner), person(Role.ASSESSOR, "另一位"), AppealOutcome.REJECTED)
    assert len(facts()) == 1 and reading().scalars(select(CallResult)).unique().all() == []
    assert "call-appeal-decided" in told()


@pytest.mark.parametrize("words", [{}, {"开窗": "not_met"}, {"关阀": "not_met", "开窗": "met"}, {"无": "met"}],
                         ids=["nothing", "as it was", "a critical item lost", "unknown"])
def test_an_upheld_appeal_that_raises_nothing_is_none(learner, assessor, words):
    call = reviewed(learner, assessor, overrides={"开窗": "not_met"}, reason="没听见")
    with pytest.raises(Invalid):
        decide(appealed(call, learner), person(Role.ASSESSOR, "另一位"), words=words)


def test_neither_the_learner_nor_the_reviewer_decides(learner, assessor):
    appeal_id = appealed(reviewed(learner, assessor), learner)
    for by in (assessor, identity_with(Role.ASSESSOR, person_id=learner.id)):
        with pytest.raises(Refused):
            decide(appeal_id, by, AppealOutcome.REJECTED)


def test_an_appeal_is_made_once_by_the_learner_and_in_time(learner, assessor):
    call = reviewed(learner, assessor)
    until = appeals_until(reading(), call, at=clock.now() + 2 * LATER)
    with pytest.raises(Refused):
        appealed(call, learner, after=until - clock.now() + timedelta(seconds=5))
    with pytest.raises(NotFound):
        appealed(call, make_person("别人"))
    with pytest.raises(Invalid):
        appealed(call, learner, text="  ")
    appealed(call, learner, after=until - clock.now() - timedelta(seconds=5))
    with pytest.raises(Conflict):
        appealed(call, learner)


@pytest.mark.parametrize("purpose", [Purpose.EXAM, Purpose.PRACTICE])
def test_a_call_that_nobody_decided_can_not_be_appealed(learner, purpose):
    call = play_out(learner, GOOD_CALL, purpose=purpose)
    with pytest.raises(Refused):
        appealed(call, learner)


def test_a_mark_that_waits_for_an_assessor_is_neither_best_nor_last(learner):
    play_out(learner)
    assert [it.open for it in tries_of(reading(), learner.id)] == [False]
