"""The list of the bank: its columns, filters, and the address parameters that are not the list's."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_pgettext
from sqlalchemy import and_, or_, select
from werkzeug.datastructures import MultiDict

from lms.kernel.db import reading
from lms.kernel.i18n import _l
from lms.kernel.searching import MOST_WORDS, folded
from lms.people.models import Post
from lms.web.formatting import number, percent
from lms.web.tables import Column, Filter, Table, TableState
from question_bank.models import EditionState, KnowledgePoint, Question, QuestionEdition, QuestionTag
from question_bank.queries import points
from question_bank.queries.labels import post_names, tag_counts
from question_bank.statistics.models import QuestionFigure
from question_bank.statistics.wording import FLAG_NAMES, names_of
from question_bank.views.words import in_english, point_label
from question_bank.wording import DIFFICULTY_NAMES, KIND_NAMES, SOURCE_NAMES, STATE_NAMES

EDITOR_PARAMETERS = ("open", "new", "copy", "point_of_new")


def state_of(row: Any) -> str:
    """Return the state a question is shown in: retired before anything else."""
    return "retired" if row.retired_at is not None else str(row.state)


def _state_is(value: str) -> Any:
    if value == "retired":
        return Question.retired_at.is_not(None)
    return (QuestionEdition.state == value) & Question.retired_at.is_(None)


def _point_is(value: str) -> Any:
    if value == "-":
        return QuestionEdition.knowledge_point_id.is_(None)
    return or_(KnowledgePoint.code == value, KnowledgePoint.code.startswith(f"{value}/", autoescape=True))


def _flag_is(value: str) -> Any:
    return (" " + QuestionFigure.flags + " ").contains(f" {value} ", autoescape=True)


def _point_options() -> list[tuple[str, Any]]:
    english = in_english()
    named = [
        (node.code, ("\u3000" if node.depth else "") + ((node.name_en or node.name) if english else node.name))
        for node in points(reading(), counted=False)
    ]
    return [*named, ("-", _l("Without a knowledge point"))]


def _search(term: str) -> Any:
    """Look for every word of the term: in any text of the question, its tags, its code, its knowledge point."""
    return and_(*[_holds(word) for word in term.split()[:MOST_WORDS]])


def _holds(word: str) -> Any:
    tagged = select(QuestionTag.question_id).where(QuestionTag.tag.icontains(word, autoescape=True))
    return or_(
        QuestionEdition.searched.contains(folded(word), autoescape=True),
        Question.code.startswith(word.upper(), autoescape=True),
        KnowledgePoint.name.contains(word, autoescape=True),
        Question.origin.contains(word, autoescape=True),
        Question.id.in_(tagged),
    )


def _tag_is(value: str) -> Any:
    return Question.id.in_(select(QuestionTag.question_id).where(QuestionTag.tag == value))


def _post_is(value: str) -> Any:
    if value == "-":
        return Question.post_id.is_(None)
    return Question.post_id.in_(select(Post.id).where(Post.code == value))


def _post_options() -> list[tuple[str, Any]]:
    return [*post_names(reading(), english=in_english()), ("-", _l("any post"))]


_STATES = (EditionState.DRAFT, EditionState.REVIEW, EditionState.PUBLISHED)
BANK = Table(
    "questions",
    title=_l("Questions"),
    columns=(
        Column("code", _l("Item no."), sort=Question.code, always=True),
        Column("stem", _l("Question"), sort=QuestionEdition.stem, always=True),
        Column(
            "kind", lazy_pgettext("questions", "Kind"), sort=Question.kind, value=lambda row: str(KIND_NAMES[row.kind])
        ),
        Column("point", _l("Knowledge point"), sort=KnowledgePoint.position, value=lambda row: point_label(row)),
        Column(
            "difficulty",
            _l("Difficulty"),
            sort=QuestionEdition.difficulty,
            value=lambda row: str(DIFFICULTY_NAMES[row.difficulty]),
        ),
        Column("points", _l("Marks"), sort=QuestionEdition.points, numeric=True, value=lambda row: row.points / 100),
        Column(
            "source", _l("Source"), sort=Question.source, hidden=True, value=lambda row: str(SOURCE_NAMES[row.source])
        ),
        Column(
            "changed", _l("Changed"), sort=QuestionEdition.changed_at, hidden=True, value=lambda row: row.changed_at
        ),
        Column(
            "facility",
            _l("Facility"),
            sort=(QuestionFigure.facility.is_(None), QuestionFigure.facility),
            numeric=True,
            hidden=True,
            format=percent,
        ),
        Column(
            "discrimination",
            _l("Discrimination index"),
            sort=(QuestionFigure.discrimination.is_(None), QuestionFigure.discrimination),
            numeric=True,
            hidden=True,
            format=number,
        ),
        Column("flags", _l("Hints"), hidden=True, value=lambda row: names_of((row.flags or "").split())),
        Column(
            "state",
            _l("Edition"),
            sort=(Question.retired_at, QuestionEdition.state),
            value=lambda row: f"{STATE_NAMES[state_of(row)]} {row.number}",
        ),
    ),
    filters=(
        Filter("point", _l("Knowledge point"), options=_point_options, where=_point_is),
        Filter(
            "kind",
            lazy_pgettext("questions", "Kind"),
            options=lambda: list(KIND_NAMES.items()),
            where=lambda value: Question.kind == value,
        ),
        Filter(
            "difficulty",
            _l("Difficulty"),
            options=lambda: list(DIFFICULTY_NAMES.items()),
            where=lambda value: QuestionEdition.difficulty == value,
        ),
        Filter(
            "state",
            _l("State"),
            options=lambda: [(state, STATE_NAMES[state]) for state in (*_STATES, "retired")],
            where=_state_is,
        ),
        Filter(
            "source",
            _l("Source"),
            options=lambda: list(SOURCE_NAMES.items()),
            where=lambda value: Question.source == value,
        ),
        Filter(
            "tag",
            _l("Tag"),
            options=lambda: [(tag, f"{tag} ({bearing})") for tag, bearing in tag_counts(reading())],
            where=_tag_is,
        ),
        Filter("post", _l("Post"), options=_post_options, where=_post_is),
        Filter(
            "marked",
            _l("Who marks"),
            options=lambda: [("system", _l("by the system")), ("person", _l("by a person"))],
            where=lambda value: QuestionEdition.by_hand.is_(value == "person"),
        ),
        Filter("flag", _l("Hint"), options=lambda: list(FLAG_NAMES.items()), where=_flag_is),
    ),
    search=_search,
    default_sort="code",
    per_page=20,
    search_hint=_l("Any text, code, tag or knowledge point"),
)


def list_arguments() -> MultiDict[str, str]:
    """Return the address parameters that belong to the list, without the editor's."""
    return MultiDict([(name, value) for name, value in request.args.items(multi=True) if name not in EDITOR_PARAMETERS])


def list_state() -> TableState:
    """Return the list's state from the address."""
    return BANK.state(request.args)


def with_list(**changes: Any) -> dict[str, Any]:
    """Return parameters for `url_for` that keep the list as it is."""
    return {**list_arguments().to_dict(flat=False), **changes}
