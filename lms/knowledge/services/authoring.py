"""From draft to published: write, hand in, send back, publish by another person, discard, withdraw."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.db import new_id
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.kernel.searching import folded
from lms.knowledge.models import (
    OPEN_STATES,
    Article,
    ArticleEdition,
    ArticleLabel,
    EditionState,
    KnowledgeProduct,
    LabelKind,
    Source,
)
from lms.knowledge.rules import CODE, Lack, Wording, lacks, may_publish
from lms.records.services import audit


def create_article(
    session: Session, code: str, wording: Wording, *, product_id: UUID, queues: Collection[str] = (),
    points: Collection[str] = (), owner_id: UUID | None, review_on: date, by: Identity, now: datetime,
) -> Article:
    """Begin an article with its first draft. Raises Invalid for a code that is taken or can't be an address."""
    if not CODE.match(code):
        raise Invalid([Problem("code", _("Small letters, digits and hyphens only, such as meter-reading."))])
    if session.scalar(select(Article.id).where(Article.code == code)):
        raise Invalid([Problem("code", _("There is an article with this code."))])
    article = Article(id=new_id(), code=code, product_id=product_id, owner_id=owner_id, review_on=review_on,
                      created_at=now, created_by=by.person_id)
    session.add(article)
    session.flush()
    put_labels(session, article.id, queues=queues, points=points)
    session.add(new_edition(article.id, 1, wording, Source.OWN, by, now))
    _audit(session, article, "knowledge.create", by, now)
    return article


def write_draft(
    session: Session, code: str, wording: Wording, *, seen: int | None, by: Identity, now: datetime
) -> ArticleEdition:
    """Keep what was written as the article's draft; a published article gets its next edition.

    seen   the draft's version when its author began to write; None: there was no draft

    Raises Conflict when somebody else changed the draft meanwhile, or it is in review.
    """
    article = article_of(session, code)
    draft = open_edition(session, article.id)
    if draft is None:
        if seen is not None:
            raise Conflict("knowledge.draft_gone", _("The draft was published or thrown away meanwhile."))
        draft = new_edition(article.id, next_number(session, article.id), wording, Source.OWN, by, now)
        session.add(draft)
    else:
        if draft.state == EditionState.REVIEW:
            raise Conflict("knowledge.in_review", _("This article is in review: it can't be changed now."))
        if draft.version != seen:
            raise Conflict("knowledge.changed_meanwhile", _("Somebody else changed this draft meanwhile."))
        put_words(draft, wording)
        draft.changed_at, draft.changed_by = now, by.person_id
    _audit(session, article, "knowledge.write", by, now)
    return draft


def hand_in(session: Session, code: str, *, changes: str, by: Identity, now: datetime) -> ArticleEdition:
    """Hand a draft in for review. Raises Invalid naming what it lacks, Conflict for no draft."""
    article = article_of(session, code)
    draft = _open_in(session, article, EditionState.DRAFT)
    words = {Lack.TITLE: _("write a title"), Lack.ASKED: _("write the question as callers say it"),
             Lack.BODY: _("write the answer")}
    missing = lacks(title=draft.title, asked=draft.asked, body=draft.body)
    if missing:
        raise Invalid([Problem(lack.value, words[lack]) for lack in missing])
    draft.state, draft.changes, draft.remark = EditionState.REVIEW, changes.strip(), ""
    draft.submitted_at, draft.submitted_by = now, by.person_id
    _audit(session, article, "knowledge.hand_in", by, now, changes)
    return draft


def send_back(session: Session, code: str, *, remark: str, by: Identity, now: datetime) -> None:
    """Return an edition to its authors. Raises Invalid without a remark, Conflict when it isn't in review."""
    article = article_of(session, code)
    edition = _open_in(session, article, EditionState.REVIEW)
    if not remark.strip():
        raise Invalid([Problem("remark", _("Say what should be changed."))])
    edition.state, edition.remark = EditionState.DRAFT, remark.strip()
    _audit(session, article, "knowledge.send_back", by, now, remark)


def publish(session: Session, code: str, *, review_on: date, by: Identity, now: datetime) -> ArticleEdition:
    """Publish the edition in review in the place of the one before; its words never change after that.

    review_on   the day by which somebody looks at it again

    Raises Refused for whoever had a hand in it, Conflict when it isn't in review.
    """
    article = article_of(session, code)
    edition = _open_in(session, article, EditionState.REVIEW)
    if not may_publish({edition.created_by, edition.changed_by, edition.submitted_by}, by.person_id):
        raise Refused("knowledge.own_work", _("You had a hand in this article: somebody else has to publish it."))
    put_in_force(session, edition, by=by, now=now)
    article.review_on, article.checked_at, article.checked_by = review_on, now, by.person_id
    _audit(session, article, "knowledge.publish", by, now)
    return edition


def put_in_force(session: Session, edition: ArticleEdition, *, by: Identity, now: datetime) -> None:
    """Make an edition the one that readers get; the one before stays on record."""
    before = published_edition(session, edition.article_id)
    if before is not None:
        before.state = EditionState.SUPERSEDED
        session.flush()
    edition.state, edition.published_at, edition.published_by = EditionState.PUBLISHED, now, by.person_id
    session.flush()


def discard_draft(session: Session, code: str, *, by: Identity, now: datetime) -> bool:
    """Throw a draft away; an article that never was published goes with it. Return whether the article is left."""
    article = article_of(session, code)
    draft = _open_in(session, article, EditionState.DRAFT)
    _audit(session, article, "knowledge.discard", by, now)
    session.delete(draft)
    session.flush()
    if session.scalar(select(func.count()).where(ArticleEdition.article_id == article.id)):
        return True
    session.execute(delete(ArticleLabel).where(ArticleLabel.article_id == article.id))
    session.delete(article)
    session.flush()
    return False


def change_labels(
    session: Session, code: str, *, product_id: UUID, queues: Collection[str], points: Collection[str],
    owner_id: UUID | None, review_on: date, by: Identity, now: datetime,
) -> None:
    """Change what an article is sorted by, who answers for it, and its review date: at once, without an edition."""
    article = article_of(session, code)
    before = (article.product_id, article.owner_id, article.review_on)
    article.product_id, article.owner_id, article.review_on = product_id, owner_id, review_on
    put_labels(session, article.id, queues=queues, points=points)
    changes = {name: [str(old), str(new)] for name, old, new in zip(
        ("product", "owner", "review_on"), before, (product_id, owner_id, review_on), strict=True) if old != new}
    changes |= {"queues": sorted(queues), "points": sorted(points)}
    audit(session, by=by, action="knowledge.labels", subject=f"knowledge:{code}", changes=changes, now=now)


def still_right(session: Session, code: str, *, review_on: date, by: Identity, now: datetime) -> None:
    """Note that somebody looked and the article is right, and when to look again. Raises Invalid for a day past."""
    article = article_of(session, code)
    if review_on <= now.date():
        raise Invalid([Problem("review_on", _("Choose a day to come."))])
    before, article.review_on = article.review_on, review_on
    article.checked_at, article.checked_by = now, by.person_id
    audit(session, by=by, action="knowledge.still_right", subject=f"knowledge:{code}", now=now,
          changes={"review_on": [str(before), str(review_on)]})


def withdraw(session: Session, code: str, *, reason: str, by: Identity, now: datetime) -> None:
    """Take an article out of what readers find. Raises Invalid without a reason, Conflict when it is out already."""
    article = article_of(session, code)
    if article.withdrawn_at is not None:
        raise Conflict("knowledge.withdrawn", _("This article is withdrawn already."))
    if not reason.strip():
        raise Invalid([Problem("reason", _("Say why."))])
    article.withdrawn_at = now
    _audit(session, article, "knowledge.withdraw", by, now, reason)


def restore(session: Session, code: str, *, by: Identity, now: datetime) -> None:
    """Let readers find a withdrawn article again."""
    article = article_of(session, code)
    article.withdrawn_at = None
    _audit(session, article, "knowledge.restore", by, now)


def add_product(session: Session, name: str, name_en: str, *, by: Identity, now: datetime) -> KnowledgeProduct:
    """Add a product to sort articles by. Raises Invalid when there is one of that name."""
    name = name.strip()
    if not name or session.scalar(select(KnowledgeProduct.id).where(KnowledgeProduct.name == name)):
        raise Invalid([Problem("name", _("There is a product of this name."))])
    last = session.scalar(select(func.max(KnowledgeProduct.position))) or 0
    product = KnowledgeProduct(id=new_id(), code=f"own-{last + 1}", name=name, name_en=name_en.strip(),
                               position=last + 1)
    session.add(product)
    session.flush()
    audit(session, by=by, action="knowledge.product", subject=f"knowledge_product:{product.code}", reason=name, now=now)
    return product


def article_of(session: Session, code: str) -> Article:
    """Return an article for changing it. Raises NotFound."""
    article = session.scalar(select(Article).where(Article.code == code).with_for_update())
    if article is None:
        raise NotFound
    return article


def open_edition(session: Session, article_id: UUID) -> ArticleEdition | None:
    """Return the draft or the edition in review."""
    return session.scalar(
        select(ArticleEdition).where(ArticleEdition.article_id == article_id, ArticleEdition.state.in_(OPEN_STATES))
    )


def published_edition(session: Session, article_id: UUID) -> ArticleEdition | None:
    """Return the edition readers get."""
    return session.scalar(select(ArticleEdition).where(
        ArticleEdition.article_id == article_id, ArticleEdition.state == EditionState.PUBLISHED))


def next_number(session: Session, article_id: UUID) -> int:
    """Return the number of the next edition, 1 for the first."""
    latest = session.scalar(select(func.max(ArticleEdition.number)).where(ArticleEdition.article_id == article_id))
    return (latest or 0) + 1


def new_edition(
    article_id: UUID, number: int, wording: Wording, source: Source, by: Identity, now: datetime
) -> ArticleEdition:
    """Return a fresh draft."""
    edition = ArticleEdition(
        id=new_id(), article_id=article_id, number=number, state=EditionState.DRAFT, source=source,
        created_at=now, created_by=by.person_id, changed_at=now, changed_by=by.person_id,
    )
    put_words(edition, wording)
    return edition


def put_words(edition: ArticleEdition, wording: Wording) -> None:
    """Write words into a draft, with what the search looks through."""
    for name, value in asdict(wording).items():
        setattr(edition, name, value.replace("\r\n", "\n").strip())
    edition.searched = " ".join(
        folded(text) for text in (edition.title, edition.title_en, edition.summary_en, edition.asked, edition.body)
    )


def put_labels(session: Session, article_id: UUID, *, queues: Collection[str], points: Collection[str]) -> None:
    """Let an article belong to exactly these queues and knowledge points."""
    session.execute(delete(ArticleLabel).where(ArticleLabel.article_id == article_id))
    session.add_all(
        ArticleLabel(article_id=article_id, kind=kind, value=value)
        for kind, values in ((LabelKind.QUEUE, queues), (LabelKind.POINT, points)) for value in sorted(set(values))
    )
    session.flush()


def _open_in(session: Session, article: Article, state: EditionState) -> ArticleEdition:
    edition = open_edition(session, article.id)
    if edition is None or edition.state != state:
        message = _("There is no draft.") if state is EditionState.DRAFT else _("This article is not in review.")
        raise Conflict(f"knowledge.not_{state.value}", message)
    return edition


def _audit(
    session: Session, article: Article, action: str, by: Identity, now: datetime, reason: str = ""
) -> None:
    session.flush()
    audit(session, by=by, action=action, subject=f"knowledge:{article.code}", reason=reason.strip(), now=now)
