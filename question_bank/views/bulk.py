"""Acting on many questions at once; what could not be done is told question by question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import DomainError, NotFound, Refused
from lms.kernel.i18n import _, ngettext
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import TableState
from question_bank import services
from question_bank.queries.bank import ids_of, listed
from question_bank.views.blueprint import bp
from question_bank.views.listing import list_state, with_list

MOST_TOLD = 12
Act = Callable[[Session, UUID], Any]


@bp.post("/bulk")
@requires(Permission.QUESTION_READ)
def bulk() -> ResponseReturnValue:
    """Submit, publish, retire or move the ticked questions, or all that the filter matches."""
    action = request.form.get("action", "")
    codes = _codes(list_state())
    if not codes:
        flash(_("Tick the questions first."), "soon")
        return redirect(url_for("questions.index", **with_list()))
    if action == "retire" and request.form.get("sure") != "1":
        return page(
            "questions/retire_many.html",
            codes=codes,
            action=url_for(".bulk", **with_list()),
            back=url_for(".index", **with_list()),
        )
    done, refused = _each(codes, _act(action))
    if done:
        flash(ngettext("%(num)d question is done.", "%(num)d questions are done.", done), "ok")
    if refused:
        told = "；".join(f"{code}：{why}" for code, why in refused[:MOST_TOLD])
        more = _("and %(n)s more", n=len(refused) - MOST_TOLD) if len(refused) > MOST_TOLD else ""
        flash(_("Not done: %(told)s%(more)s", told=told, more=more), "soon")
    return redirect(url_for("questions.index", **with_list()))


def _codes(state: TableState) -> list[str]:
    if request.form.get("everything") == "1":
        return [row.code for row in reading().execute(state.filtered(listed(current_identity())))]
    return list(dict.fromkeys(request.form.getlist("code")))[:1000]


def _act(action: str) -> Act:
    identity, now = current_identity(), request_time()
    point = request.form.get("move_to", "")
    acts: dict[str, Act] = {
        "submit": lambda session, one: services.submit_for_review(session, one, by=identity, now=now),
        "publish": lambda session, one: services.publish(session, one, by=identity, now=now),
        "retire": lambda session, one: services.retire(session, one, by=identity, now=now),
        "move": lambda session, one: services.move_to_point(session, one, point, by=identity, now=now),
    }
    if action not in acts:
        raise NotFound
    if action == "move" and not point:
        raise Refused("question.no_point", _("Choose a knowledge point to move them to."))
    return acts[action]


def _each(codes: list[str], act: Act) -> tuple[int, list[tuple[str, str]]]:
    """Carry the act out for each question by itself; return how many went well, and the others with their reasons."""
    known = ids_of(reading(), codes, current_identity())
    refused: list[tuple[str, str]] = [(code, _("There is no such question.")) for code in codes if code not in known]
    done = 0
    with unit_of_work() as session:
        for code, question_id in known.items():
            try:
                with session.begin_nested():
                    act(session, question_id)
                done += 1
            except DomainError as problem:
                refused.append((code, problem.message or _("You may not do this here.")))
    return done, refused
