"""Agreement of people with the scorer: blind marks, figures of each call, what a score was told of calibration."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DDL = {
    "sqlite": [
        "CREATE TRIGGER call_blind_mark_no_update BEFORE UPDATE ON call_blind_mark BEGIN SELECT RAISE(ABORT, 'call_blind_mark is append-only'); END",
        "CREATE TRIGGER call_blind_mark_no_delete BEFORE DELETE ON call_blind_mark BEGIN SELECT RAISE(ABORT, 'call_blind_mark is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION call_blind_mark_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'call_blind_mark is append-only'; END $$",
        "CREATE TRIGGER call_blind_mark_no_change BEFORE UPDATE OR DELETE ON call_blind_mark FOR EACH ROW EXECUTE FUNCTION call_blind_mark_is_append_only()",
        "CREATE TRIGGER call_blind_mark_no_truncate BEFORE TRUNCATE ON call_blind_mark FOR EACH STATEMENT EXECUTE FUNCTION call_blind_mark_is_append_only()",
    ],
}


def upgrade() -> None:
    op.add_column('call_script_edition', sa.Column('calibrated_engine', sa.String(length=20), server_default='', nullable=False))
    op.add_column('call_score', sa.Column('calibrated', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('call_score', sa.Column('alone', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('call_figures',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('engine_version', sa.String(length=20), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('sampled', sa.Boolean(), nullable=False),
    sa.Column('items', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_figures_call_id_simulated_call'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_call_figures_edition_id_call_script_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_figures'))
    )
    op.create_index(op.f('ix_call_figures_edition_id'), 'call_figures', ['edition_id'], unique=False)
    op.create_table('call_blind_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=False),
    sa.Column('marked_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('outcomes', sa.JSON(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['assessor_id'], ['person.id'], name=op.f('fk_call_blind_mark_assessor_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_blind_mark_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_blind_mark')),
    sa.UniqueConstraint('call_id', name=op.f('uq_call_blind_mark_call_id'))
    )
    op.create_index(op.f('ix_call_blind_mark_assessor_id'), 'call_blind_mark', ['assessor_id'], unique=False)
    for statement in DDL[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('call_blind_mark')
    op.drop_table('call_figures')
    op.drop_column('call_score', 'alone')
    op.drop_column('call_score', 'calibrated')
    op.drop_column('call_script_edition', 'calibrated_engine')
