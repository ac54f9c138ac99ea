"""Looking through the whole bank for questions that look alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.db import reading
from lms.kernel.jobs import Job, JobState, enqueue
from question_bank.alike import Likenesses
from question_bank.queries.bank import latest_texts

TASK = "questions.find_duplicates"
MOST_PAIRS = 1000
_STEP = 200


def begin_comparing(session: Session, *, by: UUID | None) -> UUID:
    """Queue a look through the whole bank; one that is waiting or running already is returned instead."""
    states = (JobState.WAITING, JobState.RUNNING)
    going = session.scalar(select(Job.id).where(Job.task == TASK, Job.state.in_(states)))
    return going or enqueue(session, TASK, {}, by=by)


def last_comparison(session: Session) -> Job | None:
    """Return the latest look through the bank, running or done."""
    return session.scalar(select(Job).where(Job.task == TASK).order_by(Job.created_at.desc(), Job.id.desc()).limit(1))


def compare_all(progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Compare every question in use with every other; the most alike pairs first, up to a thousand of them."""
    rows = latest_texts(reading())
    index = Likenesses()
    pairs: list[tuple[int, str, str]] = []
    for done, (code, text) in enumerate(rows):
        if done % _STEP == 0:
            progress(done, len(rows))
        like = index.nearest(text)
        index.add(code, text)
        if like is not None:
            pairs.append((like.percent, like.name, code))
    progress(len(rows), len(rows))
    pairs.sort(key=lambda pair: -pair[0])
    return {"compared": len(rows), "found": len(pairs), "pairs": pairs[:MOST_PAIRS]}
