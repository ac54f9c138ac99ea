"""An author's hour in short form: begin, mend, insert checkpoints, test and send by keyboard alone; a colleague
publishes; an operator takes the call; a reply that nothing heard comes back as an example.
"""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.web.formatting import score
from simulations import services
from simulations.models import CallScoreRow, ScriptEdition
from tests.browser.story import reach
from tests.conftest import NOW

pytestmark = pytest.mark.browser
BACK = "Shift+Tab"
UNHEARD = "下周三之前准给您办妥"


def press(page, selector, key="Tab"):
    """Go to a link or a button by the keyboard and press it."""
    reach(page, selector, key)
    page.keyboard.press("Enter")


def to_line(box, words):
    """Move the caret by arrow keys to the end of the first line with these words."""
    before = box.input_value().partition(words)[0].count("\n")
    box.press("Control+Home")
    for _line in range(before):
        box.press("ArrowDown")
    box.press("End")


def rub_out(page, letters):
    for _letter in range(letters):
        page.keyboard.press("Backspace")


def write(page):
    """Begin a script, make a slip and mend it by its proposal, name it, try a ready-made set, keep it."""
    page.goto("/calls/drafts/")
    press(page, "form[action='/calls/drafts/'] button")
    box = page.locator("[data-text]")
    box.wait_for()
    expect(page.locator(".se-hl .k-sec")).to_have_count(6)
    reach(page, "[data-text]")
    to_line(box, "-> 收尾")
    rub_out(page, 1)
    page.keyboard.insert_text("胃")
    page.locator("[data-fix]", has_text="收尾").first.wait_for()
    press(page, "[data-fix]")
    page.locator(".se-ok").wait_for()
    assert "收胃" not in box.input_value()

    to_line(box, "my-script-01")
    rub_out(page, len("my-script-01"))
    page.keyboard.insert_text("permit-01")
    to_line(box, "标题:")
    page.keyboard.press("Shift+Home")
    page.keyboard.insert_text("标题: 许可证办到哪一步了")
    return box


def insert_checkpoints(page, box):
    """A ready-made set makes more than 100 points, which is said at once; undo takes it back."""
    press(page, ".se-menu:has([data-insert-set]) > summary", BACK)
    press(page, "[data-insert-set=callback]")
    page.locator(".se-found", has_text="CS501").wait_for()
    expect(box).to_be_focused()
    inserted = box.input_value()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    expect(box).to_have_value(inserted)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+s")
    page.locator("[data-kept]", has_text="已保存").wait_for()


def try_and_send(page):
    """Look at the tests, try phrases, send it to review."""
    page.on("dialog", lambda dialog: dialog.accept())  # the question before it is sent
    press(page, "a[href$='/tests']", BACK)
    page.get_by_text("能得到 100 分").wait_for()
    press(page, "a[href$='/bench']")
    page.wait_for_url("**/bench")
    reach(page, "#replies")
    page.keyboard.insert_text("三个工作日给您办好\n我不清楚")
    press(page, "form:has(#replies) button")
    page.get_by_text("说到了").first.wait_for()
    press(page, "form[action$='/send'] button")
    page.wait_for_url("**/calls/scripts/*")
    assert page.locator("form[action$='/publish']").count() == 0  # a second person publishes
    return page.url


def answer(page):
    """Take the call as an operator: greet, promise in words that nothing hears, then in words it knows."""
    page.goto("/calls/")
    page.get_by_role("link", name="许可证办到哪一步了").first.click()
    page.get_by_role("link", name="练习（有提示）").click()
    page.locator("#online").click()
    page.locator("#answer").click()
    for words in ("您好，客服中心，请讲。", UNHEARD, "请问怎么称呼您？", "三个工作日内办好，到时给您回电。"):
        page.locator("#reply").fill(words)
        page.locator("#reply").press("Enter")
        expect(page.locator("#log")).to_contain_text(words)
        if words == UNHEARD:
            expect(page.locator("#log")).to_contain_text("到底什么时候")
            expect(page.locator("#stuck")).to_be_hidden()
            page.locator("#reply").fill(UNHEARD)
            page.locator("#reply").press("Enter")
            page.locator("#stuck-choose").click()  # asked the same twice: what could be said is shown
            expect(page.locator("#choose")).to_contain_text("三个工作日内办好")
            page.locator("[data-panel=type]").click()
    page.keyboard.press("F10")
    page.wait_for_url("**/report")


def test_a_trainer_writes_a_script_a_colleague_publishes_it_and_what_it_did_not_hear_becomes_an_example(site):
    author = site.enter(Role.TRAINER)
    box = write(author)
    insert_checkpoints(author, box)
    edition = try_and_send(author)

    colleague = site.enter(Role.TRAINER)
    colleague.on("dialog", lambda dialog: dialog.accept())
    colleague.goto(edition)
    colleague.get_by_role("button", name="发布").click()
    expect(colleague.get_by_text("已发布").first).to_be_visible()

    operator = site.enter(Role.LEARNER)
    answer(operator)
    with site.app.app_context():
        kept = reading().scalars(select(CallScoreRow)).one()
        expect(operator.locator("main")).to_contain_text(score(kept.total))
    expect(operator.locator("main")).to_contain_text("三个工作日内办好")

    author.goto("/calls/drafts/")
    press(author, "a[href$='/drafts/replies']")
    author.wait_for_url("**/replies")
    expect(author.locator("main")).to_contain_text(UNHEARD)
    reach(author, "select[name=phrase]")
    while author.locator("select[name=phrase]").input_value() != "答复":
        author.keyboard.press("ArrowDown")
    press(author, "button[value=positive]")
    expect(author.locator("main")).to_contain_text("这里没有等着处理的")
    author.goto("/calls/drafts/")
    author.get_by_role("link", name="许可证办到哪一步了").click()
    assert f"正 答复: {UNHEARD}" in author.locator("[data-text]").input_value()


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
