"""Films, captions, documents and pictures of courses. Films answer range requests, so that players can jump."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue

from courses.models import CourseEdition, CoursePicture, CourseUnit
from courses.queries.player import pictures_of
from courses.views import bp
from courses.views.reaching import may_open_files
from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _
from lms.web.guard import requires
from lms.web.pdf import render_pdf
from lms.web.richtext import render
from lms.web.uploads import MEDIA_TYPES, stored_path

A_DAY = 24 * 3600


@bp.get("/units/<uuid:unit_id>/film")
@requires(Permission.COURSE_STUDY)
def film(unit_id: UUID) -> ResponseReturnValue:
    """The film of a unit."""
    return _send(_unit(unit_id).file)


@bp.get("/units/<uuid:unit_id>/captions.vtt")
@requires(Permission.COURSE_STUDY)
def captions(unit_id: UUID) -> ResponseReturnValue:
    """The captions of a unit's film."""
    return _send(_unit(unit_id).captions)


@bp.get("/units/<uuid:unit_id>/document")
@requires(Permission.COURSE_STUDY)
def document(unit_id: UUID) -> ResponseReturnValue:
    """The PDF of a unit."""
    return _send(_unit(unit_id).file, kinds=("pdf",))


@bp.get("/units/<uuid:unit_id>/sheet.pdf")
@requires(Permission.COURSE_STUDY)
def sheet(unit_id: UUID) -> ResponseReturnValue:
    """A unit's text as a sheet to print and keep."""
    unit = _unit(unit_id)
    if not unit.text.strip():
        raise NotFound
    html = render(unit.text, pictures_of(reading(), unit.edition_id), think=_("Think about it"))
    template, styles = "courses/print/sheet.html", "courses/print/sheet.css"
    try:
        pdf = render_pdf(template, styles, unit=unit, edition=unit.edition, html=html)
    except RuntimeError as missing:
        sentence = _("This machine can't print PDFs: use the browser's own printing.")
        raise Conflict("pdf.impossible", sentence) from missing
    return send_file(BytesIO(pdf), mimetype="application/pdf", download_name=f"{unit.title}.pdf", max_age=0)


@bp.get("/pictures/<uuid:picture_id>")
@requires(Permission.COURSE_STUDY)
def picture(picture_id: UUID) -> ResponseReturnValue:
    """An uploaded picture of an edition."""
    found = reading().get(CoursePicture, picture_id)
    if found is None or not may_open_files(reading().get_one(CourseEdition, found.edition_id)):
        raise NotFound
    return _send(found.file, kinds=("png", "jpg", "webp", "gif"))


def _unit(unit_id: UUID) -> CourseUnit:
    unit = reading().get(CourseUnit, unit_id)
    if unit is None or not may_open_files(unit.edition):
        raise NotFound
    return unit


def _send(info: dict[str, Any] | None, kinds: tuple[str, ...] = ("mp4", "webm", "vtt")) -> ResponseReturnValue:
    if info is None or info["kind"] not in kinds:
        raise NotFound
    path = stored_path(info["sha256"])
    if not path.is_file():
        raise NotFound("file.missing")
    response = send_file(path, mimetype=MEDIA_TYPES[info["kind"]], download_name=info["filename"], conditional=True,
                         etag=info["sha256"], max_age=A_DAY)
    response.cache_control.private = True
    return response
