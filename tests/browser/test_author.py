"""An author's hour in short form: begin, mend with a click, insert checkpoints, test, send; a colleague publishes."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from simulations import services
from simulations.models import ScriptEdition
from tests.conftest import NOW

pytestmark = pytest.mark.browser
SELECT = """(box, [words, from, to]) => {
  const at = box.value.indexOf(words);
  box.focus();
  box.setSelectionRange(at + from, at + to);
}"""


def test_a_trainer_writes_a_script_and_a_colleague_publishes_it(site):
    with site.app.app_context(), unit_of_work() as session:
        services.load_bundled(session, now=NOW)
    page = site.enter(Role.TRAINER)
    page.goto("/calls/drafts/")
    page.get_by_role("button", name="写新剧本").click()
    box = page.locator("[data-text]")
    box.wait_for()
    assert page.locator(".se-hl .k-sec").count() == 6

    # A slip of the pen is shown at its line, and one click puts it right.
    box.evaluate(SELECT, ["-> 收尾", 3, 5])
    page.keyboard.insert_text("收胃")
    page.locator("[data-fix]", has_text="收尾").first.click()
    page.locator(".se-ok").wait_for()
    assert "收胃" not in box.input_value()

    # Rename it, and use a ready-made set: more than 100 points is said at once.
    box.evaluate(SELECT, ["my-script-01", 0, 12])
    page.keyboard.insert_text("permit-01")
    page.get_by_text("插入考点").click()
    page.get_by_role("button", name="咨询").click()
    page.locator(".se-found", has_text="CS501").wait_for()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+s")
    page.locator("[data-kept]", has_text="已保存").wait_for()

    page.get_by_role("link", name="测试").click()
    page.get_by_text("能得到 100 分").wait_for()
    page.get_by_role("link", name="试短语").click()
    page.get_by_label("应答，一句一行").fill("三个工作日给您办好\n我不清楚")
    page.get_by_role("button", name="试一试").click()
    page.get_by_text("说到了").first.wait_for()


def test_a_graph_leads_to_the_line_and_the_phone_layout_holds(site):
    with site.app.app_context():
        with unit_of_work() as session:
            services.load_bundled(session, now=NOW)
        edition = reading().scalar(select(ScriptEdition).where(ScriptEdition.code == "gas-leak-01"))
    page = site.enter(Role.TRAINER, phone=True)
    page.goto(f"/calls/scripts/{edition.id}")
    page.get_by_role("button", name="写下一版").click()
    page.locator(".cg-node").first.wait_for()
    assert page.locator(".cg-node").count() == 7
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
