"""A person's photo for checking who sits an exam: kept with consent, looked at on record, erased when they leave."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.access.permissions import Permission
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import Person, PersonPhoto, PersonState
from lms.people.rules.photo import Portrait
from lms.people.services.persons import reach_person
from lms.records.models import AuditEntry
from lms.records.services import audit

LOOK = timedelta(hours=1)  # looking again within it is the same look


def keep_photo(
    session: Session, person_id: UUID, picture: Portrait, *, consented: bool, by: Identity, now: datetime
) -> None:
    """Keep a photo in the place of the one before. Raises NotFound, Invalid without consent or for whoever left."""
    person = reach_person(session, person_id, Permission.PHOTO_WRITE, by)
    if not consented:
        raise Invalid([Problem("consent", _("Without the person's consent no photo is kept."))])
    if person.state == PersonState.LEFT:
        raise Invalid([Problem("photo", _("No photo is kept of somebody who has left."))])
    session.execute(delete(PersonPhoto).where(PersonPhoto.person_id == person_id))
    session.add(PersonPhoto(person_id=person_id, content=picture.content, width=picture.width, height=picture.height,
                            consent_by=by.person_id, uploaded_at=now))
    session.flush()
    audit(session, by=by, action="photo.add", subject=f"person:{person_id}", now=now)


def remove_photo(session: Session, person_id: UUID, *, by: Identity, now: datetime, reason: str = "") -> bool:
    """Erase a photo; tell whether there was one. The person themselves may always. Raises NotFound."""
    reach_person(session, person_id, Permission.PHOTO_DELETE, by)
    return _erase(session, person_id, by=by, now=now, reason=reason)


def show_photo(session: Session, person_id: UUID, *, by: Identity, now: datetime, why: str = "") -> PersonPhoto:
    """Return a photo that the caller may see, and put down who looked, once an hour. Raises NotFound without one."""
    photo = session.get(PersonPhoto, person_id)
    if photo is None:
        raise NotFound("photo.none")
    if by.person_id != person_id and not _looked_lately(session, person_id, by, now):
        audit(session, by=by, action="photo.read", subject=f"person:{person_id}", reason=why, now=now)
    return photo


def _looked_lately(session: Session, person_id: UUID, by: Identity, now: datetime) -> bool:
    entry = select(AuditEntry.id).where(
        AuditEntry.action == "photo.read", AuditEntry.subject == f"person:{person_id}",
        AuditEntry.actor_id == by.person_id, AuditEntry.at > now - LOOK,
    )
    return session.scalar(entry.limit(1)) is not None


def erase_of_leaver(session: Session, person_id: UUID, left_at: datetime, by: Identity, now: datetime) -> None:
    """Erase the photo of somebody who leaves, unless the installation keeps photos for some days."""
    if get_settings().photo_days == 0:
        _erase(session, person_id, by=by, now=now, reason="left")


def erase_outdated(session: Session, *, now: datetime) -> int:
    """Erase the photos of those who left so many days ago that they are kept no longer; return how many."""
    before = (now - timedelta(days=get_settings().photo_days)).date()
    gone = session.scalars(
        select(PersonPhoto.person_id).join(Person, Person.id == PersonPhoto.person_id)
        .where(Person.state == PersonState.LEFT, Person.left_on < before)
    ).all()
    return sum(_erase(session, person_id, by=SYSTEM, now=now, reason="left") for person_id in gone)


def _erase(session: Session, person_id: UUID, *, by: Identity, now: datetime, reason: str) -> bool:
    photo = session.get(PersonPhoto, person_id)
    if photo is None:
        return False
    session.delete(photo)
    session.flush()
    audit(session, by=by, action="photo.remove", subject=f"person:{person_id}", reason=reason, now=now)
    return True
