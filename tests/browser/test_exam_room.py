"""The exam room in a real browser: whatever happens to page, network, tab or seat, no answer is lost in silence."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from lms.access.identity import SYSTEM
from lms.exams.models import Sitting, SittingAnswer
from lms.exams.services.sitting import end_sitting
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from tests.browser.room import STATE, chosen, make_learner, on_disk, option, ready, saved_word, start

pytestmark = pytest.mark.browser
SAVES = re.compile(r"/answers$")


@pytest.fixture
def learner(context, sqlite_backend, now):
    """Somebody with a three-question exam to sit, to be sat again at once after a failure."""
    return make_learner(sqlite_backend, now)


@pytest.fixture
def page(site, learner):
    """The learner's page, in the exam room."""
    page = site.enter(learner)
    start(page)
    return page


def value_of(page, place, question=1):
    return option(page, place, question).get_attribute("value")


def test_saved_shows_only_once_the_server_has_it(page):
    held = []
    page.route(SAVES, lambda route: held.append(route))
    with page.expect_request(SAVES):
        option(page, 1).check()
    expect(saved_word(page)).to_contain_text("正在保存")
    assert on_disk() == []
    held.pop().continue_()
    expect(saved_word(page)).to_contain_text(re.compile(r"第 1 题已保存 \d\d:\d\d:\d\d"))
    assert on_disk() == [(1, 1, value_of(page, 1), "counted")]


@pytest.fixture
def disk_away(monkeypatch):
    """Nothing can be written until the returned context is left."""

    @contextmanager
    def away():
        with monkeypatch.context() as broken:
            broken.setattr("lms.exams.saving.writer.write_batch", refuse)
            yield

    def refuse(*_asked):
        raise OSError("no space left")

    return away


def test_a_failed_save_survives_a_reload_and_is_saved_when_the_disk_is_back(page, disk_away):
    with disk_away():
        _fail_and_reload(page)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(saved_word(page)).to_contain_text("第 1 题已保存")
    expect(page.locator("[data-banner]")).to_be_hidden()
    assert on_disk() == [(1, 1, value_of(page, 2), "counted")]


def _fail_and_reload(page):
    option(page, 2).check()
    expect(page.locator("[data-banner]")).to_be_visible()
    expect(saved_word(page)).to_contain_text("1 题待传")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    ready(page)
    assert chosen(page) == 2
    assert on_disk() == []


def test_answers_given_offline_drain_in_order_when_the_network_returns(page):
    page.context.set_offline(True)
    for question in (1, 2, 3):
        option(page, 0, question).check()
        if question < 3:
            page.get_by_role("button", name="下一题").click()
    option(page, 3, 3).check()
    expect(saved_word(page)).to_contain_text("3 题待传")
    expect(page.locator(".navg .q")).to_have_count(3)
    page.context.set_offline(False)
    expect(page.locator("[data-banner]")).to_be_hidden()
    expect(saved_word(page)).to_contain_text("已保存")
    assert {(item, answer) for item, _epoch, answer, _verdict in on_disk()} == {
        (1, value_of(page, 0, 1)), (2, value_of(page, 0, 2)), (3, value_of(page, 3, 3))
    }


def test_a_save_whose_answer_got_lost_is_sent_again_and_kept_once(page):
    lost = []

    def lose_the_first(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route(SAVES, lose_the_first)
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("第 1 题已保存")
    assert [row[:3] for row in on_disk()] == [(1, 1, value_of(page, 1))]


def test_a_second_tab_goes_on_with_everything_and_the_first_one_only_looks_on(page):
    page.route(SAVES, lambda route: route.abort())
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("待传")
    second = page.context.new_page()
    second.goto(page.url)
    ready(second)
    assert chosen(second) == 1
    expect(saved_word(second)).to_contain_text("第 1 题已保存")
    expect(page.get_by_text("考试已在另一个标签页打开")).to_be_visible()
    option(second, 2).check()
    expect(saved_word(second)).not_to_contain_text("正在保存")
    page.unroute(SAVES)
    page.get_by_role("link", name="在这里继续").click()
    ready(page)
    assert chosen(page) == 2
    expect(second.get_by_text("考试已在另一个标签页打开")).to_be_visible()


def test_another_device_continues_where_the_first_one_was(page, site, learner):
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("已保存")
    page.route(SAVES, lambda route: route.abort())
    page.route(STATE, lambda route: route.abort())
    option(page, 2).check()
    expect(saved_word(page)).to_contain_text("待传")

    other = site.enter(learner)
    other.goto(page.url.split("#")[0])
    other.get_by_role("button", name="在这里继续").click()
    ready(other)
    assert chosen(other) == 1
    option(other, 0).check()
    expect(saved_word(other)).to_contain_text("第 1 题已保存")

    page.unroute(SAVES)
    page.unroute(STATE)
    with page.expect_response(SAVES):
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("考试正在另一台设备上继续", exact=True)).to_be_visible()
    assert [(epoch, answer, verdict) for _item, epoch, answer, verdict in on_disk()] == [
        (1, value_of(page, 1), "counted"), (1, value_of(page, 2), "stale"), (2, value_of(page, 0), "counted")
    ]


def test_a_save_in_the_last_second_counts_and_the_paper_hands_itself_in(page):
    with unit_of_work() as session:
        session.execute(update(Sitting).values(deadline_at=clock.now() + timedelta(seconds=3)))
    page.reload()
    ready(page)
    expect(page.locator("[data-clock]")).to_have_text("00:01")
    option(page, 1).check()
    page.wait_for_url("**/result")
    assert [(item, verdict) for item, _epoch, _answer, verdict in on_disk()] == [(1, "counted")]
    reading().rollback()
    assert reading().scalars(select(Sitting.closed_at)).one() is not None


def test_a_save_in_the_last_second_that_fails_is_sent_again_before_the_paper_hands_itself_in(page):
    with unit_of_work() as session:
        session.execute(update(Sitting).values(deadline_at=clock.now() + timedelta(seconds=3)))
    page.reload()
    ready(page)
    tries = []

    def fail_at_first(route):
        tries.append(route.request.url)
        route.abort() if len(tries) == 1 else route.continue_()

    page.route(SAVES, fail_at_first)
    expect(page.locator("[data-clock]")).to_have_text("00:01")
    option(page, 1).check()
    page.wait_for_url("**/result")
    assert len(tries) == 2
    assert [(item, verdict) for item, _epoch, _answer, verdict in on_disk()] == [(1, "counted")]


def test_the_draft_of_an_old_attempt_never_shows_in_a_new_one(page, site):
    page.route(SAVES, lambda route: route.abort())
    page.route(STATE, lambda route: route.abort())
    option(page, 2).check()
    expect(saved_word(page)).to_contain_text("待传")
    with unit_of_work() as session:
        sitting_id = session.scalars(select(Sitting.id)).one()
        end_sitting(session, sitting_id, reason="试卷有误", by=SYSTEM, now=clock.now())
    page.unroute(SAVES)
    page.unroute(STATE)
    page.on("dialog", lambda dialog: dialog.accept())
    start(page)
    for question in (1, 2, 3):
        assert chosen(page, question) == -1
    expect(page.locator("[data-count]")).to_have_text("已答 0 / 3")
    reading().rollback()
    fresh = reading().scalars(select(Sitting.id).where(Sitting.attempt == 2)).one()
    assert reading().scalars(select(SittingAnswer.item).where(SittingAnswer.sitting_id == fresh)).all() == []


def test_back_and_forward_lose_nothing(page):
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("已保存")
    page.goto("/exams/")
    page.go_back()
    ready(page)
    assert chosen(page) == 1


def test_going_back_to_the_paper_keeps_what_could_not_be_sent(page):
    page.on("dialog", lambda dialog: dialog.accept())  # the page warns that something waits
    page.route(SAVES, lambda route: route.abort())
    option(page, 2).check()
    expect(saved_word(page)).to_contain_text("待传")
    page.goto("/exams/")
    page.unroute(SAVES)
    page.go_back()
    ready(page)
    assert chosen(page) == 2
    expect(saved_word(page)).to_contain_text("已保存")
    assert [row[3] for row in on_disk()] == ["counted"]


def test_the_keyboard_alone_is_enough(page):
    page.keyboard.press("2")
    assert chosen(page) == 1
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    expect(page.locator("[data-go='1']")).to_have_class(re.compile(r"\ba\b.*\bf\b"))
    expect(page.locator("[data-go='2']")).to_have_class(re.compile(r"\ba\b"))
    expect(page.locator("[data-go='2']")).to_have_attribute("aria-current", "true")
    expect(saved_word(page)).to_contain_text("已保存")
    assert {row[0] for row in on_disk()} == {1, 2}


def test_added_time_reaches_the_page(page):
    before = page.locator("[data-ends]").inner_text()
    with unit_of_work() as session:
        session.scalars(select(Sitting)).one().deadline_at += timedelta(minutes=5)
    option(page, 1).check()
    expect(page.get_by_text("监考已加时")).to_be_visible()
    assert page.locator("[data-ends]").inner_text() != before


def test_handing_in_shows_the_result_and_forgets_the_draft(page):
    option(page, 1).check()
    page.locator("header").get_by_role("button", name="交卷").click()
    expect(page.get_by_text("还有 2 题没有作答。")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result")
    assert [row[3] for row in on_disk()] == ["counted"]
    assert page.evaluate("() => Object.keys(localStorage).filter(name => name.startsWith('floorready.'))") == []


def test_no_page_of_an_exam_breaks_the_content_policy(page, site):
    for address in ("/exams/", "/exams/short", page.url):
        page.goto(address)
        page.wait_for_load_state()
    assert site.app.extensions["csp_reports"] == []


def test_a_closed_lid_loses_nothing_and_the_clock_is_right_when_it_opens(page):
    page.clock.install(time=clock.now())
    page.reload()
    ready(page)
    page.route(SAVES, lambda route: route.abort())
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("待传")
    page.unroute(SAVES)
    with unit_of_work() as session:
        session.execute(update(Sitting).values(deadline_at=clock.now() + timedelta(minutes=4)))
    page.clock.fast_forward("00:30:00")
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(saved_word(page)).to_contain_text("第 1 题已保存")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^0[34]:\d\d$"))
    assert [row[3] for row in on_disk()] == ["counted"]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_computer_whose_clock_is_a_day_wrong_shows_the_servers_time(page, days):
    page.add_init_script(f"const own = Date.now; Date.now = () => own() + {days * 86_400_000};")
    page.reload()
    ready(page)
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^(59:\d\d|1:00:00)$"))
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("第 1 题已保存")
    assert [row[3] for row in on_disk()] == ["counted"]
