"""Tags and posts of questions, for filters and forms."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.people.models import Post
from question_bank.models import QuestionTag


def tag_counts(session: Session, *, most: int = 200) -> list[tuple[str, int]]:
    """Return the tags in use with how many questions bear each, the commonest first."""
    counted = func.count()
    statement = select(QuestionTag.tag, counted).group_by(QuestionTag.tag).order_by(counted.desc(), QuestionTag.tag)
    return [(tag, number) for tag, number in session.execute(statement.limit(most)).tuples()]


def post_names(session: Session, *, english: bool = False) -> list[tuple[str, str]]:
    """Return the posts, (code, name)."""
    rows = session.execute(select(Post.code, Post.name, Post.name_en).order_by(Post.name)).tuples()
    return [(code, (name_en or name) if english else name) for code, name, name_en in rows]
