"""Rows of exams for tests: an exam with an edition, a sitting with a paper, without asking the question bank."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from lms.exams.models import Exam, ExamAssignment, ExamEdition, ExamPurpose, Sitting, SittingAnswer
from lms.exams.rules.terms import Terms, parts_to_json, terms_to_json
from lms.exams.saving.messages import canonical
from lms.exams.saving.tokens import Seat, seat_hash
from lms.exams.saving.writer import Answer, Delivery, write_batch
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.people.models import Person

_numbers = count(1)
SEAT = "the browser it began in"


def make_exam(code: str = "", terms: Terms | None = None, **fields: Any) -> Exam:
    """Make an exam with one published edition; `terms` need no bank behind them."""
    terms = terms or Terms(())
    code = code or f"exam-{next(_numbers)}"
    values = {
        "title": "应急处置考试", "title_en": "Emergency exam", "purpose": ExamPurpose.STAGE,
        "draft": terms_to_json(terms), "created_at": clock.now(), "changed_at": clock.now(), **fields,
    }
    with unit_of_work() as session:
        exam = Exam(code=code, **values)
        session.add(exam)
        session.flush()
        session.add(
            ExamEdition(
                exam_id=exam.id, number=1, title=exam.title, title_en=exam.title_en,
                blueprint=parts_to_json(terms.parts), sections=terms_to_json(terms)["sections"],
                questions=max(terms.questions, 1),
                full_mark=max(terms.full_mark, 1), duration_minutes=terms.duration_minutes,
                pass_percent=terms.pass_percent, grace_seconds=terms.grace_seconds,
                shuffle_questions=terms.shuffle_questions,
                shuffle_options=terms.shuffle_options,
                **{name: terms_to_json(terms)[name] for name in ("resit", "release", "marking", "appeal_days")},
                published_at=clock.now(), published_by=None,
            )
        )
    return exam


def make_sitting(person: Person, *, questions: int = 10, started_at: datetime | None = None, minutes: int = 60,
                 grace_seconds: int = 10, exam: Exam | None = None, **fields: Any) -> Sitting:
    """Make a running sitting of a person that says it has so many questions, without any paper."""
    exam = exam or make_exam()
    started_at = started_at or clock.now()
    edition = reading().scalars(select(ExamEdition).where(ExamEdition.exam_id == exam.id)).one()
    with unit_of_work() as session:
        assignment = ExamAssignment(person_id=person.id, exam_id=exam.id, assigned_at=started_at, opens_at=started_at)
        session.add(assignment)
        session.flush()
        sitting = Sitting(
            assignment_id=assignment.id, person_id=person.id, edition_id=edition.id, attempt=1, seed="s",
            questions=questions, started_at=started_at, deadline_at=started_at + timedelta(minutes=minutes),
            grace_seconds=grace_seconds, seat_key=seat_hash(SEAT), **fields,
        )
        session.add(sitting)
        session.flush()
    return sitting


def saved(sitting: Sitting) -> list[SittingAnswer]:
    """Return a sitting's journal as it is on disk, in order of its keys."""
    reading().rollback()
    return list(
        reading().scalars(
            select(SittingAnswer).where(SittingAnswer.sitting_id == sitting.id)
            .order_by(SittingAnswer.item, SittingAnswer.epoch, SittingAnswer.sequence)
            .execution_options(populate_existing=True)
        )
    )


def put(sitting: Sitting, answers: dict[int, Any], *, at: datetime, epoch: int = 1) -> None:
    """Save answers (position -> answer) the way the page does, all at a given instant."""
    seat = Seat(sitting.id, sitting.person_id, epoch)
    batch = [Delivery(seat, [Answer(item, item, canonical(answer))], at) for item, answer in answers.items()]
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        write_batch(connection, batch)
