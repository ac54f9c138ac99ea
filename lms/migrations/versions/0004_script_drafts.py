"""Drafts of call scripts with their versions, the ways that calls took, replies that nothing matched."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('call_script_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Uuid(), nullable=True),
    sa.Column('edition_id', sa.Uuid(), nullable=True),
    sa.Column('changed_by', sa.Uuid(), nullable=True),
    sa.Column('changed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_call_script_draft_number_range')),
    sa.ForeignKeyConstraint(['base_id'], ['call_script_edition.id'], name=op.f('fk_call_script_draft_base_id_call_script_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_call_script_draft_edition_id_call_script_edition'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_script_draft'))
    )
    with op.batch_alter_table('call_script_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_script_draft_base_id'), ['base_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_script_draft_edition_id'), ['edition_id'], unique=False)

    op.create_table('call_script_draft_version',
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('saved_by', sa.Uuid(), nullable=True),
    sa.Column('saved_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['call_script_draft.id'], name=op.f('fk_call_script_draft_version_draft_id_call_script_draft'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'number', name=op.f('pk_call_script_draft_version'))
    )
    op.create_table('call_trail',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('branches', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_trail_call_id_simulated_call'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_call_trail_edition_id_call_script_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_trail'))
    )
    with op.batch_alter_table('call_trail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_trail_edition_id'), ['edition_id'], unique=False)

    op.create_table('call_unmatched_reply',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('node', sa.String(length=120), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('said_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('phrase', sa.String(length=120), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("verdict IN ('open', 'positive', 'negative', 'dismissed')", name=op.f('ck_call_unmatched_reply_verdict_known')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_unmatched_reply_call_id_simulated_call'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_unmatched_reply'))
    )
    with op.batch_alter_table('call_unmatched_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_unmatched_reply_call_id'), ['call_id'], unique=False)
        batch_op.create_index('ix_call_unmatched_reply_code', ['code', 'verdict'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('call_unmatched_reply', schema=None) as batch_op:
        batch_op.drop_index('ix_call_unmatched_reply_code')
        batch_op.drop_index(batch_op.f('ix_call_unmatched_reply_call_id'))

    op.drop_table('call_unmatched_reply')
    with op.batch_alter_table('call_trail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_trail_edition_id'))

    op.drop_table('call_trail')
    op.drop_table('call_script_draft_version')
    with op.batch_alter_table('call_script_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_script_draft_edition_id'))
        batch_op.drop_index(batch_op.f('ix_call_script_draft_base_id'))

    op.drop_table('call_script_draft')
