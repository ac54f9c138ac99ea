"""What follows from an exam's purpose: certificates, resits, relearning, who is told, who may be asked."""

import pytest

from lms.access.identity import SYSTEM, Role
from lms.certification.rules.drafts import DraftProblem, draft_findings
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.services.editing import problems_of, publish
from lms.exams.models import AssignmentState, ExamAssignment, ExamPurpose
from lms.exams.queries.series import series_of
from lms.exams.rules.purposes import FOLLOWS
from lms.exams.rules.resits import ResitPolicy, Step
from lms.exams.rules.terms import Terms
from lms.exams.services import authoring
from lms.exams.services.assigning import assign_exam
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, Refused
from lms.people.models import PersonState
from lms.records.activities import only_for_the_record
from tests import factories
from tests.certification.test_acts import draft
from tests.exams.papers import SINGLE, make_question, sit
from tests.exams.rows import make_exam
from tests.exams.sat import facts, fresh
from tests.exams.test_resit_scheduling import told

ONCE = [ExamPurpose.ENTRANCE, ExamPurpose.MONTHLY, ExamPurpose.SPOT_CHECK]
LADDER = [ExamPurpose.STAGE, ExamPurpose.FINAL, ExamPurpose.REFRESHER]


def test_every_purpose_says_what_follows():
    assert set(FOLLOWS) == set(ExamPurpose)
    assert {it for it in ExamPurpose if FOLLOWS[it].resits} == set(LADDER)
    assert {it for it in ExamPurpose if FOLLOWS[it].certifies} == set(LADDER)


@pytest.mark.parametrize("purpose", [*ONCE, *LADDER])
def test_a_failure_ends_the_series_or_begins_the_ladder_and_stands_in_the_record_either_way(session, purpose):
    person = factories.make_person(state=PersonState.PROBATION)
    terms = Terms((), resit=ResitPolicy(wait_days=1, retrain=False))
    sitting = sit(person, [make_question("single", SINGLE)], {1: "b"}, exam=make_exam(purpose=purpose, terms=terms))
    assignment = fresh(ExamAssignment, sitting.assignment_id)
    step = series_of(reading(), assignment, at=sitting.closed_at).step.step
    ended = purpose in ONCE
    assert (assignment.state, step) == ((AssignmentState.ENDED, Step.ENDED) if ended else ("open", Step.WAIT))
    assert [(outcome, activity.split(":")[0]) for activity, outcome, *_more in facts(person)] == [("failed", "exam")]


def test_the_manager_is_told_of_a_failed_spot_check_and_whoever_hires_of_a_failed_entrance_exam(session):
    unit = factories.make_unit()
    manager = factories.make_person("韩主管", roles=[Role.MANAGER], unit=unit, everywhere=False)
    recruiter = factories.make_person("人事", roles=[Role.HR], unit=unit)
    for purpose in (ExamPurpose.SPOT_CHECK, ExamPurpose.ENTRANCE, ExamPurpose.MONTHLY):
        person = factories.make_person(unit=unit, state=PersonState.PROBATION)
        sit(person, [make_question("single", SINGLE)], {1: "b"}, exam=make_exam(purpose=purpose))
    assert (told(manager, "exam-failed-once"), told(recruiter, "exam-failed-once")) == (2, 1)


@pytest.mark.parametrize(
    ("purpose", "state", "may"),
    [
        (ExamPurpose.ENTRANCE, PersonState.PROBATION, True),
        (ExamPurpose.ENTRANCE, PersonState.ACTIVE, False),
        (ExamPurpose.MONTHLY, PersonState.ON_LEAVE, False),
        (ExamPurpose.MONTHLY, PersonState.ACTIVE, True),
        (ExamPurpose.STAGE, PersonState.ON_LEAVE, True),
    ],
)
def test_who_may_be_asked(session, now, purpose, state, may):
    person, exam = factories.make_person(state=state), make_exam(purpose=purpose)
    if not may:
        with pytest.raises(Refused), unit_of_work() as work:
            assign_exam(work, exam.code, person_id=person.id, by=SYSTEM, now=now)
        return
    with unit_of_work() as work:
        assert assign_exam(work, exam.code, person_id=person.id, by=SYSTEM, now=now).state == AssignmentState.OPEN


def test_no_certificate_may_ask_for_an_exam_that_is_for_the_record_alone(session):
    for_record, final = make_exam(purpose=ExamPurpose.MONTHLY), make_exam(purpose=ExamPurpose.FINAL)
    refs = [f"exam:{for_record.code}", f"exam:{final.code}", "course:gas-leak"]
    assert only_for_the_record(reading(), refs) == {refs[0]}
    asks = [Requirement(f"theory-{n}", RequirementKind.THEORY, (ref,), 80) for n, ref in enumerate(refs[:2])]
    one = draft(*asks)
    found = draft_findings(one, asks={}, taken_letters=(), is_new=True, record_only=refs[:1])
    assert [(it.problem, it.row) for it in found] == [(DraftProblem.RECORD_ONLY, 0)]
    assert "requirements-0" in [it.where for it in problems_of(reading(), one, None)]


def test_an_exam_that_a_certificate_asks_for_keeps_a_purpose_that_certifies(session, now):
    exam = make_exam(purpose=ExamPurpose.FINAL)
    with unit_of_work() as work:
        publish(
            work, draft(Requirement("theory", RequirementKind.THEORY, (f"exam:{exam.code}",), 80)), by=SYSTEM, now=now
        )

    def change(purpose):
        with unit_of_work() as work:
            authoring.save_draft(
                work, exam.id, title=exam.title, title_en="", purpose=purpose, terms=Terms(()), by=SYSTEM, now=now
            )

    with pytest.raises(Invalid) as refused:
        change(ExamPurpose.MONTHLY)
    assert [it.where for it in refused.value.problems] == ["purpose"]
    change(ExamPurpose.REFRESHER)
