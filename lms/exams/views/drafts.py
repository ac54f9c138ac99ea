"""What a draft comes to: the live count of the bank, questions to put on it, previews, fixing a draw."""

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.models import Exam
from lms.exams.queries.bank import supply_of
from lms.exams.queries.editor import find_questions
from lms.exams.queries.forms import forms_view
from lms.exams.queries.previewed import DRAFT, Previewed, items_to_preview, previewed_of
from lms.exams.queries.room import preview_of, trial_of
from lms.exams.rules.forms import LETTERS
from lms.exams.rules.paper import Item, NotEnoughQuestions, full_mark
from lms.exams.rules.terms import Terms, terms_from_json
from lms.exams.services import authoring
from lms.exams.views import bp
from lms.exams.views.blueprint_form import parts_from_form, sections_from_form
from lms.exams.views.door import exam_to_read, exam_to_write, may_write
from lms.exams.words.codes import KINDS
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.i18n import _
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires

SEED_LENGTH = 20


@bp.post("/papers/supply")
@requires(Permission.EXAM_WRITE)
def count_supply() -> ResponseReturnValue:
    """Tell what the bank can supply for the lines of an editor, while they are written."""
    parts, sections = parts_from_form(request.form), sections_from_form(request.form)
    supplies = supply_of(reading(), parts)
    groups = [[part for part in parts if part.section == index] for index in range(len(sections))]
    return jsonify(
        lines=[{"available": it.available, "short": it.short} for it in supplies],
        questions=sum(part.count for part in parts), full_mark=full_mark(parts),
        sections=[{"questions": sum(it.count for it in group), "full_mark": full_mark(group)} for group in groups],
    )


@bp.get("/papers/questions")
@requires(Permission.EXAM_WRITE)
def offer_questions() -> ResponseReturnValue:
    """Offer published questions by code or by words, for a paper put together by hand."""
    found = find_questions(reading(), request.args.get("q", "")[:2000], current_identity())
    return jsonify(
        questions=[
            {"edition": it.edition_id, "code": it.code, "number": it.number, "stem": it.stem[:200],
             "kind": str(KINDS[it.kind]), "points": it.points}
            for it in found
        ]
    )


@bp.get("/papers/<code>/preview")
@requires(Permission.EXAM_READ)
def preview(code: str) -> ResponseReturnValue:
    """Show a paper as a candidate would get it; nothing is saved."""
    exam = exam_to_read(code)
    shown, seed = asked_paper(exam), asked_seed()
    try:
        items = items_asked_for(shown, seed)
    except (NotEnoughQuestions, ValueError):
        return not_filled(exam)
    terms = shown.terms
    questions = preview_of(reading(), terms, items, seed=f"preview:{seed}")
    return page("exams/preview.html", exam=exam, shown=shown, of=name_of(shown), terms=terms, questions=questions,
                seed=seed, may_write=may_write(exam), drawn=any(part.edition is None for part in terms.parts),
                form=asked_form(terms), letters=LETTERS[: terms.forms])


@bp.get("/papers/<code>/try")
@requires(Permission.EXAM_READ)
def try_out(code: str) -> ResponseReturnValue:
    """Let an author sit a draw in the real exam room; nothing is recorded, nothing leaves the page."""
    exam = exam_to_read(code)
    shown, seed = asked_paper(exam), asked_seed()
    terms, form = shown.terms, asked_form(shown.terms)
    try:
        items = items_asked_for(shown, seed)
    except (NotEnoughQuestions, ValueError):
        return not_filled(exam)
    questions = preview_of(reading(), terms, items, seed=f"preview:{seed}")
    now = clock.now()
    return page(
        "exams/room.html", room=trial_of(exam, terms, questions, form=form, at=now), token="", now=now,
        zone=display_zone().key, back=url_for(".preview", code=code, of=name_of(shown), seed=seed, form=form or None),
    )


@bp.post("/papers/<code>/fix")
@requires(Permission.EXAM_WRITE)
def fix(code: str) -> ResponseReturnValue:
    """Make the previewed draw the exam's fixed paper."""
    exam = exam_to_write(code)
    try:
        with unit_of_work() as session:
            authoring.fix_draft(
                session, exam.id, seed=f"preview:{asked_seed()}", by=current_identity(), now=request_time()
            )
    except (NotEnoughQuestions, ValueError):
        return not_filled(exam_to_read(code))
    flash(_("The draft is a fixed paper now: exactly these questions. Publish it to use it."), "ok")
    return redirect(url_for(".edit", code=code))


@bp.get("/papers/<code>/forms")
@requires(Permission.EXAM_READ)
def show_forms(code: str) -> ResponseReturnValue:
    """Show the forms that a draft comes to, and how equal they are."""
    exam = exam_to_read(code)
    terms = terms_from_json(exam.draft)
    try:
        view = forms_view(reading(), terms)
    except (NotEnoughQuestions, ValueError):
        return not_filled(exam)
    return page("exams/forms.html", exam=exam, terms=terms, view=view, may_write=may_write(exam))


@bp.post("/papers/<code>/forms")
@requires(Permission.EXAM_WRITE)
def deal_forms(code: str) -> ResponseReturnValue:
    """Deal the forms of a draft anew."""
    exam = exam_to_write(code)
    with unit_of_work() as session:
        authoring.deal_forms(session, exam.id, by=current_identity(), now=request_time())
    return redirect(url_for(".show_forms", code=code))


def asked_form(terms: Terms) -> int:
    """Return the form (1..) that a request asks for, 0 where a draft has none."""
    asked = request.values.get("form", "1")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 3 else 1
    return min(max(wanted, 1), terms.forms) if terms.forms > 1 else 0


def asked_paper(exam: Exam) -> Previewed:
    """Return the paper of an exam that a request asks for: of=draft, or of=the number of the published edition."""
    return previewed_of(exam, request.values.get("of", "")[:SEED_LENGTH])


def name_of(shown: Previewed) -> str:
    """Return what addresses call a paper of an exam."""
    return str(shown.edition.number) if shown.edition else DRAFT


def items_asked_for(shown: Previewed, seed: str) -> tuple[Item, ...]:
    """Return the draw or form that a request asks for. Raises NotEnoughQuestions, ValueError on flaws."""
    return items_to_preview(reading(), shown, form=asked_form(shown.terms), seed=f"preview:{seed}")


def asked_seed() -> str:
    """Return the number of the draw that a request asks for."""
    return request.values.get("seed", "1")[:SEED_LENGTH]


def not_filled(exam: Exam) -> ResponseReturnValue:
    """Lead back to the editor when the bank can't fill a draft."""
    flash(_("The bank can't fill this blueprint yet."), "no")
    return redirect(url_for(".edit", code=exam.code))
