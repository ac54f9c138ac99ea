"""The table of an organisation's own phrase libraries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id
from simulations.models import EditionState


class PhraseEdition(Model):
    """One edition of a phrase library: a draft, of which a library has one at most, or published for ever.

    revision   rises with every kept text of a draft (1..)
    authors    ids of those who kept a text of it
    sent_at    when its text as it stands was sent to a second person; None while it is being written
    """

    __tablename__ = "call_phrase_edition"
    __table_args__ = (
        enum_check("state", EditionState),
        UniqueConstraint("name", "number"),
        CheckConstraint("number >= 1", name="number_range"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_has_an_instant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(30))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(40), default=EditionState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    authors: Mapped[list[Any]]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """Return `name@number`, as 引用 quotes it."""
        return f"{self.name}@{self.number}"

    def is_by(self, person_id: UUID | None) -> bool:
        """Tell whether somebody wrote on it."""
        return str(person_id) in {*self.authors, str(self.changed_by)}
