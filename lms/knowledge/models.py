"""Tables of the knowledge base: products, articles with their labels, editions, and what readers say of them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id


class EditionState(StrEnum):
    """The life of an edition; forward only, but a review may send it back to draft."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


OPEN_STATES = (EditionState.DRAFT, EditionState.REVIEW)


class Source(StrEnum):
    """Where an edition came from."""

    BUNDLED = "bundled"
    OWN = "own"


class LabelKind(StrEnum):
    """What an article is found by besides its words."""

    QUEUE = "queue"
    POINT = "point"


class Verdict(StrEnum):
    """What a reader says of an article."""

    HELPFUL = "helpful"
    NOT_RIGHT = "not_right"


class KnowledgeProduct(Model):
    """A product or subject that articles are sorted by, such as 燃气安全."""

    __tablename__ = "knowledge_product"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int]


class Article(Model):
    """What stays the same through all editions of an article.

    owner_id      who answers for it and is reminded; None: the training administrators
    review_on     the day by which somebody has to look whether it is still right
    withdrawn_at  no longer found by readers from then on

    Product, owner, review date, queues and knowledge points are labels: they change without a new edition.
    """

    __tablename__ = "knowledge_article"
    __table_args__ = (Index("ix_knowledge_article_review", "review_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_product.id", ondelete="RESTRICT"), index=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    review_on: Mapped[date]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class ArticleLabel(Model):
    """A queue or a knowledge point that an article belongs to, by its code."""

    __tablename__ = "knowledge_label"
    __table_args__ = (enum_check("kind", LabelKind), Index("ix_knowledge_label_value", "kind", "value"))

    article_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_article.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)


class ArticleEdition(Model):
    """One wording of an article. Once published its words don't change any more.

    asked      the question as callers say it, one wording a line
    body       Markdown
    origin     what it rests on: a law, a procedure, a department
    searched   every text of it, folded: what the search looks through
    """

    __tablename__ = "knowledge_edition"
    __table_args__ = (
        enum_check("state", EditionState),
        enum_check("source", Source),
        UniqueConstraint("article_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name="published_when"),
        CheckConstraint(
            "published_by IS NULL OR (published_by <> created_by AND published_by <> changed_by "
            "AND published_by <> submitted_by)",
            name="published_by_a_second_person",
        ),
        Index("ux_knowledge_edition_open", "article_id", unique=True,
              sqlite_where=text("state IN ('draft', 'review')"),
              postgresql_where=text("state IN ('draft', 'review')")),
        Index("ux_knowledge_edition_published", "article_id", unique=True,
              sqlite_where=text("state = 'published'"), postgresql_where=text("state = 'published'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_article.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(40), default=EditionState.DRAFT)
    source: Mapped[str] = mapped_column(String(40), default=Source.OWN)
    title: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    summary_en: Mapped[str] = mapped_column(String(400), default="")
    asked: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(200), default="")
    searched: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[str] = mapped_column(String(400), default="")
    remark: Mapped[str] = mapped_column(String(400), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    __mapper_args__ = {"version_id_col": version}


class ArticleFeedback(Model):
    """What one reader says of one edition; saying something else replaces it until it is answered.

    answer   what the owner did about it; with answered_at once it is settled
    """

    __tablename__ = "knowledge_feedback"
    __table_args__ = (
        enum_check("verdict", Verdict),
        CheckConstraint("verdict <> 'not_right' OR comment <> ''", name="not_right_says_what"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_with_words"),
        Index("ix_knowledge_feedback_open", "verdict", "answered_at"),
        Index("ix_knowledge_feedback_edition", "edition_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_edition.id", ondelete="RESTRICT"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    verdict: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(String(500), default="")
    said_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


FIXED_COLUMNS = (
    "article_id", "number", "source", "title", "title_en", "summary_en", "asked", "body", "origin", "searched",
    "published_at", "published_by",
)


def published_edition_ddl() -> dict[str, list[str]]:
    """Return the statements that keep published editions as they are, by dialect; migrations run the same."""
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


for _dialect, _statements in published_edition_ddl().items():
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # untyped upstream
        event.listen(ArticleEdition.__table__, "after_create", _ddl)
