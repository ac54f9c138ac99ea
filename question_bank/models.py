"""Tables of the question bank: knowledge points, questions and their editions, imports on trial."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id
from question_bank.kinds import KindCode


class EditionState(StrEnum):
    """The life of an edition; forward only, but a review may send it back to draft."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


OPEN_STATES = (EditionState.DRAFT, EditionState.REVIEW)


class Source(StrEnum):
    """Where a question came from."""

    BUNDLED = "bundled"
    OWN = "own"
    IMPORTED = "imported"


class Difficulty(StrEnum):
    """How hard its author thinks it is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class ImportState(StrEnum):
    """Where an import stands. Only `written` has put anything into the bank."""

    READING = "reading"
    COLUMNS = "columns"
    STAGED = "staged"
    FAILED = "failed"
    WRITTEN = "written"
    UNDONE = "undone"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    """What the dry run says about one row."""

    FIT = "fit"
    NOTICE = "notice"
    DUPLICATE = "duplicate"
    ERROR = "error"


class Decision(StrEnum):
    """What shall become of one row."""

    TAKE = "take"
    SKIP = "skip"
    NEW_EDITION = "new_edition"


class KnowledgePoint(Model):
    """A knowledge point, or a subject that holds some (parent_id None)."""

    __tablename__ = "knowledge_point"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("knowledge_point.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(40), default=Source.OWN)


class QuestionCounter(Model):
    """The last number given under each prefix of question codes."""

    __tablename__ = "question_counter"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class Question(Model):
    """What stays the same through all editions of a question.

    unit_path    the part of the organisation it belongs to; "/" for all
    retired_at   no longer drawn from then on; papers that pinned an edition keep it
    replaced_by  the question that took its place when it was retired
    post_id      the post (岗位) it is meant for; None for any
    origin       where its content comes from: a law, a manual, a case; "" where nobody said

    Post, origin and tags are labels: they change without a new edition.
    """

    __tablename__ = "question"
    __table_args__ = (
        enum_check("kind", KindCode),
        enum_check("source", Source),
        CheckConstraint("unit_path LIKE '/%'", name="unit_path_from_root"),
        CheckConstraint("replaced_by_id IS NULL OR replaced_by_id <> id", name="replaced_by_another"),
        CheckConstraint("replaced_by_id IS NULL OR retired_at IS NOT NULL", name="replaced_when_retired"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40), default=Source.OWN)
    unit_path: Mapped[str] = mapped_column(String(200), default="/")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    retired_at: Mapped[datetime | None]
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("question.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    origin: Mapped[str] = mapped_column(String(200), default="")
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("question_import.id", ondelete="RESTRICT"), index=True)


class QuestionTag(Model):
    """A word somebody put on a question."""

    __tablename__ = "question_tag"
    __table_args__ = (Index("ix_question_tag_tag", "tag"),)

    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(30), primary_key=True)


class QuestionEdition(Model):
    """One wording of a question. Once published, neither text nor key nor marks change any more.

    points      hundredths of a mark it is worth unless a paper says otherwise, 1..10000
    text_hash   digest of `compared`, what duplicates are found by
    searched    every text of it, folded: what the search looks through
    by_hand     a person must mark it, or a part of it
    """

    __tablename__ = "question_edition"
    __table_args__ = (
        enum_check("state", EditionState),
        enum_check("difficulty", Difficulty),
        UniqueConstraint("question_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("points BETWEEN 1 AND 10000", name="points_in_range"),
        CheckConstraint("(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name="published_when"),
        CheckConstraint("published_at IS NULL OR knowledge_point_id IS NOT NULL", name="published_has_a_point"),
        CheckConstraint(
            "published_by IS NULL OR (published_by <> created_by AND published_by <> submitted_by)",
            name="published_by_a_second_person",
        ),
        Index(
            "ux_question_edition_open",
            "question_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'review')"),
            postgresql_where=text("state IN ('draft', 'review')"),
        ),
        Index(
            "ux_question_edition_published",
            "question_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_question_edition_drawn", "knowledge_point_id", "state", "difficulty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(40), default=EditionState.DRAFT)
    content: Mapped[dict[str, Any]]
    stem: Mapped[str] = mapped_column(Text)
    compared: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    searched: Mapped[str] = mapped_column(Text, default="")
    by_hand: Mapped[bool] = mapped_column(default=False)
    knowledge_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("knowledge_point.id", ondelete="RESTRICT"))
    difficulty: Mapped[str] = mapped_column(String(40), default=Difficulty.MEDIUM)
    points: Mapped[int]
    review_note: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("question_import.id", ondelete="RESTRICT"), index=True)

    __mapper_args__ = {"version_id_col": version}


class QuestionImport(Model):
    """A file on trial: read, judged row by row, and written as a whole or not at all.

    sha256       the stored file
    layout       {"sheet", "header", "columns"}: how a spreadsheet is read; empty for text
    shape        what the reader found: sheets with their rows, header words, encoding
    counts       rows by verdict
    expires_at   what nobody has written by then is forgotten
    """

    __tablename__ = "question_import"
    __table_args__ = (
        enum_check("state", ImportState),
        CheckConstraint("(state IN ('written', 'undone')) = (written_at IS NOT NULL)", name="written_when"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_when"),
        Index("ix_question_import_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    filename: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    unit_path: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(40), default=ImportState.READING)
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shape: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[dict[str, Any] | None]
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    expires_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class QuestionImportRow(Model):
    """One row of a file on trial, as it came and as it was judged.

    fields       what the file says, after repairs by hand
    troubles     [{"cell", "code", "detail", "notice", "fix"}]
    like_*       the question or the earlier row it resembles, and how much in percent
    compared     what it is compared by, "" while it is no question
    """

    __tablename__ = "question_import_row"
    __table_args__ = (
        enum_check("verdict", Verdict),
        enum_check("decision", Decision),
        UniqueConstraint("import_id", "number"),
        CheckConstraint("like_percent BETWEEN 0 AND 100", name="like_percent_in_range"),
        CheckConstraint("decision <> 'new_edition' OR like_question_id IS NOT NULL", name="new_edition_of_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("question_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]]
    cells: Mapped[dict[str, Any]]
    reader_troubles: Mapped[list[Any]]
    verdict: Mapped[str] = mapped_column(String(40))
    troubles: Mapped[list[Any]]
    decision: Mapped[str] = mapped_column(String(40))
    like_question_id: Mapped[UUID | None] = mapped_column(ForeignKey("question.id", ondelete="SET NULL"), index=True)
    like_row: Mapped[int | None]
    like_percent: Mapped[int] = mapped_column(default=0)
    compared: Mapped[str] = mapped_column(Text, default="")
    written_edition_id: Mapped[UUID | None] = mapped_column(ForeignKey("question_edition.id", ondelete="SET NULL"))


FIXED_COLUMNS = (
    "question_id",
    "number",
    "content",
    "stem",
    "compared",
    "text_hash",
    "knowledge_point_id",
    "difficulty",
    "points",
    "published_at",
    "published_by",
)


def published_edition_ddl() -> dict[str, list[str]]:
    """Return the statements that keep published editions as they are, by dialect; migrations run the same."""
    sqlite_changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED_COLUMNS)
    compared = [f"{{side}}.{name}{'::text' if name == 'content' else ''}" for name in FIXED_COLUMNS]
    new, old = (", ".join(compared).format(side=side) for side in ("NEW", "OLD"))
    shut = "OLD.state IN ('published', 'superseded')"
    back = "NEW.state NOT IN ('published', 'superseded')"
    message = "a published question edition does not change"
    return {
        "sqlite": [
            f"CREATE TRIGGER question_edition_no_change BEFORE UPDATE ON question_edition WHEN {shut} "
            f"AND ({back} OR {sqlite_changed}) BEGIN SELECT RAISE(ABORT, '{message}'); END",
            f"CREATE TRIGGER question_edition_no_delete BEFORE DELETE ON question_edition WHEN {shut} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ],
        "postgresql": [
            "CREATE OR REPLACE FUNCTION question_edition_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN IF {shut} THEN RAISE EXCEPTION '{message}'; END IF; RETURN OLD; END IF; "
            f"IF {shut} AND ({back} OR ({new}) IS DISTINCT FROM ({old})) THEN RAISE EXCEPTION '{message}'; END IF; "
            "RETURN NEW; END $$",
            "CREATE TRIGGER question_edition_no_change BEFORE UPDATE OR DELETE ON question_edition "
            "FOR EACH ROW EXECUTE FUNCTION question_edition_is_fixed()",
        ],
    }


for _dialect, _statements in published_edition_ddl().items():
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]  # untyped upstream
        event.listen(QuestionEdition.__table__, "after_create", _ddl)
