"""The exam room in a real browser: whatever happens to page, network, tab or seat, no answer is lost in silence."""

import json
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, ExamPurpose, Sitting, SittingAnswer
from lms.exams.rules.entry import SessionTerms
from lms.exams.rules.paper import Part
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import add_to_session, assign_exam
from lms.exams.services.authoring import create_exam, publish_edition
from lms.exams.services.invigilation import pause_sitting
from lms.exams.services.planning import plan_session
from lms.exams.services.sitting import end_sitting
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from tests import factories
from tests.exams.content import put_content

pytestmark = pytest.mark.browser
SAVES = re.compile(r"/answers$")
STATE = re.compile(r"/state$")


@pytest.fixture
def learner(context, sqlite_backend, now):
    """Somebody with a three-question exam to sit, to be sat again at once after a failure."""
    put_content(sqlite_backend, now)
    person = factories.make_person("陈雨桐", staff_no="3276")
    terms = Terms((Part(3, 100, subject="gas", kind="single"),), resit=ResitPolicy(wait_days=0, retrain=False))
    with unit_of_work() as session:
        exam = create_exam(session, code="short", title="应急处置小考", purpose=ExamPurpose.STAGE, terms=terms,
                           by=SYSTEM, now=now)
        publish_edition(session, exam.id, by=SYSTEM, now=now)
        assign_exam(session, "short", person_id=person.id, by=SYSTEM, now=now)
    return person


@pytest.fixture
def page(site, learner):
    """The learner's page, in the exam room."""
    page = site.enter(learner)
    start(page)
    return page


def start(page):
    page.goto("/exams/short")
    page.get_by_label(re.compile("独立完成")).check()
    page.get_by_role("button", name="现在开始").click()
    ready(page)


def ready(page):
    page.locator("[data-ready=true]").wait_for()


def option(page, place, question=1):
    return page.locator(f"#q{question} input").nth(place)


def chosen(page, question=1):
    return page.locator(f"#q{question} input").evaluate_all("all => all.findIndex(it => it.checked)")


def saved_word(page):
    return page.locator("[data-saved]")


def on_disk():
    reading().rollback()
    rows = reading().scalars(select(SittingAnswer).order_by(SittingAnswer.epoch, SittingAnswer.sequence))
    return [(row.item, row.epoch, json.loads(row.body), row.verdict) for row in rows]


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


def test_what_the_invigilator_does_reaches_the_page_within_three_seconds(watched):
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
