"""The bank: the list with the editor beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.errors import NotFound, Problem
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, requires
from lms.web.tables import TableState, export, paginate
from question_bank import kinds
from question_bank.bundled import DEFAULT_POINTS
from question_bank.kinds import SIMPLE, KindCode
from question_bank.kinds.blank import write_forms
from question_bank.kinds.gaps import write_gap
from question_bank.queries import points
from question_bank.queries.bank import QuestionDetail, counts, detail, listed
from question_bank.queries.labels import post_names
from question_bank.views.blueprint import bp
from question_bank.views.listing import list_state, state_of, with_list
from question_bank.views.words import CONTEXT, in_english, letters, point_label
from question_bank.wording import say_where


@dataclass(frozen=True)
class Editor:
    """What the editor shows.

    question   None for a new one
    problems   what kept the last saving or submitting from happening
    marks      as typed; hundredths / 100 otherwise
    """

    kind: str
    content: dict[str, Any]
    point: str = ""
    difficulty: str = "medium"
    marks: str = ""
    version: int | None = None
    question: QuestionDetail | None = None
    problems: tuple[Problem, ...] = ()
    tags: str = ""
    post: str = ""
    origin: str = ""
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def flaws(self) -> list[str]:
        """Sentences on what a draft still lacks; nothing while it is being written for the first time."""
        if self.question is None or self.question.state != "draft" or self.problems:
            return []
        return [say_where(flaw.code, flaw.detail) for flaw in kinds.validate(self.kind, self.content)]

    def errors(self, *names: str) -> list[str]:
        """Return the problems that stand at one of these fields or below them."""
        return [one.text for one in self.problems if one.where.split(".")[0] in names]


@bp.get("/")
@requires(Permission.QUESTION_READ)
def index() -> ResponseReturnValue:
    """Show the list, and the editor when a question is opened or begun."""
    state = list_state()
    if state.export:
        return export(reading(), listed(current_identity()), state, filename="questions")
    return show_bank(editor_asked_for(), state=state)


def show_bank(
    editor: Editor | None, status: HTTPStatus = HTTPStatus.OK, *, state: TableState | None = None
) -> ResponseReturnValue:
    """Draw the list with an editor beside it."""
    session, identity, state = reading(), current_identity(), state or list_state()
    found = paginate(session, listed(identity), state)
    open_code = editor.question.code if editor and editor.question else ""
    codes = [row.code for row in found.rows]
    at = codes.index(open_code) if open_code in codes else -1
    body = page(
        "questions/bank.html",
        state=state,
        found=found,
        counts=counts(session, identity),
        editor=editor,
        open_code=open_code,
        previous=codes[at - 1] if at > 0 else "",
        following=codes[at + 1] if 0 <= at < len(codes) - 1 else "",
        points=points(session, counted=False),
        english=in_english(),
        letters=letters(),
        state_of=state_of,
        point_label=point_label,
        with_list=with_list,
        default_points=DEFAULT_POINTS,
        write_forms=_blank_lines,
        write_gaps=lambda content: [write_gap(gap) for gap in content.get("gaps") or ()],
        write_field=write_forms,
        simple_kinds=list(SIMPLE),
        posts=post_names(session, english=in_english()),
        **CONTEXT,
    )
    return body, status


def editor_asked_for() -> Editor | None:
    """Return the editor the address asks for: `open`, `copy` (codes) or `new` (a kind). Raises NotFound."""
    if code := request.args.get("open") or request.args.get("copy"):
        question = detail(reading(), code, current_identity())
        if question is None:
            raise NotFound
        return editor_of(question, as_copy="copy" in request.args)
    kind = request.args.get("new", "")
    if kind not in set(KindCode):
        return None
    return Editor(
        kind, empty_content(kind), request.args.get("point_of_new", ""), marks=f"{DEFAULT_POINTS[kind] / 100:g}"
    )


def editor_of(question: QuestionDetail, *, as_copy: bool = False, problems: tuple[Problem, ...] = ()) -> Editor:
    """Return the editor for a question, or for a copy of it that is not saved yet."""
    return Editor(
        question.kind,
        question.content,
        question.point,
        question.difficulty,
        f"{question.points / 100:g}",
        None if as_copy else question.version,
        None if as_copy else question,
        problems,
        "、".join(question.tags),
        question.post,
        question.origin,
    )


def empty_content(kind: str) -> dict[str, Any]:
    """Return what the editor of a new question begins with."""
    return {
        "stem": "",
        "explanation": "",
        "options": [{"id": sign, "text": ""} for sign in "abcd"],
        "key": "",
        "shuffle": True,
        "blanks": [{"accepted": []}],
        "value": "",
        "tolerance": "0",
        "parts": [empty_part("single") for _place in range({"case": 2, "audio": 1}.get(kind, 0))],
    }


def empty_part(kind: str) -> dict[str, Any]:
    """Return what the editor of a new part of a case begins with."""
    return {"kind": kind, "weight": 1, "content": empty_content(kind) if kind in SIMPLE else {}}


def address_of(code: str) -> str:
    """Return the address of the list as it is, with a question open."""
    return url_for("questions.index", **with_list(open=code)) + "#editor"


def saved_words(code: str) -> str:
    """Return what is said after saving."""
    return str(_("%(code)s is saved as a draft.", code=code))


def _blank_lines(content: dict[str, Any]) -> list[str]:
    return [write_forms(blank) for blank in content.get("blanks") or ()]
