"""A call answered by voice: recorded with consent, written down by an assessor, heard again beside its report."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from simulations.models import ScriptEdition, SimulatedCall
from simulations.queries import compiled, log_of
from simulations.voice import caller
from simulations.voice.models import CallerVoice, VoiceConsent, VoiceSource
from simulations.voice.queries import listeners_of, recordings_of, sound_of
from simulations.voice.rules import kind_of_recording
from tests.browser.listening import hear_again, write_down
from tests.factories import make_person
from tests.simulations.factories import make_edition
from tests.simulations.sounds import beep

pytestmark = pytest.mark.browser
GREETING, ADVICE = "您好，平安燃气3276号为您服务，请讲。", "您先关总阀、打开窗户，千万别碰电灯开关。"


@pytest.fixture
def learner(site):
    """A learner, and a script of which somebody has recorded every line."""
    with site.app.app_context():
        make_edition()
        sound = caller.store_bytes(beep(seconds=1))
        with unit_of_work() as session:
            edition = session.scalars(select(ScriptEdition)).one()
            session.add_all(
                CallerVoice(line=line.digest, code=edition.code, source=VoiceSource.RECORDED, sha256=sound, kind="wav",
                            made_at=edition.written_at)
                for line in caller.lines_of(compiled(edition))
            )
        return make_person("陈雨桐")


def speak(page, words):
    """Hold the key by keyboard for a second, then type what was said, as in a call that counts."""
    page.keyboard.press("F9")
    expect(page.locator("#talk-key")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(900)
    page.keyboard.press("F9")
    expect(page.locator("#talk-state")).to_have_attribute("data-state", "which")
    page.locator("#reply").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#log .me").last).to_contain_text(words)


def test_a_voice_call_from_consent_to_the_waveform_in_its_report(site, learner):
    page = site.enter(learner)
    page.goto("/calls/gas-leak-01/console/exam")
    page.get_by_role("button", name="同意录音，用语音上线").click()
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#talk-key")).to_be_enabled()
    speak(page, GREETING)
    speak(page, ADVICE)
    page.keyboard.press("F10")
    expect(page.get_by_text("待转写")).to_be_visible(timeout=30_000)

    with site.app.app_context():
        call_id = reading().scalars(select(SimulatedCall.id)).one()
        track = recordings_of(reading(), call_id)[0]
        events = [event.kind for event in log_of(reading(), call_id)]
        assert (track.whole, track.open, track.side) == (True, False, "learner")
        assert kind_of_recording(sound_of(reading(), track.id).read()) == "webm"
        assert track.size > 5_000
        assert reading().scalars(select(VoiceConsent)).one().person_id == learner.id
        assert "prompt_started" in events
        reading().rollback()

    ear = site.enter(Role.ASSESSOR)
    write_down(ear, [GREETING, ADVICE], [GREETING, "您先关总阀，把窗户打开。"])
    assert ear.locator("#replay-marks button").count() == 0  # nothing is fetched before somebody asks
    hear_again(ear)
    assert ear.locator("#replay-marks button").count() >= 4
    expect(ear.get_by_text("把窗户打开").first).to_be_visible()
    with site.app.app_context():
        assert len(listeners_of(reading(), call_id)) == 1
    assert site.app.extensions["csp_reports"] == []
