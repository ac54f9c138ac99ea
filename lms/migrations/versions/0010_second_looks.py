"""Second looks at scored calls: corrected rubrics, appeals, and what calls came to afterwards."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ('call_rubric_correction', 'call_rubric_decision', 'call_appeal', 'call_appeal_decision', 'call_result')


def triggers(table: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()",
    ]


def upgrade() -> None:
    op.create_table('call_rubric_correction',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('corrected_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_call_rubric_correction_reason_given')),
    sa.CheckConstraint('edition_id <> corrected_id', name=op.f('ck_call_rubric_correction_another_edition')),
    sa.ForeignKeyConstraint(['corrected_id'], ['call_script_edition.id'], name=op.f('fk_call_rubric_correction_corrected_id_call_script_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_call_rubric_correction_edition_id_call_script_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_call_rubric_correction_proposed_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_rubric_correction'))
    )
    op.create_index(op.f('ix_call_rubric_correction_edition_id'), 'call_rubric_correction', ['edition_id'], unique=False)
    op.create_table('call_appeal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('raised_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_call_appeal_text_given')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_appeal_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_appeal')),
    sa.UniqueConstraint('call_id', name=op.f('uq_call_appeal_call_id'))
    )
    op.create_table('call_result',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=60), nullable=False),
    sa.Column('rubric_id', sa.Uuid(), nullable=False),
    sa.Column('engine_version', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('total_before', sa.Integer(), nullable=False),
    sa.Column('passed_before', sa.Boolean(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('fact_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_call_result_reason_given')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_call_result_number_from_one')),
    sa.CheckConstraint('total BETWEEN 0 AND 10000', name=op.f('ck_call_result_total_in_range')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_result_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['fact_id'], ['training_fact.id'], name=op.f('fk_call_result_fact_id_training_fact'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['rubric_id'], ['call_script_edition.id'], name=op.f('fk_call_result_rubric_id_call_script_edition'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_result')),
    sa.UniqueConstraint('call_id', 'cause', name=op.f('uq_call_result_call_id_cause')),
    sa.UniqueConstraint('call_id', 'number', name=op.f('uq_call_result_call_id_number'))
    )
    op.create_table('call_rubric_decision',
    sa.Column('correction_id', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_call_rubric_decision_reason_given')),
    sa.CheckConstraint("verdict IN ('approved', 'rejected')", name=op.f('ck_call_rubric_decision_verdict_known')),
    sa.ForeignKeyConstraint(['correction_id'], ['call_rubric_correction.id'], name=op.f('fk_call_rubric_decision_correction_id_call_rubric_correction'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_call_rubric_decision_decided_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('correction_id', name=op.f('pk_call_rubric_decision'))
    )
    op.create_table('call_appeal_decision',
    sa.Column('appeal_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name=op.f('ck_call_appeal_decision_outcome_known')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_call_appeal_decision_reason_given')),
    sa.ForeignKeyConstraint(['appeal_id'], ['call_appeal.id'], name=op.f('fk_call_appeal_decision_appeal_id_call_appeal'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_call_appeal_decision_decided_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('appeal_id', name=op.f('pk_call_appeal_decision'))
    )
    for table in TABLES:
        for statement in triggers(table, op.get_context().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('call_appeal_decision')
    op.drop_table('call_rubric_decision')
    op.drop_table('call_result')
    op.drop_table('call_appeal')
    op.drop_index(op.f('ix_call_rubric_correction_edition_id'), table_name='call_rubric_correction')
    op.drop_table('call_rubric_correction')
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
