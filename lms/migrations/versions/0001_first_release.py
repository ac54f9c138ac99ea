"""The tables of the first release, with the triggers that keep its ledgers append-only."""

from collections.abc import Sequence

import flask_security
import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0001'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TRIGGERS = {
    "sqlite": (
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "CREATE TRIGGER call_event_no_delete BEFORE DELETE ON call_event BEGIN SELECT RAISE(ABORT, 'call_event is append-only'); END",
    "CREATE TRIGGER call_event_no_update BEFORE UPDATE ON call_event BEGIN SELECT RAISE(ABORT, 'call_event is append-only'); END",
    "CREATE TRIGGER call_review_no_delete BEFORE DELETE ON call_review BEGIN SELECT RAISE(ABORT, 'call_review is append-only'); END",
    "CREATE TRIGGER call_review_no_update BEFORE UPDATE ON call_review BEGIN SELECT RAISE(ABORT, 'call_review is append-only'); END",
    "CREATE TRIGGER call_score_no_delete BEFORE DELETE ON call_score BEGIN SELECT RAISE(ABORT, 'call_score is append-only'); END",
    "CREATE TRIGGER call_score_no_update BEFORE UPDATE ON call_score BEGIN SELECT RAISE(ABORT, 'call_score is append-only'); END",
    "CREATE TRIGGER course_edition_final_delete BEFORE DELETE ON course_edition WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_edition)'); END",
    "CREATE TRIGGER course_edition_final_update BEFORE UPDATE ON course_edition WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_edition)'); END",
    "CREATE TRIGGER course_event_no_delete BEFORE DELETE ON course_event BEGIN SELECT RAISE(ABORT, 'course_event is append-only'); END",
    "CREATE TRIGGER course_event_no_update BEFORE UPDATE ON course_event BEGIN SELECT RAISE(ABORT, 'course_event is append-only'); END",
    "CREATE TRIGGER course_picture_final_delete BEFORE DELETE ON course_picture WHEN (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_picture)'); END",
    "CREATE TRIGGER course_picture_final_insert BEFORE INSERT ON course_picture WHEN (SELECT state FROM course_edition WHERE id = NEW.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_picture)'); END",
    "CREATE TRIGGER course_picture_final_update BEFORE UPDATE ON course_picture WHEN (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_picture)'); END",
    "CREATE TRIGGER course_unit_final_delete BEFORE DELETE ON course_unit WHEN (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_unit)'); END",
    "CREATE TRIGGER course_unit_final_insert BEFORE INSERT ON course_unit WHEN (SELECT state FROM course_edition WHERE id = NEW.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_unit)'); END",
    "CREATE TRIGGER course_unit_final_update BEFORE UPDATE ON course_unit WHEN (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published edition never changes (course_unit)'); END",
    "CREATE TRIGGER exam_appeal_decision_no_delete BEFORE DELETE ON exam_appeal_decision BEGIN SELECT RAISE(ABORT, 'exam_appeal_decision is append-only'); END",
    "CREATE TRIGGER exam_appeal_decision_no_update BEFORE UPDATE ON exam_appeal_decision BEGIN SELECT RAISE(ABORT, 'exam_appeal_decision is append-only'); END",
    "CREATE TRIGGER exam_appeal_no_delete BEFORE DELETE ON exam_appeal BEGIN SELECT RAISE(ABORT, 'exam_appeal is append-only'); END",
    "CREATE TRIGGER exam_appeal_no_update BEFORE UPDATE ON exam_appeal BEGIN SELECT RAISE(ABORT, 'exam_appeal is append-only'); END",
    "CREATE TRIGGER exam_edition_no_delete BEFORE DELETE ON exam_edition BEGIN SELECT RAISE(ABORT, 'exam_edition is append-only'); END",
    "CREATE TRIGGER exam_edition_no_update BEFORE UPDATE ON exam_edition BEGIN SELECT RAISE(ABORT, 'exam_edition is append-only'); END",
    "CREATE TRIGGER exam_identity_check_no_delete BEFORE DELETE ON exam_identity_check BEGIN SELECT RAISE(ABORT, 'exam_identity_check is append-only'); END",
    "CREATE TRIGGER exam_identity_check_no_update BEFORE UPDATE ON exam_identity_check BEGIN SELECT RAISE(ABORT, 'exam_identity_check is append-only'); END",
    "CREATE TRIGGER exam_key_correction_decision_no_delete BEFORE DELETE ON exam_key_correction_decision BEGIN SELECT RAISE(ABORT, 'exam_key_correction_decision is append-only'); END",
    "CREATE TRIGGER exam_key_correction_decision_no_update BEFORE UPDATE ON exam_key_correction_decision BEGIN SELECT RAISE(ABORT, 'exam_key_correction_decision is append-only'); END",
    "CREATE TRIGGER exam_key_correction_no_delete BEFORE DELETE ON exam_key_correction BEGIN SELECT RAISE(ABORT, 'exam_key_correction is append-only'); END",
    "CREATE TRIGGER exam_key_correction_no_update BEFORE UPDATE ON exam_key_correction BEGIN SELECT RAISE(ABORT, 'exam_key_correction is append-only'); END",
    "CREATE TRIGGER exam_key_correction_result_no_delete BEFORE DELETE ON exam_key_correction_result BEGIN SELECT RAISE(ABORT, 'exam_key_correction_result is append-only'); END",
    "CREATE TRIGGER exam_key_correction_result_no_update BEFORE UPDATE ON exam_key_correction_result BEGIN SELECT RAISE(ABORT, 'exam_key_correction_result is append-only'); END",
    "CREATE TRIGGER exam_resit_decision_no_delete BEFORE DELETE ON exam_resit_decision BEGIN SELECT RAISE(ABORT, 'exam_resit_decision is append-only'); END",
    "CREATE TRIGGER exam_resit_decision_no_update BEFORE UPDATE ON exam_resit_decision BEGIN SELECT RAISE(ABORT, 'exam_resit_decision is append-only'); END",
    "CREATE TRIGGER item_marking_no_delete BEFORE DELETE ON item_marking BEGIN SELECT RAISE(ABORT, 'item_marking is append-only'); END",
    "CREATE TRIGGER item_marking_no_update BEFORE UPDATE ON item_marking BEGIN SELECT RAISE(ABORT, 'item_marking is append-only'); END",
    "CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only'); END",
    "CREATE TRIGGER ledger_seal_no_update BEFORE UPDATE ON ledger_seal BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only'); END",
    "CREATE TRIGGER marking_skip_no_delete BEFORE DELETE ON marking_skip BEGIN SELECT RAISE(ABORT, 'marking_skip is append-only'); END",
    "CREATE TRIGGER marking_skip_no_update BEFORE UPDATE ON marking_skip BEGIN SELECT RAISE(ABORT, 'marking_skip is append-only'); END",
    "CREATE TRIGGER question_edition_no_change BEFORE UPDATE ON question_edition WHEN OLD.state IN ('published', 'superseded') AND (NEW.state NOT IN ('published', 'superseded') OR NEW.question_id IS NOT OLD.question_id OR NEW.number IS NOT OLD.number OR NEW.content IS NOT OLD.content OR NEW.stem IS NOT OLD.stem OR NEW.compared IS NOT OLD.compared OR NEW.text_hash IS NOT OLD.text_hash OR NEW.knowledge_point_id IS NOT OLD.knowledge_point_id OR NEW.difficulty IS NOT OLD.difficulty OR NEW.points IS NOT OLD.points OR NEW.published_at IS NOT OLD.published_at OR NEW.published_by IS NOT OLD.published_by) BEGIN SELECT RAISE(ABORT, 'a published question edition does not change'); END",
    "CREATE TRIGGER question_edition_no_delete BEFORE DELETE ON question_edition WHEN OLD.state IN ('published', 'superseded') BEGIN SELECT RAISE(ABORT, 'a published question edition does not change'); END",
    "CREATE TRIGGER rubric_edition_no_delete BEFORE DELETE ON rubric_edition BEGIN SELECT RAISE(ABORT, 'rubric_edition is append-only'); END",
    "CREATE TRIGGER rubric_edition_no_update BEFORE UPDATE ON rubric_edition BEGIN SELECT RAISE(ABORT, 'rubric_edition is append-only'); END",
    "CREATE TRIGGER sitting_answer_no_delete BEFORE DELETE ON sitting_answer BEGIN SELECT RAISE(ABORT, 'sitting_answer is append-only'); END",
    "CREATE TRIGGER sitting_answer_no_update BEFORE UPDATE ON sitting_answer BEGIN SELECT RAISE(ABORT, 'sitting_answer is append-only'); END",
    "CREATE TRIGGER sitting_event_no_delete BEFORE DELETE ON sitting_event BEGIN SELECT RAISE(ABORT, 'sitting_event is append-only'); END",
    "CREATE TRIGGER sitting_event_no_update BEFORE UPDATE ON sitting_event BEGIN SELECT RAISE(ABORT, 'sitting_event is append-only'); END",
    "CREATE TRIGGER sitting_grant_no_delete BEFORE DELETE ON sitting_grant BEGIN SELECT RAISE(ABORT, 'sitting_grant is append-only'); END",
    "CREATE TRIGGER sitting_grant_no_update BEFORE UPDATE ON sitting_grant BEGIN SELECT RAISE(ABORT, 'sitting_grant is append-only'); END",
    "CREATE TRIGGER station_mark_no_delete BEFORE DELETE ON station_mark BEGIN SELECT RAISE(ABORT, 'station_mark is append-only'); END",
    "CREATE TRIGGER station_mark_no_update BEFORE UPDATE ON station_mark BEGIN SELECT RAISE(ABORT, 'station_mark is append-only'); END",
    "CREATE TRIGGER training_fact_no_delete BEFORE DELETE ON training_fact BEGIN SELECT RAISE(ABORT, 'training_fact is append-only'); END",
    "CREATE TRIGGER training_fact_no_update BEFORE UPDATE ON training_fact BEGIN SELECT RAISE(ABORT, 'training_fact is append-only'); END",
),
    "postgresql": (
    "CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION call_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'call_event is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION call_review_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'call_review is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION call_score_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'call_score is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION course_edition_is_final_delete() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF OLD.state = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_edition)'; END IF; RETURN OLD; END $function$",
    "CREATE OR REPLACE FUNCTION course_edition_is_final_update() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF OLD.state = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_edition)'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION course_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'course_event is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION course_picture_is_final_delete() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_picture)'; END IF; RETURN OLD; END $function$",
    "CREATE OR REPLACE FUNCTION course_picture_is_final_insert() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = NEW.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_picture)'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION course_picture_is_final_update() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_picture)'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION course_unit_is_final_delete() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_unit)'; END IF; RETURN OLD; END $function$",
    "CREATE OR REPLACE FUNCTION course_unit_is_final_insert() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = NEW.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_unit)'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION course_unit_is_final_update() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF (SELECT state FROM course_edition WHERE id = OLD.edition_id) = 'published' THEN RAISE EXCEPTION 'a published edition never changes (course_unit)'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION exam_appeal_decision_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_appeal_decision is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_appeal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_appeal is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_edition_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_edition is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_identity_check_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_identity_check is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_key_correction_decision_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_key_correction_decision is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_key_correction_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_key_correction is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_key_correction_result_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_key_correction_result is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION exam_resit_decision_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'exam_resit_decision is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION item_marking_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'item_marking is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION ledger_seal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'ledger_seal is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION marking_skip_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'marking_skip is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION question_edition_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF TG_OP = 'DELETE' THEN IF OLD.state IN ('published', 'superseded') THEN RAISE EXCEPTION 'a published question edition does not change'; END IF; RETURN OLD; END IF; IF OLD.state IN ('published', 'superseded') AND (NEW.state NOT IN ('published', 'superseded') OR (NEW.question_id, NEW.number, NEW.content::text, NEW.stem, NEW.compared, NEW.text_hash, NEW.knowledge_point_id, NEW.difficulty, NEW.points, NEW.published_at, NEW.published_by) IS DISTINCT FROM (OLD.question_id, OLD.number, OLD.content::text, OLD.stem, OLD.compared, OLD.text_hash, OLD.knowledge_point_id, OLD.difficulty, OLD.points, OLD.published_at, OLD.published_by)) THEN RAISE EXCEPTION 'a published question edition does not change'; END IF; RETURN NEW; END $function$",
    "CREATE OR REPLACE FUNCTION rubric_edition_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'rubric_edition is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION sitting_answer_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'sitting_answer is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION sitting_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'sitting_event is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION sitting_grant_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'sitting_grant is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION station_mark_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'station_mark is append-only'; END $function$",
    "CREATE OR REPLACE FUNCTION training_fact_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN RAISE EXCEPTION 'training_fact is append-only'; END $function$",
    'CREATE TRIGGER audit_entry_no_change BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only()',
    'CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()',
    'CREATE TRIGGER call_event_no_change BEFORE DELETE OR UPDATE ON call_event FOR EACH ROW EXECUTE FUNCTION call_event_is_append_only()',
    'CREATE TRIGGER call_event_no_truncate BEFORE TRUNCATE ON call_event FOR EACH STATEMENT EXECUTE FUNCTION call_event_is_append_only()',
    'CREATE TRIGGER call_review_no_change BEFORE DELETE OR UPDATE ON call_review FOR EACH ROW EXECUTE FUNCTION call_review_is_append_only()',
    'CREATE TRIGGER call_review_no_truncate BEFORE TRUNCATE ON call_review FOR EACH STATEMENT EXECUTE FUNCTION call_review_is_append_only()',
    'CREATE TRIGGER call_score_no_change BEFORE DELETE OR UPDATE ON call_score FOR EACH ROW EXECUTE FUNCTION call_score_is_append_only()',
    'CREATE TRIGGER call_score_no_truncate BEFORE TRUNCATE ON call_score FOR EACH STATEMENT EXECUTE FUNCTION call_score_is_append_only()',
    'CREATE TRIGGER course_edition_final_delete BEFORE DELETE ON course_edition FOR EACH ROW EXECUTE FUNCTION course_edition_is_final_delete()',
    'CREATE TRIGGER course_edition_final_update BEFORE UPDATE ON course_edition FOR EACH ROW EXECUTE FUNCTION course_edition_is_final_update()',
    'CREATE TRIGGER course_event_no_change BEFORE DELETE OR UPDATE ON course_event FOR EACH ROW EXECUTE FUNCTION course_event_is_append_only()',
    'CREATE TRIGGER course_event_no_truncate BEFORE TRUNCATE ON course_event FOR EACH STATEMENT EXECUTE FUNCTION course_event_is_append_only()',
    'CREATE TRIGGER course_picture_final_delete BEFORE DELETE ON course_picture FOR EACH ROW EXECUTE FUNCTION course_picture_is_final_delete()',
    'CREATE TRIGGER course_picture_final_insert BEFORE INSERT ON course_picture FOR EACH ROW EXECUTE FUNCTION course_picture_is_final_insert()',
    'CREATE TRIGGER course_picture_final_update BEFORE UPDATE ON course_picture FOR EACH ROW EXECUTE FUNCTION course_picture_is_final_update()',
    'CREATE TRIGGER course_unit_final_delete BEFORE DELETE ON course_unit FOR EACH ROW EXECUTE FUNCTION course_unit_is_final_delete()',
    'CREATE TRIGGER course_unit_final_insert BEFORE INSERT ON course_unit FOR EACH ROW EXECUTE FUNCTION course_unit_is_final_insert()',
    'CREATE TRIGGER course_unit_final_update BEFORE UPDATE ON course_unit FOR EACH ROW EXECUTE FUNCTION course_unit_is_final_update()',
    'CREATE TRIGGER exam_appeal_decision_no_change BEFORE DELETE OR UPDATE ON exam_appeal_decision FOR EACH ROW EXECUTE FUNCTION exam_appeal_decision_is_append_only()',
    'CREATE TRIGGER exam_appeal_decision_no_truncate BEFORE TRUNCATE ON exam_appeal_decision FOR EACH STATEMENT EXECUTE FUNCTION exam_appeal_decision_is_append_only()',
    'CREATE TRIGGER exam_appeal_no_change BEFORE DELETE OR UPDATE ON exam_appeal FOR EACH ROW EXECUTE FUNCTION exam_appeal_is_append_only()',
    'CREATE TRIGGER exam_appeal_no_truncate BEFORE TRUNCATE ON exam_appeal FOR EACH STATEMENT EXECUTE FUNCTION exam_appeal_is_append_only()',
    'CREATE TRIGGER exam_edition_no_change BEFORE DELETE OR UPDATE ON exam_edition FOR EACH ROW EXECUTE FUNCTION exam_edition_is_append_only()',
    'CREATE TRIGGER exam_edition_no_truncate BEFORE TRUNCATE ON exam_edition FOR EACH STATEMENT EXECUTE FUNCTION exam_edition_is_append_only()',
    'CREATE TRIGGER exam_identity_check_no_change BEFORE DELETE OR UPDATE ON exam_identity_check FOR EACH ROW EXECUTE FUNCTION exam_identity_check_is_append_only()',
    'CREATE TRIGGER exam_identity_check_no_truncate BEFORE TRUNCATE ON exam_identity_check FOR EACH STATEMENT EXECUTE FUNCTION exam_identity_check_is_append_only()',
    'CREATE TRIGGER exam_key_correction_decision_no_change BEFORE DELETE OR UPDATE ON exam_key_correction_decision FOR EACH ROW EXECUTE FUNCTION exam_key_correction_decision_is_append_only()',
    'CREATE TRIGGER exam_key_correction_decision_no_truncate BEFORE TRUNCATE ON exam_key_correction_decision FOR EACH STATEMENT EXECUTE FUNCTION exam_key_correction_decision_is_append_only()',
    'CREATE TRIGGER exam_key_correction_no_change BEFORE DELETE OR UPDATE ON exam_key_correction FOR EACH ROW EXECUTE FUNCTION exam_key_correction_is_append_only()',
    'CREATE TRIGGER exam_key_correction_no_truncate BEFORE TRUNCATE ON exam_key_correction FOR EACH STATEMENT EXECUTE FUNCTION exam_key_correction_is_append_only()',
    'CREATE TRIGGER exam_key_correction_result_no_change BEFORE DELETE OR UPDATE ON exam_key_correction_result FOR EACH ROW EXECUTE FUNCTION exam_key_correction_result_is_append_only()',
    'CREATE TRIGGER exam_key_correction_result_no_truncate BEFORE TRUNCATE ON exam_key_correction_result FOR EACH STATEMENT EXECUTE FUNCTION exam_key_correction_result_is_append_only()',
    'CREATE TRIGGER exam_resit_decision_no_change BEFORE DELETE OR UPDATE ON exam_resit_decision FOR EACH ROW EXECUTE FUNCTION exam_resit_decision_is_append_only()',
    'CREATE TRIGGER exam_resit_decision_no_truncate BEFORE TRUNCATE ON exam_resit_decision FOR EACH STATEMENT EXECUTE FUNCTION exam_resit_decision_is_append_only()',
    'CREATE TRIGGER item_marking_no_change BEFORE DELETE OR UPDATE ON item_marking FOR EACH ROW EXECUTE FUNCTION item_marking_is_append_only()',
    'CREATE TRIGGER item_marking_no_truncate BEFORE TRUNCATE ON item_marking FOR EACH STATEMENT EXECUTE FUNCTION item_marking_is_append_only()',
    'CREATE TRIGGER ledger_seal_no_change BEFORE DELETE OR UPDATE ON ledger_seal FOR EACH ROW EXECUTE FUNCTION ledger_seal_is_append_only()',
    'CREATE TRIGGER ledger_seal_no_truncate BEFORE TRUNCATE ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_seal_is_append_only()',
    'CREATE TRIGGER marking_skip_no_change BEFORE DELETE OR UPDATE ON marking_skip FOR EACH ROW EXECUTE FUNCTION marking_skip_is_append_only()',
    'CREATE TRIGGER marking_skip_no_truncate BEFORE TRUNCATE ON marking_skip FOR EACH STATEMENT EXECUTE FUNCTION marking_skip_is_append_only()',
    'CREATE TRIGGER question_edition_no_change BEFORE DELETE OR UPDATE ON question_edition FOR EACH ROW EXECUTE FUNCTION question_edition_is_fixed()',
    'CREATE TRIGGER rubric_edition_no_change BEFORE DELETE OR UPDATE ON rubric_edition FOR EACH ROW EXECUTE FUNCTION rubric_edition_is_append_only()',
    'CREATE TRIGGER rubric_edition_no_truncate BEFORE TRUNCATE ON rubric_edition FOR EACH STATEMENT EXECUTE FUNCTION rubric_edition_is_append_only()',
    'CREATE TRIGGER sitting_answer_no_change BEFORE DELETE OR UPDATE ON sitting_answer FOR EACH ROW EXECUTE FUNCTION sitting_answer_is_append_only()',
    'CREATE TRIGGER sitting_answer_no_truncate BEFORE TRUNCATE ON sitting_answer FOR EACH STATEMENT EXECUTE FUNCTION sitting_answer_is_append_only()',
    'CREATE TRIGGER sitting_event_no_change BEFORE DELETE OR UPDATE ON sitting_event FOR EACH ROW EXECUTE FUNCTION sitting_event_is_append_only()',
    'CREATE TRIGGER sitting_event_no_truncate BEFORE TRUNCATE ON sitting_event FOR EACH STATEMENT EXECUTE FUNCTION sitting_event_is_append_only()',
    'CREATE TRIGGER sitting_grant_no_change BEFORE DELETE OR UPDATE ON sitting_grant FOR EACH ROW EXECUTE FUNCTION sitting_grant_is_append_only()',
    'CREATE TRIGGER sitting_grant_no_truncate BEFORE TRUNCATE ON sitting_grant FOR EACH STATEMENT EXECUTE FUNCTION sitting_grant_is_append_only()',
    'CREATE TRIGGER station_mark_no_change BEFORE DELETE OR UPDATE ON station_mark FOR EACH ROW EXECUTE FUNCTION station_mark_is_append_only()',
    'CREATE TRIGGER station_mark_no_truncate BEFORE TRUNCATE ON station_mark FOR EACH STATEMENT EXECUTE FUNCTION station_mark_is_append_only()',
    'CREATE TRIGGER training_fact_no_change BEFORE DELETE OR UPDATE ON training_fact FOR EACH ROW EXECUTE FUNCTION training_fact_is_append_only()',
    'CREATE TRIGGER training_fact_no_truncate BEFORE TRUNCATE ON training_fact FOR EACH STATEMENT EXECUTE FUNCTION training_fact_is_append_only()',
),
}


def upgrade() -> None:
    op.create_table('account_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_role')),
    sa.UniqueConstraint('name', name=op.f('uq_account_role_name'))
    )
    op.create_table('api_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('all_queues', sa.Boolean(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('expires_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('revoked_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.Column('last_used_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_by IS NULL)', name=op.f('ck_api_key_revoked_by_somebody')),
    sa.CheckConstraint('expires_at IS NULL OR expires_at > created_at', name=op.f('ck_api_key_expires_after_it_began')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_key')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_key_digest'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=160), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_at', ['at'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject', 'at'], unique=False)

    op.create_table('call_script_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('queue', sa.String(length=40), nullable=False),
    sa.Column('difficulty', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('phrases', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('calibrated', sa.Boolean(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=True),
    sa.Column('written_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'published')", name=op.f('ck_call_script_edition_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_script_edition')),
    sa.UniqueConstraint('code', 'number', name=op.f('uq_call_script_edition_code_number'))
    )
    op.create_table('certificate_series',
    sa.Column('series', sa.String(length=40), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', name=op.f('pk_certificate_series'))
    )
    op.create_table('certification',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('letters', sa.String(length=4), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certification')),
    sa.UniqueConstraint('code', name=op.f('uq_certification_code')),
    sa.UniqueConstraint('letters', name=op.f('uq_certification_letters'))
    )
    op.create_table('job',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('task', sa.String(length=80), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('run_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.String(length=80), nullable=True),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('finished_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f('ck_job_state_known')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_job_attempts_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('key', name=op.f('uq_job_key'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_open', ['run_at'], unique=False, sqlite_where=sa.text("state IN ('waiting', 'running')"), postgresql_where=sa.text("state IN ('waiting', 'running')"))

    op.create_table('knowledge_point',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['knowledge_point.id'], name=op.f('fk_knowledge_point_parent_id_knowledge_point'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_point')),
    sa.UniqueConstraint('code', name=op.f('uq_knowledge_point_code'))
    )
    with op.batch_alter_table('knowledge_point', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_knowledge_point_parent_id'), ['parent_id'], unique=False)

    op.create_table('ledger_seal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('sealed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('chains', sa.Integer(), nullable=False),
    sa.Column('facts', sa.Integer(), nullable=False),
    sa.Column('heads', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('key_id', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_seal')),
    sa.UniqueConstraint('day', name=op.f('uq_ledger_seal_day'))
    )
    op.create_table('post',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('code', name=op.f('uq_post_code'))
    )
    op.create_table('question_counter',
    sa.Column('prefix', sa.String(length=8), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('prefix', name=op.f('pk_question_counter'))
    )
    op.create_table('queue',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('short', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue')),
    sa.UniqueConstraint('code', name=op.f('uq_queue_code'))
    )
    op.create_table('rubric',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rubric')),
    sa.UniqueConstraint('code', name=op.f('uq_rubric_code'))
    )
    op.create_table('rule_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_rule_version_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_version'))
    )
    op.create_table('sign_in_failure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('username', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_failure_name_at', ['username', 'at'], unique=False)

    op.create_table('unit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.CheckConstraint("kind IN ('site', 'department', 'team')", name=op.f('ck_unit_kind_known')),
    sa.CheckConstraint("path LIKE '/%/'", name=op.f('ck_unit_path_has_slashes')),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_unit_code')),
    sa.UniqueConstraint('path', name=op.f('uq_unit_path'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_parent_id'), ['parent_id'], unique=False)

    op.create_table('api_key_queue',
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['key_id'], ['api_key.id'], name=op.f('fk_api_key_queue_key_id_api_key'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_api_key_queue_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('key_id', 'queue_id', name=op.f('pk_api_key_queue'))
    )
    op.create_table('certification_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('certification_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('ending', sa.String(length=40), nullable=False),
    sa.Column('fixed_month', sa.Integer(), nullable=False),
    sa.Column('fixed_day', sa.Integer(), nullable=False),
    sa.Column('renewal', sa.String(length=40), nullable=False),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.CheckConstraint("ending IN ('same_day', 'month_end', 'fixed_date')", name=op.f('ck_certification_edition_ending_known')),
    sa.CheckConstraint("renewal IN ('keep_anniversary', 'from_completion')", name=op.f('ck_certification_edition_renewal_known')),
    sa.CheckConstraint('months BETWEEN 1 AND 120', name=op.f('ck_certification_edition_months_range')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_certification_edition_number_from_one')),
    sa.CheckConstraint('window_days BETWEEN 0 AND 366', name=op.f('ck_certification_edition_window_range')),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_certification_edition_certification_id_certification'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certification_edition')),
    sa.UniqueConstraint('certification_id', 'number', name=op.f('uq_certification_edition_certification_id_number'))
    )
    op.create_table('course',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('owner_unit_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('retired_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_unit_id'], ['unit.id'], name=op.f('fk_course_owner_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    sa.UniqueConstraint('code', name=op.f('uq_course_code'))
    )
    op.create_table('exam',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=160), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('retired_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('entrance', 'stage', 'final', 'refresher', 'spot_check')", name=op.f('ck_exam_purpose_known')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_exam_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam')),
    sa.UniqueConstraint('code', name=op.f('uq_exam_code'))
    )
    op.create_table('heads_needed',
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('heads', sa.Integer(), nullable=False),
    sa.CheckConstraint('heads >= 0', name=op.f('ck_heads_needed_heads_not_negative')),
    sa.CheckConstraint('hour BETWEEN 0 AND 23', name=op.f('ck_heads_needed_hour_range')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_heads_needed_weekday_range')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_heads_needed_queue_id_queue'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('queue_id', 'weekday', 'hour', 'valid_from', name=op.f('pk_heads_needed'))
    )
    op.create_table('person',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_no', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_latin', sa.String(length=120), nullable=False),
    sa.Column('pinyin_initials', sa.String(length=20), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('employment', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('hired_on', sa.Date(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name=op.f('ck_person_left_has_a_date')),
    sa.CheckConstraint("employment IN ('full_time', 'part_time', 'temporary')", name=op.f('ck_person_employment_known')),
    sa.CheckConstraint("state IN ('probation', 'active', 'on_leave', 'left')", name=op.f('ck_person_state_known')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_person_post_id_post'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_person_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('staff_no', name=op.f('uq_person_staff_no'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_pinyin_initials'), ['pinyin_initials'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_unit_id'), ['unit_id'], unique=False)

    op.create_table('queue_requirement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.Column('certification_id', sa.Uuid(), nullable=False),
    sa.Column('required_from', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('required_until', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('required_until IS NULL OR required_until > required_from', name=op.f('ck_queue_requirement_ends_after_start')),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_queue_requirement_certification_id_certification'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_queue_requirement_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_requirement'))
    )
    with op.batch_alter_table('queue_requirement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_queue_requirement_certification_id'), ['certification_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_queue_requirement_queue_id'), ['queue_id'], unique=False)
        batch_op.create_index('uq_queue_requirement_open', ['queue_id', 'certification_id'], unique=True, sqlite_where=sa.text('required_until IS NULL'), postgresql_where=sa.text('required_until IS NULL'))

    op.create_table('rubric_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rubric_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_rubric_edition_number_from_one')),
    sa.ForeignKeyConstraint(['rubric_id'], ['rubric.id'], name=op.f('fk_rubric_edition_rubric_id_rubric'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rubric_edition')),
    sa.UniqueConstraint('rubric_id', 'number', name=op.f('uq_rubric_edition_rubric_id_number'))
    )
    op.create_table('station',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=160), nullable=False),
    sa.Column('rubric_id', sa.Uuid(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('scenarios', sa.JSON(), nullable=False),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('retired_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('minutes BETWEEN 1 AND 120', name=op.f('ck_station_minutes_range')),
    sa.ForeignKeyConstraint(['rubric_id'], ['rubric.id'], name=op.f('fk_station_rubric_id_rubric'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_station_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station')),
    sa.UniqueConstraint('code', name=op.f('uq_station_code'))
    )
    op.create_table('account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('username', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=True),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_phone_number', sa.String(length=128), nullable=True),
    sa.Column('tf_last_counter', sa.Integer(), nullable=True),
    sa.Column('mf_recovery_codes', flask_security.datastore.AsaList(), nullable=True),
    sa.Column('create_datetime', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('update_datetime', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_account_fs_uniquifier')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    op.create_table('browser_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('device', sa.String(length=300), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('last_seen_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_browser_session_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_browser_session')),
    sa.UniqueConstraint('key', name=op.f('uq_browser_session_key'))
    )
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_browser_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index('ix_browser_session_person', ['person_id', 'last_seen_at'], unique=False)

    op.create_table('call_assignment',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('due_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('assigned_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_call_assignment_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'code', name=op.f('pk_call_assignment'))
    )
    op.create_table('certificate',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('certification_id', sa.Uuid(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('check_code', sa.String(length=40), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('anchor_day', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('issued_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('issued_by', sa.Uuid(), nullable=True),
    sa.Column('since', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('revoked_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.Column('revoked_reason', sa.Text(), nullable=True),
    sa.Column('voided_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('earned', 'founding')", name=op.f('ck_certificate_kind_known')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_reason IS NULL)', name=op.f('ck_certificate_revoked_with_a_reason')),
    sa.CheckConstraint('anchor_day BETWEEN 1 AND 31', name=op.f('ck_certificate_anchor_is_a_day')),
    sa.CheckConstraint('cycle >= 1', name=op.f('ck_certificate_cycle_from_one')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_certificate_ends_after_start')),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_certificate_certification_id_certification'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('check_code', name=op.f('uq_certificate_check_code')),
    sa.UniqueConstraint('number', name=op.f('uq_certificate_number')),
    sa.UniqueConstraint('person_id', 'certification_id', 'cycle', name=op.f('uq_certificate_person_id_certification_id_cycle'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_ending', ['certification_id', 'ends_at'], unique=False)
        batch_op.create_index('ix_certificate_ends_at', ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_person_id'), ['person_id'], unique=False)

    op.create_table('course_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('unit_code', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('due_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('assigned_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f('ck_course_assignment_closed_unless_open')),
    sa.CheckConstraint("state IN ('open', 'done', 'withdrawn')", name=op.f('ck_course_assignment_state_known')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_assignment_course_id_course'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_course_assignment_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_assignment'))
    )
    with op.batch_alter_table('course_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_assignment_course_id'), ['course_id'], unique=False)
        batch_op.create_index('uq_course_assignment_open', ['person_id', 'course_id', 'unit_code'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('course_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=120), nullable=False),
    sa.Column('summary', sa.String(length=400), nullable=False),
    sa.Column('summary_en', sa.String(length=400), nullable=False),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.Column('note_en', sa.String(length=400), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('ordered', sa.Boolean(), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('changes', sa.Text(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('edited_by', sa.JSON(), nullable=False),
    sa.Column('submitted_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_course_edition_published_has_an_instant')),
    sa.CheckConstraint("source = 'bundled' OR published_at IS NULL OR published_by IS NOT NULL", name=op.f('ck_course_edition_own_edition_has_a_publisher')),
    sa.CheckConstraint("source IN ('bundled', 'own')", name=op.f('ck_course_edition_source_known')),
    sa.CheckConstraint("state IN ('draft', 'review', 'published')", name=op.f('ck_course_edition_state_known')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 2400', name=op.f('ck_course_edition_minutes_range')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_course_edition_number_from_one')),
    sa.CheckConstraint('published_by IS NULL OR (published_by <> submitted_by AND published_by <> created_by)', name=op.f('ck_course_edition_published_by_another')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_edition_course_id_course'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_course_edition_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_course_edition_published_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submitted_by'], ['person.id'], name=op.f('fk_course_edition_submitted_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_edition')),
    sa.UniqueConstraint('course_id', 'number', name=op.f('uq_course_edition_course_id_number'))
    )
    with op.batch_alter_table('course_edition', schema=None) as batch_op:
        batch_op.create_index('uq_course_edition_open', ['course_id'], unique=True, sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.create_table('course_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('unit_code', sa.String(length=40), nullable=False),
    sa.Column('quote', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_note_course_id_course'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_course_note_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_note'))
    )
    with op.batch_alter_table('course_note', schema=None) as batch_op:
        batch_op.create_index('ix_course_note_unit', ['person_id', 'course_id', 'unit_code'], unique=False)

    op.create_table('departure',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('left_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('recorded_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('returned_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('returned_at IS NULL OR returned_at > left_at', name=op.f('ck_departure_returns_after_leaving')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_departure_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departure'))
    )
    with op.batch_alter_table('departure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_departure_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_departure_open', ['person_id'], unique=True, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    op.create_table('exam_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=160), nullable=False),
    sa.Column('blueprint', sa.JSON(), nullable=False),
    sa.Column('questions', sa.Integer(), nullable=False),
    sa.Column('full_mark', sa.Integer(), nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('pass_percent', sa.Integer(), nullable=False),
    sa.Column('grace_seconds', sa.Integer(), nullable=False),
    sa.Column('shuffle_questions', sa.Boolean(), nullable=False),
    sa.Column('shuffle_options', sa.Boolean(), nullable=False),
    sa.Column('resit', sa.JSON(), nullable=False),
    sa.Column('release', sa.JSON(), nullable=False),
    sa.Column('marking', sa.JSON(), nullable=False),
    sa.Column('appeal_days', sa.Integer(), nullable=False),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('appeal_days BETWEEN 0 AND 60', name=op.f('ck_exam_edition_appeal_range')),
    sa.CheckConstraint('duration_minutes BETWEEN 1 AND 720', name=op.f('ck_exam_edition_duration_range')),
    sa.CheckConstraint('grace_seconds BETWEEN 0 AND 300', name=op.f('ck_exam_edition_grace_range')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_exam_edition_number_from_one')),
    sa.CheckConstraint('pass_percent BETWEEN 1 AND 100', name=op.f('ck_exam_edition_pass_range')),
    sa.CheckConstraint('questions >= 1 AND full_mark >= 1', name=op.f('ck_exam_edition_paper_is_not_empty')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_edition_exam_id_exam'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_edition')),
    sa.UniqueConstraint('exam_id', 'number', name=op.f('uq_exam_edition_exam_id_number'))
    )
    op.create_table('exam_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('opens_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('closes_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('late_entry', sa.Integer(), nullable=True),
    sa.Column('access_code', sa.String(length=20), nullable=False),
    sa.Column('networks', sa.JSON(), nullable=False),
    sa.Column('one_seat', sa.Boolean(), nullable=False),
    sa.Column('notice', sa.Text(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('closes_at > opens_at', name=op.f('ck_exam_session_closes_after_it_opens')),
    sa.CheckConstraint('late_entry IS NULL OR late_entry BETWEEN 1 AND 720', name=op.f('ck_exam_session_late_entry_range')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_session_exam_id_exam'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_exam_session_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_session'))
    )
    with op.batch_alter_table('exam_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_session_exam_id'), ['exam_id'], unique=False)
        batch_op.create_index('ix_exam_session_window', ['opens_at'], unique=False)

    op.create_table('leave',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_leave_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_leave_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave'))
    )
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.create_index('ix_leave_person_span', ['person_id', 'starts_at', 'ends_at'], unique=False)

    op.create_table('ledger_head',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ledger_head_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_ledger_head'))
    )
    op.create_table('mentor_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('learner_id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_mentor_assignment_ends_after_start')),
    sa.CheckConstraint('mentor_id <> learner_id', name=op.f('ck_mentor_assignment_nobody_mentors_themselves')),
    sa.ForeignKeyConstraint(['learner_id'], ['person.id'], name=op.f('fk_mentor_assignment_learner_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_mentor_assignment_mentor_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_assignment'))
    )
    with op.batch_alter_table('mentor_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mentor_assignment_learner_id'), ['learner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mentor_assignment_mentor_id'), ['mentor_id'], unique=False)

    op.create_table('notification',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('link', sa.String(length=400), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('read_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notification_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification')),
    sa.UniqueConstraint('person_id', 'key', name='uq_notification_told_once')
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index('ix_notification_newest', ['person_id', 'created_at'], unique=False)
        batch_op.create_index('ix_notification_unread', ['person_id', 'read_at'], unique=False)

    op.create_table('permit',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.Column('basis', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('until', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('mentor_id', sa.Uuid(), nullable=True),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("allowed = (basis <> 'none')", name=op.f('ck_permit_open_on_a_basis')),
    sa.CheckConstraint("basis IN ('certificate', 'waiver', 'supervised', 'none')", name=op.f('ck_permit_basis_known')),
    sa.CheckConstraint("state IN ('yes', 'soon', 'supervised', 'waiver', 'no', 'suspended', 'none')", name=op.f('ck_permit_state_known')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_permit_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_permit_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_permit_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('person_id', 'queue_id', 'ends_at', name=op.f('pk_permit'))
    )
    with op.batch_alter_table('permit', schema=None) as batch_op:
        batch_op.create_index('ix_permit_queue', ['queue_id', 'ends_at', 'starts_at', 'state', 'until', 'person_id'], unique=False)

    op.create_table('question_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('unit_path', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('layout', sa.JSON(), nullable=False),
    sa.Column('shape', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('failure', sa.JSON(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('expires_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('written_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('written_by', sa.Uuid(), nullable=True),
    sa.Column('undone_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name=op.f('ck_question_import_undone_when')),
    sa.CheckConstraint("(state IN ('written', 'undone')) = (written_at IS NOT NULL)", name=op.f('ck_question_import_written_when')),
    sa.CheckConstraint("state IN ('reading', 'columns', 'staged', 'failed', 'written', 'undone', 'discarded')", name=op.f('ck_question_import_state_known')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_question_import_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['undone_by'], ['person.id'], name=op.f('fk_question_import_undone_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['written_by'], ['person.id'], name=op.f('fk_question_import_written_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_import'))
    )
    with op.batch_alter_table('question_import', schema=None) as batch_op:
        batch_op.create_index('ix_question_import_sha256', ['sha256'], unique=False)

    op.create_table('queue_membership',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_queue_membership_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_queue_membership_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('person_id', 'queue_id', name=op.f('pk_queue_membership'))
    )
    with op.batch_alter_table('queue_membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_queue_membership_queue_id'), ['queue_id'], unique=False)

    op.create_table('requirement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('activities', sa.JSON(), nullable=False),
    sa.Column('need_percent', sa.Integer(), nullable=False),
    sa.Column('need_count', sa.Integer(), nullable=False),
    sa.Column('period_months', sa.Integer(), nullable=True),
    sa.Column('afresh', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('course', 'theory', 'practical', 'calls', 'certification')", name=op.f('ck_requirement_kind_known')),
    sa.CheckConstraint('need_count >= 1', name=op.f('ck_requirement_count_from_one')),
    sa.CheckConstraint('need_percent BETWEEN 0 AND 100', name=op.f('ck_requirement_percent_range')),
    sa.CheckConstraint('period_months IS NULL OR period_months BETWEEN 1 AND 120', name=op.f('ck_requirement_period_range')),
    sa.ForeignKeyConstraint(['edition_id'], ['certification_edition.id'], name=op.f('fk_requirement_edition_id_certification_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement')),
    sa.UniqueConstraint('edition_id', 'key', name=op.f('uq_requirement_edition_id_key'))
    )
    op.create_table('role_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('granted_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('learner', 'mentor', 'trainer', 'assessor', 'reviewer', 'manager', 'hr', 'training_admin', 'auditor', 'system_admin')", name=op.f('ck_role_assignment_role_known')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_assignment_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_role_assignment_unit_id_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_assignment')),
    sa.UniqueConstraint('person_id', 'role', 'unit_id', name=op.f('uq_role_assignment_person_id_role_unit_id'))
    )
    with op.batch_alter_table('role_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_assignment_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_role_assignment_everywhere', ['person_id', 'role'], unique=True, sqlite_where=sa.text('unit_id IS NULL'), postgresql_where=sa.text('unit_id IS NULL'))

    op.create_table('roster_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('file_kind', sa.String(length=10), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('sheet', sa.String(length=80), nullable=False),
    sa.Column('layout', sa.JSON(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('checked', sa.JSON(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('applied_by', sa.Uuid(), nullable=True),
    sa.Column('applied_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('undoes_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f('ck_roster_import_applied_has_an_instant')),
    sa.CheckConstraint("kind IN ('people', 'shifts', 'leave', 'heads')", name=op.f('ck_roster_import_kind_known')),
    sa.CheckConstraint("state IN ('open', 'applied', 'undone', 'discarded')", name=op.f('ck_roster_import_state_known')),
    sa.ForeignKeyConstraint(['applied_by'], ['person.id'], name=op.f('fk_roster_import_applied_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_roster_import_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['undoes_id'], ['roster_import.id'], name=op.f('fk_roster_import_undoes_id_roster_import'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_import')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_roster_import_undoes_id'))
    )
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_import_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_import_created_by'), ['created_by'], unique=False)

    op.create_table('shift',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=True),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_shift_ends_after_start')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_shift_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_shift_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift')),
    sa.UniqueConstraint('person_id', 'starts_at', name=op.f('uq_shift_person_id_starts_at'))
    )
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.create_index('ix_shift_span', ['starts_at', 'ends_at'], unique=False)

    op.create_table('simulated_call',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('setup', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ended_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f('ck_simulated_call_ended_has_an_instant')),
    sa.CheckConstraint("purpose IN ('practice', 'exam')", name=op.f('ck_simulated_call_purpose_known')),
    sa.CheckConstraint("state IN ('open', 'ended')", name=op.f('ck_simulated_call_state_known')),
    sa.ForeignKeyConstraint(['edition_id'], ['call_script_edition.id'], name=op.f('fk_simulated_call_edition_id_call_script_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_simulated_call_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_simulated_call'))
    )
    with op.batch_alter_table('simulated_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_simulated_call_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index('ix_simulated_call_person', ['person_id', 'started_at'], unique=False)
        batch_op.create_index('ix_simulated_call_waiting', ['purpose', 'state', 'ended_at'], unique=False)

    op.create_table('station_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('due_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('assigned_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'waiting') = (closed_at IS NULL)", name=op.f('ck_station_assignment_closed_unless_waiting')),
    sa.CheckConstraint("state IN ('waiting', 'passed', 'cancelled')", name=op.f('ck_station_assignment_state_known')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_station_assignment_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_station_assignment_station_id_station'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station_assignment'))
    )
    with op.batch_alter_table('station_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_station_assignment_station_id'), ['station_id'], unique=False)
        batch_op.create_index('uq_station_assignment_waiting', ['person_id', 'station_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('supervised_phase',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('mentor_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('minutes_cap', sa.Integer(), nullable=False),
    sa.Column('started_by', sa.Uuid(), nullable=True),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('stopped_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_supervised_phase_ends_after_start')),
    sa.CheckConstraint('mentor_id <> person_id', name=op.f('ck_supervised_phase_nobody_mentors_themselves')),
    sa.CheckConstraint('minutes_cap > 0', name=op.f('ck_supervised_phase_a_cap_above_zero')),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_supervised_phase_mentor_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_supervised_phase_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervised_phase'))
    )
    with op.batch_alter_table('supervised_phase', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_supervised_phase_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_supervised_phase_person_id'), ['person_id'], unique=False)

    op.create_table('suspension',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=True),
    sa.Column('certification_id', sa.Uuid(), nullable=True),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('imposed_by', sa.Uuid(), nullable=True),
    sa.Column('imposed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('lifted_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.Uuid(), nullable=True),
    sa.Column('lifted_reason', sa.Text(), nullable=False),
    sa.CheckConstraint('ends_at IS NULL OR ends_at > starts_at', name=op.f('ck_suspension_ends_after_start')),
    sa.CheckConstraint('lifted_at IS NOT NULL OR lifted_by IS NULL', name=op.f('ck_suspension_lifted_at_an_instant')),
    sa.CheckConstraint('queue_id IS NULL OR certification_id IS NULL', name=op.f('ck_suspension_one_scope')),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_suspension_certification_id_certification'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_suspension_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_suspension_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension'))
    )
    with op.batch_alter_table('suspension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suspension_person_id'), ['person_id'], unique=False)

    op.create_table('training_fact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('activity', sa.String(length=120), nullable=False),
    sa.Column('edition', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('out_of', sa.Integer(), nullable=True),
    sa.Column('occurred_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('recorded_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('evidence', sa.String(length=160), nullable=True),
    sa.Column('supersedes', sa.Uuid(), nullable=True),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint("outcome IN ('passed', 'failed', 'completed', 'voided')", name=op.f('ck_training_fact_outcome_known')),
    sa.CheckConstraint('(score IS NULL) = (out_of IS NULL)', name=op.f('ck_training_fact_score_has_a_full_mark')),
    sa.CheckConstraint('occurred_at <= recorded_at', name=op.f('ck_training_fact_recorded_after_it_occurred')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= out_of AND out_of > 0)', name=op.f('ck_training_fact_score_in_range')),
    sa.CheckConstraint('sequence >= 1', name=op.f('ck_training_fact_sequence_from_one')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_fact_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['supersedes'], ['training_fact.id'], name=op.f('fk_training_fact_supersedes_training_fact'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_fact')),
    sa.UniqueConstraint('hash', name=op.f('uq_training_fact_hash')),
    sa.UniqueConstraint('person_id', 'evidence', name='uq_training_fact_evidence_once'),
    sa.UniqueConstraint('person_id', 'sequence', name=op.f('uq_training_fact_person_id_sequence')),
    sa.UniqueConstraint('supersedes', name=op.f('uq_training_fact_supersedes'))
    )
    with op.batch_alter_table('training_fact', schema=None) as batch_op:
        batch_op.create_index('ix_training_fact_activity', ['activity', 'occurred_at'], unique=False)
        batch_op.create_index('ix_training_fact_recorded', ['recorded_at'], unique=False)

    op.create_table('waiver',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ends_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=False),
    sa.Column('requested_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('stopped_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('stopped_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)", name=op.f('ck_waiver_decided_at_an_instant')),
    sa.CheckConstraint("state <> 'approved' OR decided_by <> person_id", name=op.f('ck_waiver_not_for_oneself')),
    sa.CheckConstraint("state <> 'approved' OR decided_by <> requested_by", name=op.f('ck_waiver_two_people')),
    sa.CheckConstraint("state IN ('requested', 'approved', 'refused', 'withdrawn')", name=op.f('ck_waiver_state_known')),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_by IS NULL)', name=op.f('ck_waiver_decided_by_somebody')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_waiver_ends_after_start')),
    sa.CheckConstraint('requested_by <> person_id', name=op.f('ck_waiver_not_asked_for_oneself')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_waiver_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_waiver_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver'))
    )
    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiver_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_waiver_state', ['state', 'requested_at'], unique=False)

    op.create_table('account_roles',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_roles_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['account_role.id'], name=op.f('fk_account_roles_role_id_account_role'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'role_id', name=op.f('pk_account_roles'))
    )
    op.create_table('call_event',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('client_seq', sa.Integer(), nullable=True),
    sa.Column('event', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_event_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('call_id', 'seq', name=op.f('pk_call_event')),
    sa.UniqueConstraint('call_id', 'client_seq', name=op.f('uq_call_event_call_id_client_seq'))
    )
    op.create_table('call_review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=False),
    sa.Column('reviewed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('overrides', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.CheckConstraint('total BETWEEN 0 AND 10000', name=op.f('ck_call_review_total_in_range')),
    sa.ForeignKeyConstraint(['assessor_id'], ['person.id'], name=op.f('fk_call_review_assessor_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_review_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_review')),
    sa.UniqueConstraint('call_id', name=op.f('uq_call_review_call_id'))
    )
    op.create_table('call_score',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('engine_version', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('scored_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['simulated_call.id'], name=op.f('fk_call_score_call_id_simulated_call'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_score')),
    sa.UniqueConstraint('call_id', 'engine_version', name=op.f('uq_call_score_call_id_engine_version'))
    )
    op.create_table('certificate_document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('certificate_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('missing', sa.String(length=80), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('printed', sa.JSON(), nullable=True),
    sa.Column('printed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL)", name=op.f('ck_certificate_document_ready_has_a_file')),
    sa.CheckConstraint("(state = 'waiting') = (missing <> '')", name=op.f('ck_certificate_document_waiting_names_characters')),
    sa.CheckConstraint("state IN ('queued', 'waiting', 'ready')", name=op.f('ck_certificate_document_state_known')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_document_certificate_id_certificate'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_document')),
    sa.UniqueConstraint('certificate_id', name=op.f('uq_certificate_document_certificate_id'))
    )
    with op.batch_alter_table('certificate_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_document_state'), ['state'], unique=False)

    op.create_table('course_picture',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('svg', sa.Text(), nullable=True),
    sa.Column('file', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint('(svg IS NULL) <> (file IS NULL)', name=op.f('ck_course_picture_drawn_or_uploaded')),
    sa.ForeignKeyConstraint(['edition_id'], ['course_edition.id'], name=op.f('fk_course_picture_edition_id_course_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_picture')),
    sa.UniqueConstraint('edition_id', 'name', name=op.f('uq_course_picture_edition_id_name'))
    )
    op.create_table('course_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('unit_code', sa.String(length=40), nullable=False),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('finished_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('finished_at IS NULL OR finished_at >= started_at', name=op.f('ck_course_run_finished_after_start')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_run_course_id_course'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['course_edition.id'], name=op.f('fk_course_run_edition_id_course_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_course_run_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_run'))
    )
    with op.batch_alter_table('course_run', schema=None) as batch_op:
        batch_op.create_index('ix_course_run_course', ['course_id', 'person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_course_run_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_course_run_open', ['person_id', 'course_id', 'unit_code'], unique=True, sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))

    op.create_table('course_unit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('chapter', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=120), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('questions', sa.Integer(), nullable=True),
    sa.Column('pass_percent', sa.Integer(), nullable=True),
    sa.Column('film_percent', sa.Integer(), nullable=False),
    sa.Column('script', sa.String(length=40), nullable=False),
    sa.Column('file', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('captions', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint("kind <> 'test' OR (questions IS NOT NULL AND pass_percent IS NOT NULL)", name=op.f('ck_course_unit_test_is_whole')),
    sa.CheckConstraint("kind IN ('page', 'document', 'video', 'test', 'call')", name=op.f('ck_course_unit_kind_known')),
    sa.CheckConstraint('film_percent BETWEEN 1 AND 100', name=op.f('ck_course_unit_film_percent_range')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 240', name=op.f('ck_course_unit_minutes_range')),
    sa.CheckConstraint('pass_percent IS NULL OR pass_percent BETWEEN 1 AND 100', name=op.f('ck_course_unit_pass_percent_range')),
    sa.CheckConstraint('position >= 0', name=op.f('ck_course_unit_position_not_negative')),
    sa.CheckConstraint('questions IS NULL OR questions BETWEEN 1 AND 50', name=op.f('ck_course_unit_questions_range')),
    sa.CheckConstraint('seconds BETWEEN 0 AND 3600', name=op.f('ck_course_unit_seconds_range')),
    sa.ForeignKeyConstraint(['edition_id'], ['course_edition.id'], name=op.f('fk_course_unit_edition_id_course_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_unit')),
    sa.UniqueConstraint('edition_id', 'code', name=op.f('uq_course_unit_edition_id_code'))
    )
    with op.batch_alter_table('course_unit', schema=None) as batch_op:
        batch_op.create_index('ix_course_unit_position', ['edition_id', 'position'], unique=False)

    op.create_table('exam_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('extra_minutes', sa.Integer(), nullable=False),
    sa.Column('assigned_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=True),
    sa.Column('due_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('opens_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f('ck_exam_assignment_closed_unless_open')),
    sa.CheckConstraint("state IN ('open', 'passed', 'ended', 'cancelled')", name=op.f('ck_exam_assignment_state_known')),
    sa.CheckConstraint('extra_minutes BETWEEN 0 AND 720', name=op.f('ck_exam_assignment_extra_range')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_exam_assignment_exam_id_exam'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exam_assignment_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_exam_assignment_session_id_exam_session'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_assignment'))
    )
    with op.batch_alter_table('exam_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_assignment_exam_id'), ['exam_id'], unique=False)
        batch_op.create_index('ix_exam_assignment_session', ['session_id'], unique=False)
        batch_op.create_index('uq_exam_assignment_open', ['person_id', 'exam_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('founding_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('certification_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('refused_by', sa.Uuid(), nullable=True),
    sa.Column('refused_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('certificate_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(approved_at IS NULL) = (approved_by IS NULL)', name=op.f('ck_founding_grant_approved_by_somebody')),
    sa.CheckConstraint('approved_at IS NULL OR refused_at IS NULL', name=op.f('ck_founding_grant_one_decision')),
    sa.CheckConstraint('approved_by IS NULL OR approved_by <> person_id', name=op.f('ck_founding_grant_not_by_oneself')),
    sa.CheckConstraint('approved_by IS NULL OR approved_by <> proposed_by', name=op.f('ck_founding_grant_two_administrators')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_founding_grant_certificate_id_certificate'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['certification_id'], ['certification.id'], name=op.f('fk_founding_grant_certification_id_certification'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_founding_grant_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_founding_grant'))
    )
    with op.batch_alter_table('founding_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_founding_grant_person_id'), ['person_id'], unique=False)

    op.create_table('outbox_mail',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('notification_id', sa.Uuid(), nullable=True),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('recipient_name', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('sent_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_outbox_mail_sent_has_an_instant')),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f('ck_outbox_mail_state_known')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_outbox_mail_attempts_not_negative')),
    sa.ForeignKeyConstraint(['notification_id'], ['notification.id'], name=op.f('fk_outbox_mail_notification_id_notification'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_mail')),
    sa.UniqueConstraint('notification_id', name=op.f('uq_outbox_mail_notification_id'))
    )
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_mail_state', ['state', 'created_at'], unique=False)

    op.create_table('question',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('unit_path', sa.String(length=200), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('retired_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('replaced_by_id', sa.Uuid(), nullable=True),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("kind IN ('single', 'multiple', 'true_false', 'blank', 'numeric', 'ordering', 'matching', 'cloze', 'short', 'case', 'audio', 'dictation')", name=op.f('ck_question_kind_known')),
    sa.CheckConstraint("source IN ('bundled', 'own', 'imported')", name=op.f('ck_question_source_known')),
    sa.CheckConstraint("unit_path LIKE '/%'", name=op.f('ck_question_unit_path_from_root')),
    sa.CheckConstraint('replaced_by_id IS NULL OR replaced_by_id <> id', name=op.f('ck_question_replaced_by_another')),
    sa.CheckConstraint('replaced_by_id IS NULL OR retired_at IS NOT NULL', name=op.f('ck_question_replaced_when_retired')),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_question_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['import_id'], ['question_import.id'], name=op.f('fk_question_import_id_question_import'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_question_post_id_post'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['replaced_by_id'], ['question.id'], name=op.f('fk_question_replaced_by_id_question'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('code', name=op.f('uq_question_code'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_post_id'), ['post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_replaced_by_id'), ['replaced_by_id'], unique=False)

    op.create_table('roster_change',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.CheckConstraint('position >= 0', name=op.f('ck_roster_change_position_not_negative')),
    sa.ForeignKeyConstraint(['import_id'], ['roster_import.id'], name=op.f('fk_roster_change_import_id_roster_import'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'position', name=op.f('pk_roster_change'))
    )
    op.create_table('station_visit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=False),
    sa.Column('rubric_edition_id', sa.Uuid(), nullable=False),
    sa.Column('scenario', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('ended_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=False),
    sa.Column('paused_seconds', sa.Integer(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('seat_key', sa.String(length=64), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('out_of', sa.Integer(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=True),
    sa.CheckConstraint("(state = 'running') = (ended_at IS NULL)", name=op.f('ck_station_visit_ended_unless_running')),
    sa.CheckConstraint("(state = 'submitted') = (points IS NOT NULL)", name=op.f('ck_station_visit_submitted_with_points')),
    sa.CheckConstraint("state IN ('running', 'submitted', 'abandoned')", name=op.f('ck_station_visit_state_known')),
    sa.CheckConstraint('paused_seconds >= 0', name=op.f('ck_station_visit_pause_not_negative')),
    sa.CheckConstraint('person_id <> assessor_id', name=op.f('ck_station_visit_nobody_assesses_themselves')),
    sa.CheckConstraint('points IS NULL OR points BETWEEN 0 AND out_of', name=op.f('ck_station_visit_points_in_range')),
    sa.ForeignKeyConstraint(['assessor_id'], ['person.id'], name=op.f('fk_station_visit_assessor_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['assignment_id'], ['station_assignment.id'], name=op.f('fk_station_visit_assignment_id_station_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_station_visit_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['rubric_edition_id'], ['rubric_edition.id'], name=op.f('fk_station_visit_rubric_edition_id_rubric_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_station_visit_station_id_station'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station_visit'))
    )
    with op.batch_alter_table('station_visit', schema=None) as batch_op:
        batch_op.create_index('ix_station_visit_assessor', ['assessor_id', 'started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_station_visit_assignment_id'), ['assignment_id'], unique=False)
        batch_op.create_index('ix_station_visit_person', ['person_id', 'started_at'], unique=False)
        batch_op.create_index('uq_station_visit_running', ['assignment_id'], unique=True, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))

    op.create_table('supervised_phase_queue',
    sa.Column('phase_id', sa.Uuid(), nullable=False),
    sa.Column('queue_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['supervised_phase.id'], name=op.f('fk_supervised_phase_queue_phase_id_supervised_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_supervised_phase_queue_queue_id_queue'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('phase_id', 'queue_id', name=op.f('pk_supervised_phase_queue'))
    )
    op.create_table('supervised_time',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('phase_id', sa.Uuid(), nullable=False),
    sa.Column('worked_on', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('recorded_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_supervised_time_minutes_above_zero')),
    sa.ForeignKeyConstraint(['phase_id'], ['supervised_phase.id'], name=op.f('fk_supervised_time_phase_id_supervised_phase'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervised_time'))
    )
    with op.batch_alter_table('supervised_time', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_supervised_time_phase_id'), ['phase_id'], unique=False)

    op.create_table('caught_mail',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=False),
    sa.Column('caught_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox_mail.id'], name=op.f('fk_caught_mail_mail_id_outbox_mail'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caught_mail')),
    sa.UniqueConstraint('mail_id', name=op.f('uq_caught_mail_mail_id'))
    )
    with op.batch_alter_table('caught_mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_caught_mail_caught_at'), ['caught_at'], unique=False)

    op.create_table('course_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('seen_ms', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON(none_as_null=True), nullable=True),
    sa.CheckConstraint("kind IN ('opened', 'beat', 'tested', 'called', 'completed')", name=op.f('ck_course_event_kind_known')),
    sa.CheckConstraint('seen_ms BETWEEN 0 AND 60000', name=op.f('ck_course_event_seen_range')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_course_event_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['run_id'], ['course_run.id'], name=op.f('fk_course_event_run_id_course_run'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['course_unit.id'], name=op.f('fk_course_event_unit_id_course_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_event'))
    )
    with op.batch_alter_table('course_event', schema=None) as batch_op:
        batch_op.create_index('ix_course_event_person', ['person_id', 'at'], unique=False)
        batch_op.create_index('ix_course_event_unit', ['run_id', 'unit_id', 'at'], unique=False)
        batch_op.create_index('uq_course_event_completed', ['run_id', 'unit_id'], unique=True, sqlite_where=sa.text("kind = 'completed'"), postgresql_where=sa.text("kind = 'completed'"))

    op.create_table('course_test',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('items', sa.JSON(), nullable=False),
    sa.Column('answers', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('out_of', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('submitted_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('(submitted_at IS NULL) = (points IS NULL)', name=op.f('ck_course_test_marked_when_handed_in')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_course_test_number_from_one')),
    sa.CheckConstraint('points IS NULL OR points BETWEEN 0 AND out_of', name=op.f('ck_course_test_points_in_range')),
    sa.ForeignKeyConstraint(['run_id'], ['course_run.id'], name=op.f('fk_course_test_run_id_course_run'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['course_unit.id'], name=op.f('fk_course_test_unit_id_course_unit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_test')),
    sa.UniqueConstraint('run_id', 'unit_id', 'number', name=op.f('uq_course_test_run_id_unit_id_number'))
    )
    with op.batch_alter_table('course_test', schema=None) as batch_op:
        batch_op.create_index('uq_course_test_open', ['run_id', 'unit_id'], unique=True, sqlite_where=sa.text('submitted_at IS NULL'), postgresql_where=sa.text('submitted_at IS NULL'))

    op.create_table('exam_identity_check',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('checked_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('checked_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_exam_identity_check_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['checked_by'], ['person.id'], name=op.f('fk_exam_identity_check_checked_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_exam_identity_check_session_id_exam_session'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('session_id', 'assignment_id', name=op.f('pk_exam_identity_check'))
    )
    op.create_table('exam_resit_decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'more_attempts') = (attempts >= 1)", name=op.f('ck_exam_resit_decision_attempts_fit_the_kind')),
    sa.CheckConstraint("kind IN ('more_attempts', 'end')", name=op.f('ck_exam_resit_decision_kind_known')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_exam_resit_decision_reason_given')),
    sa.CheckConstraint('attempts BETWEEN 0 AND 10', name=op.f('ck_exam_resit_decision_attempts_range')),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_exam_resit_decision_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_resit_decision'))
    )
    with op.batch_alter_table('exam_resit_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_resit_decision_assignment_id'), ['assignment_id'], unique=False)

    op.create_table('question_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('stem', sa.Text(), nullable=False),
    sa.Column('compared', sa.Text(), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('searched', sa.Text(), nullable=False),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.Column('knowledge_point_id', sa.Uuid(), nullable=True),
    sa.Column('difficulty', sa.String(length=40), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('review_note', sa.String(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('changed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_by', sa.Uuid(), nullable=True),
    sa.Column('submitted_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name=op.f('ck_question_edition_published_when')),
    sa.CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name=op.f('ck_question_edition_difficulty_known')),
    sa.CheckConstraint("state IN ('draft', 'review', 'published', 'superseded')", name=op.f('ck_question_edition_state_known')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_question_edition_number_from_one')),
    sa.CheckConstraint('points BETWEEN 1 AND 10000', name=op.f('ck_question_edition_points_in_range')),
    sa.CheckConstraint('published_at IS NULL OR knowledge_point_id IS NOT NULL', name=op.f('ck_question_edition_published_has_a_point')),
    sa.CheckConstraint('published_by IS NULL OR (published_by <> created_by AND published_by <> submitted_by)', name=op.f('ck_question_edition_published_by_a_second_person')),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_question_edition_changed_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_question_edition_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['import_id'], ['question_import.id'], name=op.f('fk_question_edition_import_id_question_import'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['knowledge_point_id'], ['knowledge_point.id'], name=op.f('fk_question_edition_knowledge_point_id_knowledge_point'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_question_edition_published_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_edition_question_id_question'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submitted_by'], ['person.id'], name=op.f('fk_question_edition_submitted_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_edition')),
    sa.UniqueConstraint('question_id', 'number', name=op.f('uq_question_edition_question_id_number'))
    )
    with op.batch_alter_table('question_edition', schema=None) as batch_op:
        batch_op.create_index('ix_question_edition_drawn', ['knowledge_point_id', 'state', 'difficulty'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_edition_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_edition_text_hash'), ['text_hash'], unique=False)
        batch_op.create_index('ux_question_edition_open', ['question_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'review')"), postgresql_where=sa.text("state IN ('draft', 'review')"))
        batch_op.create_index('ux_question_edition_published', ['question_id'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))

    op.create_table('question_tag',
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('tag', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_tag_question_id_question'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('question_id', 'tag', name=op.f('pk_question_tag'))
    )
    with op.batch_alter_table('question_tag', schema=None) as batch_op:
        batch_op.create_index('ix_question_tag_tag', ['tag'], unique=False)

    op.create_table('sitting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('questions', sa.Integer(), nullable=False),
    sa.Column('started_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('deadline_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('grace_seconds', sa.Integer(), nullable=False),
    sa.Column('paused_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('extra_minutes', sa.Integer(), nullable=False),
    sa.Column('cap_percent', sa.Integer(), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('seat_key', sa.String(length=64), nullable=False),
    sa.Column('closed_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('close_kind', sa.String(length=40), nullable=True),
    sa.Column('close_reason', sa.Text(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('out_of', sa.Integer(), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=True),
    sa.Column('settled_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('fact_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("close_kind IN ('submitted', 'deadline', 'invigilator', 'cancelled')", name=op.f('ck_sitting_close_kind_known')),
    sa.CheckConstraint('(closed_at IS NULL) = (close_kind IS NULL)', name=op.f('ck_sitting_closed_with_a_kind')),
    sa.CheckConstraint('(passed IS NULL) = (points IS NULL)', name=op.f('ck_sitting_result_is_whole')),
    sa.CheckConstraint('(settled_at IS NULL) = (points IS NULL)', name=op.f('ck_sitting_settled_with_a_result')),
    sa.CheckConstraint('attempt >= 1 AND epoch >= 1 AND questions >= 1', name=op.f('ck_sitting_counts_from_one')),
    sa.CheckConstraint('closed_at IS NULL OR paused_at IS NULL', name=op.f('ck_sitting_no_pause_after_the_end')),
    sa.CheckConstraint('deadline_at > started_at', name=op.f('ck_sitting_deadline_after_start')),
    sa.CheckConstraint('points IS NULL OR (points BETWEEN 0 AND out_of AND counted BETWEEN 0 AND points)', name=op.f('ck_sitting_points_in_range')),
    sa.CheckConstraint('points IS NULL OR closed_at IS NOT NULL', name=op.f('ck_sitting_closed_before_a_result')),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_sitting_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['exam_edition.id'], name=op.f('fk_sitting_edition_id_exam_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['fact_id'], ['training_fact.id'], name=op.f('fk_sitting_fact_id_training_fact'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sitting_person_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_sitting_session_id_exam_session'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting')),
    sa.UniqueConstraint('assignment_id', 'attempt', name=op.f('uq_sitting_assignment_id_attempt'))
    )
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.create_index('ix_sitting_due', ['deadline_at'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_sitting_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index('ix_sitting_person', ['person_id', 'started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sitting_session_id'), ['session_id'], unique=False)
        batch_op.create_index('ix_sitting_to_mark', ['closed_at'], unique=False, sqlite_where=sa.text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'"), postgresql_where=sa.text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'"))
        batch_op.create_index('uq_sitting_open', ['assignment_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('station_mark',
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('target', sa.String(length=60), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('tapped_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('received_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.CheckConstraint("verdict IN ('counted', 'stale', 'late', 'closed')", name=op.f('ck_station_mark_verdict_known')),
    sa.CheckConstraint('epoch >= 1 AND sequence >= 1', name=op.f('ck_station_mark_counts_from_one')),
    sa.ForeignKeyConstraint(['visit_id'], ['station_visit.id'], name=op.f('fk_station_mark_visit_id_station_visit'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('visit_id', 'target', 'epoch', 'sequence', name=op.f('pk_station_mark')),
    sqlite_with_rowid=False
    )
    op.create_table('exam_appeal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('raised_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_exam_appeal_text_given')),
    sa.CheckConstraint('position IS NULL OR position >= 1', name=op.f('ck_exam_appeal_position_from_one')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_exam_appeal_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_appeal'))
    )
    with op.batch_alter_table('exam_appeal', schema=None) as batch_op:
        batch_op.create_index('ix_exam_appeal_sitting', ['sitting_id', 'position'], unique=False)

    op.create_table('exam_key_correction',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('corrected_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'edition') = (corrected_id IS NOT NULL)", name=op.f('ck_exam_key_correction_edition_with_its_key')),
    sa.CheckConstraint("kind IN ('edition', 'full_marks', 'left_out')", name=op.f('ck_exam_key_correction_kind_known')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_exam_key_correction_reason_given')),
    sa.ForeignKeyConstraint(['corrected_id'], ['question_edition.id'], name=op.f('fk_exam_key_correction_corrected_id_question_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['question_edition.id'], name=op.f('fk_exam_key_correction_edition_id_question_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_exam_key_correction_proposed_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_exam_key_correction_question_id_question'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_key_correction'))
    )
    with op.batch_alter_table('exam_key_correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_key_correction_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_exam_key_correction_question_id'), ['question_id'], unique=False)

    op.create_table('exam_remedial_task',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('activity', sa.String(length=120), nullable=False),
    sa.Column('points', sa.String(length=250), nullable=False),
    sa.Column('assigned_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['exam_assignment.id'], name=op.f('fk_exam_remedial_task_assignment_id_exam_assignment'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_exam_remedial_task_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_remedial_task')),
    sa.UniqueConstraint('sitting_id', 'activity', name=op.f('uq_exam_remedial_task_sitting_id_activity'))
    )
    with op.batch_alter_table('exam_remedial_task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_remedial_task_assignment_id'), ['assignment_id'], unique=False)

    op.create_table('exam_seat_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('seat_key', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('asked_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.CheckConstraint('(granted IS NULL) = (decided_at IS NULL)', name=op.f('ck_exam_seat_request_decided_with_an_answer')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_exam_seat_request_decided_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_exam_seat_request_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_seat_request'))
    )
    with op.batch_alter_table('exam_seat_request', schema=None) as batch_op:
        batch_op.create_index('uq_exam_seat_request_open', ['sitting_id', 'seat_key'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.create_table('question_figure',
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('sittings', sa.Integer(), nullable=False),
    sa.Column('facility', sa.Double(), nullable=True),
    sa.Column('discrimination', sa.Double(), nullable=True),
    sa.Column('flags', sa.String(length=120), nullable=False),
    sa.Column('grave', sa.Boolean(), nullable=False),
    sa.Column('marked', sa.Integer(), nullable=False),
    sa.Column('earned', sa.BigInteger(), nullable=False),
    sa.Column('computed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint('discrimination IS NULL OR discrimination BETWEEN -100 AND 100', name=op.f('ck_question_figure_discrimination_range')),
    sa.CheckConstraint('facility IS NULL OR facility BETWEEN 0 AND 1', name=op.f('ck_question_figure_facility_range')),
    sa.CheckConstraint('sittings >= 1 AND marked >= sittings', name=op.f('ck_question_figure_over_some_sittings')),
    sa.ForeignKeyConstraint(['edition_id'], ['question_edition.id'], name=op.f('fk_question_figure_edition_id_question_edition'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_figure_question_id_question'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('question_id', name=op.f('pk_question_figure'))
    )
    with op.batch_alter_table('question_figure', schema=None) as batch_op:
        batch_op.create_index('ix_question_figure_grave', ['grave'], unique=False)

    op.create_table('question_import_row',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('reader_troubles', sa.JSON(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('troubles', sa.JSON(), nullable=False),
    sa.Column('decision', sa.String(length=40), nullable=False),
    sa.Column('like_question_id', sa.Uuid(), nullable=True),
    sa.Column('like_row', sa.Integer(), nullable=True),
    sa.Column('like_percent', sa.Integer(), nullable=False),
    sa.Column('compared', sa.Text(), nullable=False),
    sa.Column('written_edition_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("decision <> 'new_edition' OR like_question_id IS NOT NULL", name=op.f('ck_question_import_row_new_edition_of_something')),
    sa.CheckConstraint("decision IN ('take', 'skip', 'new_edition')", name=op.f('ck_question_import_row_decision_known')),
    sa.CheckConstraint("verdict IN ('fit', 'notice', 'duplicate', 'error')", name=op.f('ck_question_import_row_verdict_known')),
    sa.CheckConstraint('like_percent BETWEEN 0 AND 100', name=op.f('ck_question_import_row_like_percent_in_range')),
    sa.ForeignKeyConstraint(['import_id'], ['question_import.id'], name=op.f('fk_question_import_row_import_id_question_import'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['like_question_id'], ['question.id'], name=op.f('fk_question_import_row_like_question_id_question'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['written_edition_id'], ['question_edition.id'], name=op.f('fk_question_import_row_written_edition_id_question_edition'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_import_row')),
    sa.UniqueConstraint('import_id', 'number', name=op.f('uq_question_import_row_import_id_number'))
    )
    with op.batch_alter_table('question_import_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_import_row_like_question_id'), ['like_question_id'], unique=False)

    op.create_table('sitting_answer',
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('item', sa.Integer(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('flagged', sa.Boolean(), nullable=False),
    sa.Column('received_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.CheckConstraint("verdict IN ('counted', 'stale', 'late', 'closed')", name=op.f('ck_sitting_answer_verdict_known')),
    sa.CheckConstraint('item >= 1 AND epoch >= 1 AND sequence >= 1', name=op.f('ck_sitting_answer_counts_from_one')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_answer_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('sitting_id', 'item', 'epoch', 'sequence', name=op.f('pk_sitting_answer')),
    sqlite_with_rowid=False
    )
    op.create_table('sitting_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('happened_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('received_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("kind IN ('left', 'back', 'fullscreen_ended', 'notice_accepted', 'seat_asked', 'seat_given', 'seat_refused', 'paused', 'resumed')", name=op.f('ck_sitting_event_kind_known')),
    sa.CheckConstraint('(epoch IS NULL) = (sequence IS NULL)', name=op.f('ck_sitting_event_key_is_whole')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_sitting_event_by_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_event_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_event')),
    sa.UniqueConstraint('sitting_id', 'epoch', 'sequence', name=op.f('uq_sitting_event_sitting_id_epoch_sequence'))
    )
    op.create_table('sitting_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('granted_by', sa.Uuid(), nullable=True),
    sa.Column('granted_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('extension', 'pause')", name=op.f('ck_sitting_grant_kind_known')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_sitting_grant_reason_given')),
    sa.CheckConstraint('seconds BETWEEN 1 AND 43200', name=op.f('ck_sitting_grant_seconds_range')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_grant_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_grant'))
    )
    with op.batch_alter_table('sitting_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sitting_grant_sitting_id'), ['sitting_id'], unique=False)

    op.create_table('sitting_presence',
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('seen_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint('position >= 1', name=op.f('ck_sitting_presence_position_from_one')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_presence_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('sitting_id', name=op.f('pk_sitting_presence'))
    )
    op.create_table('sitting_seat',
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('opened_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_seat_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('sitting_id', 'epoch', name=op.f('pk_sitting_seat'))
    )
    op.create_table('exam_appeal_decision',
    sa.Column('appeal_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name=op.f('ck_exam_appeal_decision_outcome_known')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_exam_appeal_decision_reason_given')),
    sa.ForeignKeyConstraint(['appeal_id'], ['exam_appeal.id'], name=op.f('fk_exam_appeal_decision_appeal_id_exam_appeal'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_exam_appeal_decision_decided_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('appeal_id', name=op.f('pk_exam_appeal_decision'))
    )
    op.create_table('exam_key_correction_decision',
    sa.Column('correction_id', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=False),
    sa.Column('decided_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_exam_key_correction_decision_reason_given')),
    sa.CheckConstraint("verdict IN ('approved', 'rejected')", name=op.f('ck_exam_key_correction_decision_verdict_known')),
    sa.ForeignKeyConstraint(['correction_id'], ['exam_key_correction.id'], name=op.f('fk_exam_key_correction_decision_correction_id_exam_key_correction'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_exam_key_correction_decision_decided_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('correction_id', name=op.f('pk_exam_key_correction_decision'))
    )
    op.create_table('exam_key_correction_result',
    sa.Column('correction_id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('points_before', sa.Integer(), nullable=True),
    sa.Column('points_after', sa.Integer(), nullable=True),
    sa.Column('out_of_before', sa.Integer(), nullable=True),
    sa.Column('out_of_after', sa.Integer(), nullable=True),
    sa.Column('passed_before', sa.Boolean(), nullable=True),
    sa.Column('passed_after', sa.Boolean(), nullable=True),
    sa.Column('fact_id', sa.Uuid(), nullable=True),
    sa.Column('marked_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['correction_id'], ['exam_key_correction.id'], name=op.f('fk_exam_key_correction_result_correction_id_exam_key_correction'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['fact_id'], ['training_fact.id'], name=op.f('fk_exam_key_correction_result_fact_id_training_fact'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_exam_key_correction_result_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('correction_id', 'sitting_id', name=op.f('pk_exam_key_correction_result'))
    )
    op.create_table('sitting_item',
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('point', sa.String(length=80), nullable=False),
    sa.Column('out_of', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(length=40), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('correction_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('points IS NULL OR points BETWEEN 0 AND out_of', name=op.f('ck_sitting_item_points_in_range')),
    sa.CheckConstraint('position >= 1', name=op.f('ck_sitting_item_position_from_one')),
    sa.ForeignKeyConstraint(['correction_id'], ['exam_key_correction.id'], name=op.f('fk_sitting_item_correction_id_exam_key_correction'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['question_edition.id'], name=op.f('fk_sitting_item_edition_id_question_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_sitting_item_question_id_question'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_item_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('sitting_id', 'position', name=op.f('pk_sitting_item'))
    )
    with op.batch_alter_table('sitting_item', schema=None) as batch_op:
        batch_op.create_index('ix_sitting_item_edition', ['edition_id'], unique=False)
        batch_op.create_index('ix_sitting_item_question', ['question_id'], unique=False)

    op.create_table('item_marking',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('round', sa.String(length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('marker_id', sa.Uuid(), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('marked_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('appeal_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(round = 'appeal') = (appeal_id IS NOT NULL)", name=op.f('ck_item_marking_appeals_belong_to_an_appeal')),
    sa.CheckConstraint("round IN ('first', 'second', 'third', 'appeal')", name=op.f('ck_item_marking_round_known')),
    sa.CheckConstraint('revision >= 1', name=op.f('ck_item_marking_revision_from_one')),
    sa.ForeignKeyConstraint(['appeal_id'], ['exam_appeal.id'], name=op.f('fk_item_marking_appeal_id_exam_appeal'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['marker_id'], ['person.id'], name=op.f('fk_item_marking_marker_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id', 'position'], ['sitting_item.sitting_id', 'sitting_item.position'], name=op.f('fk_item_marking_sitting_id_position_sitting_item'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_item_marking_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_marking')),
    sa.UniqueConstraint('sitting_id', 'position', 'round', 'revision', name=op.f('uq_item_marking_sitting_id_position_round_revision'))
    )
    with op.batch_alter_table('item_marking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_marking_marker_id'), ['marker_id'], unique=False)

    op.create_table('marking_lease',
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('marker_id', sa.Uuid(), nullable=False),
    sa.Column('until', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['marker_id'], ['person.id'], name=op.f('fk_marking_lease_marker_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id', 'position'], ['sitting_item.sitting_id', 'sitting_item.position'], name=op.f('fk_marking_lease_sitting_id_position_sitting_item'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_marking_lease_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('sitting_id', 'position', name=op.f('pk_marking_lease')),
    sa.UniqueConstraint('id', name=op.f('uq_marking_lease_id'))
    )
    with op.batch_alter_table('marking_lease', schema=None) as batch_op:
        batch_op.create_index('ix_marking_lease_marker', ['marker_id', 'until'], unique=False)

    op.create_table('marking_skip',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('marker_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('skipped_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['marker_id'], ['person.id'], name=op.f('fk_marking_skip_marker_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id', 'position'], ['sitting_item.sitting_id', 'sitting_item.position'], name=op.f('fk_marking_skip_sitting_id_position_sitting_item'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_marking_skip_sitting_id_sitting'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_marking_skip'))
    )
    with op.batch_alter_table('marking_skip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_marking_skip_marker_id'), ['marker_id'], unique=False)

    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    with op.batch_alter_table('marking_skip', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_marking_skip_marker_id'))

    op.drop_table('marking_skip')
    with op.batch_alter_table('marking_lease', schema=None) as batch_op:
        batch_op.drop_index('ix_marking_lease_marker')

    op.drop_table('marking_lease')
    with op.batch_alter_table('item_marking', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_marking_marker_id'))

    op.drop_table('item_marking')
    with op.batch_alter_table('sitting_item', schema=None) as batch_op:
        batch_op.drop_index('ix_sitting_item_question')
        batch_op.drop_index('ix_sitting_item_edition')

    op.drop_table('sitting_item')
    op.drop_table('exam_key_correction_result')
    op.drop_table('exam_key_correction_decision')
    op.drop_table('exam_appeal_decision')
    op.drop_table('sitting_seat')
    op.drop_table('sitting_presence')
    with op.batch_alter_table('sitting_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sitting_grant_sitting_id'))

    op.drop_table('sitting_grant')
    op.drop_table('sitting_event')
    op.drop_table('sitting_answer')
    with op.batch_alter_table('question_import_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_import_row_like_question_id'))

    op.drop_table('question_import_row')
    with op.batch_alter_table('question_figure', schema=None) as batch_op:
        batch_op.drop_index('ix_question_figure_grave')

    op.drop_table('question_figure')
    with op.batch_alter_table('exam_seat_request', schema=None) as batch_op:
        batch_op.drop_index('uq_exam_seat_request_open', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.drop_table('exam_seat_request')
    with op.batch_alter_table('exam_remedial_task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exam_remedial_task_assignment_id'))

    op.drop_table('exam_remedial_task')
    with op.batch_alter_table('exam_key_correction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exam_key_correction_question_id'))
        batch_op.drop_index(batch_op.f('ix_exam_key_correction_edition_id'))

    op.drop_table('exam_key_correction')
    with op.batch_alter_table('exam_appeal', schema=None) as batch_op:
        batch_op.drop_index('ix_exam_appeal_sitting')

    op.drop_table('exam_appeal')
    op.drop_table('station_mark')
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_index('uq_sitting_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index('ix_sitting_to_mark', sqlite_where=sa.text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'"), postgresql_where=sa.text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'"))
        batch_op.drop_index(batch_op.f('ix_sitting_session_id'))
        batch_op.drop_index('ix_sitting_person')
        batch_op.drop_index(batch_op.f('ix_sitting_edition_id'))
        batch_op.drop_index('ix_sitting_due', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.drop_table('sitting')
    with op.batch_alter_table('question_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_question_tag_tag')

    op.drop_table('question_tag')
    with op.batch_alter_table('question_edition', schema=None) as batch_op:
        batch_op.drop_index('ux_question_edition_published', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index('ux_question_edition_open', sqlite_where=sa.text("state IN ('draft', 'review')"), postgresql_where=sa.text("state IN ('draft', 'review')"))
        batch_op.drop_index(batch_op.f('ix_question_edition_text_hash'))
        batch_op.drop_index(batch_op.f('ix_question_edition_import_id'))
        batch_op.drop_index('ix_question_edition_drawn')

    op.drop_table('question_edition')
    with op.batch_alter_table('exam_resit_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exam_resit_decision_assignment_id'))

    op.drop_table('exam_resit_decision')
    op.drop_table('exam_identity_check')
    with op.batch_alter_table('course_test', schema=None) as batch_op:
        batch_op.drop_index('uq_course_test_open', sqlite_where=sa.text('submitted_at IS NULL'), postgresql_where=sa.text('submitted_at IS NULL'))

    op.drop_table('course_test')
    with op.batch_alter_table('course_event', schema=None) as batch_op:
        batch_op.drop_index('uq_course_event_completed', sqlite_where=sa.text("kind = 'completed'"), postgresql_where=sa.text("kind = 'completed'"))
        batch_op.drop_index('ix_course_event_unit')
        batch_op.drop_index('ix_course_event_person')

    op.drop_table('course_event')
    with op.batch_alter_table('caught_mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_caught_mail_caught_at'))

    op.drop_table('caught_mail')
    with op.batch_alter_table('supervised_time', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_supervised_time_phase_id'))

    op.drop_table('supervised_time')
    op.drop_table('supervised_phase_queue')
    with op.batch_alter_table('station_visit', schema=None) as batch_op:
        batch_op.drop_index('uq_station_visit_running', sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
        batch_op.drop_index('ix_station_visit_person')
        batch_op.drop_index(batch_op.f('ix_station_visit_assignment_id'))
        batch_op.drop_index('ix_station_visit_assessor')

    op.drop_table('station_visit')
    op.drop_table('roster_change')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_replaced_by_id'))
        batch_op.drop_index(batch_op.f('ix_question_post_id'))
        batch_op.drop_index(batch_op.f('ix_question_import_id'))

    op.drop_table('question')
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_mail_state')

    op.drop_table('outbox_mail')
    with op.batch_alter_table('founding_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_founding_grant_person_id'))

    op.drop_table('founding_grant')
    with op.batch_alter_table('exam_assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_exam_assignment_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_exam_assignment_session')
        batch_op.drop_index(batch_op.f('ix_exam_assignment_exam_id'))

    op.drop_table('exam_assignment')
    with op.batch_alter_table('course_unit', schema=None) as batch_op:
        batch_op.drop_index('ix_course_unit_position')

    op.drop_table('course_unit')
    with op.batch_alter_table('course_run', schema=None) as batch_op:
        batch_op.drop_index('uq_course_run_open', sqlite_where=sa.text('finished_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_course_run_person_id'))
        batch_op.drop_index('ix_course_run_course')

    op.drop_table('course_run')
    op.drop_table('course_picture')
    with op.batch_alter_table('certificate_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_document_state'))

    op.drop_table('certificate_document')
    op.drop_table('call_score')
    op.drop_table('call_review')
    op.drop_table('call_event')
    op.drop_table('account_roles')
    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.drop_index('ix_waiver_state')
        batch_op.drop_index(batch_op.f('ix_waiver_person_id'))

    op.drop_table('waiver')
    with op.batch_alter_table('training_fact', schema=None) as batch_op:
        batch_op.drop_index('ix_training_fact_recorded')
        batch_op.drop_index('ix_training_fact_activity')

    op.drop_table('training_fact')
    with op.batch_alter_table('suspension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_suspension_person_id'))

    op.drop_table('suspension')
    with op.batch_alter_table('supervised_phase', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_supervised_phase_person_id'))
        batch_op.drop_index(batch_op.f('ix_supervised_phase_mentor_id'))

    op.drop_table('supervised_phase')
    with op.batch_alter_table('station_assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_station_assignment_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_station_assignment_station_id'))

    op.drop_table('station_assignment')
    with op.batch_alter_table('simulated_call', schema=None) as batch_op:
        batch_op.drop_index('ix_simulated_call_waiting')
        batch_op.drop_index('ix_simulated_call_person')
        batch_op.drop_index(batch_op.f('ix_simulated_call_edition_id'))

    op.drop_table('simulated_call')
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.drop_index('ix_shift_span')

    op.drop_table('shift')
    with op.batch_alter_table('roster_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_import_created_by'))
        batch_op.drop_index(batch_op.f('ix_roster_import_created_at'))

    op.drop_table('roster_import')
    with op.batch_alter_table('role_assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_role_assignment_everywhere', sqlite_where=sa.text('unit_id IS NULL'), postgresql_where=sa.text('unit_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_role_assignment_person_id'))

    op.drop_table('role_assignment')
    op.drop_table('requirement')
    with op.batch_alter_table('queue_membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_queue_membership_queue_id'))

    op.drop_table('queue_membership')
    with op.batch_alter_table('question_import', schema=None) as batch_op:
        batch_op.drop_index('ix_question_import_sha256')

    op.drop_table('question_import')
    with op.batch_alter_table('permit', schema=None) as batch_op:
        batch_op.drop_index('ix_permit_queue')

    op.drop_table('permit')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index('ix_notification_unread')
        batch_op.drop_index('ix_notification_newest')

    op.drop_table('notification')
    with op.batch_alter_table('mentor_assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mentor_assignment_mentor_id'))
        batch_op.drop_index(batch_op.f('ix_mentor_assignment_learner_id'))

    op.drop_table('mentor_assignment')
    op.drop_table('ledger_head')
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.drop_index('ix_leave_person_span')

    op.drop_table('leave')
    with op.batch_alter_table('exam_session', schema=None) as batch_op:
        batch_op.drop_index('ix_exam_session_window')
        batch_op.drop_index(batch_op.f('ix_exam_session_exam_id'))

    op.drop_table('exam_session')
    op.drop_table('exam_edition')
    with op.batch_alter_table('departure', schema=None) as batch_op:
        batch_op.drop_index('uq_departure_open', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_departure_person_id'))

    op.drop_table('departure')
    with op.batch_alter_table('course_note', schema=None) as batch_op:
        batch_op.drop_index('ix_course_note_unit')

    op.drop_table('course_note')
    with op.batch_alter_table('course_edition', schema=None) as batch_op:
        batch_op.drop_index('uq_course_edition_open', sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.drop_table('course_edition')
    with op.batch_alter_table('course_assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_course_assignment_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_course_assignment_course_id'))

    op.drop_table('course_assignment')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_person_id'))
        batch_op.drop_index('ix_certificate_ends_at')
        batch_op.drop_index('ix_certificate_ending')

    op.drop_table('certificate')
    op.drop_table('call_assignment')
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.drop_index('ix_browser_session_person')
        batch_op.drop_index(batch_op.f('ix_browser_session_expires_at'))

    op.drop_table('browser_session')
    op.drop_table('account')
    op.drop_table('station')
    op.drop_table('rubric_edition')
    with op.batch_alter_table('queue_requirement', schema=None) as batch_op:
        batch_op.drop_index('uq_queue_requirement_open', sqlite_where=sa.text('required_until IS NULL'), postgresql_where=sa.text('required_until IS NULL'))
        batch_op.drop_index(batch_op.f('ix_queue_requirement_queue_id'))
        batch_op.drop_index(batch_op.f('ix_queue_requirement_certification_id'))

    op.drop_table('queue_requirement')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_unit_id'))
        batch_op.drop_index(batch_op.f('ix_person_state'))
        batch_op.drop_index(batch_op.f('ix_person_pinyin_initials'))

    op.drop_table('person')
    op.drop_table('heads_needed')
    op.drop_table('exam')
    op.drop_table('course')
    op.drop_table('certification_edition')
    op.drop_table('api_key_queue')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_parent_id'))

    op.drop_table('unit')
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_failure_name_at')

    op.drop_table('sign_in_failure')
    op.drop_table('rule_version')
    op.drop_table('rubric')
    op.drop_table('queue')
    op.drop_table('question_counter')
    op.drop_table('post')
    op.drop_table('ledger_seal')
    with op.batch_alter_table('knowledge_point', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_knowledge_point_parent_id'))

    op.drop_table('knowledge_point')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_open', sqlite_where=sa.text("state IN ('waiting', 'running')"), postgresql_where=sa.text("state IN ('waiting', 'running')"))

    op.drop_table('job')
    op.drop_table('certification')
    op.drop_table('certificate_series')
    op.drop_table('call_script_edition')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')
        batch_op.drop_index('ix_audit_entry_at')

    op.drop_table('audit_entry')
    op.drop_table('api_key')
    op.drop_table('account_role')
