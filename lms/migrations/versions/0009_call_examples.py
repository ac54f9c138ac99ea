"""The case library: good calls that their operators gave as examples."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('call_example',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('offered_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('withdrawn_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('offered', 'approved', 'declined', 'withdrawn')", name=op.f('ck_call_example_state_known')),
    sa.CheckConstraint("state NOT IN ('approved', 'declined') OR decided_by IS NOT NULL", name=op.f('ck_call_example_decided_by_somebody')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_example_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_call_example_decided_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_example')),
    sa.UniqueConstraint('call_id', name=op.f('uq_call_example_call_id'))
    )
    op.create_index(op.f('ix_call_example_state'), 'call_example', ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('call_example')
