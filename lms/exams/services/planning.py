"""Plan an exam session, change one: when, where, and how one comes in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import Exam, ExamSession
from lms.exams.rules.entry import SessionTerms, entry_window
from lms.exams.rules.timing import Window
from lms.exams.services.authoring import latest_edition
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit


def plan_session(
    session: Session, exam_id: UUID, *, title: str, place: str = "", opens_at: datetime, closes_at: datetime,
    terms: SessionTerms | None = None, unit_id: UUID | None = None, by: Identity, now: datetime,
) -> ExamSession:
    """Plan a session of a published exam. Raises Invalid when the window has no length or nothing is published."""
    if session.get(Exam, exam_id) is None:
        raise NotFound
    _check_times(opens_at, closes_at, terms or SessionTerms())
    if latest_edition(session, exam_id) is None:
        raise Invalid([Problem("exam_id", _("Publish the exam first."))])
    planned = ExamSession(
        exam_id=exam_id, title=title, place=place, opens_at=opens_at, closes_at=closes_at, unit_id=unit_id,
        created_at=now, created_by=by.person_id, **_values(terms or SessionTerms()),
    )
    session.add(planned)
    session.flush()
    audit(session, by=by, action="exam_session.plan", subject=f"exam_session:{planned.id}", now=now)
    return planned


def change_session(
    session: Session, session_id: UUID, *, title: str, place: str, opens_at: datetime, closes_at: datetime,
    terms: SessionTerms, by: Identity, now: datetime,
) -> ExamSession:
    """Change a session. Sittings that run keep their deadline; what is changed holds for whoever comes in from now on.

    Raises NotFound, Invalid when the window has no length.
    """
    planned = session.scalar(
        select(ExamSession).where(ExamSession.id == session_id).with_for_update(of=ExamSession)
        .execution_options(populate_existing=True)
    )
    if planned is None:
        raise NotFound
    _check_times(opens_at, closes_at, terms)
    new = {"title": title, "place": place, "opens_at": opens_at, "closes_at": closes_at, **_values(terms)}
    changes = {name: [_told(getattr(planned, name)), _told(value)]
               for name, value in new.items() if getattr(planned, name) != value}
    for name, value in new.items():
        setattr(planned, name, value)
    if changes:
        audit(session, by=by, action="exam_session.change", subject=f"exam_session:{planned.id}", now=now,
              changes={**changes, **({"access_code": ["…", "…"]} if "access_code" in changes else {})})
    return planned


def _check_times(opens_at: datetime, closes_at: datetime, terms: SessionTerms) -> None:
    try:
        Window(opens_at, closes_at)
    except ValueError:
        raise Invalid([Problem("closes_at", _("The session closes after it opens."))]) from None
    try:
        entry_window(opens_at, closes_at, terms.late_entry)
    except ValueError:
        raise Invalid([Problem("late_entry", _("Late entry is 1 to 720 minutes."))]) from None


def _values(terms: SessionTerms) -> dict[str, Any]:
    return {
        "late_entry": terms.late_entry, "access_code": terms.code.strip(), "networks": list(terms.networks),
        "one_seat": terms.one_seat, "notice": terms.notice.strip(),
    }


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
