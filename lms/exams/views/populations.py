"""What the pages of monthly plans and spot checks share: whom something is for, and who may touch it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from lms.access import door as policy
from lms.access.door import reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.exams.forms.rounds import PopulationForm
from lms.exams.models import Exam, ExamEdition, ExamPurpose
from lms.exams.queries.people import units_within
from lms.exams.queries.population import Population
from lms.exams.titles import titled
from lms.kernel.db import reading
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Post, Queue, Unit
from lms.people.wording import local_name
from lms.web.guard import current_identity


def fill_choices(form: PopulationForm, permission: Permission, purpose: ExamPurpose) -> None:
    """Offer the exams of a purpose and the parts of the organisation in which the reader holds a permission."""
    session, scopes = reading(), policy.scopes_of(current_identity(), permission)
    published = select(ExamEdition.exam_id)
    exams = session.scalars(
        select(Exam).where(Exam.purpose == purpose, Exam.retired_at.is_(None), Exam.id.in_(published))
        .order_by(Exam.title)
    ).unique()
    form.exam_id.choices = [(str(it.id), titled(it)) for it in exams]
    whole = [("", _("everybody"))] if "/" in scopes else []
    form.unit_id.choices = [*whole, *units_within(session, scopes)]
    form.posts.choices = [(str(it.id), local_name(it.name, it.name_en))
                          for it in session.scalars(select(Post).order_by(Post.code))]
    form.queues.choices = [(str(it.id), local_name(it.name, it.name_en))
                           for it in session.scalars(select(Queue).order_by(Queue.position))]


def part_of(unit: Unit | None) -> str:
    """Return what the part of the organisation that something is for is called."""
    return local_name(unit.name, unit.name_en) if unit else str(_("everybody"))


def population_from(form: PopulationForm) -> tuple[UUID | None, Population]:
    """Return the unit and the population that a validated form describes."""
    unit_id = UUID(form.unit_id.data) if form.unit_id.data else None
    return unit_id, Population(
        posts=_ids(form.posts.data), queues=_ids(form.queues.data), probation=bool(form.probation.data),
    )


def _ids(values: Sequence[str] | None) -> frozenset[UUID]:
    return frozenset(map(UUID, values or ()))


def reach_unit(unit_id: UUID | None, permission: Permission) -> None:
    """Let the reader pass to a part of the organisation, None: all of it. Raises NotFound, Invalid for all of it."""
    unit = reading().get(Unit, unit_id) if unit_id else None
    if unit_id is None and not policy.allows(current_identity(), permission, Subject(None, "/")):
        raise Invalid([Problem("unit_id", _("Choose a part of the organisation."))])
    if unit_id is not None and unit is None:
        raise NotFound
    reach(current_identity(), permission, Subject(None, unit.path if unit else "/"))
