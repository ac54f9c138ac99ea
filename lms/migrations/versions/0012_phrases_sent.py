"""When a phrase library was sent to a second person."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('call_phrase_edition', sa.Column('sent_at', lms.kernel.db.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('call_phrase_edition', 'sent_at')
