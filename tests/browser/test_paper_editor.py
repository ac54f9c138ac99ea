"""Papers in a real browser: sections, questions put on by hand, the live count, and how candidates meet them."""

import os

import pytest
from playwright.sync_api import expect

from lms.access.identity import SYSTEM, Role
from lms.exams.models import ExamPurpose
from lms.exams.rules.paper import Part
from lms.exams.rules.sections import Section
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import assign_exam
from lms.exams.services.authoring import create_exam, publish_edition
from lms.kernel.db import unit_of_work
from tests import factories
from tests.exams.content import put_content

pytestmark = pytest.mark.browser
LOOK = os.environ.get("LOOK")


def look(page, name, full=True):
    if LOOK:
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=full)


@pytest.fixture
def exam(context, sqlite_backend, now):
    """A published paper of two sections."""
    put_content(sqlite_backend, now)
    terms = Terms(
        (Part(3, 200, subject="gas", kind="single"), Part(4, 100, subject="gas", kind="true_false", section=1)),
        sections=(Section("单项选择题", "每题只有一个正确答案。", minimum=60), Section("判断题")),
    )
    with unit_of_work() as session:
        exam = create_exam(session, code="two", title="两个大题的考试", purpose=ExamPurpose.STAGE, terms=terms,
                           by=SYSTEM, now=now)
        publish_edition(session, exam.id, by=SYSTEM, now=now)
    return exam


def test_an_author_divides_a_paper_and_puts_questions_on_it_by_hand(exam, site):
    page = site.enter(Role.TRAINER)
    page.goto("/exams/papers/two")
    expect(page.locator("[data-section-sum]").first).to_contain_text("3")
    look(page, "editor")
    page.locator("[data-add-section]").click()
    last = page.locator("[data-section]").last
    last.locator("[name=section_title]").fill("案例分析题")
    last.locator("[data-pick]").click()
    page.locator("[data-picker-words]").fill("阀门")
    page.locator("[data-picker-words]").press("Enter")
    buttons = page.locator("[data-picker-found] button")
    buttons.first.click()
    buttons.nth(1).click()
    look(page, "picker", full=False)
    page.locator("[data-picker-close]").click()
    codes = last.locator("[data-code]")
    before = codes.all_inner_texts()
    last.locator("[data-line][data-named]").last.locator("[data-up]").click()
    assert codes.all_inner_texts() == before[::-1]
    expect(last.locator("[data-section-sum]")).to_contain_text("2")
    first = page.locator("[data-line]").first
    first.locator("[name=part_count]").fill("999")
    expect(first.locator("[data-supply]")).to_contain_text("差")
    first.locator("[name=part_count]").fill("3")
    expect(first.locator("[data-supply]")).not_to_contain_text("差")
    look(page, "editor-after")
    page.get_by_role("button", name="保存并发布").click()
    expect(page.get_by_text("已发布第 2 版")).to_be_visible()
    titles = page.locator("[data-sections] [name=section_title]").evaluate_all("all => all.map(it => it.value)")
    assert titles == ["单项选择题", "判断题", "案例分析题"]
    assert page.locator("[data-sections] [data-named] [data-code]").all_inner_texts() == before[::-1]


def test_the_room_shows_the_section_in_which_one_is(exam, site, now):
    person = factories.make_person("陈雨桐", staff_no="3276")
    with unit_of_work() as session:
        assign_exam(session, "two", person_id=person.id, by=SYSTEM, now=now)
    page = site.enter(person)
    page.goto("/exams/two")
    page.get_by_label("独立完成").check()
    page.get_by_role("button", name="现在开始").click()
    page.locator("[data-ready=true]").wait_for()
    room = page.url.split("#")[0]
    for phone in (False, True):
        if phone:
            page = site.enter(person, phone=True)
            page.goto(room)
            page.get_by_role("button", name="在这里继续").click()
            page.locator("[data-ready=true]").wait_for()
        heads = page.locator("[data-section-head]")
        expect(heads.nth(0)).to_be_visible()
        expect(heads.nth(1)).to_be_hidden()
        look(page, f"room-{'phone' if phone else 'desk'}")
        page.locator("[data-go='5']").click()
        expect(heads.nth(1)).to_be_visible()
        expect(heads.nth(0)).to_be_hidden()
