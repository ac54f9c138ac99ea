"""Two wordings side by side, and questions that look alike."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.kernel.jobs import JobState
from lms.web.guard import current_identity, page, requires
from question_bank import kinds
from question_bank.alike import NEAR
from question_bank.kinds import KindCode
from question_bank.kinds.options import letters_in
from question_bank.kinds.settings import write_settings
from question_bank.queries.bank import stems_of
from question_bank.services.duplicates import begin_comparing, last_comparison
from question_bank.views.blueprint import bp
from question_bank.views.editing import asked_for
from question_bank.views.listing import with_list
from question_bank.views.words import CONTEXT, letters


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
    """Show the pairs that the latest look through the bank found, or how far it has come."""
    session = reading()
    job = last_comparison(session)
    going = job is not None and job.state in (JobState.WAITING, JobState.RUNNING)
    found = (job.result or {}) if job is not None and job.state == JobState.DONE else {}
    names = [name for _percent, *both in found.get("pairs", ()) for name in both]
    stems = stems_of(session, names, current_identity())
    pairs = [
        (percent, left, right, *marked(stems[left], stems[right]))
        for percent, left, right in found.get("pairs", ())
        if left in stems and right in stems
    ]
    return page(
        "questions/duplicates.html",
        job=job,
        going=going,
        pairs=pairs,
        compared=found.get("compared"),
        near=NEAR,
        **CONTEXT,
    )


@bp.post("/duplicates")
@requires(Permission.QUESTION_READ)
def compare_bank() -> ResponseReturnValue:
    """Look through the whole bank, later."""
    with unit_of_work() as session:
        begin_comparing(session, by=current_identity().person_id)
    return redirect(url_for(".duplicates"))


@bp.get("/duplicates/progress")
@requires(Permission.QUESTION_READ)
def comparing_progress() -> ResponseReturnValue:
    """Tell a waiting page how far the comparison is."""
    job = last_comparison(reading())
    if job is None:
        raise NotFound
    state = {"waiting": "queued"}.get(job.state, job.state)
    return {"state": state, "done": job.done, "total": job.total, "text": "", "report": []}


Part = tuple[str, str]


def compare(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Markup, Markup]]:
    """Return (part, before, after) for every part of two wordings, what differs marked.

    Names of parts: stem, option:A, answer, explanation, settings; those of a case's parts after "part:1/".
    """
    old, new = (dict(_written(kind, content)) for content in (before, after))
    names = list(dict.fromkeys([*old, *new]))
    names.sort(key=lambda name: int(name[5:].partition("/")[0]) if name.startswith("part:") else 0)
    pairs = [(name, old.get(name, ""), new.get(name, "")) for name in names]
    return [(name, *marked(left, right)) for name, left, right in pairs if left or right]


def _written(kind: str, content: dict[str, Any]) -> list[Part]:
    """Write a question as named texts."""
    row, signs = kinds.KINDS[KindCode(kind)].to_row(content), letters()
    lettered = kind in (KindCode.SINGLE, KindCode.MULTIPLE, KindCode.ORDERING)
    answer = "".join(signs[place] for place in letters_in(row.answer)[0]) if lettered else row.answer
    parts = [
        ("stem", row.stem),
        *((f"option:{signs[place]}", text) for place, text in enumerate(row.options)),
        ("answer", answer),
        ("explanation", row.explanation),
        ("settings", write_settings(row.settings)),
    ]
    for number, part in enumerate(content.get("parts") or (), start=1):
        inside = [*_written(str(part["kind"]), part["content"]), ("weight", str(part["weight"]))]
        parts += [(f"part:{number}/{name}", text) for name, text in inside]
    return parts


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
