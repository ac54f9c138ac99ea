"""Articles for tests."""

from datetime import date
from uuid import UUID

from lms.access.identity import Identity, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.knowledge.models import KnowledgeProduct
from lms.knowledge.rules import Wording
from lms.knowledge.services import authoring
from tests.factories import identity_with, make_person

LATER = date(2026, 9, 1)


def trainer(name: str = "周老师") -> Identity:
    """Return the identity of a new trainer."""
    return identity_with(Role.TRAINER, person_id=make_person(name, roles=[Role.TRAINER]).id)


def make_product(code: str = "gas-safety", name: str = "燃气安全") -> UUID:
    """Return the id of a product, making it when it isn't there."""
    with unit_of_work() as session:
        found = session.query(KnowledgeProduct).filter_by(code=code).one_or_none()
        if found is None:
            found = KnowledgeProduct(code=code, name=name, name_en=code, position=1)
            session.add(found)
            session.flush()
        return found.id


def make_article(
    code: str, title: str = "闻到燃气味", *, asked: str = "我家有股煤气味", body: str = "先关阀，再开窗。",
    queues: tuple[str, ...] = (), points: tuple[str, ...] = (), owner_id: UUID | None = None,
    review_on: date = LATER, published: bool = True, by: Identity | None = None, product: str = "gas-safety",
) -> None:
    """Make an article, published by a second person unless `published` is False."""
    author, product_id = by or trainer(), make_product(product)
    with unit_of_work() as session:
        authoring.create_article(
            session, code, Wording(title, "", "", asked, body), product_id=product_id, queues=queues, points=points,
            owner_id=owner_id, review_on=review_on, by=author, now=clock.now())
    if published:
        with unit_of_work() as session:
            authoring.hand_in(session, code, changes="", by=author, now=clock.now())
        second = trainer("吴审核")
        with unit_of_work() as session:
            authoring.publish(session, code, review_on=review_on, by=second, now=clock.now())
    reading().rollback()
