"""The editor of a draft: its cover, its units, a preview, its files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from courses.files import take_captions, take_document, take_film, take_picture
from courses.forms import CaptionsForm, DocumentForm, EditionForm, FilmForm, NewUnitForm, PictureForm, UnitForm
from courses.models import CourseUnit
from courses.queries.player import pictures_of
from courses.rules.units import UnitKind
from courses.services import editing
from courses.views import bp, reaching
from courses.views.who import learner_id
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.i18n import _
from lms.web.forms import Form
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.posted import json_object
from lms.web.richtext import render
from question_bank import queries as bank
from simulations.queries import scripts_for

LONGEST_PREVIEW = 200_000
# What a form writes for each kind, besides what every unit has.
FIELDS: dict[UnitKind, tuple[str, ...]] = {
    UnitKind.PAGE: ("text", "seconds"), UnitKind.DOCUMENT: ("text", "seconds"),
    UnitKind.VIDEO: ("text", "film_percent"), UnitKind.TEST: ("questions", "pass_percent"),
    UnitKind.CALL: ("script", "pass_percent"),
}
COMMON = ("title", "title_en", "chapter", "minutes", "required")


@bp.route("/manage/editions/<uuid:edition_id>/cover", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE)
def cover(edition_id: UUID) -> ResponseReturnValue:
    """Title, summary, notice and order of a draft."""
    edition = reaching.edition(edition_id, Permission.COURSE_WRITE)
    form = EditionForm(obj=edition)
    if form.validate_on_submit():
        values = {name: form[name].data for name in editing.EDITION_FIELDS if name in form}
        with unit_of_work() as session:
            editing.change_edition(session, edition_id, values, by=current_identity(), now=request_time())
        flash(_("Saved."), "ok")
        return redirect(url_for(".edition_page", edition_id=edition_id))
    return page("courses/manage/cover.html", form=form, edition=edition), 422 if form.is_submitted() else 200


@bp.post("/manage/editions/<uuid:edition_id>/units")
@requires(Permission.COURSE_WRITE)
def add_unit(edition_id: UUID) -> ResponseReturnValue:
    """Add a unit at the end, and go to its editor."""
    reaching.edition(edition_id, Permission.COURSE_WRITE)
    form = NewUnitForm()
    if not form.validate_on_submit():
        flash(_("A unit needs a title."), "no")
        return redirect(url_for(".edition_page", edition_id=edition_id))
    with unit_of_work() as session:
        unit = editing.add_unit(session, edition_id, kind=UnitKind(form.kind.data), title=form.title.data or "",
                                by=current_identity(), now=request_time())
    return redirect(url_for(".edit_unit", unit_id=unit.id))


@bp.route("/manage/units/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE)
def edit_unit(unit_id: UUID) -> ResponseReturnValue:
    """The editor of one unit."""
    unit = reaching.unit(unit_id)
    form = _unit_form(unit)
    if form.validate_on_submit():
        problem = _save(unit, form)
        if problem is None:
            flash(_("Saved."), "ok")
            return redirect(url_for(".edit_unit", unit_id=unit_id))
        form.form_errors.append(problem)
    return _editor(unit, form), 422 if form.is_submitted() else 200


@bp.post("/manage/editions/<uuid:edition_id>/preview")
@requires(Permission.COURSE_WRITE)
def preview(edition_id: UUID) -> ResponseReturnValue:
    """What a text will look like to learners."""
    reaching.edition(edition_id, Permission.COURSE_WRITE)
    text = str(json_object().get("text", ""))[:LONGEST_PREVIEW]
    return jsonify(html=str(render(text, pictures_of(reading(), edition_id), think=_("Think about it"))))


@bp.post("/manage/units/<uuid:unit_id>/move/<any(up, down):way>")
@requires(Permission.COURSE_WRITE)
def move_unit(unit_id: UUID, way: str) -> ResponseReturnValue:
    """Move a unit one place."""
    edition_id = reaching.unit(unit_id).edition_id
    with unit_of_work() as session:
        editing.move_unit(session, unit_id, -1 if way == "up" else 1, by=current_identity(), now=request_time())
    return redirect(url_for(".edition_page", edition_id=edition_id))


@bp.post("/manage/units/<uuid:unit_id>/remove")
@requires(Permission.COURSE_WRITE)
def remove_unit(unit_id: UUID) -> ResponseReturnValue:
    """Take a unit out of a draft."""
    edition_id = reaching.unit(unit_id).edition_id
    with unit_of_work() as session:
        editing.remove_unit(session, unit_id, by=current_identity(), now=request_time())
    return redirect(url_for(".edition_page", edition_id=edition_id))


@bp.post("/manage/units/<uuid:unit_id>/film")
@requires(Permission.COURSE_WRITE)
def upload_film(unit_id: UUID) -> ResponseReturnValue:
    """Put a film into a unit."""
    return _upload(unit_id, FilmForm(), "film", lambda: take_film(request.files.get("film")), "file")


@bp.post("/manage/units/<uuid:unit_id>/captions")
@requires(Permission.COURSE_WRITE)
def upload_captions(unit_id: UUID) -> ResponseReturnValue:
    """Put captions to a unit's film."""
    sent = request.files.get("captions")
    return _upload(unit_id, CaptionsForm(), "captions", lambda: take_captions(sent), "captions")


@bp.post("/manage/units/<uuid:unit_id>/document")
@requires(Permission.COURSE_WRITE)
def upload_document(unit_id: UUID) -> ResponseReturnValue:
    """Put a PDF into a unit."""
    return _upload(unit_id, DocumentForm(), "document", lambda: take_document(request.files.get("document")), "file")


@bp.post("/manage/units/<uuid:unit_id>/files/<any(file, captions):slot>/remove")
@requires(Permission.COURSE_WRITE)
def remove_file(unit_id: UUID, slot: str) -> ResponseReturnValue:
    """Take a file out of a unit of a draft."""
    reaching.unit(unit_id)
    with unit_of_work() as session:
        editing.attach(session, unit_id, slot, None, by=current_identity(), now=request_time())
    return redirect(url_for(".edit_unit", unit_id=unit_id))


@bp.post("/manage/units/<uuid:unit_id>/picture")
@requires(Permission.COURSE_WRITE)
def upload_picture(unit_id: UUID) -> ResponseReturnValue:
    """Put a picture into the edition, to be shown by its name."""
    unit = reaching.unit(unit_id)
    form = PictureForm()
    try:
        name, info = take_picture(request.files.get("picture"))
        with unit_of_work() as session:
            editing.add_picture(session, unit.edition_id, name, info, by=current_identity(), now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return _editor(unit, _unit_form(unit), picture=form), invalid.status
    flash(_("The picture is there. Show it with ![what it shows](%(name)s)", name=name), "ok")
    return redirect(url_for(".edit_unit", unit_id=unit_id))


def _upload(
    unit_id: UUID, form: Form, field: str, take: Callable[[], dict[str, Any]], slot: str
) -> ResponseReturnValue:
    unit = reaching.unit(unit_id)
    try:
        info = take()
        with unit_of_work() as session:
            editing.attach(session, unit_id, slot, info, by=current_identity(), now=request_time())
    except Invalid as invalid:
        form.take(invalid)
        return _editor(unit, _unit_form(unit), **{field: form}), invalid.status
    flash(_("%(name)s is in place.", name=info["filename"]), "ok")
    return redirect(url_for(".edit_unit", unit_id=unit_id))


def _unit_form(unit: CourseUnit) -> UnitForm:
    points = " ".join(unit.points)
    own = FIELDS[UnitKind(unit.kind)]
    kept = {name: getattr(unit, name) for name in (*COMMON, *own)}
    form = UnitForm(**kept, points=points, seen=editing.mark_of(unit))
    for name in {name for fields in FIELDS.values() for name in fields}.difference(own):
        del form[name]
    if "script" in own:
        _offer_scripts(form, unit)
    return form


def _offer_scripts(form: UnitForm, unit: CourseUnit) -> None:
    """Offer the published call scripts, and the one chosen before even if it isn't published any more."""
    scripts = scripts_for(reading(), learner_id())
    form.script.choices = [("", "—")] + [(line.code, f"{line.title} · {line.code}") for line in scripts]
    if unit.script and unit.script not in {line.code for line in scripts}:
        form.script.choices.append((unit.script, unit.script))


def _save(unit: CourseUnit, form: UnitForm) -> str | None:
    """Save the form; return what hinders it, None when it is saved."""
    values = {name: form[name].data for name in (*COMMON, *FIELDS[UnitKind(unit.kind)])}
    defaults = {"seconds": 0, "film_percent": 90, "questions": unit.questions, "script": "", "text": ""}
    for name, default in defaults.items():
        if name in values and values[name] is None:
            values[name] = default
    if unit.kind == UnitKind.TEST and values["pass_percent"] is None:
        values["pass_percent"] = unit.pass_percent
    values["points"] = form.point_codes()
    unknown = _unknown_points(reading(), values["points"])
    if unknown:
        return str(_("The question bank has no point %(codes)s.", codes=", ".join(unknown)))
    try:
        with unit_of_work() as session:
            editing.change_unit(session, unit.id, values, seen=form.seen.data or None, by=current_identity(),
                                now=request_time())
    except Conflict as conflict:
        return str(conflict.message)
    return None


def _unknown_points(session: Session, codes: list[str]) -> list[str]:
    known = {point.code for point in bank.points(session)}
    return [code for code in codes if code not in known]


def _editor(unit: CourseUnit, form: UnitForm, **uploads: Form) -> str:
    forms: dict[str, Form] = {"film": FilmForm(), "captions": CaptionsForm(), "document": DocumentForm(),
                              "picture": PictureForm()}
    pictures = pictures_of(reading(), unit.edition_id)
    return page(
        "courses/manage/unit.html", unit=unit, edition=unit.edition, form=form, uploads=forms | uploads,
        pictures=sorted(pictures), points=bank.points(reading()), fields=FIELDS[UnitKind(unit.kind)],
        html=render(form["text"].data or "" if "text" in form else "", pictures, think=_("Think about it")),
    )
