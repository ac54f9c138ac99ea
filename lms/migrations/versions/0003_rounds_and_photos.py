"""Monthly plans and their months, spot checks and their draws, photos; monthly exams, exams that were missed."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# table, constraint, before, after
WIDER = (
    ("exam", "ck_exam_purpose_known",
     "purpose IN ('entrance', 'stage', 'final', 'refresher', 'spot_check')",
     "purpose IN ('entrance', 'stage', 'monthly', 'final', 'refresher', 'spot_check')"),
    ("exam_assignment", "ck_exam_assignment_state_known",
     "state IN ('open', 'passed', 'ended', 'cancelled')",
     "state IN ('open', 'passed', 'ended', 'missed', 'cancelled')"),
)


def upgrade() -> None:
    for table, name, before, after in WIDER:
        _change_check(table, name, before, after)
    op.create_table('exam_plan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('posts', sa.JSON(), nullable=False),
    sa.Column('queues', sa.JSON(), nullable=False),
    sa.Column('probation', sa.Boolean(), nullable=False),
    sa.Column('day_rule', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('opens_minute', sa.Integer(), nullable=False),
    sa.Column('window_hours', sa.Integer(), nullable=False),
    sa.Column('lead_days', sa.Integer(), nullable=False),
    sa.Column('catch_up_days', sa.Integer(), nullable=False),
    sa.Column('first_month', sa.Date(), nullable=False),
    sa.Column('last_month', sa.Date(), nullable=True),
    sa.Column('paused_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("day_rule IN ('working_day', 'day')", name=op.f('ck_exam_plan_day_rule_known')),
    sa.CheckConstraint('catch_up_days BETWEEN 1 AND 14', name=op.f('ck_exam_plan_catch_up_range')),
    sa.CheckConstraint('last_month IS NULL OR last_month >= first_month', name=op.f('ck_exam_plan_last_after_first')),
    sa.CheckConstraint('lead_days BETWEEN 0 AND 7', name=op.f('ck_exam_plan_lead_range')),
    sa.CheckConstraint('number BETWEEN 1 AND 31', name=op.f('ck_exam_plan_number_range')),
    sa.CheckConstraint('opens_minute BETWEEN 0 AND 1439', name=op.f('ck_exam_plan_opens_range')),
    sa.CheckConstraint('window_hours BETWEEN 1 AND 336', name=op.f('ck_exam_plan_window_range')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_plan_exam_id_exam'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_exam_plan_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_plan'))
    )
    with op.batch_alter_table('exam_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_plan_exam_id'), ['exam_id'], unique=False)

    op.create_table('person_photo',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('consent_by', sa.Uuid(), nullable=True),
    sa.Column('uploaded_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('length(content) BETWEEN 1 AND 200000', name=op.f('ck_person_photo_content_range')),
    sa.CheckConstraint('width BETWEEN 1 AND 600 AND height BETWEEN 1 AND 800', name=op.f('ck_person_photo_pixels_range')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_photo_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_photo'))
    )
    op.create_table('exam_round',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('planned_told_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('over_told_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('done_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['plan_id'], ['exam_plan.id'], name=op.f('fk_exam_round_plan_id_exam_plan'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_exam_round_session_id_exam_session'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_round')),
    sa.UniqueConstraint('plan_id', 'month', name=op.f('uq_exam_round_plan_id_month')),
    sa.UniqueConstraint('session_id', name=op.f('uq_exam_round_session_id'))
    )
    op.create_table('exam_spot_check',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('posts', sa.JSON(), nullable=False),
    sa.Column('queues', sa.JSON(), nullable=False),
    sa.Column('probation', sa.Boolean(), nullable=False),
    sa.Column('size_kind', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stratified', sa.Boolean(), nullable=False),
    sa.Column('recent_days', sa.Integer(), nullable=False),
    sa.Column('on_shift', sa.Boolean(), nullable=False),
    sa.Column('begin_minutes', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('state_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('list_hash', sa.String(length=64), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'started') = (session_id IS NOT NULL)", name=op.f('ck_exam_spot_check_started_with_a_session')),
    sa.CheckConstraint("size >= 1 AND (size_kind = 'count' OR size <= 100)", name=op.f('ck_exam_spot_check_size_range')),
    sa.CheckConstraint("size_kind IN ('count', 'percent')", name=op.f('ck_exam_spot_check_size_kind_known')),
    sa.CheckConstraint("state IN ('planned', 'started', 'cancelled', 'lapsed')", name=op.f('ck_exam_spot_check_state_known')),
    sa.CheckConstraint('begin_minutes BETWEEN 1 AND 720', name=op.f('ck_exam_spot_check_begin_range')),
    sa.CheckConstraint('recent_days BETWEEN 0 AND 366', name=op.f('ck_exam_spot_check_recent_range')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_exam_spot_check_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_spot_check_exam_id_exam'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_exam_spot_check_session_id_exam_session'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_exam_spot_check_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_spot_check')),
    sa.UniqueConstraint('session_id', name=op.f('uq_exam_spot_check_session_id'))
    )
    with op.batch_alter_table('exam_spot_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_spot_check_exam_id'), ['exam_id'], unique=False)
        batch_op.create_index('ix_exam_spot_check_starts', ['starts_at'], unique=False)

    op.create_table('exam_round_member',
    sa.Column('round_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('since', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('due_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('asked', 'waiting', 'catching_up', 'withdrawn', 'missed', 'lapsed')", name=op.f('ck_exam_round_member_state_known')),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_exam_round_member_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exam_round_member_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['round_id'], ['exam_round.id'], name=op.f('fk_exam_round_member_round_id_exam_round'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('round_id', 'person_id', name=op.f('pk_exam_round_member')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_exam_round_member_assignment_id'))
    )
    with op.batch_alter_table('exam_round_member', schema=None) as batch_op:
        batch_op.create_index('ix_exam_round_member_person', ['person_id'], unique=False)

    op.create_table('exam_spot_check_person',
    sa.Column('check_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('stratum', sa.String(length=250), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('missed_reason', sa.Text(), nullable=False),
    sa.Column('missed_by', sa.Uuid(), nullable=True),
    sa.Column('missed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(missed_at IS NULL) = (missed_reason = '')", name=op.f('ck_exam_spot_check_person_missed_with_a_reason')),
    sa.CheckConstraint("(verdict = 'drawn') = (assignment_id IS NOT NULL)", name=op.f('ck_exam_spot_check_person_drawn_with_an_exam')),
    sa.CheckConstraint("verdict IN ('drawn', 'not_drawn', 'away', 'off_shift', 'checked_lately', 'busy')", name=op.f('ck_exam_spot_check_person_verdict_known')),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_exam_spot_check_person_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['check_id'], ['exam_spot_check.id'], name=op.f('fk_exam_spot_check_person_check_id_exam_spot_check'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['missed_by'], ['person.id'], name=op.f('fk_exam_spot_check_person_missed_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exam_spot_check_person_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('check_id', 'person_id', name=op.f('pk_exam_spot_check_person')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_exam_spot_check_person_assignment_id'))
    )
    with op.batch_alter_table('exam_spot_check_person', schema=None) as batch_op:
        batch_op.create_index('ix_exam_spot_check_person_person', ['person_id'], unique=False)


def downgrade() -> None:
    op.execute("UPDATE exam SET purpose = 'stage' WHERE purpose = 'monthly'")
    op.execute("UPDATE exam_assignment SET state = 'cancelled' WHERE state = 'missed'")
    for table, name, before, after in WIDER:
        _change_check(table, name, after, before)
    with op.batch_alter_table('exam_spot_check_person', schema=None) as batch_op:
        batch_op.drop_index('ix_exam_spot_check_person_person')

    op.drop_table('exam_spot_check_person')
    with op.batch_alter_table('exam_round_member', schema=None) as batch_op:
        batch_op.drop_index('ix_exam_round_member_person')

    op.drop_table('exam_round_member')
    with op.batch_alter_table('exam_spot_check', schema=None) as batch_op:
        batch_op.drop_index('ix_exam_spot_check_starts')
        batch_op.drop_index(batch_op.f('ix_exam_spot_check_exam_id'))

    op.drop_table('exam_spot_check')
    op.drop_table('exam_round')
    op.drop_table('person_photo')
    with op.batch_alter_table('exam_plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exam_plan_exam_id'))

    op.drop_table('exam_plan')


def _change_check(table: str, name: str, before: str, after: str) -> None:
    """Change a CHECK. On SQLite its text is changed where it stands: other tables refer to this one, so that it can't
    be dropped and copied, and the rows on disk don't change (https://sqlite.org/lang_altertable.html, section 7).
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
                "WHERE type = 'table' AND name = :table AND instr(sql, :before) > 0"),
        {"before": before, "after": after, "table": table},
    ).rowcount
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed != 1:
        raise RuntimeError(f"{table} has no CHECK as expected: {before}")
