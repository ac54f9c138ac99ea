"""Exams as candidates sit them, for tests: start, answer, hand in, fail."""

from datetime import timedelta

from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.models import (
    Sitting,
    SittingItem,
)
from lms.exams.services import sitting as services
from lms.kernel.db import reading, unit_of_work
from lms.records.queries import facts_of
from question_bank import kinds
from question_bank import queries as bank
from tests.exams.rows import SEAT, put

MINUTE = timedelta(minutes=1)


def start(assignment_id, person, *, at, seat=SEAT, who=None):
    with unit_of_work() as session:
        sitting = services.start_sitting(session, assignment_id, seat=seat, by=who or SYSTEM, now=at)
    return fresh(Sitting, sitting.id)


def hand_in(sitting, *, at, epoch=1, by=SYSTEM):
    with unit_of_work() as session:
        services.submit(session, sitting.id, epoch=epoch, by=by, now=at)
    return fresh(Sitting, sitting.id)


def fresh(model, key):
    reading().rollback()
    return reading().get_one(model, key, populate_existing=True)


def answer(sitting, *, right, at, epoch=1):
    """Save an answer to every question, the first `right` of them rightly."""
    items = paper(sitting)
    editions = bank.editions(reading(), [item.edition_id for item in items])
    answers = {}
    for item in items:
        edition = editions[item.edition_id]
        make = kinds.key_answer if item.position <= right else kinds.wrong_answer
        answers[item.position] = make(edition.kind, edition.content)
    put(sitting, answers, at=at, epoch=epoch)


def paper(sitting):
    return reading().scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()


def fail(assigned, learner, *, at, right=10):
    sitting = start(assigned, learner, at=at)
    answer(sitting, right=right, at=at + MINUTE)
    return hand_in(sitting, at=at + 2 * MINUTE)


def facts(person):
    reading().rollback()
    return [(it.activity, it.outcome, it.score, it.out_of) for it in facts_of(reading(), person.id)]
