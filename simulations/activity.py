"""How the rest of the system names, links and assigns simulated calls: `call:<script code>`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from simulations.services import assign_call, published_edition


class CallActivity:
    """The activity kind `call`."""

    prefix = "call"

    def title(self, session: Session, code: str) -> str | None:
        """Return the script's title."""
        edition = published_edition(session, code)
        return edition.title if edition else None

    def link(self, code: str) -> str | None:
        """Return the script's page."""
        return f"/calls/{code}"

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity,
        now: datetime,
    ) -> None:
        """Ask a person to play the script for the record."""
        assign_call(session, code, person_id=person_id, due_at=due_at, reason=reason, now=now)

    def find_by_points(self, session: Session, points: Sequence[str]) -> list[str]:
        """Scripts are scored by checkpoints, not knowledge points: none."""
        return []
