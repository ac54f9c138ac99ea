"""What an exam day starts from: two papers with every kind of question, rooms of fifty, candidates, an invigilator."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Role
from lms.desk.bundled import load_bundled_content
from lms.exams.models import Exam, ExamPurpose, ExamSession
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import assign_exam
from lms.exams.services.authoring import create_exam, publish_edition
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from question_bank.kinds import SIMPLE, KindCode
from question_bank.models import KnowledgePoint, Question, QuestionEdition
from tests.factories import make_person
from tests.question_bank.made import ONE_OF_EACH, SHORT
from tests.soak.scene import cookies_of

EXAM, BY_HAND, QUESTIONS = "exam-day", "exam-day-by-hand", 40
ROOM = 50  # candidates under one invigilator's eyes
HAND_MARKED = 10  # every so many candidates one sits the paper that people have to mark
POINT: Final = "soak"
ANSWERS: Final[tuple[object, ...]] = (
    "a", "b", "c", True, False, ["a", "c"], ["b", "a"], ["a", "b", "c"], ["阀", "窗"], "15 秒", "15",
    ["c", "a", "d", "b"], ["a", "c", "d", "b"], ["c", "a"], ["b", "工号"], ["文一路5号", "王敏"], [True],
    ["a", ["阀门", "窗"]], None,
)  # what a candidate may give to any question: right for some, wrong or without sense for others


@dataclass(frozen=True)
class Sitter:
    """One candidate: number (1..), exam, the session they are planned for, what a signed-in browser sends."""

    number: int
    exam: str
    session_id: UUID
    cookies: dict[bytes, bytes]


@dataclass(frozen=True)
class Rooms:
    """Everything prepared. invigilator: cookies of somebody who may work with the boards of all sessions."""

    sitters: tuple[Sitter, ...]
    sessions: tuple[UUID, ...]
    invigilator: dict[bytes, bytes]


def prepare(app: Flask, candidates: int, minutes: int) -> Rooms:
    """Make the content, the sessions and the people."""
    with app.app_context():
        with unit_of_work() as session:
            now = clock.now()
            load_bundled_content(session, now=now)
            _questions(session)
        exams = {code: _exam(code, minutes) for code in (EXAM, BY_HAND)}
        sessions: dict[tuple[str, int], UUID] = {}
        sitters = []
        for number in range(1, candidates + 1):
            code = BY_HAND if number % HAND_MARKED == 0 else EXAM
            place = (code, number // (ROOM * (HAND_MARKED if code == BY_HAND else 1)))
            if place not in sessions:
                sessions[place] = _session(exams[code], minutes)
            sitters.append(_sitter(app, number, code, sessions[place]))
        eyes = make_person("监考员", staff_no="D-EYES", roles=[Role.TRAINING_ADMIN])
        return Rooms(tuple(sitters), tuple(sessions.values()), {b"session": cookies_of(app, eyes)[b"session"]})


def _questions(session: Session) -> None:
    """Publish questions of the kinds of which the bundled bank holds few, all of them marked by the system."""
    point = KnowledgePoint(code=POINT, name="考试日", position=99)
    session.add(point)
    session.flush()
    simple = [kind for kind in SIMPLE if kind is not KindCode.SHORT]
    case = [{"kind": kind.value, "content": ONE_OF_EACH[kind], "weight": 1} for kind in simple[:2]]
    made: list[tuple[KindCode, dict[str, Any]]] = [
        *((kind, ONE_OF_EACH[kind]) for kind in (*simple, KindCode.AUDIO, KindCode.DICTATION)),
        (KindCode.CASE, {"stem": "一位老人来电。", "explanation": "", "parts": case}), (KindCode.SHORT, SHORT),
    ]
    now = clock.now()
    for number, (kind, content) in enumerate([*made, *made]):
        stem = f"{content['stem']}（{number}）" if kind is not KindCode.BLANK else content["stem"]
        question = Question(code=f"SOAK-{number:03}", kind=kind, created_at=now)
        session.add(question)
        session.flush()
        session.add(QuestionEdition(
            question_id=question.id, number=1, state="published", content={**content, "stem": stem}, stem=stem,
            compared=stem, text_hash=sha256(stem.encode()).hexdigest(), points=250, knowledge_point_id=point.id,
            created_at=now, changed_at=now, published_at=now,
        ))


def _exam(code: str, minutes: int) -> Exam:
    """Publish an exam over all kinds; the one marked by hand has short answers in the place of some single choices."""
    rare = [Part(2, 250, point=POINT, kind=kind.value) for kind in SIMPLE if kind is not KindCode.SHORT]
    rare += [Part(1, 250, point=POINT, kind=kind.value) for kind in (KindCode.CASE, KindCode.AUDIO, KindCode.DICTATION)]
    short = [Part(2, 250, point=POINT, kind=KindCode.SHORT.value)] if code == BY_HAND else []
    left = QUESTIONS - sum(part.count for part in (*rare, *short))
    parts = (*rare, *short, Part(left - 8, 250, kind="single"), Part(8, 250, kind="multiple"))
    with unit_of_work() as session:
        terms, now = Terms(parts, duration_minutes=minutes, pass_percent=20), clock.now()
        exam = create_exam(
            session, code=code, title="考试日", purpose=ExamPurpose.STAGE, terms=terms, by=SYSTEM, now=now
        )
        publish_edition(session, exam.id, by=SYSTEM, now=now)
    return exam


def _session(exam: Exam, minutes: int) -> UUID:
    with unit_of_work() as session:
        now = clock.now()
        planned = ExamSession(exam_id=exam.id, title="考试日", opens_at=now, created_at=now,
                              closes_at=now + timedelta(minutes=minutes + 60))
        session.add(planned)
        session.flush()
        return planned.id


def _sitter(app: Flask, number: int, code: str, session_id: UUID) -> Sitter:
    person = make_person(f"考生{number}", email=f"day{number}@example.test", staff_no=f"D{number:04}")
    with unit_of_work() as session:
        assign_exam(session, code, person_id=person.id, session_id=session_id, by=SYSTEM, now=clock.now())
    return Sitter(number, code, session_id, {b"session": cookies_of(app, person)[b"session"]})
