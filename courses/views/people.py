"""The people in a course: who has it to do, who is how far."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from courses.models import CourseAssignment
from courses.queries.catalogue import people_in_course, required_units
from courses.queries.editions import current_edition, open_edition
from courses.views import bp
from courses.views.reaching import readable
from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.i18n import _l
from lms.people.models import Person, Unit
from lms.web.guard import current_identity, page, requires
from lms.web.tables import Column, Table, export, paginate


@bp.get("/manage/<code>/people")
@requires(Permission.COURSE_READ)
def people(code: str) -> ResponseReturnValue:
    """The people who have the course assigned or began it, within what I may see."""
    course = readable(code)
    current = current_edition(reading(), course.id)
    needed = required_units(current) if current else 0
    state = _people_table(needed).state(request.args)
    statement = people_in_course(course.id, scopes_of(current_identity(), Permission.COURSE_ASSIGN) or ("//",))
    if state.export:
        answer: ResponseReturnValue = export(reading(), statement, state, filename=f"{course.code}-people")
        return answer
    return page("courses/manage/people.html", course=course, current=current, state=state, needed=needed,
                rows=paginate(reading(), statement, state), working=open_edition(reading(), course.id))


def _people_table(needed: int) -> Table:
    def run(row: Any) -> Any:
        return row[3]

    return Table(
        "course-people", title=_l("People in this course"), search_hint=_l("Name, staff number or initials"),
        default_sort="staff_no",
        columns=(
            Column("name", _l("Name"), sort=Person.pinyin_initials, always=True, value=lambda row: row[0].name),
            Column("staff_no", _l("Staff number"), sort=Person.staff_no, value=lambda row: row[0].staff_no),
            Column("team", _l("Team"), sort=Unit.path, value=lambda row: row[1].name),
            Column("due_at", _l("Due by"), sort=CourseAssignment.due_at, value=lambda row: row[2] and row[2].due_at),
            Column("started_at", _l("Begun"), value=lambda row: run(row) and run(row).started_at),
            Column("done", _l("Units done"), numeric=True,
                   value=lambda row: f"{row[4]} / {needed}" if run(row) else None),
            Column("finished_at", _l("Finished"), value=lambda row: run(row) and run(row).finished_at),
            Column("edition", _l("Edition"), numeric=True, hidden=True,
                   value=lambda row: run(row) and run(row).edition.number),
        ),
        search=lambda term: or_(
            Person.name.contains(term, autoescape=True), Person.staff_no.startswith(term, autoescape=True),
            Person.pinyin_initials.startswith(term.lower(), autoescape=True),
        ),
    )
