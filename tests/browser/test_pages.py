"""Every page in a real browser: nothing stopped by the content policy, nothing serious for axe, nothing too wide."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import db
from tests.browser.scene import Scene, set_scene
from tests.conftest import NOW, Backend
from tests.factories import account_of

WIDTHS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
EVERYWHERE = bool(os.environ.get("EVERY_PAGE"))  # the long form: every address in full, not one page of each template
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"resultTypes": ["violations"], "preload": False}
IN_FULL = {**AXE, "runOnly": WCAG}
# What another width or theme may change; the rest of a page is the same.
BY_LOOKS = {**AXE, "runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}}
DARKEN = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important }");
  document.adoptedStyleSheets = [still];
  document.documentElement.dataset.bsTheme = "dark";
}"""
ASK_AXE = """options => axe.run(document, options).then(found => found.violations
  .filter(it => ["serious", "critical"].includes(it.impact))
  .map(it => `axe ${it.id}: ${it.nodes[0].html.slice(0, 160)}`))"""
NO_PAGES = {"security.logout", "static", "bootstrap.static", "security.static", "certification.pdf"}
LINK = re.compile(r'href="(/[^"#]*)')
# Those who reach most come first.
WALKERS = (Role.TRAINING_ADMIN, Role.TRAINER, Role.LEARNER, Role.ASSESSOR, Role.SYSTEM_ADMIN, Role.HR, Role.MANAGER,
           Role.AUDITOR, Role.REVIEWER, Role.MENTOR, None)


@dataclass
class Place:
    """The running application with its scene."""

    app: Flask
    scene: Scene
    address: str


@pytest.fixture(scope="module")
def place(sqlite_backend: Backend) -> Iterator[Place]:
    """The scene behind a real port, set once for all pages."""
    app = sqlite_backend.fresh()
    clock.set_travel(NOW)
    with app.app_context():
        scene = set_scene()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Place(app, scene, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    clock.set_travel(None)


def enter(place: Place, role: Role | None) -> FlaskClient:
    """Return a client signed in as the scene's person of a role; a visitor for None."""
    client = place.app.test_client()
    if role is not None:
        with place.app.app_context():
            token = account_of(place.scene.people[role]).fs_uniquifier
        with client.session_transaction() as cookie:
            cookie.update({"_user_id": token, "_fresh": True, "fs_cc": "set", "fs_paa": clock.now().timestamp(),
                           "identity.id": token})
    return client


@dataclass(frozen=True)
class Address:
    """Where a page is, who reaches it, and the template it is made of."""

    role: Role | None
    path: str
    template: str


def look_at(app: Flask, client: FlaskClient, address: str) -> tuple[TestResponse, str | None]:
    """Open an address without a browser; return the answer and the template it was made of."""
    templates: list[str | None] = []

    def note(_app: Flask, template: Template, **_more: object) -> None:
        templates.append(template.name)

    with template_rendered.connected_to(note, app):
        response = client.get(address, follow_redirects=True)
    return response, templates[-1] if templates else None


def walk(place: Place, role: Role | None, found: dict[str, Address], files: set[str]) -> None:
    """Follow links from a role's first page and add every page that nobody reached before, one address an endpoint.

    The pages of the role's own spine are opened in any case: they may lead further than they led others. `files` are
    the endpoints that answer with something else than a page; each is fetched once.
    """
    client = enter(place, role)
    urls = place.app.url_map.bind("localhost")
    waiting = ["/" if role else "/account/login", "/check/", f"/gate/people/{place.scene.suspended}",
               f"/people/{place.scene.people[Role.LEARNER].id}/photo"]
    always, opened = set(waiting), set[str]()
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint = urls.match(re.split(r"[?#]", address)[0], method="GET")[0]
        except HTTPException:  # a link to nowhere, or one that is redirected: that page is found by its own address
            continue
        known = endpoint in found and address not in always
        if known or address in opened or endpoint in NO_PAGES | files or "export=" in address:
            continue
        opened.add(address)
        response, template = look_at(place.app, client, address)
        assert response.status_code < 500, address
        if response.status_code == 200 and response.mimetype != "text/html":
            files.add(endpoint)
        if response.status_code != 200 or response.mimetype != "text/html":
            continue
        found.setdefault(endpoint, Address(role, address, template or endpoint))
        if '<nav class="nav-r"' in response.text:
            always |= set(LINK.findall(response.text.split('<nav class="nav-r"')[1].split("</nav>")[0]))
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(response.text)]


@pytest.fixture(scope="module")
def addresses(place: Place) -> dict[str, Address]:
    """Every page once, with a role that reaches it; and the first page of every role."""
    found: dict[str, Address] = {}
    files: set[str] = set()
    for role in WALKERS:
        walk(place, role, found, files)
        if role is not None:
            found[f"home of {role}"] = Address(role, "/", f"home of {role}")
    return found


@dataclass
class Reader:
    """Somebody's browser in one language, going from page to page and writing down what is wrong."""

    page: Page
    address: str
    troubles: list[str]

    def open(self, path: str) -> None:
        """Open a page; it must answer."""
        response = self.page.goto(self.address + path, wait_until="load")
        if response is None or response.status >= 400:
            self.troubles.append(f"status {response.status if response else '?'}")

    def measure(self, width: str) -> None:
        """Look at the page in one width: nothing may be wider than the window."""
        self.page.set_viewport_size(WIDTHS[width])
        self.settle()
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.troubles.append(f"wider than the window, {width}")

    def darken(self) -> None:
        """Turn the page to its dark theme, the change of colours done at once."""
        self.page.evaluate(DARKEN)
        self.settle()

    def settle(self) -> None:
        """Let the page draw twice: layout and colours have arrived then."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def ask_axe(self, options: dict[str, object]) -> None:
        """Let axe look at the page as it stands."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE_SCRIPT)
        self.troubles += self.page.evaluate(ASK_AXE, options)


@contextmanager
def reading_as(place: Place, chromium: Browser, role: Role | None, language: str, theme: str) -> Iterator[Reader]:
    """A browser of its own, signed in as a role, that hears every error of the console and of scripts."""
    context = chromium.new_context(viewport=WIDTHS["desk"], locale=language, color_scheme=theme,
                                   reduced_motion="reduce", timezone_id="Asia/Shanghai")
    cookie = enter(place, role).get_cookie("session") if role else None
    if cookie is not None:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": place.address}])
    reader = Reader(context.new_page(), place.address, [])
    reader.page.on("console", lambda said: reader.troubles.append(said.text) if said.type == "error" else None)
    reader.page.on("pageerror", lambda error: reader.troubles.append(str(error)))
    yield reader
    context.close()


def read_in_english(reader: Reader, path: str, *, in_full: bool) -> None:
    """English, whose words are longest, in both widths. In full: all of axe in the light, its looks in the dark."""
    reader.open(path)
    reader.measure("desk")
    if in_full:
        reader.ask_axe(IN_FULL)
    reader.measure("phone")
    if in_full:
        reader.darken()
        reader.ask_axe(BY_LOOKS)


def read_in_chinese(reader: Reader, path: str, *, in_full: bool) -> None:
    """Chinese on a phone, in the dark. The same page otherwise: axe is asked about it in the long form alone."""
    reader.page.set_viewport_size(WIDTHS["phone"])
    reader.open(path)
    reader.measure("phone")
    if in_full:
        reader.ask_axe(IN_FULL)


def test_every_page_is_sound(place: Place, addresses: dict[str, Address], chromium: Browser) -> None:
    place.app.extensions["csp_reports"].clear()
    wrong: list[str] = []
    seen: set[str] = set()
    for role in WALKERS:
        pages = [(endpoint, it) for endpoint, it in addresses.items() if it.role is role]
        with reading_as(place, chromium, role, "en", "light") as reader:
            for endpoint, it in pages:
                read_in_english(reader, it.path, in_full=EVERYWHERE or it.template not in seen)
                seen.add(it.template)
                wrong += [f"{endpoint} {it.path}, English: {trouble}" for trouble in reader.troubles]
                reader.troubles.clear()
        with reading_as(place, chromium, role, "zh-CN", "dark") as reader:
            for endpoint, it in pages:
                read_in_chinese(reader, it.path, in_full=EVERYWHERE)
                wrong += [f"{endpoint} {it.path}, Chinese: {trouble}" for trouble in reader.troubles]
                reader.troubles.clear()
    assert not wrong, "\n".join(wrong)
    assert place.app.extensions["csp_reports"] == []


def test_the_walk_reaches_the_pages_that_matter(addresses: dict[str, Address]) -> None:
    assert {"security.login", "certification.check_form", "desk.board", "desk.why", "desk.person_file", "desk.ledger",
            "desk.search", "desk.style", "courses.study", "exams.mine", "exams.result", "calls.index", "calls.scripts",
            "questions.index", "practical.stations", "people.index", "people.imports", "certification.mine",
            "certification.waivers", "certification.waiver", "certification.new_waiver", "certification.show",
            "certification.revoke", "certification.certification", "certification.edit", "certification.queue",
            "certification.grants", "certification.register_list", "certification.person_floor",
            "certification.suspend", "certification.lift", "certification.new_phase", "exams.edit", "exams.sessions",
            "exams.decisions", "exams.show_forms", "exams.preview", "exams.try_out", "exams.board",
            "exams.month_plans", "exams.month_plan", "exams.new_plan", "exams.edit_plan", "exams.spot_checks",
            "exams.spot_check", "exams.new_spot_check", "people.photo_form", "practical.station", "api.keys",
            "notifications.index"} - addresses.keys() == set()
    assert len(addresses) > 60


def test_the_board_shows_its_reasons_to_a_pointer_and_to_the_keyboard(place: Place, chromium: Browser) -> None:
    context = chromium.new_context(viewport=WIDTHS["desk"], locale="zh-CN", reduced_motion="reduce")
    cookie = enter(place, Role.MANAGER).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": place.address}])
    page = context.new_page()
    page.goto(place.address + "/board")
    page.locator(".fb-tbl .cell").first.hover()
    page.locator("#why:not([hidden]) ul").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#why").is_hidden()
    page.locator(".fb-tbl .cell").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('td').cellIndex") == 2
    before = page.locator(".fb-tbl tbody tr").count()
    page.locator("[data-board-link]", has_text="已停用").first.click()
    expect(page.locator(".fb-tbl tbody tr")).to_have_count(1)
    assert "state=suspended" in page.url
    page.go_back()
    expect(page.locator(".fb-tbl tbody tr")).to_have_count(before)
    context.close()


def test_light_and_dark_are_remembered(place: Place, chromium: Browser) -> None:
    context = chromium.new_context(viewport=WIDTHS["desk"], color_scheme="light")
    page = context.new_page()
    page.goto(place.address + "/check/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    context.close()


def test_a_click_that_comes_before_the_scripts_is_answered_once_they_have_run(place: Place, chromium: Browser) -> None:
    context = chromium.new_context(viewport=WIDTHS["desk"], color_scheme="light")
    cookie = enter(place, Role.MANAGER).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": place.address}])
    page = context.new_page()
    held: list[Route] = []
    page.route("**/js/shell.js*", lambda route: held.append(route))
    page.goto(place.address + "/notifications/", wait_until="commit")
    page.locator("button.ib[data-theme-toggle]").click(no_wait_after=True)
    assert held
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    held[0].continue_()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()
