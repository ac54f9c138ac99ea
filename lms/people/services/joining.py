"""Joining, and moving within the organisation: other areas assign what the new place asks for."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity

JoiningHandler = Callable[[Session, UUID, Identity, datetime], None]
_joining: list[JoiningHandler] = []


def on_joining(handler: JoiningHandler) -> JoiningHandler:
    """Let `handler(session, person_id, by, now)` run when somebody was added or changed unit, post or queues.

    It runs in the same transaction, after the change; for each person of an import too.
    """
    if handler not in _joining:
        _joining.append(handler)
    return handler


def announce(session: Session, person_id: UUID, *, by: Identity, now: datetime) -> None:
    """Run the handlers for one person."""
    for handler in _joining:
        handler(session, person_id, by, now)
