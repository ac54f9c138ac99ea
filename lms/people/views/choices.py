"""Choices of select fields."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import Person, PersonState, RoleAssignment, Unit
from lms.people.queries import mentors, organisation
from lms.people.wording import local_name
from lms.web.formatting import local
from lms.web.guard import request_time

Choices = list[tuple[str, str]]
INDENT = "\u3000"


def unit_choices(scopes: Sequence[str]) -> Choices:
    """Return the units of the scopes, indented by depth."""
    return [(str(row.id), f"{INDENT * row.depth}{local_name(row.name, row.name_en)}")
            for row in organisation.units(reading(), scopes)]


def scope_choices(scopes: Sequence[str]) -> Choices:
    """Return the units a role may be given for; the whole organisation first, where that is allowed."""
    whole = [("", organisation_label())] if "/" in scopes else []
    return whole + unit_choices(scopes)


def post_choices() -> Choices:
    """Return the posts, none first."""
    return [("", _("None")), *((str(row.id), local_name(row.name, row.name_en))
                               for row in organisation.posts(reading()))]


def queue_choices() -> Choices:
    """Return the queues in the board's order."""
    return [(str(row.id), local_name(row.name, row.name_en)) for row in organisation.queues(reading())]


def mentor_choices(scopes: Sequence[str], but: UUID) -> Choices:
    """Return who has the role of mentor within the scopes, with how many learners they have today."""
    session = reading()
    rows = session.scalars(
        select(Person).join(Unit, Unit.id == Person.unit_id).where(
            organisation.within(scopes), Person.state != PersonState.LEFT, Person.id != but,
            Person.id.in_(select(RoleAssignment.person_id).where(RoleAssignment.role == Role.MENTOR)),
        ).order_by(Person.pinyin_initials, Person.staff_no)
    ).unique().all()
    load = mentors.workload(session, today(), [row.id for row in rows])
    return [(str(row.id), _("%(name)s %(number)s, %(unit)s: %(load)s learners now", name=row.name, number=row.staff_no,
                            unit=row.unit.name, load=load[row.id])) for row in rows]


def organisation_label() -> str:
    """Return what the whole organisation is called."""
    settings = get_settings()
    name = local_name(settings.organisation_name, settings.organisation_name_en)
    return str(_("The whole organisation (%(name)s)", name=name))


def today() -> date:
    """Return the reader's local day."""
    return local(request_time()).date()


def as_id(text: str | None) -> UUID | None:
    """Return the id that a select field handed in, None for the empty choice."""
    return UUID(text) if text else None
