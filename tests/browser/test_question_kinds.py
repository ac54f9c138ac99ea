"""Every kind of question in a real browser: answered, read, shown again, written by its author."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from question_bank import kinds, services
from question_bank.kinds import KindCode
from tests.question_bank.conftest import somebody
from tests.question_bank.files import picture
from tests.question_bank.made import MATCHING, ONE_OF_EACH, ORDERING

pytestmark = pytest.mark.browser
READ = """async (root) => (await import("/static/js/questions-widgets.js")).readAnswer(root)"""
WRITE = """async ([root, answer]) => (await import("/static/js/questions-widgets.js")).writeAnswer(root, answer)"""
HEARD = """async (root) => {
  window.told = [];
  (await import("/static/js/questions-widgets.js")).onAnswer(root, (answer) => window.told.push(answer), 0);
}"""


@pytest.fixture
def editor(site):
    """Open the editor on a question that was saved: `editor(kind, content)` -> page."""
    with site.app.app_context(), unit_of_work() as session:
        services.load_bundled(session, now=clock.now())
    page = site.enter(Role.TRAINER)

    def show(kind, content):
        with site.app.app_context():
            writer = somebody(Role.TRAINER)
            with unit_of_work() as session:
                edition = services.save_draft(
                    session, None, kind=kind, content=content, point="phone/answering", difficulty="easy", points=200,
                    by=writer, now=clock.now(),
                )
                code = services.code_of(session, edition.question_id)
        page.goto(f"/questions/?open={code}")
        return page

    return show


def previewed(page):
    """Press the preview and return its page."""
    with page.expect_popup() as popup:
        page.locator("button[formtarget=_blank]").click()
    popup.value.wait_for_load_state()
    return popup.value


def test_every_kind_is_written_and_read_as_marking_expects(editor):
    for kind in KindCode:
        content = ONE_OF_EACH[kind]
        shown = previewed(editor(kind, content))
        widget = shown.query_selector("[data-question-widget]")
        empty = shown.evaluate(READ, widget)
        assert not kinds.answer_given(kind, empty), kind
        shown.evaluate(WRITE, [widget, kinds.key_answer(kind, content)])
        answer = json.loads(json.dumps(shown.evaluate(READ, widget)))
        full = {part.path: part.out_of for part in kinds.by_hand(kind, content, 100)}
        assert kinds.mark(kind, content, answer, 100, full).fully, (kind, answer)
        shown.evaluate(WRITE, [widget, None])
        assert not kinds.answer_given(kind, shown.evaluate(READ, widget)), kind
        shown.close()


def test_steps_are_moved_from_the_keyboard_and_every_move_is_told(editor):
    shown = previewed(editor("ordering", ORDERING))
    widget = shown.locator("[data-question-widget]").first
    widget.evaluate(HEARD)
    last = widget.locator("[data-id]").last
    step = last.get_attribute("data-id")
    up = last.locator("[data-move='-1']")
    up.focus()
    for _press in range(3):
        shown.keyboard.press("Enter")
    told = shown.evaluate("window.told")
    assert [answer.index(step) for answer in told] == [2, 1, 0]
    assert widget.locator("[data-id]").first.get_attribute("data-id") == step
    assert shown.evaluate("document.activeElement.closest('[data-id]').dataset.id") == step
    assert shown.locator("[data-order-said]").first.inner_text().endswith("1 / 4")


def test_a_case_tells_the_answers_of_all_its_parts_and_counts_characters(editor):
    shown = previewed(editor("case", ONE_OF_EACH["case"]))
    widget = shown.locator("[data-kind=case]").first
    widget.evaluate(HEARD)
    widget.locator("input[value=b]").first.check()
    widget.locator("textarea").first.fill("先道歉")
    widget.locator("textarea").first.blur()
    assert shown.evaluate("window.told.at(-1)") == ["b", [], "先道歉"]
    assert widget.locator("[data-count-of]").first.inner_text() == "3"


def test_pairs_are_chosen_from_labelled_lists(editor):
    shown = previewed(editor("matching", MATCHING))
    widget = shown.locator("[data-question-widget]").first
    shown.get_by_label("闻到臭味").first.select_option("c")
    assert widget.evaluate(READ) == ["c", ""]


def test_a_picture_goes_into_the_text_where_the_author_stands(editor, tmp_path):
    Path(tmp_path / "表.png").write_bytes(picture())
    page = editor("single", ONE_OF_EACH["single"])
    page.get_by_label("带格式：").check()
    page.locator("[data-picture] input").set_input_files(tmp_path / "表.png")
    expect(page.locator("[name=stem]")).to_have_value(re.compile(r"\]\(media:"))
    shown = previewed(page)
    image = shown.locator("img.pic").first
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") == 20


@pytest.mark.parametrize("phone", [False, True])
def test_the_kinds_fit_their_page(editor, site, phone):
    for kind in ("ordering", "matching", "case"):
        shown = previewed(editor(kind, ONE_OF_EACH[kind]))
        if phone:
            shown.set_viewport_size({"width": 390, "height": 844})
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert shown.evaluate(wide) <= 1, kind
        shown.close()
