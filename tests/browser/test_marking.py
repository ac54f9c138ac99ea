"""Marking by keys in a real browser: digits tick the rubric, Enter saves and goes on, nothing written is lost."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.exams.models import ItemMarking, Sitting
from lms.kernel.db import reading
from tests import factories
from tests.exams.papers import SHORT, make_question, sit

pytestmark = pytest.mark.browser
ANSWERS = ("先听她说完，再复述地址。", "让她冷静。", "马上派人。")


@pytest.fixture
def three(site, monkeypatch):
    """Three answers to one question that wait for a marker with a licence; the question."""
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: True)
    with site.app.app_context():
        short = make_question("short", SHORT)
        for name, said in zip(("赵一鸣", "钱二娟", "孙三好"), ANSWERS, strict=True):
            sit(factories.make_person(name), [short], {1: said})
        return short.id


def rows(site):
    with site.app.app_context():
        found = reading().scalars(select(ItemMarking).order_by(ItemMarking.marked_at)).all()
        return [(it.points, it.remark) for it in found]


def saved(page, count):
    page.wait_for_function("n => document.querySelectorAll('[data-answer][data-saved]').length === n", arg=count)


def test_a_marker_works_through_the_answers_without_the_mouse(site, three):
    page = site.enter(Role.ASSESSOR)
    page.goto(f"/exams/marking/{three}")
    boxes = page.locator("[data-points]")
    page.wait_for_function("document.activeElement?.matches('[data-points]')")
    page.keyboard.press("1")
    assert boxes.nth(0).input_value() == "4"
    page.keyboard.press("2")
    assert boxes.nth(0).input_value() == "10"
    page.keyboard.press("1")
    assert boxes.nth(0).input_value() == "6"
    page.keyboard.press("Enter")
    saved(page, 1)
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    saved(page, 2)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    boxes.nth(2).fill("7.5")
    page.locator("[data-remark]").nth(2).fill("缺少复述")
    page.keyboard.press("Enter")
    saved(page, 3)
    assert rows(site) == [({"": 600}, ""), ({"": 0}, ""), ({"": 750}, "缺少复述")]
    with site.app.app_context():
        assert sorted(reading().scalars(select(Sitting.points))) == [0, 600, 750]


def test_what_was_written_survives_a_reload_and_a_failed_save_is_said(site, three):
    page = site.enter(Role.ASSESSOR)
    page.goto(f"/exams/marking/{three}")
    page.locator("[data-points]").first.fill("5")
    page.locator("[data-remark]").first.fill("写得清楚")
    page.reload()
    assert page.locator("[data-points]").first.input_value() == "5"
    assert page.locator("[data-remark]").first.input_value() == "写得清楚"
    page.context.set_offline(True)
    page.locator("[data-submit]").first.click()
    page.locator("[data-answer][data-look=no]").first.wait_for()
    page.context.set_offline(False)
    page.locator("[data-submit]").first.click()
    saved(page, 1)
    assert rows(site) == [({"": 500}, "写得清楚")]


def test_marks_that_do_not_fit_never_leave_the_page(site, three):
    page = site.enter(Role.ASSESSOR)
    page.goto(f"/exams/marking/{three}")
    for nonsense in ("10.01", "-1", "zehn", ""):
        page.locator("[data-points]").first.fill(nonsense)
        page.keyboard.press("Enter")
        page.locator("[data-answer][data-look=no]").first.wait_for()
    assert rows(site) == []


def test_passing_over_with_a_flag_leaves_it_to_others(site, three):
    page = site.enter(Role.ASSESSOR)
    page.goto(f"/exams/marking/{three}")
    page.locator("[data-flag]").first.click()
    page.locator("[data-note]").first.fill("看不懂")
    page.keyboard.press("Enter")
    page.locator("[data-answer][data-skipped]").wait_for()
    other = site.enter(Role.TRAINER)
    other.goto("/exams/marking")
    assert other.get_by_text("看不懂").count() == 1
