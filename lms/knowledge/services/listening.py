"""What readers say of an article reaches its owner; owners are reminded to look at their articles again."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.knowledge.models import Article, ArticleEdition, ArticleFeedback, EditionState, Verdict
from lms.knowledge.rules import reminder_stage
from lms.knowledge.services.authoring import published_edition
from lms.notifications.rules import Recipient
from lms.notifications.services import notify
from lms.people.models import Person, PersonState, RoleAssignment
from lms.people.queries.zones import zone_of_person
from lms.records.services import audit


def say(
    session: Session, code: str, verdict: Verdict, *, comment: str = "", by: Identity, now: datetime
) -> ArticleFeedback:
    """Keep what a reader says of the published edition; "not right" is told to the owner.

    Saying it again replaces what was said of the same edition, unless it is answered. Raises Invalid when "not right"
    doesn't say what, NotFound for an article nobody can read.
    """
    article = session.scalar(select(Article).where(Article.code == code, Article.withdrawn_at.is_(None)))
    edition = published_edition(session, article.id) if article else None
    if article is None or edition is None:
        raise NotFound
    if by.person_id is None:
        raise Refused("knowledge.nobody", _("Sign in first."))
    if verdict is Verdict.NOT_RIGHT and not comment.strip():
        raise Invalid([Problem("comment", _("Say what is not right."))])
    said = session.scalar(select(ArticleFeedback).where(
        ArticleFeedback.edition_id == edition.id, ArticleFeedback.person_id == by.person_id,
        ArticleFeedback.answered_at.is_(None)))
    if said is None:
        said = ArticleFeedback(edition_id=edition.id, person_id=by.person_id)
        session.add(said)
    said.verdict, said.comment, said.said_at = verdict, comment.strip(), now
    session.flush()
    if verdict is Verdict.NOT_RIGHT:
        notify(session, to=[it for it in owners(session, article) if it.person_id != by.person_id],
               slug="knowledge-not-right", key=f"knowledge-not-right:{said.id}:{now.isoformat()}", now=now,
               params={"title": edition.title, "title_en": edition.title_en, "name": by.name, "comment": said.comment},
               link=f"/knowledge/manage/{code}#feedback")
    return said


def answer(session: Session, feedback_id: UUID, *, text: str, by: Identity, now: datetime) -> str:
    """Settle what a reader said, with words that reach them; return the article's code.

    Raises Invalid without words, Conflict when it is settled already.
    """
    said = session.get(ArticleFeedback, feedback_id, with_for_update=True)
    if said is None:
        raise NotFound
    edition = session.get_one(ArticleEdition, said.edition_id)
    article = session.get_one(Article, edition.article_id)
    if said.answered_at is not None:
        raise Conflict("knowledge.answered", _("Somebody has answered this already."))
    if not text.strip():
        raise Invalid([Problem("answer", _("Say what was done about it."))])
    said.answer, said.answered_at, said.answered_by = text.strip(), now, by.person_id
    audit(session, by=by, action="knowledge.answer", subject=f"knowledge:{article.code}", reason=said.answer, now=now)
    notify(session, to=[_recipient(session, session.get_one(Person, said.person_id))], slug="knowledge-answered",
           params={"title": edition.title, "title_en": edition.title_en, "answer": said.answer},
           link=f"/knowledge/{article.code}", key=f"knowledge-answered:{said.id}", now=now)
    return article.code


def remind(session: Session, *, today: date, now: datetime) -> int:
    """Tell the owners of articles whose review date is near or past; return how many were told."""
    told = 0
    rows = session.execute(
        select(Article, ArticleEdition)
        .join(ArticleEdition, (ArticleEdition.article_id == Article.id)
              & (ArticleEdition.state == EditionState.PUBLISHED))
        .where(Article.withdrawn_at.is_(None)).order_by(Article.review_on)
    ).tuples().all()
    for article, edition in rows:
        stage = reminder_stage(article.review_on, today)
        if stage is None:
            break
        told += notify(session, to=owners(session, article), slug="knowledge-review-due",
                       params={"title": edition.title, "title_en": edition.title_en, "review_on": article.review_on,
                               "late": stage != "soon"},
                       link=f"/knowledge/manage/{article.code}",
                       key=f"knowledge-review:{article.id}:{article.review_on}:{stage}", now=now)
    return told


def owners(session: Session, article: Article) -> Sequence[Recipient]:
    """Return whom to tell about an article: its owner, or the training administrators when nobody here owns it."""
    owner = session.get(Person, article.owner_id) if article.owner_id else None
    if owner is not None and owner.state != PersonState.LEFT:
        return [_recipient(session, owner)]
    holders = select(RoleAssignment.person_id).where(
        RoleAssignment.role == Role.TRAINING_ADMIN, RoleAssignment.unit_id.is_(None))
    people = session.scalars(select(Person).where(Person.id.in_(holders), Person.state != PersonState.LEFT))
    return [_recipient(session, person) for person in people]


def _recipient(session: Session, person: Person) -> Recipient:
    return Recipient(person.id, person.name, person.email, person.locale, zone_of_person(session, person.id).key)
