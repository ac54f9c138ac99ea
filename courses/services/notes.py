"""A learner's own notes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.models import Course, CourseNote
from courses.queries.editions import course_by_code
from courses.queries.ways import way_of
from lms.kernel.errors import NotFound

LONGEST_QUOTE = 300


def write_note(
    session: Session, person_id: UUID, code: str, unit_code: str, *, text: str, quote: str = "", now: datetime
) -> CourseNote:
    """Keep a note beside a unit, with the words it is about. Raises NotFound for an unknown course or unit."""
    course = course_by_code(session, code)
    if course is None or way_of(session, person_id, course, unit_code) is None:
        raise NotFound
    quote = " ".join(quote.split())
    if len(quote) > LONGEST_QUOTE:
        quote = quote[: LONGEST_QUOTE - 1] + "…"
    note = CourseNote(person_id=person_id, course_id=course.id, unit_code=unit_code, quote=quote, text=text.strip(),
                      created_at=now)
    session.add(note)
    session.flush()
    return note


def delete_note(session: Session, person_id: UUID, note_id: UUID) -> tuple[str, str]:
    """Throw away a note of one's own; return the codes of the course and unit it stood beside. Raises NotFound."""
    note = session.get(CourseNote, note_id)
    if note is None or note.person_id != person_id:
        raise NotFound
    code = session.get_one(Course, note.course_id).code
    session.delete(note)
    return code, note.unit_code
