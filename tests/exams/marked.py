"""Marked sittings for statistics, put in as rows: who answered what, worked out by the kinds themselves."""

import json
from datetime import timedelta
from itertools import count

from sqlalchemy import select

from lms.exams.models import Exam, ExamAssignment, ExamEdition, Sitting, SittingAnswer, SittingItem
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from question_bank import kinds
from question_bank import queries as bank
from tests import factories

_numbers = count(1)
HOUR = timedelta(hours=1)


def sat(exam_code, answers, *, person=None, attempt=1, session_id=None, out_of=200, left_out=(), before=()):
    """Put in one marked sitting: {question code: answer or None}. `before`: earlier answers to the same questions."""
    person = person or factories.make_person(f"考生{next(_numbers)}")
    now = clock.now()
    editions = bank.published(reading(), list(answers))
    edition = reading().scalars(
        select(ExamEdition).join(Exam, Exam.id == ExamEdition.exam_id).where(Exam.code == exam_code)
        .order_by(ExamEdition.number.desc())
    ).first()
    with unit_of_work() as session:
        assignment = ExamAssignment(person_id=person.id, exam_id=edition.exam_id, assigned_at=now, opens_at=now,
                                    state="passed", closed_at=now)
        session.add(assignment)
        session.flush()
        marks = {
            code: kinds.mark(editions[code].kind, editions[code].content, answer, out_of).hundredths
            for code, answer in answers.items()
        }
        total = sum(points for code, points in marks.items() if code not in left_out)
        full = out_of * (len(marks) - len(left_out))
        sitting = Sitting(
            assignment_id=assignment.id, person_id=person.id, edition_id=edition.id, session_id=session_id,
            attempt=attempt, seed="s", questions=len(answers), started_at=now, deadline_at=now + HOUR,
            grace_seconds=10, seat_key="x", closed_at=now, close_kind="submitted", points=total, out_of=full,
            counted=total, passed=100 * total >= 80 * full, settled_at=now,
        )
        session.add(sitting)
        session.flush()
        for position, (code, answer) in enumerate(answers.items(), 1):
            session.add(SittingItem(
                sitting_id=sitting.id, position=position, part=0, question_id=editions[code].question_id,
                edition_id=editions[code].id, point=editions[code].point, out_of=out_of, points=marks[code],
                counts=code not in left_out,
            ))
            for sequence, said in enumerate([*before, answer], 1):
                if said is not None:
                    session.add(SittingAnswer(
                        sitting_id=sitting.id, item=position, epoch=1, sequence=sequence, received_at=now,
                        verdict="counted", body=json.dumps(said),
                    ))
    return person
