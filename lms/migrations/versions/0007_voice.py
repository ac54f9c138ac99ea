"""Recorded calls: consents, tracks, chunks, what a recogniser heard; the caller's lines as sound."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APPEND_ONLY = ("voice_consent", "voice_chunk", "recognised_speech")


def _ddl(table: str) -> dict[str, list[str]]:
    """Return the statements that keep a table append-only, by dialect."""
    message = f"{table} is append-only"
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()",
        ],
    }


def upgrade() -> None:
    op.create_table('caller_voice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('engine', sa.String(length=80), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("source IN ('recorded', 'synthesised')", name=op.f('ck_caller_voice_source_known')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_caller_voice_made_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caller_voice')),
    sa.UniqueConstraint('line', 'code', 'source', name=op.f('uq_caller_voice_line_code_source'))
    )
    with op.batch_alter_table('caller_voice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caller_voice_made_by'), ['made_by'], unique=False)

    op.create_table('voice_consent',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('agreed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_voice_consent_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_consent'))
    )
    with op.batch_alter_table('voice_consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voice_consent_person_id'), ['person_id'], unique=False)

    op.create_table('voice_track',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('consent_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('begins_ms', sa.Integer(), nullable=False),
    sa.Column('opened_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('manifest', sa.String(length=64), nullable=True),
    sa.Column('erased_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('(closed_at IS NULL) = (manifest IS NULL)', name=op.f('ck_voice_track_closed_with_a_manifest')),
    sa.CheckConstraint('begins_ms >= 0', name=op.f('ck_voice_track_begins_on_the_call_clock')),
    sa.CheckConstraint('erased_at IS NULL OR closed_at IS NOT NULL', name=op.f('ck_voice_track_erased_when_closed')),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_voice_track_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['consent_id'], ['voice_consent.id'], name=op.f('fk_voice_track_consent_id_voice_consent'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_voice_track_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_track')),
    sa.UniqueConstraint('call_id', 'side', 'number', name=op.f('uq_voice_track_call_id_side_number'))
    )
    with op.batch_alter_table('voice_track', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voice_track_consent_id'), ['consent_id'], unique=False)
        batch_op.create_index('ix_voice_track_erased', ['erased_at', 'opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_voice_track_person_id'), ['person_id'], unique=False)

    op.create_table('recognised_speech',
    sa.Column('track_id', sa.Uuid(), nullable=False),
    sa.Column('from_ms', sa.Integer(), nullable=False),
    sa.Column('to_ms', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Integer(), nullable=False),
    sa.Column('recogniser', sa.String(length=80), nullable=False),
    sa.Column('heard_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('confidence BETWEEN 0 AND 1000', name=op.f('ck_recognised_speech_confidence_in_range')),
    sa.ForeignKeyConstraint(['track_id'], ['voice_track.id'], name=op.f('fk_recognised_speech_track_id_voice_track'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('track_id', 'from_ms', 'to_ms', name=op.f('pk_recognised_speech'))
    )
    op.create_table('voice_chunk',
    sa.Column('track_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_voice_chunk_number_from_nought')),
    sa.CheckConstraint('size > 0', name=op.f('ck_voice_chunk_size_positive')),
    sa.ForeignKeyConstraint(['track_id'], ['voice_track.id'], name=op.f('fk_voice_chunk_track_id_voice_track'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('track_id', 'number', name=op.f('pk_voice_chunk'))
    )
    with op.batch_alter_table('voice_chunk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voice_chunk_sha256'), ['sha256'], unique=False)

    for table in APPEND_ONLY:
        for statement in _ddl(table)[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('voice_chunk', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voice_chunk_sha256'))

    op.drop_table('voice_chunk')
    op.drop_table('recognised_speech')
    with op.batch_alter_table('voice_track', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voice_track_person_id'))
        batch_op.drop_index('ix_voice_track_erased')
        batch_op.drop_index(batch_op.f('ix_voice_track_consent_id'))

    op.drop_table('voice_track')
    with op.batch_alter_table('voice_consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voice_consent_person_id'))

    op.drop_table('voice_consent')
    with op.batch_alter_table('caller_voice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caller_voice_made_by'))

    op.drop_table('caller_voice')
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
