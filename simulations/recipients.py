"""Whom to tell: a person as notifications want them."""

from uuid import UUID

from sqlalchemy.orm import Session

from lms.notifications.rules import Recipient
from lms.people.models import Person
from lms.people.queries.zones import zone_of_person


def recipient_of(session: Session, person_id: UUID) -> Recipient:
    """Return a person with their address, language and zone. Raises NoResultFound for nobody."""
    person = session.get_one(Person, person_id)
    return Recipient(person.id, person.name, person.email, person.locale, zone_of_person(session, person.id).key)
