"""Keys of machines that ask the gate."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, new_id


class ApiKeyQueue(Model):
    """A queue that a key may ask about."""

    __tablename__ = "api_key_queue"

    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), primary_key=True)


class ApiKey(Model):
    """A machine's key: only its hash is kept; the key itself is shown once, when it is made.

    hint        first characters of the key, to tell keys apart
    digest      SHA-256 of the key, hex; keys are random, so that no salt is needed
    all_queues  may ask about every queue there is and will be
    """

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
        CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expires_after_it_began"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    hint: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    all_queues: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]

    queues: Mapped[list[ApiKeyQueue]] = relationship(lazy="selectin", cascade="all, delete-orphan")
