"""The blueprint that every page of this area hangs on, and who may reach whom."""

from typing import Final
from uuid import UUID

from flask import Blueprint
from sqlalchemy import select

from lms.access.door import reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification.queries.listing import Holder, holder_of
from lms.kernel.db import reading
from lms.people.models import Person
from lms.web.guard import current_identity

bp: Final = Blueprint("certification", __name__)


def reach_holder(person_id: UUID, permission: Permission) -> Holder:
    """Return a person whom the reader may do this to. Raises NotFound when there is none, and when they may not."""
    holder = holder_of(reading(), person_id)
    reach(current_identity(), permission, Subject(person_id, holder.unit_path))
    return holder


def reach_by_staff_no(staff_no: str, permission: Permission) -> Holder | None:
    """Return the person with a staff number whom the reader may do this to; None when there is none."""
    person_id = reading().scalar(select(Person.id).where(Person.staff_no == staff_no))
    return reach_holder(person_id, permission) if person_id else None
