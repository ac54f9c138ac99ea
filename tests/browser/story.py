"""What the people of a long story do on pages: study, take tests, talk on the phone, sit exams."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from courses.models import CourseTest
from lms.access.identity import Role
from lms.exams.models import SittingItem
from lms.kernel import clock
from lms.kernel.db import reading
from lms.people.models import Person
from question_bank import kinds, queries
from simulations import load_library
from simulations.script.plans import action_named

HIRE = "8801"  # the staff number of the story's operator


class Story:
    """The people of the story, the one clock they share, and what they do on pages."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.pages: dict[str, Page] = {}
        self.people: dict[str, Role | Person] = {}

    def let(self, name: str, who: Role | Person) -> Page:
        """Sign somebody in, their browser's clock in our hands."""
        page = self.site.enter(who)
        page.clock.install(time=clock.now())
        page.on("pageerror", lambda error: pytest.fail(f"{name}: {error}"))
        self.pages[name], self.people[name] = page, who
        return page

    def pass_time(self, page: Page, seconds: float, *, step: float = 15) -> None:
        """Let time pass for the server and for one page, in steps."""
        while seconds > 0:
            leap = min(step, seconds)
            clock.set_travel(clock.now() + timedelta(seconds=leap))
            page.clock.run_for(int(leap * 1000))
            seconds -= leap
            page.wait_for_timeout(30)  # real milliseconds, for requests under way

    def jump(self, to: datetime) -> None:
        """Come back at a later instant: yesterday's sign-ins are over, so everybody signs in again."""
        clock.set_travel(to)
        for name, page in self.pages.items():
            page.clock.set_system_time(to)
            self.site.admit(page.context, self.people[name])

    def reading(self, statement: Any) -> Any:
        """Read one value from the database."""
        with self.site.app.app_context():
            return reading().scalars(statement).unique().first()


def give(page: Page, kind: str, name: str, answer: Any) -> None:
    """Answer a question by its widget."""
    if kind in ("single", "true_false"):
        value = str(answer).lower() if kind == "true_false" else answer
        page.locator(f'input[name="{name}"][value="{value}"]').check()
    elif kind == "multiple":
        for value in answer:
            page.locator(f'input[name="{name}"][value="{value}"]').check()
    elif kind == "blank":
        for index, text in enumerate(answer):
            page.locator(f'input[name="{name}.{index}"]').fill(text)
    else:
        page.locator(f'input[name="{name}"]').fill(str(answer))


def answers(story: Story, edition_ids: list[UUID], choose: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Return (kind, answer) for questions, chosen by `kinds.key_answer` or `kinds.wrong_answer`."""
    with story.site.app.app_context():
        editions = queries.editions(reading(), edition_ids)
        return [(editions[one].kind, choose(editions[one].kind, editions[one].content)) for one in edition_ids]


def study(story: Story, page: Page, course: str) -> None:
    """Go through a course, unit by unit, as long as each asks for."""
    page.goto("/courses/")
    page.goto(f"/courses/{course}")
    for _unit in range(20):
        kind = page.locator("[data-player]").get_attribute("data-kind")
        if page.locator(".cp-next a.btn-primary").count() == 0:
            UNITS[kind](story, page)
        onward = page.locator(".cp-next a.btn-primary")
        expect(onward).to_be_visible()
        if onward.get_attribute("href") == "/courses/":
            return
        onward.click()
    pytest.fail(f"{course} has no end")


def read(story: Story, page: Page) -> None:
    """Stay with a text until its button opens, then go on, and come back to where one was."""
    here = page.url
    for _quarter in range(40):
        if page.locator("[data-done-button][aria-disabled]").count() == 0:
            break
        story.pass_time(page, 15)
    page.locator("[data-done-button]").click()
    page.wait_for_url(lambda url: url != here)
    if page.locator("[data-player]").count():
        page.goto(here)


def take_test(story: Story, page: Page) -> None:
    """Answer a course's own test, all right."""
    page.get_by_role("button", name="开始测验").or_(page.locator("#test form button.btn-primary")).first.click()
    form = page.locator("form.ct")
    test_id = UUID((form.get_attribute("action") or "").rpartition("/")[2])
    items = story.reading(select(CourseTest.items).where(CourseTest.id == test_id))
    given = answers(story, [UUID(item["edition_id"]) for item in items], kinds.key_answer)
    widgets = page.locator("[data-question-widget]")
    names = [widgets.nth(number).get_attribute("data-name") for number in range(len(given))]
    for name, (kind, answer) in zip(names, given, strict=True):
        give(page, kind, str(name), answer)
    form.locator("button.btn-primary").click()


def practise(story: Story, page: Page) -> None:
    """Play the call a course asks for, in practice, and let it count."""
    here = page.url
    page.locator('article a[href^="/calls/"]').first.click()
    page.locator('a[href$="/console/practice"]').click()
    talk(story, page, page.url.split("/calls/")[1].split("/")[0])
    page.goto(here)
    page.locator('form[action$="/calls"] button').click()


def talk(story: Story, page: Page, code: str) -> None:
    """Play a bundled script by typing what its perfect plan says, by keyboard alone from ring to report."""
    script = next(script for script in load_library().scripts if script.code == code)
    expect(page.locator("#online")).to_be_enabled()
    reach(page, "#online")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_visible()
    for step in script.plans[0].steps:
        listen(story, page)
        if step.kind not in ("fill", "act"):
            story.pass_time(page, step.after_ms / 1000, step=1)
        if step.kind == "answer":
            page.keyboard.press("Space")
            expect(page.locator("#talk")).to_be_visible()
        elif step.kind == "say":
            lines = page.locator("#log .me").count()
            reach(page, "#reply")
            page.keyboard.insert_text(step.text.replace("3276", HIRE))
            page.keyboard.press("Enter")
            expect(page.locator("#log .me")).to_have_count(lines + 1)
        elif step.kind == "act":
            act(page, step.text)
        elif step.kind == "fill":
            for piece in re.split("[;；]", step.text):
                name, _, value = piece.replace("＝", "=").partition("=")
                fill_in(page, name.strip(), value.strip())
    for _second in range(120):
        if "/report" in page.url:
            break
        story.pass_time(page, 1, step=1)
    page.wait_for_url("**/report")


def listen(story: Story, page: Page) -> None:
    """Wait until the caller has finished speaking."""
    for _second in range(60):
        if "/runs/" not in page.url or "/report" in page.url:
            return
        state = page.evaluate("() => fetch(location.pathname + '/state').then(r => r.json())")["state"]
        if state["ended"] or state["speaking_until_ms"] <= state["elapsed_ms"]:
            return
        story.pass_time(page, 1, step=1)


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Go on by Tab, or back by Shift+Tab, until the focus is on an element; AssertionError when it can't be reached."""
    for _stop in range(60):
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} can't be reached by {key}")


def act(page: Page, text: str) -> None:
    """Press the key of an action; choose whom to transfer to where the console asks."""
    action, target = action_named(text)
    page.keyboard.press(page.locator(f'[data-action="{action.value}"]:visible kbd').inner_text())
    if target:
        place = page.locator("#target-list button").all_inner_texts().index(target)
        reach(page, f"#target-list button:nth-child({place + 1})")
        page.keyboard.press("Enter")


def fill_in(page: Page, name: str, value: str) -> None:
    """Fill one field of the ticket and leave it."""
    box = page.locator(f'#fields [name="{name}"]')
    if box.first.get_attribute("type") == "radio":
        reach(page, f'#fields [name="{name}"]')
        wanted = [it.get_attribute("value") for it in box.all()].index(value)
        page.keyboard.press("Space")
        for _step in range(wanted):
            page.keyboard.press("ArrowDown")
        assert page.locator(f'#fields [name="{name}"]:checked').get_attribute("value") == value
        return
    reach(page, f'#fields [name="{name}"]')
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(value)
    page.keyboard.press("Tab")


def sit(story: Story, page: Page, choose: Callable[..., Any]) -> None:
    """Sit the theory exam from the honesty notice to the result."""
    page.goto("/exams/gas-theory")
    page.locator('input[name="honest"]').check()
    page.locator("form button.btn-primary").click()
    page.wait_for_url("**/exams/sittings/*")
    sitting_id = UUID(page.url.partition("#")[0].rpartition("/")[2])
    with story.site.app.app_context():
        items = (
            reading()
            .scalars(select(SittingItem).where(SittingItem.sitting_id == sitting_id).order_by(SittingItem.position))
            .all()
        )
    for item, (kind, answer) in zip(items, answers(story, [item.edition_id for item in items], choose), strict=True):
        page.locator(f'[data-go="{item.position}"]').click()
        give(page, kind, f"q{item.position}", answer)
        story.pass_time(page, 1, step=1)
    expect(page.locator("[data-saved-time]")).not_to_have_text("")
    page.locator("[data-hand-in]:visible").click()
    page.locator("[data-confirm-hand-in]").click()
    page.wait_for_url("**/result")


UNITS = {"page": read, "document": read, "test": take_test, "call": practise}
