"""What the editor's buttons do."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires
from question_bank import services
from question_bank.forms import ConfirmForm, RetireForm, SendBackForm
from question_bank.kinds import KINDS, SIMPLE, KindCode
from question_bank.media import take_recording
from question_bank.models import Difficulty, QuestionEdition
from question_bank.queries.bank import QuestionDetail, detail, ids_of
from question_bank.views.bank import Editor, address_of, editor_of, empty_part, saved_words, show_bank
from question_bank.views.blueprint import bp
from question_bank.views.listing import with_list
from question_bank.wording import say_refusal, say_where

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@bp.post("/save")
@requires(Permission.QUESTION_WRITE)
def create() -> ResponseReturnValue:
    """Save a new question."""
    kind = request.form.get("kind", "")
    if kind not in set(KindCode):
        raise NotFound
    return _save(None, kind)


@bp.post("/<code>/save")
@requires(Permission.QUESTION_WRITE)
def save(code: str) -> ResponseReturnValue:
    """Save the open edition, or begin the next one."""
    question = asked_for(code)
    return _save(question, question.kind)


@bp.post("/<code>/submit")
@requires(Permission.QUESTION_WRITE)
def submit(code: str) -> ResponseReturnValue:
    """Hand the draft to a second person as it is."""
    question = asked_for(code)
    try:
        with unit_of_work() as session:
            services.submit_for_review(session, question.id, by=current_identity(), now=request_time())
    except Invalid as refused:
        return show_bank(editor_of(question, problems=refused.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("%(code)s waits for its review.", code=code), "ok")
    return redirect(address_of(code))


@bp.post("/<code>/publish")
@requires(Permission.QUESTION_PUBLISH)
def publish(code: str) -> ResponseReturnValue:
    """Publish the edition in review."""
    question = asked_for(code)
    with unit_of_work() as session:
        edition = services.publish(session, question.id, by=current_identity(), now=request_time())
        number = edition.number
    flash(_("%(code)s is published as edition %(number)s.", code=code, number=number), "ok")
    return redirect(address_of(code))


@bp.route("/<code>/send-back", methods=["GET", "POST"])
@requires(Permission.QUESTION_PUBLISH)
def send_back(code: str) -> ResponseReturnValue:
    """Return the edition in review to its author, with a note."""
    question, form = asked_for(code), SendBackForm()
    if not form.validate_on_submit():
        return page(
            "kit/confirm.html",
            title=_("Send %(code)s back", code=code),
            form=form,
            danger=False,
            does=[_("It becomes a draft again; its author sees your note.")],
            count=None,
            submit=_("Send back"),
            cancel=address_of(code),
        )
    with unit_of_work() as session:
        services.send_back(session, question.id, note=form.note.data or "", by=current_identity(), now=request_time())
    flash(_("%(code)s is a draft again.", code=code), "ok")
    return redirect(address_of(code))


@bp.route("/<code>/retire", methods=["GET", "POST"])
@requires(Permission.QUESTION_PUBLISH)
def retire(code: str) -> ResponseReturnValue:
    """Take a question out of every draw."""
    question, form = asked_for(code), RetireForm()
    if form.validate_on_submit():
        try:
            successor = _successor(form.replaced_by.data or "")
            with unit_of_work() as session:
                services.retire(session, question.id, by=current_identity(), now=request_time(), replaced_by=successor)
            flash(_("%(code)s is retired.", code=code), "ok")
            return redirect(address_of(code))
        except Invalid as refused:
            form.take(refused)
    body = page(
        "kit/confirm.html",
        title=_("Retire %(code)s", code=code),
        form=form,
        count=None,
        does=[
            _("No paper draws it any more from now on."),
            _("Papers and sittings that already use it keep it."),
            _("You can restore it at any time."),
        ],
        rows=[question.content.get("stem", "")[:80]],
        submit=_("Retire"),
        cancel=address_of(code),
    )
    return body, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@bp.post("/<code>/restore")
@requires(Permission.QUESTION_PUBLISH)
def restore(code: str) -> ResponseReturnValue:
    """Let a retired question be drawn again."""
    question = asked_for(code)
    with unit_of_work() as session:
        services.restore(session, question.id, by=current_identity(), now=request_time())
    flash(_("%(code)s can be drawn again.", code=code), "ok")
    return redirect(address_of(code))


@bp.route("/<code>/discard", methods=["GET", "POST"])
@requires(Permission.QUESTION_WRITE)
def discard(code: str) -> ResponseReturnValue:
    """Throw the open edition away."""
    question, form = asked_for(code), ConfirmForm()
    if not form.validate_on_submit():
        what = (
            _(
                "Edition %(number)s is thrown away; edition %(kept)s stays in use.",
                number=question.number,
                kept=question.published_number,
            )
            if question.published
            else _("The question was never published and disappears altogether.")
        )
        return page(
            "kit/confirm.html",
            title=_("Throw away the draft of %(code)s", code=code),
            form=form,
            does=[what],
            count=None,
            submit=_("Throw away"),
            cancel=address_of(code),
        )
    with unit_of_work() as session:
        gone = services.discard_draft(session, question.id, by=current_identity(), now=request_time())
    flash(_("The draft of %(code)s is thrown away.", code=code), "ok")
    return redirect(url_for("questions.index", **with_list()) if gone else address_of(code))


def asked_for(code: str) -> QuestionDetail:
    """Return the question an address names. Raises NotFound for what the reader may not see."""
    question = detail(reading(), code, current_identity())
    if question is None:
        raise NotFound
    return question


def _successor(code: str) -> UUID | None:
    """Return the question that is to replace a retired one. Raises Invalid for a number nobody knows."""
    if not code:
        return None
    known = ids_of(reading(), [code.upper()], current_identity())
    if code.upper() not in known:
        raise Invalid([Problem("replaced_by", say_refusal("no_successor"))])
    return known[code.upper()]


def _save(question: QuestionDetail | None, kind: str) -> ResponseReturnValue:
    editor = typed(question, kind)
    then = request.form.get("then", "")
    if then.startswith("part:") and then[5:] in SIMPLE:
        editor.content["parts"] = [*editor.content.get("parts", []), empty_part(then[5:])]
        return show_bank(editor)
    try:
        if editor.problems:
            raise Invalid(editor.problems)
        code = _store(question, editor, then_submit=then == "submit")
    except (Invalid, Conflict) as refused:
        problems = refused.problems if isinstance(refused, Invalid) else (Problem("", refused.message),)
        return show_bank(_with_problems(editor, problems), refused.status)
    if then == "submit":
        flash(_("%(code)s waits for its review.", code=code), "ok")
    else:
        flash(saved_words(code), "ok")
    if then == "another":
        return redirect(url_for("questions.index", **with_list(new=kind, point_of_new=editor.point)) + "#editor")
    return redirect(address_of(code))


def _store(question: QuestionDetail | None, editor: Editor, *, then_submit: bool) -> str:
    """Save, and submit if asked; both or neither."""
    identity, now = current_identity(), request_time()
    with unit_of_work() as session:
        edition: QuestionEdition = services.save_draft(
            session,
            question.id if question else None,
            kind=editor.kind,
            content=editor.content,
            point=editor.point,
            difficulty=editor.difficulty,
            points=hundredths(editor.marks) or 0,
            by=identity,
            now=now,
            unit_path=_home_path(),
            version=editor.version,
        )
        question_id: UUID = edition.question_id
        tags = services.read_tags(editor.tags)
        services.label_question(
            session, question_id, by=identity, now=now, tags=tags, post=editor.post, origin=editor.origin
        )
        if then_submit:
            services.submit_for_review(session, question_id, by=identity, now=now)
        return question.code if question else services.code_of(session, question_id)


def typed(question: QuestionDetail | None, kind: str) -> Editor:
    """Read the editor's form."""
    form = {name: [_CONTROL.sub("", value) for value in values] for name, values in request.form.lists()}
    problems = _keep_recording(form)
    content = KINDS[KindCode(kind)].from_form(form)
    marks = form.get("marks", [""])[0].strip()
    difficulty = form.get("difficulty", [""])[0]
    if hundredths(marks) is None:
        problems.append(Problem("points", say_where("points_not_number", {"points": marks[:20]})))
    if difficulty not in set(Difficulty):
        problems.append(Problem("difficulty", say_where("difficulty_unknown", {"difficulty": difficulty[:20]})))
        difficulty = "medium"
    version = form.get("version", [""])[0]
    return Editor(
        kind,
        content,
        form.get("point", [""])[0],
        difficulty,
        marks,
        int(version) if version.isdecimal() else None,
        question,
        tuple(problems),
        form.get("tags", [""])[0][:400],
        form.get("post", [""])[0],
        form.get("origin", [""])[0].strip()[:200],
        dict(form),
    )


def _keep_recording(form: dict[str, list[str]]) -> list[Problem]:
    """Keep a recording that came with the form, and put its digest into the form."""
    upload = request.files.get("audio_file")
    if upload is None or not upload.filename:
        return []
    try:
        form["audio_sha256"] = [take_recording(upload)]
    except Invalid as refused:
        return list(refused.problems)
    return []


def _with_problems(editor: Editor, problems: tuple[Problem, ...]) -> Editor:
    return replace(editor, problems=tuple(problems))


def hundredths(marks: str) -> int | None:
    """Read marks as a person writes them into hundredths, None for what is no number."""
    if not re.fullmatch(r"\d{1,3}(?:\.\d{1,2})?", marks, re.ASCII):
        return None
    return int(Decimal(marks) * 100)


def _home_path() -> str:
    """Return the part of the organisation a new question belongs to: the widest its author may write for."""
    scopes = scopes_of(current_identity(), Permission.QUESTION_WRITE)
    return min(scopes, key=len) if scopes else "/"
