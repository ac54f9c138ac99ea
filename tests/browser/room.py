"""What tests of the exam room share: somebody with an exam to sit, what they do on its page, what is on disk."""

import json
import re
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.models import ExamPurpose, SittingAnswer
from lms.exams.rules.paper import Part
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import assign_exam
from lms.exams.services.authoring import create_exam, publish_edition
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person
from tests import factories
from tests.exams.content import put_content

STATE = re.compile(r"/state$")


def make_learner(backend: Any, now: datetime) -> Person:
    """Return somebody with a three-question exam to sit, to be sat again at once after a failure."""
    put_content(backend, now)
    person = factories.make_person("陈雨桐", staff_no="3276")
    terms = Terms((Part(3, 100, subject="gas", kind="single"),), resit=ResitPolicy(wait_days=0, retrain=False))
    with unit_of_work() as session:
        exam = create_exam(session, code="short", title="应急处置小考", purpose=ExamPurpose.STAGE, terms=terms,
                           by=SYSTEM, now=now)
        publish_edition(session, exam.id, by=SYSTEM, now=now)
        assign_exam(session, "short", person_id=person.id, by=SYSTEM, now=now)
    return person


def start(page: Page) -> None:
    """Begin the exam, its rules accepted."""
    page.goto("/exams/short")
    page.get_by_label(re.compile("独立完成")).check()
    page.get_by_role("button", name="现在开始").click()
    ready(page)


def ready(page: Page) -> None:
    """Wait until the page's scripts have run."""
    page.locator("[data-ready=true]").wait_for()


def option(page: Page, place: int, question: int = 1) -> Locator:
    """Return an option by its place on the page, 0 for the first."""
    return page.locator(f"#q{question} input").nth(place)


def chosen(page: Page, question: int = 1) -> int:
    """Return the place of the option that is chosen, -1 for none."""
    place: int = page.locator(f"#q{question} input").evaluate_all("all => all.findIndex(it => it.checked)")
    return place


def saved_word(page: Page) -> Locator:
    """Return what the page says of its last save."""
    return page.locator("[data-saved]")


def on_disk() -> list[tuple[int, int, object, str]]:
    """Return every save that the server has: (question, seat's epoch, answer, verdict)."""
    reading().rollback()
    rows = reading().scalars(select(SittingAnswer).order_by(SittingAnswer.epoch, SittingAnswer.sequence))
    return [(row.item, row.epoch, json.loads(row.body), row.verdict) for row in rows]
