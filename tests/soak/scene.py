"""What a soak starts from: candidates who lack one exam for a certificate, each with a sitting that runs."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.desk.bundled import load_bundled_content
from lms.exams.models import Sitting, SittingItem
from lms.exams.saving.tokens import Seat
from lms.exams.services.assigning import assign_exam
from lms.exams.services.sitting import start_sitting
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person
from lms.records.models import Outcome
from question_bank import kinds, queries
from tests.factories import account_of, make_fact, make_person

EXAM, COURSE = "service-theory", "course:service-norms"
LONG = 720  # minutes of extra time: no sitting ends by itself while the soak runs
SEAT = "soak-seat-secret-of-one-browser"


@dataclass(frozen=True)
class Candidate:
    """One person in the exam room.

    keys     the right answer to each question of the paper, by its position 1..
    cookies  what a signed-in browser sends
    """

    number: int
    person_id: UUID
    sitting_id: UUID
    token: str
    keys: dict[int, object]
    cookies: dict[bytes, bytes]


def set_the_scene(app: Flask, number: int) -> list[Candidate]:
    """Make the content, `number` candidates and their sittings; return the candidates."""
    with app.app_context():
        with unit_of_work() as session:
            load_bundled_content(session, now=clock.now())
        return [_candidate(app, each) for each in range(1, number + 1)]


def _candidate(app: Flask, number: int) -> Candidate:
    person = make_person(f"考生{number}", email=f"candidate{number}@example.test", staff_no=f"S{number:04}")
    make_fact(person, COURSE, Outcome.COMPLETED, at=clock.now() - timedelta(days=1))
    sitting = _sitting_of(person)
    seat = app.extensions["exams.seat_tokens"].make(Seat(sitting.id, person.id, 1))
    return Candidate(number, person.id, sitting.id, seat, _keys(sitting), cookies_of(app, person))


def _sitting_of(person: Person) -> Sitting:
    with unit_of_work() as session:
        now = clock.now()
        assignment = assign_exam(session, EXAM, person_id=person.id, extra_minutes=LONG, by=SYSTEM, now=now)
        return start_sitting(session, assignment.id, seat=SEAT, by=SYSTEM, now=now)


def _keys(sitting: Sitting) -> dict[int, object]:
    items = reading().scalars(select(SittingItem).where(SittingItem.sitting_id == sitting.id)).all()
    editions = queries.editions(reading(), [item.edition_id for item in items])
    asked = {item.position: editions[item.edition_id] for item in items}
    return {position: kinds.key_answer(it.kind, it.content) for position, it in asked.items()}


def cookies_of(app: Flask, person: Person) -> dict[bytes, bytes]:
    """Return the cookies of a browser that the person has signed in with, and that holds their seat."""
    token = account_of(person).fs_uniquifier
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie.update({"_user_id": token, "_fresh": True, "fs_cc": "set", "identity.id": token})
    kept = browser.get_cookie("session")
    assert kept is not None
    return {b"session": kept.value.encode(), b"exam_seat": SEAT.encode()}
