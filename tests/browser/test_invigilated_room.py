"""The exam room under an invigilator's eyes: what the board does reaches the page, what happens there reaches it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, Sitting
from lms.exams.rules.entry import SessionTerms
from lms.exams.services.assigning import add_to_session
from lms.exams.services.invigilation import pause_sitting
from lms.exams.services.planning import plan_session
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from tests.browser.room import STATE, chosen, make_learner, on_disk, option, ready, saved_word, start

pytestmark = pytest.mark.browser


@pytest.fixture
def learner(context, sqlite_backend, now):
    """Somebody with a three-question exam to sit, to be sat again at once after a failure."""
    return make_learner(sqlite_backend, now)


@pytest.fixture
def watched(site, learner, now):
    """The learner's page in a session with one seat, and the session's board in front of a trainer."""
    with unit_of_work() as session:
        exam_id = session.scalars(select(Exam.id).where(Exam.code == "short")).one()
        opens, closes = now - timedelta(minutes=1), now + timedelta(hours=2)
        planned = plan_session(session, exam_id, title="三月场", opens_at=opens, closes_at=closes,
                               terms=SessionTerms(one_seat=True), by=SYSTEM, now=now)
        add_to_session(session, planned.id, person_ids=[learner.id], by=SYSTEM, now=now)
        address = f"/exams/sessions/{planned.id}/board"
    page, board = site.enter(learner), site.enter(Role.TRAINER)
    start(page)
    board.goto(address)
    return page, board


def test_what_the_invigilator_does_reaches_the_page_by_itself(watched):
    page, board = watched
    board.get_by_label("理由", exact=True).fill("停电")
    board.get_by_label("选择 陈雨桐").check()
    board.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("你的考试已暂停")).to_be_visible(timeout=3000)
    stopped = page.locator("[data-clock]").inner_text()
    page.keyboard.press("1")
    assert chosen(page) == -1
    expect(board.locator(".seat")).to_contain_text("已暂停")
    assert page.locator("[data-clock]").inner_text() == stopped
    board.get_by_label("全部正在作答的人").check()
    board.get_by_role("button", name="恢复").click()
    expect(page.get_by_text("你的考试已暂停")).to_be_hidden(timeout=3000)
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("第 1 题已保存")
    board.get_by_label("理由", exact=True).fill("设备故障")
    board.get_by_label("选择 陈雨桐").check()
    board.get_by_role("button", name="加时").click()
    expect(page.get_by_text("监考已加时")).to_be_visible(timeout=3000)


def test_an_answer_given_as_the_pause_came_is_kept_and_counts(watched):
    page, _board = watched
    page.route(STATE, lambda route: route.abort())
    with unit_of_work() as session:
        pause_sitting(session, session.scalars(select(Sitting.id)).one(), reason="停电", by=SYSTEM, now=clock.now())
    option(page, 1).check()
    expect(page.get_by_text("你的考试已暂停")).to_be_visible()
    assert [row[3] for row in on_disk()] == ["counted"]


def test_another_seat_opens_when_the_invigilator_hands_over_and_the_board_keeps_its_focus(watched, site, learner):
    page, board = watched
    option(page, 1).check()
    expect(saved_word(page)).to_contain_text("已保存")
    tick = board.get_by_label("选择 陈雨桐")
    tick.focus()
    other = site.enter(learner)
    other.goto(page.url.split("#")[0])
    other.get_by_role("button", name="请监考移交").click()
    expect(other.get_by_text("请稍等")).to_be_visible()
    expect(board.locator(".seat")).to_contain_text("1/3")
    expect(tick).to_be_focused()
    board.get_by_role("button", name="移交").click()
    ready(other)
    assert chosen(other) == 1
    expect(page.get_by_text("考试正在另一台设备上继续", exact=True)).to_be_visible(timeout=3000)


def test_leaving_the_page_is_a_hint_on_the_board(watched):
    page, board = watched
    page.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { value: true, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    expect(board.locator(".seat")).to_contain_text("离屏 1 次")
    assert on_disk() == []
