"""A question as a candidate sees it, before anybody saves it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.errors import NotFound
from lms.web.guard import page, requires
from question_bank import kinds
from question_bank.kinds import KindCode
from question_bank.views.blueprint import bp
from question_bank.views.editing import typed
from question_bank.views.words import CONTEXT

SEED = "preview"


@bp.post("/preview")
@requires(Permission.QUESTION_WRITE)
def preview() -> ResponseReturnValue:
    """Show what stands in the editor to its author: asked, and marked with the right answer. Nothing is saved."""
    kind = request.form.get("kind", "")
    if kind not in set(KindCode):
        raise NotFound
    content = typed(None, kind).content
    flaws = kinds.validate(kind, content)
    if flaws:
        return page("questions/preview.html", kind=kind, flaws=flaws, **CONTEXT)
    full = {part.path: part.out_of for part in kinds.by_hand(kind, content, 100)}
    return page(
        "questions/preview.html",
        kind=kind,
        flaws=(),
        view=kinds.candidate_view(kind, content, SEED),
        review=kinds.review_view(kind, content, kinds.key_answer(kind, content), 100, full),
        **CONTEXT,
    )
