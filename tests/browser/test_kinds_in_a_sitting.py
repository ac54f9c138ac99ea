"""Every kind of question in a real sitting, by the keyboard alone and by touch on a phone; marked as answered."""

import os

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.exams.models import SittingItem
from lms.kernel.db import reading
from lms.web.uploads import store_bytes
from question_bank.kinds import KindCode
from tests import factories
from tests.exams.papers import make_question, sit
from tests.question_bank.files import sound
from tests.question_bank.made import ONE_OF_EACH

pytestmark = pytest.mark.browser
LOOK = os.environ.get("LOOK")
PLACE = {kind: place for place, kind in enumerate(ONE_OF_EACH, start=1)}
STEPS = ONE_OF_EACH[KindCode.ORDERING]["key"]
MOST_TABS = 60
UNBROKEN = " https://example.test/" + "an-address-without-a-break/" * 3
WORDY = "，问清小区、楼栋、单元和门牌号，逐段复述一遍，确认无误之后才按下派单"
TOO_WIDE = """() => [...document.querySelectorAll("header *, main *, footer *")].filter((it) => {
  const box = it.getBoundingClientRect();
  return box.width && box.height && box.right > document.documentElement.clientWidth + 1;
}).map((it) => it.outerHTML.slice(0, 120))"""
MARKS = {
    KindCode.SINGLE: 1000, KindCode.MULTIPLE: 500, KindCode.TRUE_FALSE: 0, KindCode.BLANK: 1000,
    KindCode.NUMERIC: 1000, KindCode.ORDERING: 1000, KindCode.MATCHING: 500, KindCode.CLOZE: 1000,
    KindCode.AUDIO: 1000, KindCode.DICTATION: 500,
}  # of 1000 each, for what the keyboard says below; a person marks the others


@pytest.fixture
def paper(context, sqlite_backend):
    """Give somebody a running sitting of one question of each kind: `paper(change)` -> person, id of the sitting."""

    def give(change=lambda content: content):
        digest = store_bytes(sound())
        questions = []
        for kind, content in ONE_OF_EACH.items():
            heard = {"audio": {**content["audio"], "sha256": digest}} if "audio" in content else {}
            questions.append(make_question(kind, change({**content, **heard})))
        person = factories.make_person("陈雨桐")
        return person, sit(person, questions, {}, hand_in=False).id

    return give


def enter(site, person, sitting_id, *, phone=False):
    """Open the room of a sitting that began elsewhere."""
    page = site.enter(person, phone=phone)
    page.goto(f"/exams/sittings/{sitting_id}")
    here = page.get_by_role("button", name="在这里继续")
    here.tap() if phone else here.press("Enter")
    page.locator("[data-room][data-ready=true]").wait_for()
    return page


def look(page, name):
    if LOOK:
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=True)


def marks(sitting_id):
    """Return kind -> hundredths of a mark, of what the system has marked."""
    reading().rollback()
    rows = reading().execute(
        select(SittingItem.position, SittingItem.points).where(
            SittingItem.sitting_id == sitting_id, SittingItem.points.is_not(None)
        )
    )
    kind_at = {place: kind for kind, place in PLACE.items()}
    return {kind_at[position]: points for position, points in rows}


def tab_to(page, selector, key="Tab"):
    """Press a key until the focus is there."""
    for _press in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no way to {selector} by {key}")


def digits(page, *ids, part=""):
    """Press the digits under which these options stand."""
    boxes = page.locator(f"[data-question]:not([hidden]) {part} input:is([type=radio], [type=checkbox])")
    shown = boxes.evaluate_all("all => all.map(it => it.value)")
    for one in ids:
        page.keyboard.press(str(shown.index(one) + 1))


def arrows(page, value):
    """Choose from the list in focus with the arrow keys."""
    shown = page.evaluate("[...document.activeElement.options].map(it => it.value)")
    for _press in range(shown.index(value)):
        page.keyboard.press("ArrowDown")


def boxes(page, *texts, last):
    """Type into one box after the other; `last` is the key after the last one."""
    for place, text in enumerate(texts, start=1):
        page.keyboard.type(text)
        page.keyboard.press(last if place == len(texts) else "Tab")


def single(page):
    digits(page, "b")
    page.keyboard.press("ArrowRight")


def multiple(page):
    digits(page, "a", "c")  # one is missing: half the marks
    page.keyboard.press("ArrowRight")


def true_false(page):
    digits(page, "false")
    page.keyboard.press("ArrowRight")


def blank(page):
    boxes(page, "阀", "窗", last="Enter")


def numeric(page):
    boxes(page, "15 秒", last="Enter")


def ordering(page):
    for place, step in enumerate(STEPS):
        while page.locator("[data-kind=ordering] [data-id]").nth(place).get_attribute("data-id") != step:
            tab_to(page, f"[data-id={step}] [data-move='-1']")
            page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")


def matching(page):
    arrows(page, "c")
    page.keyboard.press("Tab")
    arrows(page, "b")  # the wrong one
    page.keyboard.press("ArrowRight")


def cloze(page):
    arrows(page, "b")
    page.keyboard.press("Tab")
    boxes(page, "工号", last="Enter")


def short(page):
    boxes(page, "先道歉，再复述。", last="Tab")
    page.keyboard.press("ArrowRight")


def case(page):
    digits(page, "b", part="[data-kind=single]")
    page.keyboard.press("Tab")
    boxes(page, "阀门", "窗户", "先请她到室外。", last="Tab")
    page.keyboard.press("ArrowRight")


def audio(page):
    digits(page, "true")
    page.keyboard.press("ArrowRight")


def dictation(page):
    boxes(page, "文一路5号", "张三", last="Tab")  # another caller


BY_KEYS = {
    KindCode.SINGLE: single, KindCode.MULTIPLE: multiple, KindCode.TRUE_FALSE: true_false, KindCode.BLANK: blank,
    KindCode.NUMERIC: numeric, KindCode.ORDERING: ordering, KindCode.MATCHING: matching, KindCode.CLOZE: cloze,
    KindCode.SHORT: short, KindCode.CASE: case, KindCode.AUDIO: audio, KindCode.DICTATION: dictation,
}


def test_every_kind_is_answered_by_the_keyboard_alone_and_marked_as_answered(paper, site):
    person, sitting_id = paper()
    page = enter(site, person, sitting_id)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")  # now the focus stands in the first question
    for kind, place in PLACE.items():
        expect(page.locator(f"#q{place}")).to_be_visible()
        assert page.evaluate(f"document.activeElement.closest('#q{place}') !== null"), f"{kind}: the focus is elsewhere"
        BY_KEYS[kind](page)
    expect(page.locator("[data-count]")).to_have_text("已答 12 / 12")
    tab_to(page, "header [data-hand-in]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("全部题目都已作答")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert marks(sitting_id) == MARKS


def wordy(content):
    """Return content with much text, and text that has no place to break."""
    made = {**content, "stem": f"{content['stem']}{UNBROKEN}"}
    if "options" in content:
        made["options"] = [{**option, "text": f"{option['text']}{WORDY}"} for option in content["options"]]
    if "left" in content:
        made["left"] = [f"{text}{WORDY}" for text in content["left"]]
    if "parts" in content:
        made["parts"] = [{**part, "content": wordy(part["content"])} for part in content["parts"]]
    return made


def touch(page, kind):
    """Answer a question rightly with fingers alone; a list is the phone's own."""
    here = page.locator(f"#q{PLACE[kind]}")
    keyed = {"single": ["b"], "multiple": ["a", "c", "d"], "true_false": ["true"], "case": ["b"], "audio": ["true"]}
    for one in keyed.get(kind, ()):
        here.locator(f"label:has(input[value={one}])").first.tap()
    for place, step in enumerate(STEPS if kind == KindCode.ORDERING else ()):
        while here.locator("[data-id]").nth(place).get_attribute("data-id") != step:
            here.locator(f"[data-id={step}] [data-move='-1']").tap()
    chosen = {"matching": ["c", "a"], "cloze": ["b"]}
    for place, one in enumerate(chosen.get(kind, ())):
        here.locator("select").nth(place).select_option(one)
    typed = {
        "blank": ["阀", "窗"], "numeric": ["15"], "cloze": ["工号"], "short": ["先道歉。"],
        "case": ["阀", "窗", "先道歉。"], "dictation": ["文一路五号", "王敏"],
    }
    for place, text in enumerate(typed.get(kind, ())):
        here.locator("input[type=text], textarea").nth(place).tap()
        page.keyboard.type(text)


def test_on_a_phone_every_kind_is_answered_by_touch_and_nothing_scrolls_sideways(paper, site):
    person, sitting_id = paper(wordy)
    page = enter(site, person, sitting_id, phone=True)
    for kind in ONE_OF_EACH:
        touch(page, kind)
        look(page, f"touch-{PLACE[kind]:02}-{kind}")
        assert page.evaluate(TOO_WIDE) == [], kind
        if PLACE[kind] < len(PLACE):
            page.locator("[data-next]").tap()
    expect(page.locator("[data-count]")).to_have_text("已答 12 / 12")
    page.locator("footer [data-hand-in]").tap()
    page.locator("[data-confirm-hand-in]").tap()
    page.wait_for_url("**/result")
    assert marks(sitting_id) == dict.fromkeys(MARKS, 1000)
