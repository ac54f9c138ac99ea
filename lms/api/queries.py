"""One prepared statement answers the gate: key, queue, person and permit together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Text, and_, bindparam, case, cast, or_, select
from sqlalchemy.orm import Session

from lms.api.models import ApiKey, ApiKeyQueue
from lms.certification.models import PermitRow, RuleVersion
from lms.certification.queries.cases import is_blank
from lms.kernel.db import Instant
from lms.people.models import Person, PersonState, Queue

_KEY, _SCOPE = ApiKey.__table__, ApiKeyQueue.__table__
_PERMIT, _PERSON, _QUEUE = PermitRow.__table__, Person.__table__, Queue.__table__
_VERSION = RuleVersion.__table__
_AT = bindparam("at", type_=Instant)

# Identifiers stay in the database and reasons come as text: what isn't told isn't converted.
QUESTION: Final = (
    select(
        _KEY.c.revoked_at, _KEY.c.expires_at, _KEY.c.last_used_at,
        or_(_KEY.c.all_queues, _SCOPE.c.key_id.is_not(None)).label("in_scope"),
        _QUEUE.c.id.is_not(None).label("queue_known"), (_PERSON.c.state == PersonState.LEFT).label("has_left"),
        _PERMIT.c.allowed, _PERMIT.c.until, cast(_PERMIT.c.reasons, Text).label("reasons"), _PERMIT.c.version,
        case((and_(_PERMIT.c.person_id.is_(None), _PERSON.c.state != PersonState.LEFT,
                   is_blank(_PERSON.c.id, _QUEUE.c.id)), _QUEUE.c.id)).label("blank_for"),
        select(_VERSION.c.version).scalar_subquery().label("rule_version"),
    )
    .select_from(
        _KEY.outerjoin(_QUEUE, _QUEUE.c.code == bindparam("queue"))
        .outerjoin(_SCOPE, and_(_SCOPE.c.key_id == _KEY.c.id, _SCOPE.c.queue_id == _QUEUE.c.id))
        .outerjoin(_PERSON, _PERSON.c.staff_no == bindparam("staff_no"))
        .outerjoin(_PERMIT, and_(_PERMIT.c.person_id == _PERSON.c.id, _PERMIT.c.queue_id == _QUEUE.c.id,
                                 _PERMIT.c.ends_at > _AT, _PERMIT.c.starts_at <= _AT)))
    .where(_KEY.c.digest == bindparam("digest"))
)


def ask(connection: Connection, *, digest: str, staff_no: str, queue: str, at: datetime) -> Any:
    """Return the one row that answers a question to the gate; None when there is no such key.

    allowed                 None where no permit was ever written, or the queue or the person is unknown
    version, rule_version   unequal: the permit was computed under an older rule and must not be trusted
    blank_for               the queue, where nothing ever opened or closed it for the person: no permit is due
    reasons                 as `pack_reasons` packed them, as JSON text
    """
    return connection.execute(
        QUESTION, {"digest": digest, "staff_no": staff_no, "queue": queue, "at": at}).first()


def identify(session: Session, staff_no: str, queue: str) -> tuple[UUID | None, UUID | None]:
    """Return the ids of a person and a queue; None for an unknown one."""
    return (session.scalar(select(Person.id).where(Person.staff_no == staff_no)),
            session.scalar(select(Queue.id).where(Queue.code == queue)))


@dataclass(frozen=True)
class KeyRow:
    """A key as the list shows it."""

    id: UUID
    name: str
    hint: str
    queues: tuple[str, ...]
    all_queues: bool
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_live(self, at: datetime) -> bool:
        """Tell whether the gate answers to it."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


def keys(session: Session) -> list[KeyRow]:
    """Return every key, those in use first."""
    names = dict(session.execute(select(Queue.id, Queue.name)).tuples().all())
    rows = session.execute(
        select(ApiKey, Person.name).outerjoin(Person, Person.id == ApiKey.created_by)
        .order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc())).tuples()
    return [
        KeyRow(key.id, key.name, key.hint, tuple(names[it.queue_id] for it in key.queues), key.all_queues,
               key.created_at, maker or "", key.expires_at, key.revoked_at, key.last_used_at)
        for key, maker in rows
    ]
