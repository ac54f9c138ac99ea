"""Trainers' pages: the list of exams, the editor, publishing."""

from http import HTTPStatus

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from lms.access.permissions import Permission
from lms.exams.forms.exams import ExamForm
from lms.exams.models import Exam, ExamPurpose
from lms.exams.queries.editor import by_section, choices_for_parts, lines_of
from lms.exams.queries.papers import exam_list, figures_of
from lms.exams.rules.sections import WHOLE
from lms.exams.rules.terms import Terms, terms_from_json
from lms.exams.services import authoring
from lms.exams.views import bp
from lms.exams.views.blueprint_form import parts_from_form, sections_from_form
from lms.exams.views.door import exam_to_read, exam_to_write, may_write
from lms.exams.views.reading import form_values, scopes_of, terms_from_form
from lms.exams.words.codes import KINDS, PURPOSES, STANDINGS
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.i18n import _, _l
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

EXAMS = Table(
    "exams", title=_l("Papers"), search_hint=_l("Exam title or code"), default_sort="title",
    columns=(
        Column("title", _l("Exam title"), sort=Exam.title, always=True, value=lambda row: row[0].title),
        Column("code", _l("Code"), sort=Exam.code, value=lambda row: row[0].code),
        Column("purpose", _l("Purpose of the exam"), value=lambda row: str(PURPOSES[row[0].purpose])),
        Column("edition", _l("Edition"), numeric=True, value=lambda row: row[1].number if row[1] else None),
        Column("questions", _l("Number of questions"), numeric=True,
               value=lambda row: row[1].questions if row[1] else None),
        Column("changed_at", _l("Last changed"), sort=Exam.changed_at, value=lambda row: row[0].changed_at),
    ),
    filters=(
        Filter("purpose", _l("Purpose of the exam"), options=lambda: PURPOSES.items(),
               where=lambda it: Exam.purpose == it),
    ),
    search=lambda term: or_(Exam.title.contains(term, autoescape=True), Exam.code.contains(term, autoescape=True)),
)


@bp.get("/papers")
@requires(Permission.EXAM_READ)
def index() -> ResponseReturnValue:
    """List the exams of the reader's part of the organisation."""
    state = EXAMS.state(request.args)
    query = exam_list(scopes_of(current_identity()))
    if state.export:
        exported: Response = export(reading(), query, state, filename="exams")
        return exported
    rows = paginate(reading(), query, state)
    figures = figures_of(reading(), [row[0].id for row in rows.rows])
    return page("exams/papers.html", state=state, rows=rows, figures=figures)


@bp.get("/papers/new")
@requires(Permission.EXAM_WRITE)
def new() -> ResponseReturnValue:
    """Show an empty editor."""
    return _editor(ExamForm(), Terms(()), None)


@bp.post("/papers/new")
@requires(Permission.EXAM_WRITE)
def create() -> ResponseReturnValue:
    """Begin an exam."""
    form, parts, sections = ExamForm(), parts_from_form(request.form), sections_from_form(request.form)
    if not form.validate_on_submit():
        return _editor(form, Terms(parts, sections=sections), None), HTTPStatus.UNPROCESSABLE_ENTITY
    terms = terms_from_form(form, parts, sections)
    try:
        with unit_of_work() as session:
            authoring.create_exam(
                session, code=form.code.data or "", title=form.title.data or "", title_en=form.title_en.data or "",
                purpose=ExamPurpose(form.purpose.data), terms=terms, by=current_identity(), now=request_time(),
            )
    except Conflict as error:
        form.code.errors = [error.message]
        return _editor(form, terms, None), HTTPStatus.CONFLICT
    flash(_("Saved as a draft."), "ok")
    return redirect(url_for(".edit", code=form.code.data))


@bp.get("/papers/<code>")
@requires(Permission.EXAM_READ)
def edit(code: str) -> ResponseReturnValue:
    """Show an exam: its blueprint against the bank, its terms, its editions."""
    exam = exam_to_read(code)
    terms = terms_from_json(exam.draft)
    form = ExamForm(formdata=None, data={**form_values(terms), "code": exam.code, "title": exam.title,
                                         "title_en": exam.title_en, "purpose": exam.purpose})
    return _editor(form, terms, exam)


@bp.post("/papers/<code>")
@requires(Permission.EXAM_WRITE)
def save(code: str) -> ResponseReturnValue:
    """Keep the draft, and publish it when that button was used."""
    exam = exam_to_write(code)
    form, parts, sections = ExamForm(), parts_from_form(request.form), sections_from_form(request.form)
    form.code.data = exam.code
    if not form.validate_on_submit():
        return _editor(form, Terms(parts, sections=sections), exam), HTTPStatus.UNPROCESSABLE_ENTITY
    terms = terms_from_form(form, parts, sections)
    with unit_of_work() as session:
        authoring.save_draft(
            session, exam.id, title=form.title.data or "", title_en=form.title_en.data or "",
            purpose=ExamPurpose(form.purpose.data), terms=terms, by=current_identity(), now=request_time(),
        )
    if request.form.get("do") == "publish":
        return _publish(exam, form, terms)
    flash(_("Saved as a draft."), "ok")
    return redirect(url_for(".edit", code=code))


def _publish(exam: Exam, form: ExamForm, terms: Terms) -> ResponseReturnValue:
    code, exam_id = exam.code, exam.id
    try:
        with unit_of_work() as session:
            edition = authoring.publish_edition(session, exam_id, by=current_identity(), now=request_time())
            number = edition.number
    except Invalid as error:
        form.take(error)
        return _editor(form, terms, exam_to_read(code)), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as error:
        flash(error.message, "soon")
        return redirect(url_for(".edit", code=code))
    flash(_("Edition %(n)s is published: sittings started from now on use it.", n=number), "ok")
    return redirect(url_for(".edit", code=code))


def _editor(form: ExamForm, terms: Terms, exam: Exam | None) -> str:
    session = reading()
    return page(
        "exams/editor.html", form=form, exam=exam, terms=terms, choices=choices_for_parts(session), kind_words=KINDS,
        sections=list(zip(terms.sections, by_section(terms, lines_of(session, terms.parts)), strict=True)),
        sectioned=terms.sections != WHOLE, standings=STANDINGS, may_write=exam is None or may_write(exam),
    )
