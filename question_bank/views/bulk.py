"""Acting on many questions at once: what will change is shown first, what could not be done is told one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import DomainError, Invalid, NotFound, Refused
from lms.kernel.i18n import _, ngettext
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import TableState
from question_bank import services
from question_bank.models import Difficulty
from question_bank.queries.bank import ids_of, listed
from question_bank.queries.points import point_names
from question_bank.views.blueprint import bp
from question_bank.views.editing import hundredths
from question_bank.views.listing import list_state, with_list
from question_bank.views.words import in_english
from question_bank.wording import DIFFICULTY_NAMES, say_where

MOST_TOLD = 12
MOST_TICKED = 1000
TRIED = 300
"""Questions that are tried out before the page asks whether to go on."""
EDIT_FIELDS = ("set_point", "set_difficulty", "set_marks", "add_tags", "remove_tags")
Act = Callable[[Session, UUID], Any]


@dataclass(frozen=True)
class Outcome:
    """What acting on questions did, or would do: codes it worked for, the others with their reasons."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


class _TriedOutError(Exception):
    """Takes everything back that was only tried."""


@bp.post("/bulk")
@requires(Permission.QUESTION_READ)
def bulk() -> ResponseReturnValue:
    """Act on the ticked questions, or on all that the filter matches; everything but publishing asks first."""
    action = request.form.get("action", "")
    codes = _codes(list_state())
    if not codes:
        flash(_("Tick the questions first."), "soon")
        return redirect(url_for("questions.index", **with_list()))
    act = _act(action)
    if action != "publish" and request.form.get("sure") != "1":
        return _ask(action, codes, act)
    outcome = _each(codes, act)
    if outcome.done:
        flash(ngettext("%(num)d question is done.", "%(num)d questions are done.", len(outcome.done)), "ok")
    if outcome.refused:
        told = "；".join(f"{code}：{why}" for code, why in outcome.refused[:MOST_TOLD])
        beyond = len(outcome.refused) - MOST_TOLD
        flash(
            _("Not done: %(told)s%(more)s", told=told, more=_("and %(n)s more", n=beyond) if beyond > 0 else ""), "soon"
        )
    return redirect(url_for("questions.index", **with_list()))


def _ask(action: str, codes: list[str], act: Act) -> ResponseReturnValue:
    """Show what will change, after having tried it and taken it back."""
    return page(
        "questions/bulk_confirm.html",
        action=action,
        codes=codes,
        outcome=_each(codes[:TRIED], act, only_try=True),
        tried=min(TRIED, len(codes)),
        changes=_changes() if action == "edit" else [],
        fields={name: request.form.get(name, "") for name in EDIT_FIELDS},
        send_to=url_for(".bulk", **with_list()),
        back=url_for(".index", **with_list()),
    )


def _codes(state: TableState) -> list[str]:
    if request.form.get("everything") == "1":
        return [row.code for row in reading().execute(state.filtered(listed(current_identity())))]
    ticked = request.form.getlist("code") or request.form.get("codes", "").split()
    return list(dict.fromkeys(ticked))[: MOST_TICKED if "sure" not in request.form else None]


def _act(action: str) -> Act:
    identity, now = current_identity(), request_time()
    acts: dict[str, Act] = {
        "submit": lambda session, one: services.submit_for_review(session, one, by=identity, now=now),
        "publish": lambda session, one: services.publish(session, one, by=identity, now=now),
        "retire": lambda session, one: services.retire(session, one, by=identity, now=now),
        "edit": _edit,
    }
    if action not in acts:
        raise NotFound
    if action == "edit":
        _checked(request.form)
    return acts[action]


def _edit(session: Session, question_id: UUID) -> None:
    """Carry out one question's share of an edit."""
    identity, now, form = current_identity(), request_time(), request.form
    if form.get("add_tags") or form.get("remove_tags"):
        services.label_question(
            session,
            question_id,
            by=identity,
            now=now,
            add=services.read_tags(form.get("add_tags", "")),
            remove=services.read_tags(form.get("remove_tags", "")),
        )
    if form.get("set_point") or form.get("set_difficulty") or form.get("set_marks"):
        services.revise(
            session,
            question_id,
            by=identity,
            now=now,
            point=form.get("set_point") or None,
            difficulty=form.get("set_difficulty") or None,
            points=hundredths(form["set_marks"]) if form.get("set_marks") else None,
        )


def _checked(form: Mapping[str, str]) -> None:
    """Refuse an edit that changes nothing, or to what does not exist."""
    if not any(form.get(name, "").strip() for name in EDIT_FIELDS):
        raise Refused("question.no_change", _("Choose what to change first."))
    if form.get("set_difficulty") and form["set_difficulty"] not in set(Difficulty):
        raise NotFound
    if form.get("set_marks") and hundredths(form["set_marks"]) is None:
        raise Refused("question.marks", say_where("points_not_number", {"points": form["set_marks"][:20]}))


def _changes() -> list[tuple[str, str]]:
    """Say what an edit sets, as (what, to what)."""
    form = request.form
    names = point_names(reading(), english=in_english())
    lines = [
        (_("Knowledge point"), names.get(form.get("set_point", ""), form.get("set_point", ""))),
        (_("Difficulty"), str(DIFFICULTY_NAMES.get(form.get("set_difficulty", ""), ""))),
        (_("Marks"), form.get("set_marks", "")),
        (_("Tags added"), "、".join(services.read_tags(form.get("add_tags", "")))),
        (_("Tags taken away"), "、".join(services.read_tags(form.get("remove_tags", "")))),
    ]
    return [(what, value) for what, value in lines if value]


def _each(codes: list[str], act: Act, *, only_try: bool = False) -> Outcome:
    """Carry the act out for each question by itself; with `only_try` everything is taken back."""
    known = ids_of(reading(), codes, current_identity())
    refused: list[tuple[str, str]] = [(code, _("There is no such question.")) for code in codes if code not in known]
    done: list[str] = []
    try:
        with unit_of_work() as session:
            for code, question_id in known.items():
                try:
                    with session.begin_nested():
                        act(session, question_id)
                    done.append(code)
                except DomainError as problem:
                    refused.append((code, _reason(problem)))
            if only_try:
                raise _TriedOutError
    except _TriedOutError:
        pass
    return Outcome(tuple(done), tuple(refused))


def _reason(problem: DomainError) -> str:
    if isinstance(problem, Invalid) and problem.problems:
        return " ".join(one.text for one in problem.problems[:3])
    return problem.message or _("You may not do this here.")
