"""Corrections of what stands in the record: what a second person decides, and what corrected facts would do.

Whoever decides by facts registers how to tell that (`on_preview`); whoever corrects asks here and knows nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lms.records.rules import Fact


class CorrectionVerdict(StrEnum):
    """What a second person decided about a proposal."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Consequence:
    """What corrections would do for one person, by name.

    issued, fallen   certifications whose certificate would be issued, or would fall
    opened, shut     queues on which the person could take calls and now can't, or the reverse
    """

    person_id: UUID
    name: str
    issued: tuple[str, ...]
    fallen: tuple[str, ...]
    opened: tuple[str, ...]
    shut: tuple[str, ...]

    @property
    def touches(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.issued or self.fallen or self.opened or self.shut)


Preview = Callable[[Session, Sequence[Fact], datetime], tuple[Consequence, ...]]
_previews: list[Preview] = []


def on_preview(preview: Preview) -> Preview:
    """Let `preview(session, facts, at)` tell what appending these facts at `at` would do."""
    if preview not in _previews:
        _previews.append(preview)
    return preview


def consequences_of(session: Session, facts: Sequence[Fact], at: datetime) -> tuple[Consequence, ...]:
    """Return what appending corrected facts at `at` would do, person by person; those it leaves alone are absent.

    facts   as they would be appended, each superseding one in force
    """
    return tuple(found for preview in _previews for found in preview(session, facts, at)) if facts else ()
