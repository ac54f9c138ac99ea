"""The assessor's tablet in a real browser: big targets, no tap lost without a network, a fail-all item in two taps."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import StationMark, StationVisit
from lms.exams.services.stations import assign_station
from lms.kernel.db import reading, unit_of_work
from tests import factories
from tests.exams.content import put_content

pytestmark = pytest.mark.browser
TAPS = re.compile(r"/taps$")
LEAST = 48  # CSS pixels of a target


@pytest.fixture
def tablet(site, context, sqlite_backend, now, monkeypatch):
    """A licensed assessor's tablet on a candidate's visit."""
    monkeypatch.setattr("lms.exams.services.stations.is_licensed", lambda *_asked: True)
    put_content(sqlite_backend, now)
    learner = factories.make_person("林晓雯", staff_no="3204")
    assessor = factories.make_person("高文博", roles=[Role.ASSESSOR])
    with unit_of_work() as session:
        assign_station(session, "gas-dispatch", person_id=learner.id, by=SYSTEM, now=now)
    page = site.enter(assessor)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto("/stations/gas-dispatch")
    page.get_by_role("button", name="开始考评").click()
    page.locator("[data-ready=true]").wait_for()
    return page


def mark(page, **levels):
    for code, level in levels.items():
        page.locator(f"[data-criterion={code}] .lv:has(input[value={level}])").click()


def on_disk():
    reading().rollback()
    rows = reading().scalars(select(StationMark).order_by(StationMark.sequence))
    return {row.target: row.value for row in rows}


def test_marks_given_offline_survive_a_reload_and_drain(tablet):
    tablet.route(TAPS, lambda route: route.abort())
    mark(tablet, dispatch="a", talk="b")
    expect(tablet.locator("[data-saved]")).to_contain_text("只存在这台平板，2 项待传")
    expect(tablet.get_by_text("没有网络，照常打分。")).to_be_visible()
    assert on_disk() == {}
    tablet.on("dialog", lambda dialog: dialog.accept())
    tablet.reload()
    tablet.locator("[data-ready=true]").wait_for()
    expect(tablet.locator("[data-criterion=talk] input[value=b]")).to_be_checked()
    tablet.unroute(TAPS)
    tablet.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(tablet.locator("[data-saved]")).to_contain_text("已存服务器")
    assert on_disk() == {"dispatch": "a", "talk": "b"}


def test_a_fail_all_item_takes_two_taps_and_strikes_the_score(tablet):
    mark(tablet, dispatch="a")
    item = tablet.get_by_role("button", name="没派单却说已派")
    item.click()
    expect(item).to_have_attribute("aria-pressed", "false")
    expect(item).to_contain_text("再点一下确认")
    item.click()
    expect(item).to_have_attribute("aria-pressed", "true")
    expect(tablet.locator("[data-verdict]")).to_have_text("否决，不合格")
    tablet.get_by_role("button", name="交评分").click()
    tablet.get_by_role("dialog").get_by_role("button", name="交卷").click()
    tablet.wait_for_url("**/result")
    reading().rollback()
    assert reading().scalars(select(StationVisit.passed)).one() is False


def test_the_tablet_says_which_level_still_passes_and_hands_in(tablet):
    mark(tablet, dispatch="b", ticket="c", safety="b", talk="a")
    expect(tablet.locator("[data-points]")).to_have_text("70")
    expect(tablet.locator("[data-verdict]")).to_contain_text("至少得“可”才到 75")
    expect(tablet.get_by_role("button", name="交评分")).to_be_disabled()
    mark(tablet, close="c")
    tablet.get_by_role("button", name="交评分").click()
    expect(tablet.locator("[data-final]")).to_have_text("76 / 100")
    tablet.get_by_role("dialog").get_by_role("button", name="交卷").click()
    tablet.wait_for_url("**/result")
    expect(tablet.get_by_role("heading", level=1)).to_contain_text("通过，76 分")


def test_every_target_is_big_enough_for_a_thumb(tablet):
    targets = tablet.locator(".lv span:visible, .fab:visible, .ps-btn:visible, .ps-chip:visible, .ps-pp:visible")
    measure = "all => all.map(it => it.getBoundingClientRect()).map(box => [box.width, box.height])"
    sizes = targets.evaluate_all(measure)
    assert len(sizes) > 30
    assert all(min(width, height) >= LEAST for width, height in sizes)
