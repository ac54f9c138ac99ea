"""The search of the whole site: people, articles, courses, questions, certificates, each as its reader may see it."""

from dataclasses import dataclass
from typing import Final

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from courses.queries import search as find_courses
from lms.access.door import allows, scopes_of
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.certification.queries.listing import search as find_certificates
from lms.knowledge.queries import search as find_articles
from lms.people.queries.people import find_people
from question_bank.models import Question, QuestionEdition

LIMIT: Final = 12
SHORTEST: Final = 1
LONGEST: Final = 60


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    detail: str
    link: str


@dataclass(frozen=True)
class Found:
    """What was found, by kind; kinds the reader may not search stay empty."""

    people: tuple[Hit, ...] = ()
    courses: tuple[Hit, ...] = ()
    questions: tuple[Hit, ...] = ()
    certificates: tuple[Hit, ...] = ()
    articles: tuple[Hit, ...] = ()

    @property
    def total(self) -> int:
        """Return how many things were found."""
        return len(self.people) + len(self.courses) + len(self.questions) + len(self.certificates) \
            + len(self.articles)


def search(session: Session, identity: Identity, text: str, *, english: bool = False) -> Found:
    """Look for a text everywhere the reader may look; initials find people."""
    term = text.replace("\0", "").strip()[:LONGEST]
    if len(term) < SHORTEST:
        return Found()
    return Found(
        people=_people(session, identity, term), courses=_courses(session, identity, term, english=english),
        questions=_questions(session, identity, term), certificates=_certificates(session, identity, term),
        articles=_articles(session, identity, term, english=english),
    )


def _people(session: Session, identity: Identity, term: str) -> tuple[Hit, ...]:
    scopes = scopes_of(identity, Permission.PERSON_LIST)
    return tuple(
        Hit(f"{hit.name} {hit.staff_no}", hit.unit_name, url_for("desk.person_file", person_id=hit.id))
        for hit in find_people(session, term, scopes=scopes, limit=LIMIT)
    )


def _courses(session: Session, identity: Identity, term: str, *, english: bool) -> tuple[Hit, ...]:
    if not allows(identity, Permission.COURSE_STUDY):
        return ()
    return tuple(Hit(hit.title_en or hit.title if english else hit.title, hit.code, hit.link)
                 for hit in find_courses(session, term, LIMIT))


def _articles(session: Session, identity: Identity, term: str, *, english: bool) -> tuple[Hit, ...]:
    if not allows(identity, Permission.KNOWLEDGE_READ):
        return ()
    return tuple(Hit(hit.title_en or hit.title if english else hit.title, hit.asked,
                     url_for("knowledge.show", code=hit.code)) for hit in find_articles(session, term, limit=LIMIT))


def _questions(session: Session, identity: Identity, term: str) -> tuple[Hit, ...]:
    if not allows(identity, Permission.QUESTION_READ):
        return ()
    rows = session.execute(
        select(Question.code, QuestionEdition.stem)
        .join(QuestionEdition, QuestionEdition.question_id == Question.id)
        .where(or_(Question.code.istartswith(term, autoescape=True),
                   QuestionEdition.stem.icontains(term, autoescape=True)))
        .order_by(Question.code, QuestionEdition.number.desc()).limit(LIMIT * 3)
    )
    newest = {code: Hit(stem[:60], code, url_for("questions.index", q=code)) for code, stem in rows}
    return tuple(newest.values())[:LIMIT]


def _certificates(session: Session, identity: Identity, term: str) -> tuple[Hit, ...]:
    scopes = scopes_of(identity, Permission.CERTIFICATE_READ)
    return tuple(
        Hit(number, f"{name} · {certification}", url_for("certification.show", certificate_id=key))
        for key, number, name, certification in find_certificates(session, term, scopes, LIMIT)
    )
