"""Papers with questions of any kind, for tests of marking: made row by row, without blueprint or review."""

from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from itertools import count

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.models import ExamEdition, Sitting, SittingItem
from lms.exams.rules.terms import Terms
from lms.exams.services import sitting as services
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from question_bank.models import KnowledgePoint, Question, QuestionEdition
from tests.exams.rows import make_exam, make_sitting, put
from tests.exams.sat import fresh

_numbers = count(1)
MINUTE = timedelta(minutes=1)
SINGLE = {
    "stem": "闻到燃气味先做什么？", "explanation": "先通风。", "key": "a",
    "options": [{"id": "a", "text": "开窗"}, {"id": "b", "text": "开灯"}],
}
SHORT = {
    "stem": "如何安抚激动的来电人？", "explanation": "", "model": "先倾听，再复述，最后说明处理步骤。", "most": 500,
    "rubric": [{"text": "倾听", "percent": 40}, {"text": "复述", "percent": 60}],
}
CASE = {
    "stem": "李女士来电称厨房有燃气味。", "explanation": "",
    "parts": [{"kind": "single", "content": SINGLE, "weight": 1}, {"kind": "short", "content": SHORT, "weight": 3}],
}


def make_question(kind, content):
    """Make a question with one published edition; return the edition."""
    number = next(_numbers)
    with unit_of_work() as session:
        point = session.scalar(select(KnowledgePoint).where(KnowledgePoint.code == "gas/leak"))
        if point is None:
            point = KnowledgePoint(code="gas/leak", name="漏气处置", position=1)
            session.add(point)
        question = Question(code=f"T-{number:04d}", kind=kind, created_at=clock.now())
        session.add(question)
        session.flush()
        edition = _edition(question.id, 1, content, point.id)
        session.add(edition)
    return edition


def _edition(question_id, number, content, point_id):
    return QuestionEdition(
        question_id=question_id, number=number, state="published", content=content, stem=content["stem"],
        compared=content["stem"], text_hash=sha256(content["stem"].encode()).hexdigest(), points=200,
        knowledge_point_id=point_id, created_at=clock.now(), changed_at=clock.now(), published_at=clock.now(),
    )


def correct_question(edition, **changes):
    """Publish another edition of a question with parts of its content changed; return it."""
    with unit_of_work() as session:
        old = session.get_one(QuestionEdition, edition.id)
        old.state = "superseded"
        session.flush()
        new = _edition(old.question_id, old.number + 1, {**old.content, **changes}, old.knowledge_point_id)
        session.add(new)
    return new


def sit(person, questions, answers, *, exam=None, terms=None, out_of=1000, hand_in=True, **fields):
    """Let a person sit a paper of these editions, answer position -> answer, and hand it in; return the sitting."""
    exam = exam or make_exam(terms=terms or Terms(()))
    fields.setdefault("started_at", clock.now() - 10 * MINUTE)
    sitting = make_sitting(person, questions=len(questions), exam=exam, **fields)
    with unit_of_work() as session:
        session.add_all(
            SittingItem(sitting_id=sitting.id, position=position, part=0, question_id=edition.question_id,
                        edition_id=edition.id, point="gas/leak", out_of=out_of)
            for position, edition in enumerate(questions, start=1)
        )
    put(sitting, answers, at=sitting.started_at + MINUTE)
    if hand_in:
        with unit_of_work() as session:
            services.submit(session, sitting.id, epoch=1, by=SYSTEM, now=sitting.started_at + 2 * MINUTE)
    return fresh(Sitting, sitting.id)


def edition_of(exam):
    """Return an exam's published edition."""
    return reading().scalars(select(ExamEdition).where(ExamEdition.exam_id == exam.id)).one()


@contextmanager
def refused(kind, code):
    """Expect an error of this kind with this code, in whatever language it speaks."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code
