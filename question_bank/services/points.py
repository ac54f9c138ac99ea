"""Knowledge points of an organisation's own."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.records.services import audit
from question_bank.models import KnowledgePoint
from question_bank.wording import say_refusal

_CODE = re.compile(r"[a-z][a-z0-9-]{0,28}")


def add_point(
    session: Session, *, parent: str, slug: str, name: str, name_en: str = "", by: Identity, now: datetime
) -> KnowledgePoint:
    """Add a knowledge point under a subject, or a subject where `parent` is "".

    slug   small letters, digits and hyphens; the code is parent/slug

    Raises Invalid for a bad or taken code or an empty name, NotFound for an unknown subject.
    """
    above = session.scalar(select(KnowledgePoint).where(KnowledgePoint.code == parent)) if parent else None
    if parent and (above is None or above.parent_id is not None):
        raise NotFound
    code = f"{parent}/{slug}" if parent else slug
    problems = []
    if not _CODE.fullmatch(slug):
        problems.append(Problem("slug", say_refusal("point_code_bad")))
    elif session.scalar(select(KnowledgePoint.id).where(KnowledgePoint.code == code)):
        problems.append(Problem("slug", say_refusal("point_code_taken")))
    if not name.strip():
        problems.append(Problem("name", say_refusal("point_name_empty")))
    if problems:
        raise Invalid(problems)
    position = (session.scalar(select(func.max(KnowledgePoint.position))) or 0) + 1
    point = KnowledgePoint(
        code=code,
        name=name.strip()[:60],
        name_en=name_en.strip()[:80],
        position=position,
        parent_id=above.id if above else None,
    )
    session.add(point)
    session.flush()
    audit(session, by=by, action="question.add_point", subject=f"knowledge_point:{code}", now=now)
    return point
