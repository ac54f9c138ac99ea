"""The page of an edition, and its way from draft to published."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from courses.forms import NewUnitForm, SendBackForm, SubmitForm
from courses.models import CourseEdition
from courses.queries.comparing import changes_between
from courses.queries.editions import current_edition
from courses.queries.player import pictures_of
from courses.rules.editions import EditionState, may_publish
from courses.services import publishing
from courses.services.editing import facts_of
from courses.views import bp, reaching
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.forms import Form
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.richtext import render


@bp.get("/manage/editions/<uuid:edition_id>")
@requires(Permission.COURSE_READ)
def edition_page(edition_id: UUID) -> ResponseReturnValue:
    """One edition: its units, what it changes, what it still lacks, and the steps that are open."""
    return _edition_page(reaching.edition(edition_id))


@bp.get("/manage/editions/<uuid:edition_id>/units/<unit_code>")
@requires(Permission.COURSE_READ)
def look_at_unit(edition_id: UUID, unit_code: str) -> ResponseReturnValue:
    """A unit of any edition as learners will see its text."""
    edition = reaching.edition(edition_id)
    unit = next((unit for unit in edition.units if unit.code == unit_code), None)
    if unit is None:
        raise NotFound
    html = render(unit.text, pictures_of(reading(), edition.id), think=_("Think about it"))
    return page("courses/manage/look.html", edition=edition, unit=unit, html=html)


@bp.post("/manage/editions/<uuid:edition_id>/submit")
@requires(Permission.COURSE_WRITE)
def submit(edition_id: UUID) -> ResponseReturnValue:
    """Hand a draft in for review."""
    edition = reaching.edition(edition_id, Permission.COURSE_WRITE)
    form = SubmitForm()
    try:
        with unit_of_work() as session:
            publishing.submit_edition(session, edition_id, changes=form.changes.data or "", by=current_identity(),
                                      now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return _edition_page(edition, submit_form=form), invalid.status
    flash(_("Handed in. Somebody who had no hand in it can publish it now."), "ok")
    return redirect(url_for(".edition_page", edition_id=edition_id))


@bp.post("/manage/editions/<uuid:edition_id>/return")
@requires(Permission.COURSE_PUBLISH)
def send_back(edition_id: UUID) -> ResponseReturnValue:
    """Return an edition to its authors."""
    edition = reaching.edition(edition_id, Permission.COURSE_PUBLISH)
    form = SendBackForm()
    if not form.validate_on_submit():
        return _edition_page(edition, back_form=form), 422
    with unit_of_work() as session:
        publishing.send_back(session, edition_id, remark=form.remark.data or "", by=current_identity(),
                             now=request_time())
    flash(_("Sent back to its authors."), "ok")
    return redirect(url_for(".edition_page", edition_id=edition_id))


@bp.post("/manage/editions/<uuid:edition_id>/publish")
@requires(Permission.COURSE_PUBLISH)
def publish(edition_id: UUID) -> ResponseReturnValue:
    """Publish an edition."""
    reaching.edition(edition_id, Permission.COURSE_PUBLISH)
    with unit_of_work() as session:
        edition = publishing.publish_edition(session, edition_id, by=current_identity(), now=request_time())
        title, code = edition.title, edition.course.code
    flash(_("“%(title)s” is published. Whoever begins the course from now on gets this edition.", title=title), "ok")
    return redirect(url_for(".course_page", code=code))


@bp.route("/manage/editions/<uuid:edition_id>/discard", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE)
def discard(edition_id: UUID) -> ResponseReturnValue:
    """Throw a draft away, after saying what that does."""
    edition = reaching.edition(edition_id, Permission.COURSE_WRITE)
    code = edition.course.code
    form = Form()
    if form.validate_on_submit():
        with unit_of_work() as session:
            publishing.discard_edition(session, edition_id, by=current_identity(), now=request_time())
        flash(_("The draft is gone."), "ok")
        return redirect(url_for(".course_page", code=code))
    return page(
        "kit/confirm.html", title=_("Throw this draft away?"), form=form, submit=_("Throw away"), danger=True,
        cancel=url_for(".edition_page", edition_id=edition_id), count=len(edition.units),
        rows=[unit.title for unit in edition.units],
        does=[_("Its units and everything written in them are deleted."), _("Published editions stay as they are.")],
    )


def _edition_page(
    edition: CourseEdition, submit_form: SubmitForm | None = None, back_form: SendBackForm | None = None
) -> str:
    current = current_edition(reading(), edition.course_id)
    before = current if edition.state != EditionState.PUBLISHED else None
    return page(
        "courses/manage/edition.html", edition=edition, current=current, subject=reaching.subject_of(edition.course),
        problems=publishing.unit_problems(edition) if edition.state == EditionState.DRAFT else [],
        changes=changes_between(before, edition) if before else (),
        obstacle=may_publish(facts_of(edition), current_identity().person_id),
        submit_form=submit_form or SubmitForm(), back_form=back_form or SendBackForm(), unit_form=NewUnitForm(),
    )
