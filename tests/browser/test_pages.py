"""Every page in a real browser: nothing stopped by the content policy, nothing serious for axe, nothing too wide."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import db
from tests.browser.scene import Scene, set_scene
from tests.conftest import NOW, Backend
from tests.factories import account_of

# A page is looked at in these shapes; the long form (EVERY_SHAPE=1) takes all four.
SHAPES = [("desk", "zh-CN", "light"), ("phone", "en", "dark")]
if os.environ.get("EVERY_SHAPE"):
    SHAPES += [("desk", "en", "dark"), ("phone", "zh-CN", "light")]
WIDTHS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
AXE = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
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


def walk(place: Place, role: Role | None, found: dict[str, tuple[Role | None, str]]) -> None:
    """Follow links from a role's first page and add every page that nobody reached before, one address an endpoint.

    The pages of the role's own spine are opened in any case: they may lead further than they led others.
    """
    client = enter(place, role)
    urls = place.app.url_map.bind("localhost")
    waiting = ["/" if role else "/account/login", "/check/"]
    always, opened = set(waiting), set[str]()
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint = urls.match(re.split(r"[?#]", address)[0], method="GET")[0]
        except HTTPException:  # a link to nowhere, or one that is redirected: that page is found by its own address
            continue
        known = endpoint in found and address not in always
        if known or address in opened or endpoint in NO_PAGES or "export=" in address:
            continue
        opened.add(address)
        response = client.get(address, follow_redirects=True)
        assert response.status_code < 500, address
        if response.status_code != 200 or response.mimetype != "text/html":
            continue
        found.setdefault(endpoint, (role, address))
        if '<nav class="nav-r"' in response.text:
            always |= set(LINK.findall(response.text.split('<nav class="nav-r"')[1].split("</nav>")[0]))
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(response.text)]


@pytest.fixture(scope="module")
def addresses(place: Place) -> dict[str, tuple[Role | None, str]]:
    """Every page once, with a role that reaches it; and the first page of every role."""
    found: dict[str, tuple[Role | None, str]] = {}
    for role in WALKERS:
        walk(place, role, found)
        if role is not None:
            found[f"home of {role}"] = (role, "/")
    return found


def troubles_of(page: Page, place: Place, address: str, shape: str) -> list[str]:
    """Open a page and return everything that is wrong with it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(place.address + address, wait_until="load")
    if response is None or response.status >= 400:
        said.append(f"status {response.status if response else '?'}")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        said.append("wider than the window")
    found = Axe().run(page, options=AXE).response["violations"]
    return said + [
        f"axe {it['id']}: {it['nodes'][0]['html'][:160]}" for it in found if it["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "language", "theme"), SHAPES, ids=[", ".join(shape) for shape in SHAPES])
def test_every_page_is_sound(
    place: Place, addresses: dict[str, tuple[Role | None, str]], chromium: Browser, width: str, language: str,
    theme: str,
) -> None:
    place.app.extensions["csp_reports"].clear()
    wrong: dict[str, list[str]] = {}
    by_role: dict[Role | None, list[tuple[str, str]]] = {}
    for endpoint, (role, address) in addresses.items():
        by_role.setdefault(role, []).append((endpoint, address))
    for role, pages in by_role.items():
        context = chromium.new_context(viewport=WIDTHS[width], locale=language, color_scheme=theme,
                                       reduced_motion="reduce", timezone_id="Asia/Shanghai")
        cookie = enter(place, role).get_cookie("session") if role else None
        if cookie is not None:
            context.add_cookies([{"name": "session", "value": cookie.value, "url": place.address}])
        for endpoint, address in pages:
            page = context.new_page()
            if troubles := troubles_of(page, place, address, width):
                wrong[f"{endpoint} {address}"] = troubles
            page.close()
        context.close()
    assert not wrong, "\n".join(f"{page}: {trouble}" for page, troubles in wrong.items() for trouble in troubles)
    assert place.app.extensions["csp_reports"] == []


def test_the_walk_reaches_the_pages_that_matter(addresses: dict[str, tuple[Role | None, str]]) -> None:
    assert {"security.login", "certification.check_form", "desk.board", "desk.why", "desk.person_file", "desk.ledger",
            "desk.search", "desk.style", "courses.study", "exams.mine", "exams.result", "calls.index", "calls.scripts",
            "questions.index", "practical.stations", "people.index", "people.imports", "certification.mine",
            "certification.waivers", "api.keys", "notifications.index"} - addresses.keys() == set()
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
