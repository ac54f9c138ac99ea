"""The trainers' catalogue: courses, their editions, the people in them."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from courses.forms import NewCourseForm
from courses.models import Course
from courses.queries.catalogue import catalogue, editions_of, owner_path, title_matches
from courses.queries.editions import current_edition, current_editions, open_edition
from courses.services.editing import new_course, start_draft
from courses.views import bp
from courses.views.reaching import readable, subject_of, writable
from courses.views.words import localised
from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _, _l
from lms.people.queries import organisation
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

COURSES = Table(
    "courses", title=_l("Courses"), search_hint=_l("Title or code"), default_sort="code",
    columns=(
        Column("title", _l("Course"), always=True, value=lambda row: localised(row[1] or row[2])),
        Column("code", _l("Code"), sort=Course.code, value=lambda row: row[0].code),
        Column("edition", _l("Edition in force"), numeric=True, value=lambda row: row[1].number if row[1] else None),
        Column("minutes", _l("Minutes"), numeric=True, value=lambda row: (row[1] or row[2]).minutes),
        Column("owner", _l("Belongs to"), value=lambda row: row[3].name if row[3] else _("Whole organisation")),
        Column("learning", _l("People learning"), numeric=True, value=lambda row: row[4]),
        Column("finished", _l("People finished"), numeric=True, value=lambda row: row[5]),
    ),
    filters=(
        Filter("state", _l("Any state"), options=(("current", _l("In the catalogue")), ("retired", _l("Taken out"))),
               where=lambda value: Course.retired_at.is_(None) == (value == "current")),
    ),
    search=title_matches,
)


@bp.get("/manage")
@requires(Permission.COURSE_READ)
def index() -> ResponseReturnValue:
    """Every course I may see."""
    statement = catalogue(scopes_of(current_identity(), Permission.COURSE_READ))
    state = COURSES.state(request.args)
    if state.export:
        answer: ResponseReturnValue = export(reading(), statement, state, filename="courses")
        return answer
    return page("courses/manage/index.html", state=state, rows=paginate(reading(), statement, state))


@bp.route("/manage/new", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE)
def new() -> ResponseReturnValue:
    """Begin a course of our own, empty or copied."""
    form = NewCourseForm()
    form.copy_of.choices = [("", _("An empty course"))] + [
        (str(it.id), localised(it)) for it in current_editions(reading()).values()]
    form.owner.choices = _owners()
    if form.validate_on_submit():
        owner, source = form.owner.data, form.copy_of.data
        try:
            with unit_of_work() as session:
                made = new_course(
                    session, code=form.code.data or "", title=form.title.data or "",
                    copy_of=_uuid(source), owner_unit_id=_uuid(owner), by=current_identity(), now=request_time(),
                )
            return redirect(url_for(".edition_page", edition_id=made.id))
        except Invalid as invalid:
            form.take(invalid)
    return page("courses/manage/new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/manage/<code>")
@requires(Permission.COURSE_READ)
def course_page(code: str) -> ResponseReturnValue:
    """One course: what is in force, what is being written, its editions."""
    course = readable(code)
    return page(
        "courses/manage/course.html", course=course, current=current_edition(reading(), course.id),
        working=open_edition(reading(), course.id), editions=editions_of(reading(), course.id),
        owner=owner_path(reading(), course), subject=subject_of(course),
    )


@bp.post("/manage/<code>/draft")
@requires(Permission.COURSE_WRITE)
def draft(code: str) -> ResponseReturnValue:
    """Copy the edition in force into a draft to work on; go to the draft there is, if there is one."""
    course = writable(code)
    with unit_of_work() as session:
        made = start_draft(session, session.get_one(Course, course.id), by=current_identity(), now=request_time())
    return redirect(url_for(".edition_page", edition_id=made.id))


def _owners() -> list[tuple[str, str]]:
    """Return the parts of the organisation a new course may belong to, by where one may write."""
    scopes = scopes_of(current_identity(), Permission.COURSE_WRITE)
    everything = [("", _("Whole organisation"))] if "/" in scopes else []
    units = organisation.units(reading(), scopes)
    return everything + [(str(unit.id), "　" * unit.depth + unit.name) for unit in units]


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
