"""The knowledge base: products, articles with labels and editions, what readers say."""

from collections.abc import Sequence

import lms.kernel.db
import sqlalchemy as sa
from alembic import op

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIXED_COLUMNS = (
    "article_id", "number", "source", "title", "title_en", "summary_en", "asked", "body", "origin", "searched",
    "published_at", "published_by",
)


def _ddl() -> dict[str, list[str]]:
    """Return the statements that keep published editions as they are, by dialect."""
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED_COLUMNS)
    new, old = (", ".join(f"{side}.{name}" for name in FIXED_COLUMNS) for side in ("NEW", "OLD"))
    shut = "OLD.state IN ('published', 'superseded')"
    back = "NEW.state NOT IN ('published', 'superseded')"
    message = "a published article does not change"
    return {
        "sqlite": [
            f"CREATE TRIGGER knowledge_edition_no_change BEFORE UPDATE ON knowledge_edition WHEN {shut} "
            f"AND ({back} OR {changed}) BEGIN SELECT RAISE(ABORT, '{message}'); END",
            f"CREATE TRIGGER knowledge_edition_no_delete BEFORE DELETE ON knowledge_edition WHEN {shut} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ],
        "postgresql": [
            "CREATE OR REPLACE FUNCTION knowledge_edition_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN IF {shut} THEN RAISE EXCEPTION '{message}'; END IF; RETURN OLD; END IF; "
            f"IF {shut} AND ({back} OR ({new}) IS DISTINCT FROM ({old})) THEN RAISE EXCEPTION '{message}'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER knowledge_edition_no_change BEFORE UPDATE OR DELETE ON knowledge_edition "
            "FOR EACH ROW EXECUTE FUNCTION knowledge_edition_is_fixed()",
        ],
    }


def upgrade() -> None:
    op.create_table('knowledge_product',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_product')),
    sa.UniqueConstraint('code', name=op.f('uq_knowledge_product_code'))
    )
    op.create_table('knowledge_article',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('checked_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('checked_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['checked_by'], ['person.id'], name=op.f('fk_knowledge_article_checked_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_knowledge_article_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_knowledge_article_owner_id_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['knowledge_product.id'], name=op.f('fk_knowledge_article_product_id_knowledge_product'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_article')),
    sa.UniqueConstraint('code', name=op.f('uq_knowledge_article_code'))
    )
    with op.batch_alter_table('knowledge_article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_knowledge_article_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_knowledge_article_product_id'), ['product_id'], unique=False)
        batch_op.create_index('ix_knowledge_article_review', ['review_on'], unique=False)

    op.create_table('knowledge_edition',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('title_en', sa.String(length=120), nullable=False),
    sa.Column('summary_en', sa.String(length=400), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('searched', sa.Text(), nullable=False),
    sa.Column('changes', sa.String(length=400), nullable=False),
    sa.Column('remark', sa.String(length=400), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('changed_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_by', sa.Uuid(), nullable=True),
    sa.Column('submitted_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('published_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name=op.f('ck_knowledge_edition_published_when')),
    sa.CheckConstraint("source IN ('bundled', 'own')", name=op.f('ck_knowledge_edition_source_known')),
    sa.CheckConstraint("state IN ('draft', 'review', 'published', 'superseded')", name=op.f('ck_knowledge_edition_state_known')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_knowledge_edition_number_from_one')),
    sa.CheckConstraint('published_by IS NULL OR (published_by <> created_by AND published_by <> changed_by AND published_by <> submitted_by)', name=op.f('ck_knowledge_edition_published_by_a_second_person')),
    sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_edition_article_id_knowledge_article'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_knowledge_edition_changed_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_knowledge_edition_created_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_knowledge_edition_published_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submitted_by'], ['person.id'], name=op.f('fk_knowledge_edition_submitted_by_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_edition')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_knowledge_edition_article_id_number'))
    )
    with op.batch_alter_table('knowledge_edition', schema=None) as batch_op:
        batch_op.create_index('ux_knowledge_edition_open', ['article_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'review')"), postgresql_where=sa.text("state IN ('draft', 'review')"))
        batch_op.create_index('ux_knowledge_edition_published', ['article_id'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))

    op.create_table('knowledge_label',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=60), nullable=False),
    sa.CheckConstraint("kind IN ('queue', 'point')", name=op.f('ck_knowledge_label_kind_known')),
    sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_label_article_id_knowledge_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', 'kind', 'value', name=op.f('pk_knowledge_label'))
    )
    with op.batch_alter_table('knowledge_label', schema=None) as batch_op:
        batch_op.create_index('ix_knowledge_label_value', ['kind', 'value'], unique=False)

    op.create_table('knowledge_feedback',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('comment', sa.String(length=500), nullable=False),
    sa.Column('said_at', lms.kernel.db.Instant(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.Column('answered_at', lms.kernel.db.Instant(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f('ck_knowledge_feedback_answered_with_words')),
    sa.CheckConstraint("verdict <> 'not_right' OR comment <> ''", name=op.f('ck_knowledge_feedback_not_right_says_what')),
    sa.CheckConstraint("verdict IN ('helpful', 'not_right')", name=op.f('ck_knowledge_feedback_verdict_known')),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_knowledge_feedback_answered_by_person'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['edition_id'], ['knowledge_edition.id'], name=op.f('fk_knowledge_feedback_edition_id_knowledge_edition'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_knowledge_feedback_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_feedback'))
    )
    with op.batch_alter_table('knowledge_feedback', schema=None) as batch_op:
        batch_op.create_index('ix_knowledge_feedback_edition', ['edition_id', 'person_id'], unique=False)
        batch_op.create_index('ix_knowledge_feedback_open', ['verdict', 'answered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_knowledge_feedback_person_id'), ['person_id'], unique=False)
    for statement in _ddl()[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('knowledge_feedback', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_knowledge_feedback_person_id'))
        batch_op.drop_index('ix_knowledge_feedback_open')
        batch_op.drop_index('ix_knowledge_feedback_edition')

    op.drop_table('knowledge_feedback')
    with op.batch_alter_table('knowledge_label', schema=None) as batch_op:
        batch_op.drop_index('ix_knowledge_label_value')

    op.drop_table('knowledge_label')
    with op.batch_alter_table('knowledge_edition', schema=None) as batch_op:
        batch_op.drop_index('ux_knowledge_edition_published', sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
        batch_op.drop_index('ux_knowledge_edition_open', sqlite_where=sa.text("state IN ('draft', 'review')"), postgresql_where=sa.text("state IN ('draft', 'review')"))

    op.drop_table('knowledge_edition')
    with op.batch_alter_table('knowledge_article', schema=None) as batch_op:
        batch_op.drop_index('ix_knowledge_article_review')
        batch_op.drop_index(batch_op.f('ix_knowledge_article_product_id'))
        batch_op.drop_index(batch_op.f('ix_knowledge_article_owner_id'))

    op.drop_table('knowledge_article')
    op.drop_table('knowledge_product')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION knowledge_edition_is_fixed()")
