"""The bundled articles, put into the base."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.kernel.db import new_id
from lms.knowledge import library
from lms.knowledge.models import Article, ArticleEdition, EditionState, KnowledgeProduct, Source
from lms.knowledge.rules import Wording
from lms.knowledge.services.authoring import new_edition, next_number, published_edition, put_in_force, put_labels
from lms.records.services import audit


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading changed."""

    added: int
    renewed: int


def load_bundled(session: Session, *, now: datetime, by: Identity = SYSTEM) -> LoadReport:
    """Load the bundled articles; what a release changed arrives as the next edition.

    An article whose published edition is the organisation's own, and one that was withdrawn, are left alone. Loading
    twice changes nothing. Raises LibraryError before anything is written when the library is not sound.
    """
    entries = library.articles()
    products = _load_products(session)
    known = {article.code: article for article in session.scalars(select(Article))}
    added = renewed = 0
    for entry in entries:
        article = known.get(entry.code)
        if article is None:
            article = Article(id=new_id(), code=entry.code, product_id=products[entry.product].id,
                              review_on=entry.review_on, created_at=now)
            session.add(article)
            session.flush()
            put_labels(session, article.id, queues=entry.queues, points=entry.points)
            _publish(session, article, entry.wording, by, now)
            added += 1
        elif article.withdrawn_at is None and _outdated(published_edition(session, article.id), entry.wording):
            article.review_on = max(article.review_on, entry.review_on)
            _publish(session, article, entry.wording, by, now)
            renewed += 1
    if added or renewed:
        audit(session, by=by, action="knowledge.load_bundled", subject="knowledge:bundled", now=now,
              changes={"articles": [0, added], "editions": [0, renewed]})
    return LoadReport(added, renewed)


def _publish(session: Session, article: Article, wording: Wording, by: Identity, now: datetime) -> None:
    edition = new_edition(article.id, next_number(session, article.id), wording, Source.BUNDLED, by, now)
    # Put down as published at once: a draft of somebody else's may be open beside it.
    edition.state, edition.published_at = EditionState.SUPERSEDED, now
    session.add(edition)
    session.flush()
    put_in_force(session, edition, by=by, now=now)


def _outdated(edition: ArticleEdition | None, wording: Wording) -> bool:
    if edition is None or edition.source != Source.BUNDLED:
        return False
    kept = Wording(edition.title, edition.title_en, edition.summary_en, edition.asked, edition.body, edition.origin)
    return kept != wording


def _load_products(session: Session) -> dict[str, KnowledgeProduct]:
    known = {product.code: product for product in session.scalars(select(KnowledgeProduct))}
    for position, entry in enumerate(library.products(), 1):
        if entry.code not in known:
            known[entry.code] = KnowledgeProduct(id=new_id(), code=entry.code, name=entry.name, name_en=entry.name_en,
                                                 position=position)
            session.add(known[entry.code])
    session.flush()
    return known
