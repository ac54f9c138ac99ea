"""Two wordings side by side, and questions that look alike."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.web.guard import current_identity, page, requires
from question_bank import kinds
from question_bank.alike import NEAR, Likenesses
from question_bank.kinds import KindCode
from question_bank.kinds.options import places_in
from question_bank.kinds.settings import write_settings
from question_bank.queries.bank import current_texts
from question_bank.views.blueprint import bp
from question_bank.views.editing import asked_for
from question_bank.views.listing import with_list
from question_bank.views.words import CONTEXT, letters

MOST_PAIRS = 200


@bp.get("/<code>/changes")
@requires(Permission.QUESTION_READ)
def changes(code: str) -> ResponseReturnValue:
    """Show what the open edition changes in the published one."""
    question = asked_for(code)
    if question.published is None or question.number == question.published_number:
        raise NotFound
    parts = compare(question.kind, question.published, question.content)
    return page("questions/changes.html", question=question, parts=parts, with_list=with_list, **CONTEXT)


@bp.get("/duplicates")
@requires(Permission.QUESTION_READ)
def duplicates() -> ResponseReturnValue:
    """List the questions of the bank that look alike."""
    rows = current_texts(reading(), current_identity())
    stems = {code: stem for code, stem, _text in rows}
    index, pairs = Likenesses(), []
    for code, _stem, text in rows:
        like = index.nearest(text)
        index.add(code, text)
        if like is not None:
            left, right = marked(stems[like.name], stems[code])
            pairs.append((like.percent, like.name, left, code, right))
    pairs.sort(key=lambda pair: -pair[0])
    return page(
        "questions/duplicates.html",
        pairs=pairs[:MOST_PAIRS],
        found=len(pairs),
        compared=len(rows),
        near=NEAR,
        **CONTEXT,
    )


def compare(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Markup, Markup]]:
    """Return (part, before, after) for every part of two wordings, what differs marked."""
    old, new = (kinds.KINDS[KindCode(kind)].to_row(content) for content in (before, after))
    signs = letters()
    pairs = [("stem", old.stem, new.stem)]
    for place in range(max(len(old.options), len(new.options))):
        left, right = (row.options[place] if place < len(row.options) else "" for row in (old, new))
        pairs.append((f"option:{signs[place]}", left, right))
    answers = [_lettered(row.answer, signs) if row.options else row.answer for row in (old, new)]
    pairs += [
        ("answer", answers[0], answers[1]),
        ("explanation", old.explanation, new.explanation),
        ("settings", write_settings(old.settings), write_settings(new.settings)),
    ]
    return [(name, *marked(left, right)) for name, left, right in pairs if left or right]


def _lettered(answer: str, signs: str) -> str:
    """Write the letters of an answer in the signs the page letters its options with."""
    return "".join(signs[place] for place in places_in(answer)[0])


def marked(left: str, right: str) -> tuple[Markup, Markup]:
    """Return two texts with what only one of them has in <mark>."""
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    shown: tuple[list[str], list[str]] = ([], [])
    for tag, *spans in matcher.get_opcodes():
        for side, text in enumerate((left[spans[0] : spans[1]], right[spans[2] : spans[3]])):
            if text:
                safe = str(escape(text))
                shown[side].append(safe if tag == "equal" else f'<mark class="ins">{safe}</mark>')
    return Markup("".join(shown[0])), Markup("".join(shown[1]))  # noqa: S704 - every piece was escaped above
