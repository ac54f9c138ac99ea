"""The knowledge base beside a call: found and read by keyboard, without leaving it, and on the record of the call."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.knowledge.services.loading import load_bundled
from simulations.models import CallEvent
from simulations.services import load_bundled as load_scripts

pytestmark = pytest.mark.browser


def looked_up(site):
    with site.app.app_context():
        events = reading().scalars(select(CallEvent.event).order_by(CallEvent.seq)).all()
    return [event["data"].get("query") for event in events if event["data"].get("name") == "kb_open"]


def test_an_operator_looks_something_up_in_mid_call_by_keyboard_and_goes_on_talking(site):
    with site.app.app_context(), unit_of_work() as session:
        load_bundled(session, now=clock.now())
        load_scripts(session, now=clock.now())
    page = site.enter(Role.LEARNER)
    page.goto("/calls/gas-leak-01/console/practice")
    page.keyboard.press("F2")
    expect(page.locator("#knowledge")).to_be_hidden()
    page.locator("#online").click()
    page.locator("#answer").click()
    expect(page.locator("#talk")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.locator("#knowledge-hits [data-article]").first).to_be_visible()
    page.keyboard.type("报警器一直叫")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-article]:focus")).to_contain_text("家用燃气报警器响了")
    page.keyboard.press("Enter")
    expect(page.locator("#knowledge-text .say")).to_contain_text("先当作漏气")
    expect(page.locator("#talk")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#knowledge")).to_be_hidden()
    page.locator("#reply").fill("您好，请讲。")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("请讲")
    assert "家用燃气报警器响了" in looked_up(site)
