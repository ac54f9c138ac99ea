"""Pages of monthly plans: made, shown, changed and paused by who may; figures within the reader's part."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.exams import tasks
from lms.exams.models import ExamPlan, ExamPurpose
from lms.kernel.db import reading
from tests import factories
from tests.exams.rows import make_exam
from tests.exams.web import Browser, text_of

SENT = {
    "title": "月考",
    "number": "3",
    "day_rule": "working_day",
    "opens": "09:00",
    "window_hours": "48",
    "lead_days": "5",
    "catch_up_days": "5",
    "first": "2026-03",
    "last": "",
}


@pytest.fixture
def unit(context):
    return factories.make_unit()


@pytest.fixture
def browser(client, sign_in, unit):
    sign_in(client, factories.make_person("主管", roles=[Role.MANAGER], unit=unit, everywhere=False))
    return Browser(client)


def made(browser, unit, **more):
    exam = make_exam(purpose=ExamPurpose.MONTHLY, title="月度技能考试")
    return browser.post("/exams/plans/new", data={**SENT, "exam_id": str(exam.id), "unit_id": str(unit.id), **more})


def test_a_manager_plans_and_sees_who_is_missing(browser, unit, now):
    person = factories.make_person("孙悦", unit=unit)
    page = made(browser, unit).location
    assert "还没有生成月份" in text_of(browser.get(page))
    tasks.keep_plans(now)
    tasks.keep_plans(now + timedelta(days=5))
    shown = text_of(browser.get(page))
    assert person.name in shown and "缺考" in shown and "2026-03" in shown
    assert "月考" in text_of(browser.get("/exams/plans"))


def test_the_list_is_searched_filtered_and_exported(browser, unit):
    for title in ("夜班月考", "日班月考"):
        made(browser, unit, title=title)
    found = browser.get("/exams/plans?q=夜班")
    assert "夜班月考" in text_of(found) and "日班月考" not in text_of(found)
    assert "夜班月考" not in text_of(browser.get("/exams/plans?state=paused"))
    lines = browser.get("/exams/plans?q=日班&sort=title&export=csv").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith(f"日班月考,{unit.name},2026-03-04 09:00")


def test_a_plan_of_another_part_is_not_in_the_list(app, browser, unit, sign_in):
    made(browser, unit, title="夜班月考")
    for place, seen in ((factories.make_unit(), False), (factories.make_unit(parent=unit), True)):
        other = app.test_client()
        sign_in(other, factories.make_person(roles=[Role.MANAGER], unit=place, everywhere=False))
        assert ("夜班月考" in text_of(Browser(other).get("/exams/plans"))) is seen


def test_the_people_of_a_month_are_found_by_state_and_exported(browser, unit, now):
    factories.make_person("孙悦", unit=unit)
    factories.make_person("何梦洁", unit=unit)
    page = made(browser, unit).location
    tasks.keep_plans(now)
    tasks.keep_plans(now + timedelta(days=5))
    assert "孙悦" not in text_of(browser.get(f"{page}?state=passed"))
    lines = browser.get(f"{page}?month=2026-03&q=何梦&export=csv").data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("何梦洁,") and ",缺考," in lines[1]


def test_days_that_do_not_exist_are_named(browser, unit):
    refused = made(browser, unit, number="21")
    assert refused.status_code == 422 and "工作日填 1 至 20" in text_of(refused)
    assert made(browser, unit, number="21", day_rule="day").status_code == 302


def test_it_is_changed_and_paused_by_who_may_and_not_from_elsewhere(app, browser, unit, sign_in):
    page = made(browser, unit).location
    edited = {**SENT, "title": "季前月考", "unit_id": str(unit.id), "last": "2026-05"}
    plan = reading().scalars(select(ExamPlan)).one()
    assert browser.get(f"{page}/edit").status_code == 200
    assert browser.post(f"{page}/edit", data={**edited, "exam_id": str(plan.exam_id)}).status_code == 302
    assert browser.post(f"{page}/pause").status_code == 302
    reading().rollback()
    plan = reading().scalars(select(ExamPlan).execution_options(populate_existing=True)).one()
    assert (plan.title, f"{plan.last_month:%Y-%m}", plan.paused_at is not None) == ("季前月考", "2026-05", True)
    other = app.test_client()
    sign_in(other, factories.make_person(roles=[Role.MANAGER], unit=factories.make_unit(), everywhere=False))
    stranger = Browser(other)
    assert [stranger.get(page).status_code, stranger.post(f"{page}/resume").status_code] == [404, 404]
