"""Where people are signed in: one row a browser, so that it can be seen and ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, new_id


class BrowserSession(Model):
    """A browser's session. `key` is a hash of what the cookie holds: whoever reads this table can't take it over."""

    __tablename__ = "browser_session"
    __table_args__ = (Index("ix_browser_session_person", "person_id", "last_seen_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))  # None: a visitor
    data: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(300), default="")  # what the browser says of itself
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # to five minutes
    expires_at: Mapped[datetime] = mapped_column(index=True)
