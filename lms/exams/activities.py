"""What the register of activities knows about exams and stations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import Exam, Station
from lms.exams.rules.purposes import follows
from lms.exams.services.assigning import assign_exam
from lms.exams.services.stations import assign_station
from lms.exams.titles import titled


class ExamActivity:
    """`exam:<code>`: a theory exam."""

    prefix = "exam"

    def titles(self, session: Session, codes: Collection[str]) -> dict[str, str]:
        """Return the titles of exams in the reader's language."""
        rows = session.execute(select(Exam.code, Exam.title, Exam.title_en).where(Exam.code.in_(codes)))
        return {row.code: titled(row) for row in rows}

    def link(self, code: str) -> str | None:
        """Return where a learner begins it."""
        return f"/exams/{code}"

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity,
        now: datetime,
    ) -> None:
        """Assign it to a person; assigning twice changes nothing but the due date."""
        assign_exam(session, code, person_id=person_id, due_at=due_at, reason=reason, by=by, now=now)

    def best_by_point(self, session: Session, points: Sequence[str]) -> dict[str, str]:
        """Return nothing: an exam asks, it doesn't teach."""
        return {}

    def only_for_the_record(self, session: Session, codes: Collection[str]) -> Collection[str]:
        """Return the exams whose purpose no certificate may ask for."""
        rows = session.execute(select(Exam.code, Exam.purpose).where(Exam.code.in_(codes)))
        return [code for code, purpose in rows.tuples() if not follows(purpose).certifies]


class StationActivity:
    """`practical:<code>`: a practical station."""

    prefix = "practical"

    def titles(self, session: Session, codes: Collection[str]) -> dict[str, str]:
        """Return the titles of stations in the reader's language."""
        rows = session.execute(select(Station.code, Station.title, Station.title_en).where(Station.code.in_(codes)))
        return {row.code: titled(row) for row in rows}

    def link(self, code: str) -> str | None:
        """Return where a learner sees that it waits."""
        return "/exams/"

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity,
        now: datetime,
    ) -> None:
        """Put a person on the station's list; twice changes nothing but the due date."""
        assign_station(session, code, person_id=person_id, due_at=due_at, reason=reason, by=by, now=now)

    def best_by_point(self, session: Session, points: Sequence[str]) -> dict[str, str]:
        """Return nothing: a station asks, it doesn't teach."""
        return {}
