"""Who may see which row: the steps before a view of this area does its work."""

from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lms.access.door import allows, reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.exams.models import Exam, ExamSession, Sitting
from lms.exams.services.sitting import close_if_over, overdue_sittings
from lms.exams.views.reading import scopes_of
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.people.models import Person
from lms.web.guard import current_identity, permission_of, request_time


def may_write(exam: Exam) -> bool:
    """Tell whether the reader may change an exam they see."""
    reader, path = current_identity(), exam.unit.path if exam.unit else "/"
    return allows(reader, Permission.EXAM_WRITE) and any(path.startswith(it) for it in scopes_of(reader))


def me() -> UUID:
    """Return the person who asks. Raises NotFound when no person stands behind the request."""
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return person_id


def subject_of(person_id: UUID) -> Subject:
    """Return whom a row is about, for the policy page."""
    person = reading().get(Person, person_id)
    if person is None:
        raise NotFound
    return Subject(person_id, person.unit.path)


def own_sitting(sitting_id: UUID) -> Sitting:
    """Return one of the reader's own sittings, closed first if it is over. Raises NotFound for anybody else's."""
    sitting = _sitting(sitting_id)
    reach(current_identity(), Permission.SITTING_SIT, Subject(sitting.person_id))
    return _closed_if_over(sitting)


def readable_sitting(sitting_id: UUID) -> Sitting:
    """Return a sitting whose result the reader may see, closed first if it is over."""
    sitting = _sitting(sitting_id)
    reach(current_identity(), Permission.SITTING_READ, subject_of(sitting.person_id))
    return _closed_if_over(sitting)


def invigilated_sitting(sitting_id: UUID) -> Sitting:
    """Return a sitting the reader may extend or end."""
    sitting = _sitting(sitting_id)
    reach(current_identity(), Permission.EXAM_INVIGILATE, subject_of(sitting.person_id))
    return sitting


def _sitting(sitting_id: UUID) -> Sitting:
    sitting = reading().get(Sitting, sitting_id)
    if sitting is None:
        raise NotFound
    return sitting


def _closed_if_over(sitting: Sitting) -> Sitting:
    if sitting.closed_at is None and sitting.paused_at is None and sitting.deadline_at < request_time():
        sitting_id = sitting.id
        with unit_of_work() as session:
            close_if_over(session, sitting_id, now=request_time())
        return _sitting(sitting_id)
    return sitting


def close_what_is_over(person_id: UUID | None = None) -> None:
    """Close sittings past their deadline before a list shows them; of one person, or everybody's."""
    for sitting_id in overdue_sittings(reading(), now=request_time(), person_id=person_id):
        with unit_of_work() as session:
            close_if_over(session, sitting_id, now=request_time())


def exam_to_read(code: str) -> Exam:
    """Return an exam for somebody who may read exams: everybody's, those of their part of the tree and above it."""
    exam = _exam(code)
    if not readable(exam.unit.path if exam.unit else "/"):
        raise NotFound
    return exam


def readable(path: str) -> bool:
    """Tell whether what belongs to a unit lies within or above the reader's part of the organisation."""
    identity = current_identity()
    if allows(identity, Permission.EXAM_READ, Subject(None, path)):
        return True
    scopes = [grant.unit_path for grant in identity.grants]
    return allows(identity, Permission.EXAM_READ) and any(scope.startswith(path) for scope in scopes)


def exam_to_write(code: str) -> Exam:
    """Return an exam for somebody who may change it."""
    exam = _exam(code)
    reach(current_identity(), Permission.EXAM_WRITE, Subject(None, exam.unit.path if exam.unit else "/"))
    return exam


def _exam(code: str) -> Exam:
    exam = reading().scalar(select(Exam).where(Exam.code == code))
    if exam is None:
        raise NotFound
    return exam


def session_to_read(session_id: UUID) -> ExamSession:
    """Return an exam session for somebody who may read exams here."""
    planned = reading().get(ExamSession, session_id)
    if planned is None or not readable(planned.unit.path if planned.unit else "/"):
        raise NotFound
    return planned


def session_to_write(session_id: UUID) -> ExamSession:
    """Return an exam session for whoever planned it, and for those who may plan exams for everybody it is for."""
    planned = session_to_read(session_id)
    if planned.created_by is None or planned.created_by != current_identity().person_id:
        reach(current_identity(), Permission.EXAM_ASSIGN, Subject(None, planned.unit.path if planned.unit else "/"))
    return planned


def invigilated_session(session_id: UUID) -> ExamSession:
    """Return an exam session whose board the reader may work with; each sitting on it is asked for by itself."""
    planned = session_to_read(session_id)
    if not allows(current_identity(), Permission.EXAM_INVIGILATE):
        raise NotFound
    return planned


def may_open(endpoint: str) -> bool:
    """Tell whether the reader may open a page of ours that takes no parameters."""
    permission = permission_of(current_app, endpoint) if endpoint in current_app.view_functions else None
    return permission is not None and allows(current_identity(), permission)
