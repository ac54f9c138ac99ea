"""What holders, managers and administrators are told, each once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.certification.models import Certificate, FoundingGrant, SuspensionRow, Waiver
from lms.certification.queries.cases import zones_of
from lms.notifications.services import Recipient, notify
from lms.people.models import Person, PersonState, Queue, RoleAssignment, Unit


def recipients(session: Session, person_ids: Collection[UUID]) -> list[Recipient]:
    """Return people as the notifications area wants them; whoever has left isn't told."""
    zones = zones_of(session, person_ids)
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids), Person.state != PersonState.LEFT))
    return [Recipient(it.id, it.name, it.email, it.locale, zones[it.id]) for it in rows]


def who_holds(session: Session, role: Role, unit_path: str) -> list[UUID]:
    """Return the people who hold a role for a unit: for the whole organisation or for a part above it."""
    rows = session.execute(
        select(RoleAssignment.person_id, Unit.path).outerjoin(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.role == role)).tuples()
    return [person_id for person_id, path in rows if path is None or unit_path.startswith(path)]


def tell_issued(session: Session, certificate: Certificate, *, now: datetime) -> None:
    """Congratulate the holder."""
    _tell(session, [certificate.person_id], "certificate-issued", certificate, now=now)


def tell_voided(session: Session, certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder, and who leads them, that a correction took a certificate away."""
    path = _path(session, certificate.person_id)
    told = [certificate.person_id, *who_holds(session, Role.MANAGER, path),
            *who_holds(session, Role.TRAINING_ADMIN, path)]
    _tell(session, told, "certificate-voided", certificate, now=now)


def tell_revoked(session: Session, certificate: Certificate, *, now: datetime) -> None:
    """Tell the holder and who leads them that a certificate was taken back, and why."""
    told = [certificate.person_id, *who_holds(session, Role.MANAGER, _path(session, certificate.person_id))]
    _tell(session, told, "certificate-revoked", certificate, now=now, reason=certificate.revoked_reason or "")


def tell_ending(session: Session, certificate: Certificate, *, days: int, now: datetime) -> None:
    """Remind the holder, and a week before also who leads them, that a certificate ends.

    days   30, 7 or 1: the reminder this is; each goes out once
    """
    told = [certificate.person_id]
    if days <= 7:
        told += who_holds(session, Role.MANAGER, _path(session, certificate.person_id))
    _tell(session, told, "certificate-ending", certificate, now=now, key=f"ending:{days}", days=days,
          ends_at=certificate.ends_at)


def tell_waiver_requested(session: Session, waiver: Waiver, *, now: datetime) -> None:
    """Ask those who may approve a waiver, except who asked and whom it is for."""
    path = _path(session, waiver.person_id)
    could = {*who_holds(session, Role.MANAGER, path), *who_holds(session, Role.TRAINING_ADMIN, path)}
    _about_floor(session, could - {waiver.requested_by, waiver.person_id}, "waiver-requested", waiver.person_id,
                 waiver.queue_id, key=f"waiver:{waiver.id}:requested", link=f"/gate/waivers/{waiver.id}", now=now,
                 until=waiver.ends_at, reason=waiver.reason)


def tell_waiver_decided(session: Session, waiver: Waiver, *, now: datetime) -> None:
    """Tell who asked and whom it is for how a waiver was decided."""
    _about_floor(session, {waiver.requested_by, waiver.person_id}, f"waiver-{waiver.state}", waiver.person_id,
                 waiver.queue_id, key=f"waiver:{waiver.id}:{waiver.state}", link=f"/gate/waivers/{waiver.id}", now=now,
                 until=waiver.ends_at, reason=waiver.decision)


def tell_suspended(session: Session, suspension: SuspensionRow, *, now: datetime) -> None:
    """Tell the person and who leads them that they are off the floor, and why."""
    told = {suspension.person_id, *who_holds(session, Role.MANAGER, _path(session, suspension.person_id))}
    _about_floor(session, told, "floor-suspended", suspension.person_id, suspension.queue_id,
                 key=f"suspension:{suspension.id}", link="/certificates/", now=now, until=suspension.ends_at,
                 reason=suspension.reason)


def tell_grant_proposed(session: Session, grant: FoundingGrant, *, now: datetime) -> None:
    """Ask the other administrators to decide on a founding grant."""
    others = {*who_holds(session, Role.TRAINING_ADMIN, "/"), *who_holds(session, Role.SYSTEM_ADMIN, "/")}
    notify(session, to=recipients(session, others - {grant.proposed_by, grant.person_id}), slug="founding-proposed",
           params={"name": session.get_one(Person, grant.person_id).name, "certification": grant.certification.name,
                   "last_day": grant.last_day, "reason": grant.reason},
           link="/certificates/grants/", key=f"founding:{grant.id}", now=now)


def _tell(
    session: Session, person_ids: Collection[UUID], slug: str, certificate: Certificate, *, now: datetime,
    key: str = "", **more: Any,
) -> None:
    holder = session.get_one(Person, certificate.person_id)
    params = {"name": holder.name, "staff_no": holder.staff_no, "certification": certificate.certification.name,
              "certification_en": certificate.certification.name_en, "number": certificate.number,
              "last_day": certificate.last_day, **more}
    notify(session, to=recipients(session, list(dict.fromkeys(person_ids))), slug=slug, params=params,
           link=f"/certificates/{certificate.id}", key=f"certificate:{certificate.id}:{key or slug}", now=now)


def _about_floor(
    session: Session, person_ids: Collection[UUID], slug: str, about: UUID, queue_id: UUID | None, *, key: str,
    link: str, now: datetime, until: datetime | None, reason: str,
) -> None:
    person = session.get_one(Person, about)
    queue = session.get(Queue, queue_id) if queue_id else None
    notify(session, to=recipients(session, person_ids), slug=slug, link=link, key=key, now=now, params={
        "name": person.name, "staff_no": person.staff_no, "queue": queue.name if queue else "", "reason": reason,
        "queue_en": queue.name_en if queue else "", "until": until})


def _path(session: Session, person_id: UUID) -> str:
    path = session.scalar(
        select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id))
    return path or "/"
