"""A live call in three browsers: a trainer plays the caller, a learner answers, a mentor reads along."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading
from lms.people.models import Person
from lms.socket_server import Sockets
from simulations import score, verify_chain
from simulations.models import SimulatedCall
from simulations.queries import compiled, kept_score, log_of
from simulations.voice.models import VoiceConsent
from simulations.voice.queries import recordings_of
from simulations.voice.services import CONSENT_EDITION
from simulations.voice.words import unheard
from tests.browser.conftest import Site
from tests.browser.listening import hear_again, write_down
from tests.factories import make_person
from tests.installation import free_port
from tests.simulations.calls import FIRST_ADVICE, GREETING
from tests.simulations.factories import make_edition

pytestmark = pytest.mark.browser
PATIENCE = 20_000  # ms; the machine may be busy


class SocketServer:
    """The sockets' process as a thread, which can be killed and started again at the same port."""

    def __init__(self, secret: str, port: int) -> None:
        self.secret, self.port = secret, port
        self.start()

    def start(self) -> None:
        self.loop, listening = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(listening,), daemon=True)
        self.thread.start()
        assert listening.wait(20)

    def _run(self, listening: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        self.runner = web.AppRunner(Sockets(self.secret).application(), shutdown_timeout=0.1)
        self.loop.run_until_complete(self.runner.setup())
        self.loop.run_until_complete(web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True).start())
        listening.set()
        self.loop.run_forever()
        self.loop.run_until_complete(self.runner.cleanup())

    def kill(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)


@pytest.fixture
def sockets(site: Site) -> Iterator[SocketServer]:
    """Running sockets, at a port that the site knows."""
    settings = site.app.extensions["settings"]
    site.app.extensions["settings"] = settings.model_copy(update={"socket_port": free_port()})
    server = SocketServer(site.app.config["SECRET_KEY"], site.app.extensions["settings"].sockets_port)
    yield server
    server.kill()
    site.app.extensions["settings"] = settings


@pytest.fixture
def people(site: Site) -> dict[str, Page]:
    """A signed-in page for each part of the live call."""
    with site.app.app_context():
        make_edition()
        cast = {"trainer": make_person("周敏", staff_no="2001", roles=[Role.TRAINER]),
                "learner": make_person("陈雨桐", staff_no="3276"),
                "observer": make_person("方旭", staff_no="2002", roles=[Role.MENTOR])}
        return {part: site.enter(person) for part, person in cast.items()}


def invite(trainer: Page, kind: str = "练习，有提示") -> str:
    """Invite the learner and the observer; return the address of the live call."""
    trainer.goto("/calls/scripts")
    trainer.get_by_role("link", name="夜间厨房漏气，来电人头晕").click()
    trainer.get_by_role("link", name="实时对练").last.click()
    trainer.get_by_label("学员工号").fill("3276 陈雨桐")
    trainer.get_by_label("旁听人工号").fill("2002")
    trainer.get_by_label(kind).check()
    trainer.get_by_role("button", name="邀请").click()
    trainer.wait_for_url("**/calls/live/*-*")
    return trainer.url


def say(page: Page, text: str) -> None:
    page.locator("#reply").fill(text)
    page.locator("#reply").press("Enter")
    expect(page.locator("#log")).to_contain_text(text, timeout=PATIENCE)


def test_a_live_call_is_played_by_three_people_and_ends_in_a_report(site, sockets, people):
    trainer, learner, observer = people.values()
    live = invite(trainer)
    assert trainer.locator("#ring").is_disabled()

    learner.goto("/calls/")
    learner.get_by_role("link", name="去话务台").click()
    learner.wait_for_url("**/calls/live/*")  # its scripts have run
    learner.locator("#online").click()
    observer.goto(live)
    expect(trainer.locator("#ring")).to_be_enabled(timeout=PATIENCE)
    trainer.locator("#ring").click()
    learner.locator("#answer").click(timeout=PATIENCE)
    say(learner, GREETING)

    cue = trainer.locator(".live-cue.heard").first
    expect(cue).to_contain_text("我头都晕了", timeout=PATIENCE)
    assert "我头都晕了" not in learner.content() + observer.content()
    trainer.keyboard.press("1")
    for page in (learner, observer):
        expect(page.locator("#log")).to_contain_text("我头都晕了", timeout=PATIENCE)
    expect(trainer.locator("#present")).to_have_text("对方已连接", timeout=PATIENCE)

    sockets.kill()  # nothing is lost: the pages look at the site by themselves, and come back
    expect(trainer.locator("#present")).to_contain_text("暂时没有直连", timeout=PATIENCE)
    trainer.locator("#line").fill("你们到底管不管！我住幸福路12号3幢2单元601室")
    trainer.locator("#tells").get_by_text("地址").click()
    trainer.locator("#line").press("Enter")
    expect(learner.locator("#log")).to_contain_text("到底管不管", timeout=PATIENCE)
    expect(learner.locator("#known")).to_contain_text("601室", timeout=PATIENCE)
    sockets.start()
    expect(trainer.locator("#present")).to_have_text("对方已连接", timeout=PATIENCE)

    trainer.locator("[data-mood='5']").click()
    say(learner, FIRST_ADVICE)
    learner.locator("#fields").get_by_label("姓名").fill("王桂芳")
    learner.locator("#fields").get_by_label("姓名").press("Tab")
    expect(trainer.locator("#ticket-now")).to_contain_text("王桂芳", timeout=PATIENCE)
    expect(observer.locator("#mood")).to_have_text("情绪 5 / 5", timeout=PATIENCE)

    trainer.locator("#hangup").click()
    for page in (trainer, learner, observer):
        page.wait_for_url("**/report", timeout=PATIENCE)
        expect(page.locator("main")).to_contain_text("平安燃气3276号")
    assert site.app.extensions["csp_reports"] == []


def test_two_people_hear_each_other_and_what_was_said_is_written_down_and_scored(site, sockets, people):
    trainer, learner, _observer = people.values()
    invite(trainer, "考核，没有提示，只接一次")
    agree_and_talk(trainer, learner)
    trainer.locator("#hangup").click()
    for page in (trainer, learner):
        page.wait_for_url("**/report", timeout=2 * PATIENCE)
        expect(page.locator("main")).to_contain_text("待转写")
    with site.app.app_context():
        call = reading().scalars(select(SimulatedCall)).unique().one()
        call_id, turns, kept = call.id, unheard(reading(), call), recordings_of(reading(), call.id)
        assert {(track.side, track.person, track.whole) for track in kept} == {
            ("learner", "陈雨桐", True), ("caller", "周敏", True)}
        assert all(track.size > 1_000 for track in kept)
        agreed = reading().execute(select(Person.name, VoiceConsent.edition).join(VoiceConsent)).tuples().all()
        assert sorted(agreed) == [("周敏", CONSENT_EDITION), ("陈雨桐", CONSENT_EDITION)]
        reading().rollback()

    ear = site.enter(Role.ASSESSOR)
    write_down(ear, [""] * len(turns), [GREETING] * len(turns))
    trainer.reload()
    expect(trainer.get_by_text(GREETING).first).to_be_visible()
    hear_again(trainer)
    ear.reload()
    expect(ear.get_by_text("有 2 次收听")).to_be_visible()
    heard_at = json.loads(ear.locator("#replay").get_attribute("data-places"))
    with site.app.app_context():
        call = reading().get_one(SimulatedCall, call_id)
        log, learners = log_of(reading(), call_id), next(track for track in kept if track.side == "learner")
        counted = score(compiled(call.edition), log)
        assert verify_chain(log) is None
        assert kept_score(reading(), call_id).digest == counted.digest
        said = next(found for item in counted.checkpoints for found in item.evidence if found.turn == turns[0].number)
        assert said.audio_ms == turns[0].from_ms > 0
        assert heard_at[str(said.at_ms)] == learners.begins_ms + said.audio_ms
    assert site.app.extensions["csp_reports"] == []


def agree_and_talk(trainer: Page, learner: Page) -> None:
    """Open both microphones with consent; the phone rings, the learner speaks one turn, the caller answers it."""
    learner.goto("/calls/")
    learner.get_by_role("link", name="去话务台").click()
    learner.wait_for_url("**/calls/live/*")  # its scripts have run
    for page in (learner, trainer):
        page.locator("#mic").click()
        expect(page.locator("#consent")).to_contain_text("录音")
        page.locator("#consent").get_by_role("button", name="同意并打开").click()
    for page in (learner, trainer):
        expect(page.locator("#live-voice")).to_have_attribute("data-voice", "connected", timeout=PATIENCE)
    learner.locator("#online").click()
    expect(trainer.locator("#ring")).to_be_enabled(timeout=PATIENCE)
    trainer.locator("#ring").click()
    learner.locator("#answer").click(timeout=PATIENCE)
    expect(learner.locator("#live-voice")).to_have_attribute("data-speaking", "true", timeout=PATIENCE)  # it beeps
    learner.locator("#mic").click()  # and is quiet: that was one turn
    expect(trainer.locator("#log")).to_contain_text("语音，待转写", timeout=PATIENCE)
    trainer.locator(".live-cue").first.click()
    expect(learner.locator("#log")).to_contain_text("我头都晕了", timeout=PATIENCE)
