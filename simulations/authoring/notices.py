"""Who is told that something waits for a second person. Words stand in `templates/email/{script,phrases}-review/`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.notifications.services import notify
from lms.people.models import Person, PersonState, RoleAssignment
from simulations.models import ScriptEdition
from simulations.phrases.models import PhraseEdition
from simulations.recipients import recipient_of


def tell_script_waits(
    session: Session, edition: ScriptEdition, *, writers: Collection[UUID | None], by: Identity, now: datetime
) -> None:
    """Tell the trainers who didn't write on a script that it waits for one of them to publish it."""
    _tell(session, "script-review", f"/calls/scripts/{edition.id}", f"{edition.id}",
          {"title": edition.title, "number": edition.number, "author": by.name},
          but={by.person_id, edition.written_by, *writers}, now=now)


def tell_phrases_wait(session: Session, edition: PhraseEdition, *, by: Identity, now: datetime) -> None:
    """Tell the trainers who didn't write on a phrase library that it waits for one of them to publish it."""
    _tell(session, "phrases-review", f"/calls/phrases/{edition.id}", f"{edition.id}:{edition.revision}",
          {"title": edition.key, "author": by.name},
          but={by.person_id, edition.changed_by, *(UUID(str(it)) for it in edition.authors)}, now=now)


def _tell(
    session: Session, slug: str, link: str, key: str, params: dict[str, object], *, but: Collection[UUID | None],
    now: datetime,
) -> None:
    trainers = session.scalars(
        select(RoleAssignment.person_id).distinct().join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == Role.TRAINER, Person.state != PersonState.LEFT))
    told = sorted((it for it in trainers if it not in but), key=str)
    notify(session, to=[recipient_of(session, it) for it in told], slug=slug, params=params, link=link,
           key=f"{slug}:{key}", now=now)
