"""Corrected keys: propose one, look at what it would change, approve it as a second person, watch it being done."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access.door import reach
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.exams.forms.exams import CorrectionDecisionForm, CorrectionForm
from lms.exams.models import KeyCorrection
from lms.exams.queries import corrections as queries
from lms.exams.queries.printed import key_in_words
from lms.exams.rules.corrections import CorrectionKind
from lms.exams.services import corrections as services
from lms.exams.views import bp
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.jobs import Job
from lms.people.models import Person
from lms.records.corrections import CorrectionVerdict
from lms.web.guard import current_identity, page, request_time, requires
from question_bank import queries as bank
from question_bank.kinds import KindCode
from question_bank.models import Question, QuestionEdition


@bp.get("/corrections")
@requires(Permission.KEY_CORRECT)
def corrections() -> ResponseReturnValue:
    """List the proposals and what came of them."""
    scopes = current_identity().scopes(Role.TRAINER, Role.TRAINING_ADMIN, Role.REVIEWER)
    return page("exams/corrections.html", rows=queries.correction_list(reading(), scopes))


@bp.get("/corrections/new")
@requires(Permission.KEY_CORRECT)
def new_correction() -> ResponseReturnValue:
    """Show the form for one question."""
    question = _question(request.args.get("question", ""))
    form = _form(question)
    _suggest(form, _published(question))
    return _form_page(question, form)


@bp.post("/corrections/new")
@requires(Permission.KEY_CORRECT)
def propose() -> ResponseReturnValue:
    """Keep a proposal; its page shows what it would change."""
    question = _question(request.args.get("question", ""))
    form = _form(question)
    if not form.validate_on_submit():
        return _form_page(question, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with unit_of_work() as session:
            row = services.propose_correction(
                session, UUID(form.edition_id.data), kind=CorrectionKind(form.kind.data),
                corrected_id=UUID(form.corrected_id.data) if form.corrected_id.data else None,
                reason=form.reason.data or "", by=current_identity(), now=request_time(),
            )
            correction_id = row.id
    except (Invalid, Conflict) as error:
        form.take(error if isinstance(error, Invalid) else [Problem("", error.message)])
        return _form_page(_question(request.args.get("question", "")), form), error.status
    return redirect(url_for(".correction", correction_id=correction_id))


def _question(code: str) -> Question:
    question = reading().scalar(select(Question).where(Question.code == code))
    if question is None:
        raise NotFound
    reach(current_identity(), Permission.KEY_CORRECT, Subject(None, question.unit_path))
    return question


def _published(question: Question) -> list[UUID]:
    """Return the editions of a question that papers may have, the newest first."""
    return list(
        reading().scalars(
            select(QuestionEdition.id)
            .where(QuestionEdition.question_id == question.id, QuestionEdition.state.in_(services.PUBLISHED))
            .order_by(QuestionEdition.number.desc())
        )
    )


def _form(question: Question) -> CorrectionForm:
    numbers = bank.editions(reading(), _published(question))
    form = CorrectionForm()
    named = [(str(it.id), _("edition %(n)s", n=it.number)) for it in numbers.values()]
    form.edition_id.choices = named
    form.corrected_id.choices = [("", "—"), *named]
    return form


def _suggest(form: CorrectionForm, ids: list[UUID]) -> None:
    """Choose what is mostly meant: the edition most have sat, and to be marked by the newest one where it is newer."""
    if not ids:
        return
    sat = queries.sittings_by_edition(reading(), ids)
    numbers = {it.id: it.number for it in bank.editions(reading(), ids).values()}
    most = max(ids, key=lambda it: (sat.get(it, 0), numbers[it]))
    newest = max(ids, key=numbers.__getitem__)
    form.edition_id.data = str(most)
    if newest != most:
        form.kind.data, form.corrected_id.data = CorrectionKind.EDITION.value, str(newest)


def _form_page(question: Question, form: CorrectionForm) -> str:
    editions = bank.editions(reading(), _published(question))
    keys = {it.id: key_in_words(KindCode(it.kind), it.content) for it in editions.values()}
    return page("exams/correction_form.html", question=question, form=form, editions=list(editions.values()), keys=keys,
                sat=queries.sittings_by_edition(reading(), list(editions)))


def _correction(correction_id: UUID) -> KeyCorrection:
    row = reading().get(KeyCorrection, correction_id, populate_existing=True)
    if row is None:
        raise NotFound
    question = reading().get_one(Question, row.question_id)
    reach(current_identity(), Permission.KEY_CORRECT, Subject(None, question.unit_path))
    return row


@bp.get("/corrections/<uuid:correction_id>")
@requires(Permission.KEY_CORRECT)
def correction(correction_id: UUID) -> ResponseReturnValue:
    """Show what a proposal would change, or what it has changed."""
    return _correction_page(_correction(correction_id), CorrectionDecisionForm())


def _correction_page(row: KeyCorrection, form: CorrectionDecisionForm) -> str:
    session = reading()
    impact = queries.impact_of(session, row, at=request_time()) if row.decision is None else None
    if impact is not None:
        form.seen.data = impact.digest
    editions = bank.editions(session, [it for it in (row.edition_id, row.corrected_id) if it])
    deciders = [row.proposed_by, *([row.decision.decided_by] if row.decision else [])]
    return page(
        "exams/correction.html", correction=row, impact=impact, form=form, editions=editions, job=_job(row),
        people={it: session.get_one(Person, it) for it in deciders}, done=queries.done_by(session, row.id),
        keys={it.id: key_in_words(KindCode(it.kind), it.content) for it in editions.values()},
        progress=queries.progress_of_correction(session, row.id), mine=row.proposed_by == current_identity().person_id,
    )


def _job(row: KeyCorrection) -> Job | None:
    key = f"{services.MARK_AGAIN}:{row.id}"
    return reading().scalar(select(Job).where(Job.key == key).execution_options(populate_existing=True))


@bp.get("/corrections/<uuid:correction_id>/progress")
@requires(Permission.KEY_CORRECT)
def correction_progress(correction_id: UUID) -> ResponseReturnValue:
    """Tell how far marking again is."""
    job = _job(_correction(correction_id))
    if job is None:
        raise NotFound
    state = {"waiting": "queued"}.get(job.state, job.state)
    return jsonify(state=state, done=job.done, total=job.total, text="", report=[])


@bp.post("/corrections/<uuid:correction_id>/<any(approve, reject):verdict>")
@requires(Permission.KEY_CORRECT)
def decide_correction(correction_id: UUID, verdict: str) -> ResponseReturnValue:
    """Approve or reject a proposal."""
    _correction(correction_id)
    form = CorrectionDecisionForm()
    if not form.validate_on_submit():
        return _correction_page(_correction(correction_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = CorrectionVerdict.APPROVED if verdict == "approve" else CorrectionVerdict.REJECTED
    try:
        with unit_of_work() as session:
            services.decide_correction(
                session, correction_id, verdict=chosen, reason=form.reason.data or "", seen=form.seen.data or "",
                by=current_identity(), now=request_time(),
            )
    except Conflict as error:
        form.take([Problem("", error.message)])
        return _correction_page(_correction(correction_id), form), error.status
    flash(_("Approved; the papers are being marked again.") if verdict == "approve" else _("Rejected."), "ok")
    return redirect(url_for(".correction", correction_id=correction_id))
