"""An organisation's own phrase libraries."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('call_phrase_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('authors', sa.JSON(), nullable=False),
    sa.Column('changed_by', sa.Uuid(), nullable=True),
    sa.Column('changed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_call_phrase_edition_published_has_an_instant')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_call_phrase_edition_number_range')),
    sa.CheckConstraint("state IN ('draft', 'published')", name=op.f('ck_call_phrase_edition_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_phrase_edition')),
    sa.UniqueConstraint('name', 'number', name=op.f('uq_call_phrase_edition_name_number'))
    )


def downgrade() -> None:
    op.drop_table('call_phrase_edition')
