"""Reads of the knowledge base, as plain frozen data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.searching import folded, pieces_of, shares, words_of
from lms.knowledge.models import (
    OPEN_STATES,
    Article,
    ArticleEdition,
    ArticleFeedback,
    ArticleLabel,
    EditionState,
    KnowledgeProduct,
    LabelKind,
    Verdict,
)
from lms.knowledge.rules import Wording, first_answer
from lms.people.models import Person

LONGEST_TERM: Final = 200
TITLE, ASKED, BODY = 4, 4, 1  # what a piece weighs where it stands
EXACT: Final = 10**7
NEAR_PERCENT: Final = 35  # of the best one's share: what shares less isn't shown
LEAST_SHARE: Final = 4000


@dataclass(frozen=True, slots=True)
class Hit:
    """One article of a list or search."""

    code: str
    title: str
    title_en: str
    summary_en: str
    asked: str
    answer: str
    product: str
    product_en: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as its readers get it."""

    code: str
    edition_id: UUID
    number: int
    wording: Wording
    product: str
    product_en: str
    queues: tuple[str, ...]
    points: tuple[str, ...]
    owner: str
    review_on: date
    published_at: datetime
    checked_at: datetime | None
    source: str

    @property
    def asked(self) -> list[str]:
        """Return the question as callers say it, one wording each."""
        return [line for line in self.wording.asked.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product and how many articles readers find under it."""

    id: UUID
    code: str
    name: str
    name_en: str
    articles: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader said of an edition."""

    id: UUID
    number: int
    name: str
    verdict: str
    comment: str
    said_at: datetime
    answer: str
    answered_at: datetime | None


def search(
    session: Session, term: str = "", *, product: str = "", queue: str = "", limit: int = 30
) -> tuple[Hit, ...]:
    """Return the articles that answer a term or a whole sentence, best first; without a term all, product by product.

    Articles that hold every word as typed come before those that only share pairs of characters with a sentence.
    """
    term = term.replace("\0", "").strip()[:LONGEST_TERM]
    words, pieces = words_of(term), pieces_of(term)
    statement = _published(product, queue)
    if words:
        statement = statement.where(_may_fit(words, pieces))
    rows = session.execute(statement).tuples().all()
    if words:
        rows = _ranked(rows, words, pieces)
    queues = _labels(session, (article.id for article, _edition, _product in rows[:limit]), LabelKind.QUEUE)
    return tuple(_hit(edition, shelf, article.code, queues.get(article.id, ()))
                 for article, edition, shelf in rows[:limit])


def about(
    session: Session, sentences: Sequence[str], *, queue: str = "", points: Collection[str] = (), limit: int = 4
) -> tuple[Hit, ...]:
    """Return what to read again after these things went wrong: by knowledge point, then by words, then by queue."""
    found: dict[str, Hit] = {}
    if points:
        pointed = select(ArticleLabel.article_id).where(
            ArticleLabel.kind == LabelKind.POINT, ArticleLabel.value.in_(points))
        for article, edition, product in session.execute(_published("", "").where(Article.id.in_(pointed))).tuples():
            found[article.code] = _hit(edition, product, article.code, ())
    for sentence in sentences:
        for hit in search(session, sentence, queue=queue, limit=1):
            found.setdefault(hit.code, hit)
    if queue and len(found) < limit:
        for hit in search(session, queue=queue, limit=limit):
            found.setdefault(hit.code, hit)
    return tuple(found.values())[:limit]


def by_point(session: Session, points: Collection[str], *, each: int = 2) -> dict[str, tuple[Hit, ...]]:
    """Return knowledge point -> at most `each` articles about it; points that none is about are absent."""
    rows = session.execute(
        _published("", "").add_columns(ArticleLabel.value).join(ArticleLabel, ArticleLabel.article_id == Article.id)
        .where(ArticleLabel.kind == LabelKind.POINT, ArticleLabel.value.in_(points))
    ).tuples()
    found: dict[str, list[Hit]] = {}
    for article, edition, product, point in rows:
        found.setdefault(point, []).append(_hit(edition, product, article.code, ()))
    return {point: tuple(hits[:each]) for point, hits in found.items()}


def readable(session: Session, code: str) -> Reading | None:
    """Return the published edition of an article; None while readers don't find it."""
    row = session.execute(_published("", "").where(Article.code == code)).tuples().first()
    if row is None:
        return None
    article, edition, product = row
    labels = {kind: _labels(session, [article.id], kind).get(article.id, ()) for kind in LabelKind}
    owner = session.scalar(select(Person.name).where(Person.id == article.owner_id)) or ""
    if edition.published_at is None:
        raise ValueError("a published edition has its instant")
    return Reading(code, edition.id, edition.number, wording_of(edition), product.name, product.name_en,
                   labels[LabelKind.QUEUE], labels[LabelKind.POINT], owner, article.review_on, edition.published_at,
                   article.checked_at, edition.source)


def wording_of(edition: ArticleEdition) -> Wording:
    """Return the words of an edition."""
    return Wording(edition.title, edition.title_en, edition.summary_en, edition.asked, edition.body, edition.origin)


def products(session: Session) -> tuple[ProductRow, ...]:
    """Return the products in order, with the number of articles that readers find."""
    counts: Mapping[UUID, int] = dict(session.execute(
        select(Article.product_id, func.count())
        .join(ArticleEdition, ArticleEdition.article_id == Article.id)
        .where(ArticleEdition.state == EditionState.PUBLISHED, Article.withdrawn_at.is_(None))
        .group_by(Article.product_id)).tuples().all())
    rows = session.scalars(select(KnowledgeProduct).order_by(KnowledgeProduct.position, KnowledgeProduct.code))
    return tuple(ProductRow(row.id, row.code, row.name, row.name_en, counts.get(row.id, 0)) for row in rows)


def titles(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return the titles of published articles by code; unknown ones are absent."""
    rows = session.execute(_published("", "").where(Article.code.in_(codes))).tuples()
    return {article.code: edition.title for article, edition, _product in rows}


def managed() -> Select[*tuple[Any, ...]]:
    """Return the statement of the authors' list: each article with its latest edition and open complaints."""
    latest = (select(func.max(ArticleEdition.number)).where(ArticleEdition.article_id == Article.id)
              .correlate(Article).scalar_subquery())
    complaints = (
        select(func.count()).select_from(ArticleFeedback)
        .join(of := aliased(ArticleEdition), of.id == ArticleFeedback.edition_id)
        .where(of.article_id == Article.id, ArticleFeedback.verdict == Verdict.NOT_RIGHT,
               ArticleFeedback.answered_at.is_(None))
        .correlate(Article).scalar_subquery())
    statement: Select[*tuple[Any, ...]] = (
        select(Article.code, Article.review_on, Article.withdrawn_at, ArticleEdition.title, ArticleEdition.title_en,
               ArticleEdition.number, ArticleEdition.state, ArticleEdition.changed_at,
               KnowledgeProduct.name.label("product"), KnowledgeProduct.name_en.label("product_en"),
               Person.name.label("owner"), complaints.label("complaints"))
        .join(ArticleEdition, and_(ArticleEdition.article_id == Article.id, ArticleEdition.number == latest))
        .join(KnowledgeProduct, KnowledgeProduct.id == Article.product_id)
        .outerjoin(Person, Person.id == Article.owner_id)
    )
    return statement


def editions(session: Session, article_id: UUID) -> Sequence[ArticleEdition]:
    """Return every edition of an article, the latest first."""
    return session.scalars(
        select(ArticleEdition).where(ArticleEdition.article_id == article_id).order_by(ArticleEdition.number.desc())
    ).all()


def names_of(session: Session, rows: Iterable[ArticleEdition]) -> dict[UUID | None, str]:
    """Return the names of whoever had a hand in these editions."""
    wanted = {it for row in rows for it in (row.changed_by, row.submitted_by, row.published_by) if it is not None}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).tuples().all())


def said_of(session: Session, article_id: UUID, *, limit: int = 50) -> tuple[Said, ...]:
    """Return what readers said is not right, what waits first, then the latest."""
    rows = session.execute(
        select(ArticleFeedback, ArticleEdition.number, Person.name)
        .join(ArticleEdition, ArticleEdition.id == ArticleFeedback.edition_id)
        .join(Person, Person.id == ArticleFeedback.person_id)
        .where(ArticleEdition.article_id == article_id, ArticleFeedback.verdict == Verdict.NOT_RIGHT)
        .order_by(ArticleFeedback.answered_at.is_not(None), ArticleFeedback.said_at.desc()).limit(limit)).tuples()
    return tuple(Said(row.id, number, name, row.verdict, row.comment, row.said_at, row.answer, row.answered_at)
                 for row, number, name in rows)


def helpful(session: Session, article_id: UUID) -> tuple[int, int]:
    """Return how many readers called an article helpful, and how many not right, over all its editions."""
    rows = dict(session.execute(
        select(ArticleFeedback.verdict, func.count(func.distinct(ArticleFeedback.person_id)))
        .join(ArticleEdition, ArticleEdition.id == ArticleFeedback.edition_id)
        .where(ArticleEdition.article_id == article_id).group_by(ArticleFeedback.verdict)).tuples().all())
    return rows.get(Verdict.HELPFUL, 0), rows.get(Verdict.NOT_RIGHT, 0)


def own_verdict(session: Session, edition_id: UUID, person_id: UUID | None) -> str:
    """Return what a reader last said of an edition, "" for nothing."""
    said = select(ArticleFeedback.verdict).where(
        ArticleFeedback.edition_id == edition_id, ArticleFeedback.person_id == person_id)
    return session.scalar(said.order_by(ArticleFeedback.said_at.desc()).limit(1)) or ""


def waiting(session: Session) -> int:
    """Return how many articles wait for somebody to publish them."""
    statement = select(func.count()).select_from(ArticleEdition).where(ArticleEdition.state == OPEN_STATES[1])
    return session.scalar(statement) or 0


_Rows = Sequence[tuple[Article, ArticleEdition, KnowledgeProduct]]


def _published(product: str, queue: str) -> Select[Article, ArticleEdition, KnowledgeProduct]:
    statement = (
        select(Article, ArticleEdition, KnowledgeProduct)
        .join(ArticleEdition, ArticleEdition.article_id == Article.id)
        .join(KnowledgeProduct, KnowledgeProduct.id == Article.product_id)
        .where(ArticleEdition.state == EditionState.PUBLISHED, Article.withdrawn_at.is_(None))
        .order_by(KnowledgeProduct.position, Article.id)  # ids sort by age
    )
    if product:
        statement = statement.where(KnowledgeProduct.code == product)
    if queue:
        serving = select(ArticleLabel.article_id).where(
            ArticleLabel.kind == LabelKind.QUEUE, ArticleLabel.value == queue)
        statement = statement.where(Article.id.in_(serving))
    return statement


def _may_fit(words: Sequence[str], pieces: Sequence[str]) -> ColumnElement[bool]:
    whole = and_(*[_holds(word) for word in words])
    return or_(whole, *[_holds(piece) for piece in pieces])


def _holds(word: str) -> ColumnElement[bool]:
    return or_(ArticleEdition.searched.contains(word, autoescape=True), Article.code == word)


def _ranked(rows: _Rows, words: Sequence[str], pieces: Sequence[str]) -> _Rows:
    parts = [[(folded(edition.title), TITLE), (folded(edition.asked), ASKED), (edition.searched, BODY)]
             for _article, edition, _product in rows]
    scores = shares(pieces, parts)
    for at, (article, edition, _product) in enumerate(rows):
        if article.code in words or all(word in edition.searched for word in words):
            scores[at] += EXACT + EXACT * sum(word in parts[at][0][0] for word in words)
    near = max((score for score in scores if score < EXACT), default=0) * NEAR_PERCENT // 100
    kept = [at for at, score in enumerate(scores) if score >= max(near, LEAST_SHARE)]
    return [rows[at] for at in sorted(kept, key=lambda at: -scores[at])]


def _labels(session: Session, article_ids: Iterable[UUID], kind: LabelKind) -> dict[UUID, tuple[str, ...]]:
    rows = session.execute(
        select(ArticleLabel.article_id, ArticleLabel.value)
        .where(ArticleLabel.kind == kind, ArticleLabel.article_id.in_(list(article_ids)))
        .order_by(ArticleLabel.value)).tuples()
    found: dict[UUID, tuple[str, ...]] = {}
    for article_id, value in rows:
        found[article_id] = (*found.get(article_id, ()), value)
    return found


def _hit(edition: ArticleEdition, product: KnowledgeProduct, code: str, queues: tuple[str, ...]) -> Hit:
    asked = next((line for line in edition.asked.splitlines() if line.strip()), "")
    return Hit(code, edition.title, edition.title_en, edition.summary_en, asked, first_answer(edition.body),
               product.name, product.name_en, queues)
