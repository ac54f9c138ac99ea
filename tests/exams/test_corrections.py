"""A key found wrong: previewed, approved by a second person, marked again once, nothing flips silently."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.certification.models import Certificate
from lms.certification.rules.drafts import Draft
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Validity
from lms.certification.services.editing import publish
from lms.certification.services.projecting import check
from lms.exams.models import (
    ExamAssignment,
    KeyCorrection,
    KeyCorrectionResult,
    RemedialTask,
    Sitting,
    SittingItem,
)
from lms.exams.queries.corrections import impact_of
from lms.exams.queries.result import result_of
from lms.exams.rules.corrections import CorrectionKind
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.terms import Terms
from lms.exams.services import corrections
from lms.exams.services import sitting as sittings
from lms.exams.tasks import mark_again_late, mark_all_again
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.kernel.jobs import Job
from lms.notifications.models import Notification
from lms.people.sign_in import identity_of
from lms.records.corrections import CorrectionVerdict
from lms.records.models import AuditEntry, Outcome
from question_bank.models import Question
from tests import factories
from tests.exams.papers import SINGLE, correct_question, make_question, refused, sit
from tests.exams.rows import make_exam
from tests.exams.sat import facts, fresh

pytestmark = pytest.mark.both_databases
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def two(context):
    """Two people who may correct keys: one proposes, the other approves."""
    return [identity_of(reading(), factories.make_person(name, roles=[Role.TRAINER])) for name in ("提议人", "批准人")]


@pytest.fixture
def wrong(context):
    """A question whose published key is wrong."""
    return make_question("single", SINGLE)


def propose(edition, by, now, kind="edition", corrected=None, reason="答案印错"):
    with unit_of_work() as session:
        return corrections.propose_correction(
            session, edition.id, kind=CorrectionKind(kind), corrected_id=corrected.id if corrected else None,
            reason=reason, by=by, now=now,
        )


def decide(row, by, now, verdict="approved", seen=None):
    with unit_of_work() as session:
        found = session.get_one(KeyCorrection, row.id)
        seen = impact_of(session, found, at=now).digest if seen is None else seen
        return corrections.decide_correction(
            session, row.id, verdict=CorrectionVerdict(verdict), reason="同意", seen=seen, by=by, now=now
        )


def approve(row, by, now):
    decide(row, by, now)
    reading().rollback()
    assert reading().scalar(select(Job.state).where(Job.key == f"{corrections.MARK_AGAIN}:{row.id}")) == "waiting"
    mark_all_again(row.id, now=now)
    reading().rollback()


def preview(row, now):
    reading().rollback()
    return impact_of(reading(), reading().get_one(KeyCorrection, row.id), at=now)


def test_a_corrected_edition_turns_a_failure_into_a_pass_and_the_reverse(learner, wrong, two, now):
    other = factories.make_person("王强")
    fails, passes = sit(learner, [wrong], {1: "b"}), sit(other, [wrong], {1: "a"})
    right = correct_question(wrong, key="b")
    row = propose(wrong, two[0], now, corrected=right)
    seen = preview(row, now)
    assert (seen.sittings, [it.name for it in seen.rising], [it.name for it in seen.falling]) == (
        2, [learner.name], ["王强"]
    )
    assert fresh(Sitting, fails.id).passed is False, "nothing flips before it is approved"
    approve(row, two[1], now)
    assert (fresh(Sitting, fails.id).passed, fresh(Sitting, passes.id).passed) == (True, False)
    assert [it[1] for it in facts(learner) + facts(other)] == [Outcome.PASSED, Outcome.FAILED]
    assert fresh(ExamAssignment, fails.assignment_id).state == "passed"
    assert fresh(ExamAssignment, passes.assignment_id).state == "open"
    told = reading().execute(select(Notification.person_id).where(Notification.slug == "exam-changed")).scalars().all()
    assert {learner.id, other.id} <= set(told)


@pytest.mark.parametrize(
    ("kind", "points", "out_of"), [("full_marks", 2000, 2000), ("left_out", 1000, 1000)], ids=["full", "left out"]
)
def test_everybody_gets_full_marks_or_the_question_counts_for_nobody(learner, wrong, two, now, kind, points, out_of):
    sitting = sit(learner, [wrong, make_question("single", SINGLE)], {1: "b", 2: "a"})
    assert (sitting.points, sitting.passed) == (1000, False)
    row = propose(wrong, two[0], now, kind)
    approve(row, two[1], now)
    sitting = fresh(Sitting, sitting.id)
    assert (sitting.points, sitting.out_of, sitting.passed) == (points, out_of, True)
    assert [it[1:] for it in facts(learner)] == [(Outcome.PASSED, points, out_of)]


def test_a_paper_left_with_nothing_gives_the_marks_instead(learner, wrong, two, now):
    sitting = sit(learner, [wrong], {1: "b"})
    row = propose(wrong, two[0], now, "left_out")
    assert preview(row, now).rising
    approve(row, two[1], now)
    assert (fresh(Sitting, sitting.id).points, fresh(Sitting, sitting.id).out_of) == (1000, 1000)


def test_the_preview_is_what_happens(wrong, two, now):
    second = make_question("single", SINGLE)
    people = [factories.make_person() for _ in range(6)]
    for index, person in enumerate(people):
        sit(person, [wrong, second], {1: "ab"[index % 2], 2: "ab"[index // 3]})
    row = propose(wrong, two[0], now, corrected=correct_question(wrong, key="b"))
    expected = {it.sitting_id: it.after for it in preview(row, now).touched}
    approve(row, two[1], now)
    rows = reading().scalars(select(Sitting).execution_options(populate_existing=True)).all()
    assert {it.id: (it.points, it.out_of, it.counted, it.passed) for it in rows} == {
        key: (it.points, it.out_of, it.counted, it.passed) for key, it in expected.items()
    }


def test_certificates_that_would_come_or_fall_are_named_and_then_do(learner, wrong, two, now):
    exam = make_exam("gas-key")
    with unit_of_work() as session:
        need = Requirement("exam", RequirementKind.THEORY, ("exam:gas-key",), 80)
        publish(session, Draft("key-card", "钥匙证", "Key card", "YS", "", Validity(12), (need,)), by=SYSTEM,
                now=now - DAY)
    other = factories.make_person("王强")
    sit(learner, [wrong], {1: "b"}, exam=exam)
    sit(other, [wrong], {1: "a"}, exam=exam)
    row = propose(wrong, two[0], now, corrected=correct_question(wrong, key="b"))
    seen = {it.name: it for it in preview(row, now).consequences}
    assert (seen[learner.name].issued, seen["王强"].fallen) == (("钥匙证",), ("钥匙证",))
    approve(row, two[1], now)
    rows = reading().scalars(select(Certificate)).unique().all()
    assert {it.person_id: it.voided_at is None for it in rows} == {learner.id: True, other.id: False}
    assert check(reading()) == []


def test_only_a_second_person_approves_and_the_proposer_may_withdraw(wrong, two, now):
    row = propose(wrong, two[0], now, "full_marks")
    with refused(Refused, "correction.own"):
        decide(row, two[0], now)
    decide(row, two[0], now, "rejected")
    with refused(Conflict, "correction.decided"):
        decide(row, two[1], now)


def test_an_approval_names_the_preview_that_was_looked_at(learner, wrong, two, now):
    row = propose(wrong, two[0], now, "full_marks")
    looked_at = preview(row, now).digest
    sit(learner, [wrong], {1: "b"})
    with refused(Conflict, "correction.other_preview"):
        decide(row, two[1], now, seen=looked_at)


def test_one_proposal_at_a_time_waits_for_an_edition(wrong, two, now):
    propose(wrong, two[0], now, "full_marks")
    with refused(Conflict, "correction.waits"):
        propose(wrong, two[1], now, "left_out")


def test_an_edition_that_asks_something_else_lends_no_key(wrong, two, now):
    changed = correct_question(wrong, options=[{"id": "a", "text": "关窗"}, {"id": "b", "text": "开灯"}])
    with pytest.raises(Invalid):
        propose(wrong, two[0], now, corrected=changed)
    with pytest.raises(Invalid):
        propose(wrong, two[0], now)
    with pytest.raises(Invalid):
        propose(wrong, two[0], now, corrected=make_question("single", SINGLE))
    with pytest.raises(NotFound):
        propose(Question(id=wrong.question_id), two[0], now)


def test_a_killed_job_goes_on_where_it_stopped_and_changes_nothing_twice(wrong, two, now, monkeypatch):
    people = [factories.make_person() for _ in range(3)]
    for person in people:
        sit(person, [wrong], {1: "b"})
    row = propose(wrong, two[0], now, "full_marks")
    decide(row, two[1], now)
    done = corrections.mark_sitting_again
    calls = []

    def dies_after_the_first(*args, **more):
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        return done(*args, **more)

    monkeypatch.setattr("lms.exams.tasks.mark_sitting_again", dies_after_the_first)
    with pytest.raises(KeyboardInterrupt):
        mark_all_again(row.id, now=now)
    monkeypatch.setattr("lms.exams.tasks.mark_sitting_again", done)
    assert mark_all_again(row.id, now=now) == {"sittings": 2, "changed": 2}
    assert mark_all_again(row.id, now=now) == {"sittings": 0, "changed": 0}
    assert [len(facts(person)) for person in people] == [1, 1, 1]
    assert reading().scalar(select(func.count()).select_from(KeyCorrectionResult)) == 3


def test_a_sitting_that_runs_is_marked_by_the_correction_when_it_closes(learner, wrong, two, now):
    sitting = sit(learner, [wrong], {1: "b"}, hand_in=False)
    row = propose(wrong, two[0], now, "full_marks")
    assert preview(row, now).running == 1
    approve(row, two[1], now)
    with unit_of_work() as session:
        sittings.submit(session, sitting.id, epoch=1, by=SYSTEM, now=now)
    assert fresh(Sitting, sitting.id).points == 1000
    assert [it[2] for it in facts(learner)] == [1000]


def test_what_closed_by_the_old_key_in_that_very_moment_is_found_later(learner, wrong, two, now):
    row = propose(wrong, two[0], now, "full_marks")
    approve(row, two[1], now)
    sitting = sit(learner, [wrong], {1: "b"})
    with unit_of_work() as session:
        item = session.get_one(SittingItem, (sitting.id, 1))
        item.correction_id, item.points = None, 0
        found = session.get_one(Sitting, sitting.id)
        found.points, found.counted, found.passed = 0, 0, False
    mark_again_late(now + MINUTE)
    assert fresh(Sitting, sitting.id).points == 1000


def test_the_result_says_which_key_counted_and_keeps_the_pinned_edition(learner, wrong, two, now):
    sitting = sit(learner, [wrong], {1: "b"})
    row = propose(wrong, two[0], now, corrected=correct_question(wrong, key="b"))
    approve(row, two[1], now)
    (question,) = result_of(reading(), fresh(Sitting, sitting.id), at=now).questions
    assert (question.number, question.corrected_number, question.correction.reason) == (1, 2, "答案印错")
    assert question.points == 1000
    assert fresh(SittingItem, (sitting.id, 1)).edition_id == wrong.id


def test_a_sitting_whose_result_stays_gets_no_fact_and_no_message(learner, wrong, two, now):
    sit(learner, [wrong], {1: "a"})
    row = propose(wrong, two[0], now, "full_marks")
    assert preview(row, now).touched == ()
    approve(row, two[1], now)
    assert len(facts(learner)) == 1
    assert reading().scalar(select(func.count()).where(Notification.slug == "exam-changed")) == 0
    assert reading().get_one(KeyCorrectionResult, (row.id, reading().scalar(select(Sitting.id)))).fact_id is None


def test_a_cap_on_the_score_keeps_the_record_as_it_is(learner, wrong, two, now):
    second = make_question("single", SINGLE)
    sitting = sit(learner, [wrong, second], {1: "a", 2: "a"}, cap_percent=80)
    assert (sitting.points, sitting.counted) == (2000, 1600)
    approve(propose(wrong, two[0], now, "left_out"), two[1], now)
    assert (fresh(Sitting, sitting.id).points, fresh(Sitting, sitting.id).counted) == (1000, 800)


def test_whoever_falls_stands_on_the_ladder_again_with_something_to_relearn(learner, wrong, two, now, teaching):
    exam = make_exam(terms=Terms((), resit=ResitPolicy()))
    sitting = sit(learner, [wrong], {1: "a"}, exam=exam)
    row = propose(wrong, two[0], now, corrected=correct_question(wrong, key="b"))
    approve(row, two[1], now)
    assert fresh(ExamAssignment, sitting.assignment_id).state == "open"
    assert reading().scalars(select(RemedialTask.sitting_id)).all() == [sitting.id]
    audited = reading().scalars(select(AuditEntry.action).where(AuditEntry.subject == f"sitting:{sitting.id}")).all()
    assert audited == ["sitting.mark_again"]


def test_a_later_correction_takes_the_place_of_an_earlier_one(learner, wrong, two, now):
    sitting = sit(learner, [wrong], {1: "b"})
    approve(propose(wrong, two[0], now, "full_marks"), two[1], now)
    approve(propose(wrong, two[0], now + MINUTE, corrected=correct_question(wrong)), two[1], now + MINUTE)
    assert fresh(Sitting, sitting.id).points == 0
    assert len(facts(learner)) == 1


def test_proposals_stay_as_they_were_made(wrong, two, now):
    propose(wrong, two[0], now, "full_marks")
    with pytest.raises(Exception, match="append-only"), unit_of_work() as session:
        session.execute(KeyCorrection.__table__.update().values(reason="anders"))
