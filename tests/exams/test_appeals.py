"""Appeals: in time, once, decided by somebody who didn't mark, marks only rise, the record follows."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.exams.models import Appeal, ExamAssignment, Sitting
from lms.exams.queries.appeals import waiting_appeals
from lms.exams.rules.terms import Terms
from lms.exams.services import appeals, marking
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.notifications.models import Notification
from lms.people.queries.zones import zone_of_person
from lms.people.sign_in import identity_of
from lms.records.appeals import AppealOutcome, appeal_until, in_time
from lms.records.models import Outcome, TrainingFact
from tests import factories
from tests.exams.papers import SHORT, SINGLE, make_question, refused, sit
from tests.exams.sat import facts, fresh

pytestmark = pytest.mark.both_databases
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WHY = "我写了复述，没有得分。"


@pytest.fixture
def trainer(context):
    return identity_of(reading(), factories.make_person("培训师", roles=[Role.TRAINER]))


@pytest.fixture
def failed(learner):
    """A sitting of two questions with one right: failed, its appeals open."""
    single = make_question("single", SINGLE)
    return sit(learner, [single, make_question("single", SINGLE)], {1: "a", 2: "b"})


def appeal(sitting, learner, now, *, position=2, text=WHY):
    with unit_of_work() as session:
        who = identity_of(session, learner)
        return appeals.raise_appeal(session, sitting.id, position=position, text=text, by=who, now=now)


def decide(row, by, now, *, outcome="upheld", marks=None, reason="复述到位"):
    with unit_of_work() as session:
        return appeals.decide_appeal(
            session, row.id, outcome=AppealOutcome(outcome), marks=marks, reason=reason, by=by, now=now
        )


def test_an_upheld_appeal_changes_the_marks_and_supersedes_the_fact(failed, learner, trainer, now):
    assert failed.passed is False
    decide(appeal(failed, learner, now), trainer, now + DAY, marks={2: 700})
    sitting = fresh(Sitting, failed.id)
    assert (sitting.points, sitting.passed) == (1700, True)
    assert [it[1:] for it in facts(learner)] == [(Outcome.PASSED, 1700, 2000)]
    rows = reading().scalars(select(TrainingFact).order_by(TrainingFact.sequence)).all()
    assert (rows[1].supersedes, rows[1].occurred_at, rows[1].recorded_by) == (
        rows[0].id, rows[0].occurred_at, trainer.person_id
    )
    assert fresh(ExamAssignment, failed.assignment_id).state == "passed"
    slugs = reading().scalars(select(Notification.slug).where(Notification.person_id == learner.id)).all()
    assert {"exam-changed", "exam-appeal-decided"} <= set(slugs)


def test_a_rejected_appeal_changes_nothing_but_is_told_with_its_reason(failed, learner, trainer, now):
    decide(appeal(failed, learner, now), trainer, now, outcome="rejected", reason="答案与要点不符")
    assert fresh(Sitting, failed.id).points == 1000
    assert len(facts(learner)) == 1
    told = reading().scalars(select(Notification).where(Notification.slug == "exam-appeal-decided")).one()
    assert told.params["reason"] == "答案与要点不符"


def test_an_appeal_waits_for_somebody_in_the_queue(failed, learner, trainer, now):
    appeal(failed, learner, now, position=None)
    (line,) = waiting_appeals(reading(), ("/",), trainer.person_id)
    assert (line.name, line.position, line.text, line.mine) == (learner.name, None, WHY, False)


def test_the_time_for_appeals_ends_at_the_persons_own_midnight(failed, learner, now):
    end = appeal_until(failed.settled_at, 5, zone_of_person(reading(), learner.id))
    with refused(Refused, "appeal.too_late"):
        appeal(failed, learner, end)
    assert appeal(failed, learner, end - SECOND).position == 2


def test_an_exam_without_appeals_takes_none(learner, now):
    sitting = sit(learner, [make_question("single", SINGLE)], {1: "b"}, terms=Terms((), appeal_days=0))
    assert not in_time(now, sitting.settled_at, 0, zone_of_person(reading(), learner.id))
    with pytest.raises(Refused):
        appeal(sitting, learner, now, position=1)


def test_the_same_is_appealed_once(failed, learner, now):
    appeal(failed, learner, now)
    with pytest.raises(Conflict):
        appeal(failed, learner, now)
    assert appeal(failed, learner, now, position=1)
    assert appeal(failed, learner, now, position=None)


@pytest.mark.parametrize(("position", "text"), [(3, WHY), (0, WHY), (1, "  ")], ids=["no such", "zero", "no words"])
def test_an_appeal_needs_a_question_of_the_paper_and_words(failed, learner, now, position, text):
    with pytest.raises(Invalid):
        appeal(failed, learner, now, position=position, text=text)


def test_nobody_appeals_for_another(failed, now):
    with pytest.raises(NotFound):
        appeal(failed, factories.make_person("别人"), now)


@pytest.mark.parametrize(
    "marks", [{}, {2: 0}, {2: 1001}, {1: 900}, {3: 100}, {2: -1}],
    ids=["none", "no rise", "more than offered", "a fall, and not the question", "no such question", "no number"],
)
def test_an_upheld_appeal_only_raises_what_it_is_about(failed, learner, trainer, now, marks):
    row = appeal(failed, learner, now)
    with pytest.raises(Invalid):
        decide(row, trainer, now, marks=marks)
    reading().rollback()
    assert fresh(Sitting, failed.id).points == 1000


def test_an_appeal_is_decided_once(failed, learner, trainer, now):
    row = appeal(failed, learner, now)
    decide(row, trainer, now, marks={2: 1000})
    with pytest.raises(Conflict):
        decide(row, trainer, now, outcome="rejected")


def test_neither_the_marker_nor_the_candidate_decides(learner, trainer, now, monkeypatch):
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: True)
    short = make_question("short", SHORT)
    sitting = sit(learner, [short], {1: "先听"})
    with unit_of_work() as session:
        (lease,) = marking.take_answers(session, short.id, by=trainer, now=now)
        marking.save_mark(session, lease.id, points={"": 400}, revision=1, by=trainer, now=now)
    row = appeal(sitting, learner, now, position=1)
    with refused(Refused, "appeal.marked_it"):
        decide(row, trainer, now, marks={1: 900})
    with pytest.raises(Refused):
        decide(row, identity_of(reading(), learner), now, marks={1: 900})
    other = identity_of(reading(), factories.make_person("另一位", roles=[Role.TRAINER]))
    decide(row, other, now, marks={1: 900})
    assert fresh(Sitting, sitting.id).points == 900


def test_appeals_stay_as_they_were_written(failed, learner, now):
    appeal(failed, learner, now)
    with pytest.raises(Exception, match="append-only"), unit_of_work() as session:
        session.execute(Appeal.__table__.update().values(text="anders"))
