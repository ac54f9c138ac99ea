"""How the rest of the system names, links and assigns simulated calls: `call:<script code>`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from simulations.models import EditionState, ScriptEdition
from simulations.services import assign_call


class CallActivity:
    """The activity kind `call`."""

    prefix = "call"

    def titles(self, session: Session, codes: Collection[str]) -> dict[str, str]:
        """Return the titles of scripts, as their newest published editions have them."""
        rows = session.execute(
            select(ScriptEdition.code, ScriptEdition.title)
            .where(ScriptEdition.code.in_(codes), ScriptEdition.state == EditionState.PUBLISHED)
            .order_by(ScriptEdition.number))
        return dict(rows.tuples().all())

    def link(self, code: str) -> str | None:
        """Return the script's page."""
        return f"/calls/{code}"

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity,
        now: datetime,
    ) -> None:
        """Ask a person to play the script for the record."""
        assign_call(session, code, person_id=person_id, due_at=due_at, reason=reason, now=now)

    def best_by_point(self, session: Session, points: Sequence[str]) -> dict[str, str]:
        """Scripts are scored by checkpoints, not knowledge points: none."""
        return {}
