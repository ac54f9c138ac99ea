"""Keys: made, shown once, revoked."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.api.models import ApiKey, ApiKeyQueue
from lms.api.rules import digest_of
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit

PREFIX: Final = "frk_"
NOTED_EVERY: Final = timedelta(minutes=10)  # how precisely the last use of a key is known


def create_key(
    session: Session, *, name: str, queue_ids: Collection[UUID], all_queues: bool = False,
    expires_at: datetime | None = None, by: Identity, now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key for a machine and return it with its secret, which is never seen again.

    queue_ids    the queues it may ask about; ignored with `all_queues`
    expires_at   from then on it is refused; None = never

    Raises Invalid without a name or a queue, or when it would be over already.
    """
    problems = [] if name.strip() else [Problem("name", _("Give it a name."))]
    if not queue_ids and not all_queues:
        problems.append(Problem("queues", _("Choose at least one queue.")))
    if expires_at is not None and expires_at <= now:
        problems.append(Problem("expires_on", _("This day is over.")))
    if problems or by.person_id is None:
        raise Invalid(problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(name=name.strip(), hint=secret[:9], digest=digest_of(secret), all_queues=all_queues, created_at=now,
                 created_by=by.person_id, expires_at=expires_at,
                 queues=[] if all_queues else [ApiKeyQueue(queue_id=it) for it in dict.fromkeys(queue_ids)])
    session.add(key)
    session.flush()
    audit(session, by=by, action="api_key.create", subject=f"api_key:{key.id}", now=now,
          changes={"name": [None, key.name], "hint": [None, key.hint]})
    return key, secret


def revoke_key(session: Session, key_id: UUID, *, by: Identity, now: datetime) -> ApiKey:
    """Refuse a key from `now` on. Raises NotFound; Conflict when it was revoked before."""
    key = session.get(ApiKey, key_id, with_for_update=True)
    if key is None or by.person_id is None:
        raise NotFound
    if key.revoked_at is not None:
        raise Conflict("api_key.revoked", _("This key was revoked before."))
    key.revoked_at, key.revoked_by = now, by.person_id
    audit(session, by=by, action="api_key.revoke", subject=f"api_key:{key.id}", now=now)
    return key


def note_use(session: Session, digest: str, *, now: datetime) -> None:
    """Note that a key is in use, to within ten minutes."""
    session.execute(
        update(ApiKey).where(ApiKey.digest == digest,
                             or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - NOTED_EVERY))
        .values(last_used_at=now).execution_options(synchronize_session=False))
