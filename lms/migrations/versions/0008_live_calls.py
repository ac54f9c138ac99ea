"""Live calls: who plays with whom."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('live_call',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('trainer_id', sa.Uuid(), nullable=False),
    sa.Column('learner_id', sa.Uuid(), nullable=False),
    sa.Column('observer_id', sa.Uuid(), nullable=True),
    sa.Column('invited_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ready_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('cancelled_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('call_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('call_id IS NULL OR cancelled_at IS NULL', name=op.f('ck_live_call_a_call_that_rang_is_not_cancelled')),
    sa.CheckConstraint('observer_id IS NULL OR (observer_id <> trainer_id AND observer_id <> learner_id)', name=op.f('ck_live_call_an_observer_only_reads')),
    sa.CheckConstraint("purpose IN ('practice', 'exam')", name=op.f('ck_live_call_purpose_known')),
    sa.CheckConstraint('trainer_id <> learner_id', name=op.f('ck_live_call_two_people')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_live_call_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_live_call_edition_id_call_script_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['learner_id'], ['person.id'], name=op.f('fk_live_call_learner_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['observer_id'], ['person.id'], name=op.f('fk_live_call_observer_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['trainer_id'], ['person.id'], name=op.f('fk_live_call_trainer_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_live_call')),
    sa.UniqueConstraint('call_id', name=op.f('uq_live_call_call_id'))
    )
    with op.batch_alter_table('live_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_live_call_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index('ix_live_call_learner', ['learner_id', 'invited_at'], unique=False)
        batch_op.create_index('ix_live_call_observer', ['observer_id'], unique=False)
        batch_op.create_index('ix_live_call_trainer', ['trainer_id', 'invited_at'], unique=False)


def downgrade() -> None:
    op.drop_table('live_call')
