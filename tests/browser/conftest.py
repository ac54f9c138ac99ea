"""A real browser against the real application: headless Chromium, one server thread, jobs run when asked."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from lms.access.identity import Role
from lms.kernel import clock, jobs
from lms.people.models import Person
from tests.browser.chromium import chromium as running_chromium

PATIENCE = 30_000  # milliseconds a step may take before a test gives up: the machine may be busy
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
expect.set_options(timeout=PATIENCE)


def wait_for_scripts(page: Page) -> None:
    """Make every step on a page wait until its scripts have run: a click on a link only waits for the page to come."""
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.documentElement.setAttribute('data-ran', ''))")
    page.add_locator_handler(page.locator("html:not([data-ran])"), lambda: page.wait_for_load_state())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file; its event loop, which occupies this thread, ends with it and leaves the next file free."""
    with running_chromium() as browser:
        yield browser


@dataclass
class Site:
    """The running application and ways into it."""

    app: Flask
    address: str
    server: BaseWSGIServer
    open_context: Callable[..., BrowserContext]
    put_in: Callable[..., Person]

    def enter(self, who: Role | Person | None = None, *, phone: bool = False, locale: str = "zh-CN") -> Page:
        """Return a page of somebody signed in (a role makes a new person; None is a visitor), not yet gone anywhere."""
        context = self.open_context(
            base_url=self.address,
            locale=locale,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
        )
        if who is not None:
            self.admit(context, who)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        wait_for_scripts(page)
        return page

    def admit(self, context: BrowserContext, who: Role | Person) -> None:
        """Sign somebody in to a browser."""
        client = self.app.test_client()
        self.put_in(client, who)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.address, "httpOnly": True}])

    def run_jobs(self) -> int:
        """Do what the worker would do now."""
        with self.app.app_context():
            return jobs.run_due_jobs(clock.now())


@pytest.fixture
def site(app: Flask, chromium: Browser, sign_in: Callable[..., Person]) -> Iterator[Site]:
    """The application on an empty database behind a real port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    contexts: list[BrowserContext] = []

    def open_context(**options: object) -> BrowserContext:
        contexts.append(chromium.new_context(**options))
        return contexts[-1]

    yield Site(app, f"http://127.0.0.1:{server.server_port}", server, open_context, sign_in)
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()
