"""The course player in a real browser: time counts while the page is in front, a film as far as it was played."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect
from werkzeug.datastructures import FileStorage

from courses.files import take_captions, take_film
from courses.models import CourseEvent
from courses.queries.editions import event_of
from courses.rules.progress import fold
from courses.services import load_bundled
from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from tests.courses.clips import make_captions, make_film
from tests.courses.lessons import film, make_course, page

pytestmark = pytest.mark.browser


def seen(site):
    """What the server has credited so far, in one unit."""
    with site.app.app_context():
        return fold(event_of(row) for row in reading().query(CourseEvent))


def test_a_page_is_read_to_its_end_and_the_next_unit_opens(site):
    with site.app.app_context():
        make_course("gas", page("one", seconds=2, text="第一节。\n\n" * 60), page("two", seconds=0, text="第二节。"))
    learner = site.enter(Role.LEARNER)
    learner.goto("/courses/gas")
    button = learner.locator("[data-done-button]")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_contain_text("再读")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    expect(button).to_contain_text("读完了")
    button.click()
    learner.wait_for_url("**/units/two")
    expect(learner.locator(".cp-o.d-desk a.d")).to_have_count(1)
    assert 2000 <= seen(site).seen_ms < 10_000


def test_a_page_behind_another_counts_nothing(site):
    with site.app.app_context():
        make_course("gas", page("one", seconds=600))
    learner = site.enter(Role.LEARNER)
    learner.goto("/courses/gas/units/one")
    learner.evaluate("Object.defineProperty(document, 'hasFocus', {value: () => false})")
    expect(learner.locator("[data-status]")).to_contain_text("不计时")
    learner.reload()
    expect(learner.locator("[data-done-word]")).to_contain_text("再读")
    assert seen(site).seen_ms < 3_000


def test_the_place_in_a_text_is_found_again(site):
    with site.app.app_context():
        make_course("gas", page("one", seconds=600, text="一段很长的话。\n\n" * 200))
    learner = site.enter(Role.LEARNER)
    learner.goto("/courses/gas/units/one")
    expect(learner.locator("[data-done-word]")).to_contain_text("再读")
    learner.locator("[data-text] p").nth(100).scroll_into_view_if_needed()
    with learner.expect_response("**/progress"):
        learner.evaluate("dispatchEvent(new Event('pagehide'))")
    learner.goto("/courses/")
    learner.goto("/courses/gas")
    expect(learner.locator("[data-text] p").nth(100)).to_be_in_viewport()
    expect(learner.locator("[data-text] p").first).not_to_be_in_viewport()


def test_a_film_counts_what_was_played_and_the_transcript_follows(site):
    with site.app.app_context():
        clip = take_film(FileStorage(BytesIO(make_film(seconds=2)), filename="clip.webm"))
        words = take_captions(FileStorage(BytesIO(make_captions()), filename="clip.vtt"))
        make_course("films", film("clip", file=clip, captions=words, film_percent=80))
    learner = site.enter(Role.LEARNER)
    learner.goto("/courses/films")
    button = learner.locator("[data-done-button]")
    expect(button).to_have_attribute("aria-disabled", "true")
    learner.evaluate("document.querySelector('video').currentTime = 1.5")
    expect(learner.locator("[data-transcript] li").nth(1)).to_have_attribute("aria-current", "true")
    learner.locator("[data-transcript] li").nth(1).get_by_role("button").click()
    expect(learner.locator("[data-watched]")).to_have_text(re.compile(r"已看 [34]\d%"))
    expect(button).to_have_attribute("aria-disabled", "true")  # only the second half has been played
    learner.evaluate("document.querySelector('video').currentTime = 0; document.querySelector('video').play()")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    learner.wait_for_url("**/courses/")
    expect(learner.locator("main")).to_contain_text("都学完了")


def test_selected_words_come_along_with_a_note(site):
    with site.app.app_context(), unit_of_work() as session:
        load_bundled(session, now=clock.now())
    learner = site.enter(Role.LEARNER, phone=True)
    learner.goto("/courses/gas-leak/units/properties")
    learner.locator("[data-text] strong").first.evaluate("node => getSelection().selectAllChildren(node)")
    expect(learner.locator("[data-note-quote]")).to_be_visible()
    learner.locator("textarea[name=text]").fill("轻，往上走")
    learner.get_by_role("button", name="存笔记").click()
    expect(learner.locator(".cp-one")).to_contain_text("轻，往上走")
    expect(learner.locator(".cp-one")).to_contain_text("“轻”")


def test_no_page_of_courses_breaks_the_content_policy(site):
    with site.app.app_context(), unit_of_work() as session:
        load_bundled(session, now=clock.now())
    trainer = site.enter(Role.TRAINER)
    trainer.goto("/courses/manage/gas-leak")
    trainer.get_by_role("button", name="复制一份来改").click()
    trainer.get_by_role("link", name="先保命，再问址").click()
    trainer.locator("[data-source]").fill("::: say\n请讲。\n:::\n\n![三条指令](three-orders.svg \"图\")")
    expect(trainer.locator("[data-preview] .say")).to_have_count(1)
    expect(trainer.locator("[data-preview] svg.pic")).to_be_visible()
    for address in ("/courses/", "/courses/gas-leak", "/courses/manage", "/courses/manage/gas-leak/people",
                    "/courses/manage/gas-leak/assign", "/courses/manage/new"):
        trainer.once("dialog", lambda dialog: dialog.accept())
        trainer.goto(address)
    assert site.app.extensions["csp_reports"] == []
