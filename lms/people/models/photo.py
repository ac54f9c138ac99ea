"""The photo that an invigilator compares somebody with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class PersonPhoto(Model):
    """A person's photo: a JPEG of ours, made anew from what was handed in. Its row is all there is of it.

    content      bytes of the JPEG, at most 200,000
    consent_by   who confirmed that the person consented: themselves, or who handed it in
    """

    __tablename__ = "person_photo"
    __table_args__ = (
        CheckConstraint("length(content) BETWEEN 1 AND 200000", name="content_range"),
        CheckConstraint("width BETWEEN 1 AND 600 AND height BETWEEN 1 AND 800", name="pixels_range"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    consent_by: Mapped[UUID | None]
    uploaded_at: Mapped[datetime]
