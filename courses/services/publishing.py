"""From draft to published: hand in, send back, publish by another person, discard."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.models import CourseEdition, CourseUnit
from courses.rules.editions import EditionState, Gap, Obstacle, UnitDraft, gaps, may_publish
from courses.rules.units import UnitKind
from courses.services.editing import editable, facts_of
from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.records.services import audit
from lms.web.richtext import picture_names


def submit_edition(
    session: Session, edition_id: UUID, *, changes: str = "", by: Identity, now: datetime
) -> CourseEdition:
    """Hand a draft in for review. Raises Invalid naming every unit that lacks something, Conflict for no draft."""
    edition = editable(session, edition_id)
    problems = unit_problems(edition)
    if not edition.units:
        problems.append(Problem("", _("An edition needs at least one unit.")))
    if problems:
        raise Invalid(problems)
    edition.state, edition.changes, edition.remark = EditionState.REVIEW, changes.strip(), ""
    edition.submitted_at, edition.submitted_by = now, by.person_id
    _audit(session, edition, "course.submit", by, now, changes)
    return edition


def send_back(session: Session, edition_id: UUID, *, remark: str, by: Identity, now: datetime) -> CourseEdition:
    """Return an edition to its authors with a remark. Raises Invalid without one, Conflict when not in review."""
    edition = _in_review(session, edition_id)
    if not remark.strip():
        raise Invalid([Problem("remark", _("Say what should be changed."))])
    edition.state, edition.remark = EditionState.DRAFT, remark.strip()
    _audit(session, edition, "course.send_back", by, now, remark)
    return edition


def publish_edition(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> CourseEdition:
    """Publish an edition in review; from now on it never changes, and whoever begins the course gets it.

    Raises Refused for whoever wrote or handed it in, Conflict when it isn't in review.
    """
    edition = _in_review(session, edition_id)
    if may_publish(facts_of(edition), by.person_id) is Obstacle.OWN_WORK:
        raise Refused("edition.own_work", _("You had a hand in this edition: somebody else has to publish it."))
    edition.state, edition.published_at, edition.published_by = EditionState.PUBLISHED, now, by.person_id
    _audit(session, edition, "course.publish", by, now)
    return edition


def discard_edition(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> None:
    """Throw a draft away. Published editions stay as they are."""
    edition = editable(session, edition_id)
    _audit(session, edition, "course.discard", by, now)
    session.delete(edition)
    session.flush()


def unit_problems(edition: CourseEdition) -> list[Problem]:
    """Return what the units of an edition lack, each at its unit's code."""
    words = {
        Gap.TEXT: _("write its text"), Gap.FILM: _("upload its film"), Gap.FILE: _("write its text or upload a PDF"),
        Gap.POINTS: _("name its knowledge points"), Gap.SCRIPT: _("choose its call script"),
    }
    pictures = {picture.name for picture in edition.pictures}
    found = []
    for unit in edition.units:
        draft = _draft_of(unit, pictures)
        for gap in gaps(draft):
            text = words.get(gap) or _("there is no picture %(names)s", names=", ".join(draft.missing_pictures))
            found.append(Problem(unit.code, _("%(title)s: %(what)s.", title=unit.title, what=text)))
    return found


def _draft_of(unit: CourseUnit, pictures: set[str]) -> UnitDraft:
    return UnitDraft(
        unit.code, UnitKind(unit.kind), has_text=bool(unit.text.strip()), has_file=bool(unit.file),
        has_points=bool(unit.points), has_script=bool(unit.script),
        missing_pictures=tuple(name for name, _line in picture_names(unit.text) if name not in pictures),
    )


def _in_review(session: Session, edition_id: UUID) -> CourseEdition:
    edition = session.get(CourseEdition, edition_id, with_for_update={"of": CourseEdition}, populate_existing=True)
    if edition is None:
        raise NotFound
    if edition.state != EditionState.REVIEW:
        raise Conflict("edition.not_in_review", _("This edition is not waiting for review."))
    return edition


def _audit(
    session: Session, edition: CourseEdition, action: str, by: Identity, now: datetime, reason: str = ""
) -> None:
    session.flush()
    audit(session, by=by, action=action, subject=f"course_edition:{edition.id}", reason=reason.strip(), now=now)
