"""A paper of 1,000 questions works in a real browser, singly and all on one page; and an author's trial."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Sitting, SittingAnswer
from lms.exams.services.assigning import assign_exam
from lms.kernel.db import reading, unit_of_work
from tests import factories
from tests.bench.questions import large_exam
from tests.exams.content import put_content

pytestmark = pytest.mark.browser


@pytest.fixture
def content(context, sqlite_backend, now):
    """The bundled questions and exams."""
    put_content(sqlite_backend, now)


def test_a_paper_of_a_thousand_questions_is_worked_singly_and_all_on_one_page(content, site, now):
    large_exam("large", questions=1_000)
    person = factories.make_person("陈雨桐", staff_no="3276")
    with unit_of_work() as session:
        assign_exam(session, "large", person_id=person.id, by=SYSTEM, now=now)
    page = site.enter(person)
    page.goto("/exams/large")
    page.get_by_label("独立完成").check()
    page.get_by_role("button", name="现在开始").click()
    page.locator("[data-ready=true]").wait_for()
    page.locator("#q1 input").nth(1).check()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#q2")).to_be_visible()
    expect(page.locator("#q1")).to_be_hidden()
    page.locator("[data-all]").click()
    expect(page.locator("#q1")).to_be_visible()
    page.locator("#q1000 input").nth(2).check()
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.reload()
    page.locator("[data-ready=true]").wait_for()
    expect(page.locator("#q1 input").nth(1)).to_be_checked()
    expect(page.locator("#q1000 input").nth(2)).to_be_checked()


def test_an_author_tries_a_paper_in_the_real_room_and_nothing_is_recorded(content, site):
    page = site.enter(Role.TRAINER)
    page.goto("/exams/papers/gas-theory/preview?seed=4")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("link", name="进考场试考").click()
    page.locator("[data-ready=true]").wait_for()
    page.keyboard.press("m")  # whatever kind was drawn first, it can be flagged
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.locator("[data-hand-in]").first.click()
    page.locator("[data-confirm-hand-in]").click()
    page.wait_for_url("**/papers/gas-theory/preview?of=1&seed=4")
    assert sent == []
    assert page.evaluate("Object.keys(localStorage).filter(it => it.startsWith('floorready.sitting'))") == []
    for table in (Sitting, SittingAnswer):
        assert reading().scalar(select(func.count()).select_from(table)) == 0
