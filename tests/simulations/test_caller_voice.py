"""How a caller sounds: digits as people say them, a trainer's recording first, never a line that wasn't said."""

import io
import wave
from datetime import timedelta

import pytest

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from simulations import services
from simulations.models import Purpose
from simulations.queries import compiled
from simulations.voice import caller, synthesis
from simulations.voice.spelling import cardinal, spoken
from tests.conftest import NOW
from tests.factories import identity_with, make_person
from tests.simulations.factories import GAS, make_edition
from tests.simulations.sounds import beep
from tests.simulations.test_voice_store import with_token


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("电话16405716688", "电话幺六四零五七幺六六八八"),
        ("0571-8888", "零五七幺杠八八八八"),
        ("12号3幢2单元601室", "十二号三幢二单元六零一室"),
        ("110元", "一百一十元"),
        ("2个人", "两个人"),
        ("2元", "两元"),
        ("2026年3月2日", "二零二六年三月二日"),
        ("1,250元", "一千二百五十元"),
        ("3.05公斤", "三点零五公斤"),
        ("工单A0031", "工单A零零三幺"),
        ("没有数字。", "没有数字。"),
        ("", ""),
    ],
)
def test_digits_are_spelt_as_people_say_them(written, said):
    assert spoken(written) == said


@pytest.mark.parametrize(("number", "said"), [(0, "零"), (10, "十"), (19, "十九"), (21, "二十一"), (100, "一百"),
                                              (101, "一百零一"), (1001, "一千零一"), (1010, "一千零一十"),
                                              (9999, "九千九百九十九")])
def test_whole_numbers(number, said):
    assert cardinal(number) == said


@pytest.fixture
def edition(session):
    return make_edition()


def keep(edition, line, source="synthesised", by=None):
    """Give a line a sound."""
    with unit_of_work() as session:
        if source == "synthesised":
            caller.keep_rendered(session, line.digest, caller.store_bytes(beep()), "espeak-ng cmn", now=NOW)
        else:
            file = caller.StoredFile(caller.store_bytes(beep(seconds=0.3)), 10, "wav", "a.wav")
            caller.keep_recording(session, edition.id, line.digest, file, by=by, now=NOW)


def test_every_line_a_caller_may_say_is_listed_once_with_its_facts_filled_in(edition):
    lines = [line.text for line in caller.lines_of(compiled(edition))]
    assert len(lines) == len(set(lines)) > 5
    assert not any("{" in line for line in lines)
    assert any("幸福路" in line for line in lines)


def test_each_wording_of_a_line_has_a_sound_of_its_own(session):
    text = GAS.replace("- 客: 我听不清", "- 客: 你说啥？ | 我听不清")
    assert text != GAS
    found = [line.text for line in caller.lines_of(compiled(make_edition(text)))]
    assert {"你说啥？", "我听不清，你再说一遍。"} < set(found)


def test_a_line_with_the_learners_own_number_can_only_be_read(session):
    text = GAS.replace("== 询问 ==\n", "== 询问 ==\n客: 您是{工号}号？\n")
    assert text != GAS
    found = [line.text for line in caller.lines_of(compiled(make_edition(text)))]
    assert not any(line.startswith("您是") and line.endswith("号？") for line in found)


@pytest.mark.both_databases
def test_a_trainers_recording_goes_first_and_the_machine_comes_back_when_it_is_taken_away(edition):
    line, trainer = caller.lines_of(compiled(edition))[0], identity_with(Role.TRAINER, person_id=make_person().id)
    keep(edition, line)
    keep(edition, line, "recorded", trainer)
    keep(edition, line, "recorded", trainer)
    assert caller.voiced(reading(), edition)[0].sound.source == "recorded"
    assert caller.voices_of(reading(), "another", {line.digest})[line.digest].source == "synthesised"
    with unit_of_work() as session:
        caller.remove_recording(session, edition.id, line.digest, by=trainer, now=NOW)
    assert caller.voiced(reading(), edition)[0].sound.source == "synthesised"


def test_a_line_that_is_in_no_edition_is_not_recorded(edition):
    trainer = identity_with(Role.TRAINER, person_id=make_person().id)
    with pytest.raises(NotFound):
        keep(edition, caller.SpokenLine("", "x", caller.digest_of("x")), "recorded", trainer)


def test_a_browser_gets_the_sound_of_what_was_said_and_of_nothing_to_come(app, client, sign_in):
    with app.app_context():
        edition = make_edition()
        person = make_person("陈雨桐")
        for line in caller.lines_of(compiled(edition)):
            keep(edition, line)
        began = clock.now()
        with unit_of_work() as session:
            call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("type",), now=began,
                                       by=identity_with(person_id=person.id), seed=1)
    sign_in(client, person)
    state = client.get(f"/calls/runs/{call.id}/state").json
    assert state["voices"] == []
    assert client.get(f"/calls/voice/calls/{call.id}/lines/0").status_code == 404
    clock.set_travel(began + timedelta(seconds=6))
    with_token(client)
    client.post(f"/calls/runs/{call.id}/events", json={"kind": "answered", "client_ms": 6000, "client_seq": 1})
    client.post(f"/calls/runs/{call.id}/events", json={
        "kind": "utterance", "client_ms": 6100, "client_seq": 2,
        "data": {"mode": "type", "text": "您好，平安燃气3276号为您服务，请讲。"}})
    state = client.get(f"/calls/runs/{call.id}/state").json
    heard = state["voices"]
    assert heard == [line["index"] for line in state["state"]["transcript"] if line["who"] == "caller"] != []
    assert client.get(f"/calls/voice/calls/{call.id}/lines/{heard[0]}").mimetype == "audio/wav"
    assert client.get(f"/calls/voice/calls/{call.id}/lines/{len(state['state']['transcript'])}").status_code == 404
    stranger = app.test_client()
    sign_in(stranger, Role.LEARNER)
    assert stranger.get(f"/calls/voice/calls/{call.id}/lines/{heard[0]}").status_code == 404


def test_a_trainer_hears_the_lines_and_hands_in_a_recording(app, client, sign_in):
    with app.app_context():
        edition = make_edition()
        line = caller.lines_of(compiled(edition))[0]
    sign_in(client, Role.TRAINER)
    with_token(client)
    where = f"/calls/voice/scripts/{edition.id}"
    assert line.text in client.get(where).text
    sent = {"sound": (io.BytesIO(beep()), "line.wav")}
    assert client.post(f"{where}/lines/{line.digest}", data=sent).status_code == 302
    assert client.get(f"{where}/lines/{line.digest}").mimetype == "audio/wav"
    for content in (b"<html>", b""):
        refused = client.post(f"{where}/lines/{line.digest}", data={"sound": (io.BytesIO(content), "line.wav")})
        assert refused.status_code == 422
    assert client.post(f"{where}/lines/{line.digest}/remove").status_code == 302
    assert client.get(f"{where}/lines/{line.digest}").status_code == 404


def test_without_a_voice_installed_callers_have_captions(monkeypatch, edition):
    monkeypatch.setattr(synthesis.shutil, "which", lambda _name: None)
    assert synthesis.render("您好") is None
    with unit_of_work() as session:
        assert caller.ask_for_voices(session) == 0


def test_a_line_is_rendered_as_a_telephone_sounds(monkeypatch, tmp_path):
    program = tmp_path / "espeak-ng"
    (tmp_path / "said.wav").write_bytes(beep(seconds=1, rate=22050))
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/words\ncat {tmp_path}/said.wav\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(synthesis.shutil, "which", lambda _name: str(program))
    made = synthesis.render("电话16405716688")
    with wave.open(io.BytesIO(made.content)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (11025, 11025)
    assert (tmp_path / "words").read_text(encoding="utf-8") == "电话幺六四零五七幺六六八八"
    assert synthesis.render("; rm -rf /").engine == "espeak-ng en-gb"
