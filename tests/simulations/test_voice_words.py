"""From sound to words: what a spoken call waits for, who writes it down, and what a recogniser may say."""

import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound, Refused
from simulations import EventRefused, services, verify_chain
from simulations.models import CallScoreRow, Purpose, SimulatedCall
from simulations.queries import log_of, replayed, report_of
from simulations.voice import words
from simulations.voice.services import CONSENT_EDITION, agree, open_track
from tests.factories import identity_with, make_person
from tests.simulations.factories import make_edition
from tests.simulations.test_voice_store import with_token

SAID = "您好，平安燃气3276号为您服务，请讲。"
ADVICE = "您先关总阀、打开窗户，千万别碰电灯开关。"


@pytest.fixture
def learner(session):
    make_edition()
    return identity_with(person_id=make_person("陈雨桐").id)


@pytest.fixture
def assessor(session):
    return identity_with(Role.ASSESSOR, person_id=make_person("高文博").id)


def spoken_call(by, *typed, purpose=Purpose.EXAM, modes=("voice", "type")):
    """Answer, speak each reply and type it beside, then hang up; return the call and its track."""
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=purpose, modes=modes, by=by, now=began, seed=1)
        track = open_track(session, call.id, agree(session, CONSENT_EDITION, by=by, now=began).id, ago_ms=0, by=by,
                           now=began).id
    moves = [("answered", {}), *(("utterance", {"mode": "voice", "text": text, **span(track, 3000 * number)})
                                 for number, text in enumerate(typed, 1)), ("hangup", {})]
    for number, (kind, data) in enumerate(moves, 1):
        with unit_of_work() as session:
            services.play(session, call.id, services.Move(kind, data, number * 5000, number),
                          now=began + timedelta(seconds=5 * number))
    return reading().get_one(SimulatedCall, call.id), track


def span(track, start):
    return {"track": str(track), "audio_ms": start, "audio_to_ms": start + 2000}


def write_down(call, texts, by):
    with unit_of_work() as session:
        return words.write_down(session, call.id, texts, by=by, now=clock.now() + timedelta(minutes=2))


def scores():
    return reading().scalars(select(CallScoreRow)).all()


@pytest.mark.both_databases
def test_a_spoken_call_is_scored_by_the_words_that_were_heard_once_all_are_written_down(learner, assessor):
    call, _track = spoken_call(learner, SAID, ADVICE)
    assert scores() == []
    assert [turn.text for turn in words.unheard(reading(), call)] == [SAID, ADVICE]
    assert write_down(call, {1: SAID, 2: "  "}, assessor) == 1
    assert write_down(call, {2: "您开灯看看燃气表还走不走"}, assessor) == 0
    kept = scores()
    report = report_of(reading(), reading().get_one(SimulatedCall, call.id))
    assert [row.passed for row in kept] == [False]
    assert report.intact
    assert verify_chain(log_of(reading(), call.id)) is None
    assert [line["text"] for line in report.transcript if line["who"] == "me"][-1] == "您开灯看看燃气表还走不走"
    assert any(item.evidence and item.evidence[0].audio_ms == 3000 for item in report.score.checkpoints)


def test_what_is_written_down_later_leaves_the_way_of_the_call_as_it_was(learner, assessor):
    call, _track = spoken_call(learner, SAID, ADVICE)
    before = replayed(reading(), call)
    write_down(call, {1: "嗯", 2: "嗯"}, assessor)
    after = replayed(reading(), call)
    assert (after.visits, after.disclosed, after.ended) == (before.visits, before.disclosed, before.ended)


def test_nobody_writes_down_their_own_call_that_counts_but_their_own_practice(learner, assessor):
    call, _track = spoken_call(learner, SAID)
    with pytest.raises(Refused):
        write_down(call, {1: SAID}, learner)
    practice, _track = spoken_call(learner, SAID, purpose=Purpose.PRACTICE)
    assert write_down(practice, {1: SAID}, learner) == 0


def test_a_call_under_way_is_not_written_down(learner, assessor):
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("voice",), by=learner,
                                   now=clock.now(), seed=1)
    with pytest.raises(NotFound):
        write_down(call, {1: SAID}, assessor)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_learner_finds_the_calls_that_wait_and_writes_down_their_own_practice(app, client, sign_in, language):
    with app.app_context():
        make_edition()
        person = make_person("陈雨桐")
        call, _track = spoken_call(identity_with(person_id=person.id), SAID, purpose=Purpose.PRACTICE)
    sign_in(client, person)
    with_token(client)
    speaks = {"Accept-Language": language}
    assert f"/calls/runs/{call.id}/report" in client.get("/calls/", headers=speaks).text
    assert f"/calls/voice/calls/{call.id}/words" in client.get(f"/calls/runs/{call.id}/report", headers=speaks).text
    where = f"/calls/voice/calls/{call.id}/words"
    assert SAID in client.get(where, headers=speaks).text
    assert client.post(where, data={"turn-1": SAID, "turn-x": "y", "turn-99999999": "z"}).status_code == 302
    assert "data-track" not in client.get("/calls/", headers=speaks).text
    assert client.get(where).status_code == 302


def test_an_assessor_does_not_see_practice_among_what_is_to_be_written_down(app, client, sign_in):
    with app.app_context():
        make_edition()
        by = identity_with(person_id=make_person("陈雨桐").id)
        practice, exam = (spoken_call(by, SAID, purpose=purpose)[0] for purpose in (Purpose.PRACTICE, Purpose.EXAM))
    sign_in(client, Role.ASSESSOR)
    listed = client.get("/calls/voice/waiting").text
    assert (str(exam.id) in listed, str(practice.id) in listed) == (True, False)
    assert client.get(f"/calls/voice/calls/{practice.id}/words").status_code == 404
    assert client.get(f"/calls/runs/{exam.id}/review").status_code == 404  # no score yet


def test_turns_that_nobody_spoke_and_long_written_ones_are_left_alone(learner, assessor):
    call, _track = spoken_call(learner, SAID)
    events = len(log_of(reading(), call.id))
    assert write_down(call, {0: "x", 7: "x", -1: "x"}, assessor) == 1
    assert len(log_of(reading(), call.id)) == events
    write_down(call, {1: SAID}, assessor)
    assert write_down(call, {1: "另一句"}, assessor) == 0
    assert len(scores()) == 1


def test_a_picked_reply_stands_for_the_way_and_waits_for_the_words(learner):
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.PRACTICE, now=began, seed=1, by=learner,
                                   modes=("voice", "type", "choose"))
        track = open_track(session, call.id, agree(session, CONSENT_EDITION, by=learner, now=began).id, ago_ms=0,
                           by=learner, now=began).id
        answered = services.Move("answered", {}, 5000, 1)
        state = services.play(session, call.id, answered, now=began + timedelta(seconds=5))
    option = f"{len(state.turns)}-1"
    with unit_of_work() as session:
        state = services.play(session, call.id, services.Move("choice", {"option": option, **span(track, 0)}, 9000, 2),
                              now=began + timedelta(seconds=9))
    assert [(turn.mode, turn.waits) for turn in state.turns] == [("voice", True)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("utterance", {"mode": "voice", "text": SAID}),
        ("utterance", {"mode": "voice", "text": SAID, "track": "x", "audio_ms": 0, "audio_to_ms": 1}),
        ("utterance", {"mode": "type", "text": SAID, "recogniser": "mine", "confidence": 1.0}),
        ("choice", {"option": "0-1", "track": "01900000-0000-7000-8000-000000000001"}),
    ],
    ids=["sound without a recording", "no recording at all", "a recogniser's word", "somebody else's recording"],
)
def test_a_client_makes_up_neither_recordings_nor_recognisers(learner, kind, data):
    call, _track = spoken_call(learner)
    with pytest.raises(EventRefused):
        words.check_spoken(reading(), reading().get_one(SimulatedCall, call.id), kind, data)


def recogniser(tmp_path, code):
    """Return the command of a recogniser made of these lines of Python; `sys.argv` is what it is asked."""
    program = tmp_path / "hear.py"
    program.write_text(f"import json, sys, time\n{code}\n", encoding="utf-8")
    return f"{sys.executable} {program}"


def test_a_recogniser_is_asked_for_a_stretch_of_a_file(tmp_path):
    command = recogniser(tmp_path, "print(json.dumps({'text': ' '.join(sys.argv[2:]), 'confidence': 7}))")
    assert words.recognise(command, tmp_path / "a", 10, 20, seconds=20) == words.Heard(
        "10 20", 1.0, sys.executable.rpartition("/")[2])


@pytest.mark.parametrize(
    "code",
    ["sys.exit(1)", "print('no JSON')", "print('[]')", "print('{}')", "print(json.dumps({'text': '  '}))",
     "print(json.dumps({'text': 'x', 'confidence': 'much'}))"],
)
def test_a_recogniser_that_fails_leaves_it_to_people(tmp_path, code):
    assert words.recognise(recogniser(tmp_path, code), tmp_path / "a", 0, 1, seconds=20) is None


def test_a_recogniser_that_takes_too_long_is_stopped(tmp_path):
    assert words.recognise(recogniser(tmp_path, "time.sleep(60)"), tmp_path / "a", 0, 1, seconds=1) is None
    assert words.recognise("no-such-program", tmp_path / "a", 0, 1, seconds=1) is None


@pytest.mark.parametrize(("confidence", "waits"), [(0.9, False), (0.89, True)], ids=["certain", "nearly certain"])
def test_a_recognisers_words_need_an_ear_below_certainty(learner, confidence, waits):
    _call, track = spoken_call(learner)
    began = clock.now()
    with unit_of_work() as session:
        call = services.start_call(session, "gas-leak-01", purpose=Purpose.EXAM, modes=("voice",), by=learner,
                                   now=began, seed=1)
        services.play(session, call.id, services.Move("answered", {}, 5000, 1), now=began + timedelta(seconds=5))
        said = {"mode": "voice", "text": SAID, "recogniser": "r", "confidence": confidence, **span(track, 0)}
        state = services.play(session, call.id, services.Move("utterance", said, 9000, 2),
                              now=began + timedelta(seconds=9))
    assert [turn.waits for turn in state.turns] == [waits]


def test_what_a_recogniser_said_once_it_says_again(learner, now):
    _call, track = spoken_call(learner)
    for heard in (words.Heard("您好", 0.5, "a"), words.Heard("再见", 0.9, "a")):
        with unit_of_work() as session:
            assert words.keep_heard(session, track, 0, 10, heard, now=now).text == "您好"
