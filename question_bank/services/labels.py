"""Labels of a question: tags, the post it is meant for, where its content comes from. They need no new edition."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.door import reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.people.models import Post
from lms.records.services import audit
from question_bank.models import Question, QuestionTag
from question_bank.wording import say_refusal

MOST_TAGS, TAG_LIMIT, ORIGIN_LIMIT = 10, 30, 200


def read_tags(written: str) -> list[str]:
    """Read tags as people write them, each once, in their order.

    >>> read_tags("燃气、 夜班,燃气；Ａ级")
    ['燃气', '夜班', 'A级']
    """
    plain = unicodedata.normalize("NFKC", written)
    for sign in "，、;；\n":
        plain = plain.replace(unicodedata.normalize("NFKC", sign), ",")
    return list(dict.fromkeys(" ".join(tag.split())[:TAG_LIMIT] for tag in plain.split(",") if tag.strip()))


def label_question(
    session: Session,
    question_id: UUID,
    *,
    by: Identity,
    now: datetime,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    tags: Iterable[str] | None = None,
    post: str | None = None,
    origin: str | None = None,
) -> None:
    """Change a question's labels, bundled questions included.

    tags     all tags it shall have; or some to `add` and to `remove`
    post     code of a post, "" for any; None leaves it
    origin   up to 200 characters; None leaves it

    Raises NotFound, and Invalid at `tags` for more than ten of them or at `post` for an unknown one.
    """
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound
    reach(by, Permission.QUESTION_WRITE, Subject(unit_path=question.unit_path))
    had = set(session.scalars(select(QuestionTag.tag).where(QuestionTag.question_id == question.id)))
    wanted = (set(tags) if tags is not None else had | set(add)) - set(remove)
    if len(wanted) > MOST_TAGS:
        raise Invalid([Problem("tags", say_refusal("too_many_tags"))])
    changes: dict[str, list[str]] = {}
    if wanted != had:
        _set_tags(session, question.id, had, wanted)
        changes["tags"] = ["、".join(sorted(had)), "、".join(sorted(wanted))]
    if origin is not None and origin[:ORIGIN_LIMIT] != question.origin:
        changes["origin"] = [question.origin, origin[:ORIGIN_LIMIT]]
        question.origin = origin[:ORIGIN_LIMIT]
    if post is not None:
        changes |= _set_post(session, question, post)
    session.flush()
    if changes:
        audit(session, by=by, action="question.label", subject=f"question:{question.code}", now=now, changes=changes)


def _set_tags(session: Session, question_id: UUID, had: set[str], wanted: set[str]) -> None:
    for tag in had - wanted:
        session.delete(session.get_one(QuestionTag, (question_id, tag)))
    session.add_all(QuestionTag(question_id=question_id, tag=tag) for tag in wanted - had)


def _set_post(session: Session, question: Question, code: str) -> dict[str, list[str]]:
    post = session.scalar(select(Post).where(Post.code == code)) if code else None
    if code and post is None:
        raise Invalid([Problem("post", say_refusal("no_such_post"))])
    if question.post_id == (post.id if post else None):
        return {}
    before = session.get(Post, question.post_id) if question.post_id else None
    question.post_id = post.id if post else None
    return {"post": [before.code if before else "", code]}
