"""Live calls: the trainer's acts in the engine, who may do what when, and what each page is shown."""

import json
from datetime import timedelta

import pytest

from lms.access.identity import Identity, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict
from lms.records.queries import facts_of
from simulations import (
    CallSetup,
    EventRefused,
    catch_up,
    client_event,
    fold,
    new_call,
    score,
    server_event,
    step,
    visible,
)
from simulations.live import services
from simulations.live.models import LiveCall
from simulations.live.prompter import prompter_of
from simulations.live.rules import Part, Stage, part_of
from simulations.models import Purpose, SimulatedCall
from simulations.services import Move, play
from simulations.voice.services import side_of
from tests.conftest import NOW
from tests.factories import make_person
from tests.simulations.calls import GREETING, script_of
from tests.simulations.factories import make_edition

SECOND = timedelta(seconds=1)


class Played:
    """A live call in the engine alone; times in milliseconds."""

    def __init__(self, **setup):
        setup = CallSetup("practice", ("type", "voice"), 1, live=True, **setup)
        self.state, self.sent = new_call(script_of("gas-leak-01"), setup), 0

    def learner(self, ms, kind, **data):
        self.sent += 1
        event = client_event(self.state, kind, data, server_ms=ms, client_ms=ms, client_seq=self.sent)
        self.state, _ = step(self.state, event)

    def trainer(self, ms, what, **data):
        event = server_event(self.state, what, {"key": f"{what}-{ms}", **data}, server_ms=ms)
        self.state, _ = step(self.state, event)

    @property
    def said(self):
        return [line.text for line in self.state.lines if line.who == "caller"]


@pytest.fixture
def talking():
    call = Played()
    call.learner(5_000, "answered")
    return call


def test_the_caller_says_nothing_until_the_trainer_does(talking):
    talking.learner(9_000, "utterance", mode="type", text=GREETING)
    talking.state, events, _ = catch_up(talking.state, 600_000)
    assert (talking.said, events) == ([], ())


def test_a_forgotten_live_call_ends_after_half_an_hour(talking):
    end = 5_000 + 30 * 60_000
    assert catch_up(talking.state, end - 1)[0].ended is None
    assert catch_up(talking.state, end)[0].ended.reason == "time_limit"


def test_a_move_says_what_the_script_has_and_leads_on(talking):
    talking.learner(9_000, "utterance", mode="type", text=GREETING)
    heard = [cue for cue in prompter_of(talking.state).cues if cue.heard]
    assert [(cue.kind, cue.index, cue.to) for cue in heard] == [("move", 0, "报险")]
    talking.trainer(9_500, "cue", kind="move", node=talking.state.node, index=0)
    assert talking.said == ["我家厨房好大一股臭鸡蛋味，我头都晕了，老伴还在里屋！"]
    assert prompter_of(talking.state).name == "报险"


def test_an_ad_lib_tells_the_facts_it_names_and_no_other(talking):
    talking.trainer(9_000, "ad_lib", text="我住幸福路{电话}，快来！", gives=["地址"])
    assert talking.said == ["我住幸福路（电话），快来！"]
    assert talking.state.known_facts == {"地址"}


def test_a_line_begins_when_the_trainer_presses_whatever_was_said_before(talking):
    for ms in (9_000, 9_400):
        talking.trainer(ms, "ad_lib", text="我家厨房好大一股臭鸡蛋味，我头都晕了")
    assert [line.at_ms for line in talking.state.lines] == [9_000, 9_400]


@pytest.mark.parametrize(("kind", "data", "code"), [
    ("cue", {"kind": "move", "node": "询问", "index": 0}, "too_late"),
    ("cue", {"kind": "node", "node": "nowhere"}, "bad_value"),
    ("cue", {"kind": "move", "node": "接通", "index": 9}, "unknown_option"),
    ("cue", {"kind": "line", "node": "接通", "index": -1}, "unknown_option"),
    ("cue", {"kind": "move", "node": "接通", "index": True}, "bad_value"),
    ("cue", {"kind": "node", "node": "询问", "extra": 1}, "unknown_field"),
    ("cue", {"kind": "node", "node": "询问", "key": ""}, "bad_value"),
    ("ad_lib", {"text": " "}, "empty"),
    ("ad_lib", {"text": "好" * 301}, "too_long"),
    ("ad_lib", {"text": "好", "gives": ["银行卡"]}, "unknown_field"),
    ("ad_lib", {"text": 3}, "bad_value"),
    ("mood_changed", {"mood": 6}, "bad_value"),
    ("hangup", {"by": "caller", "reason": "trainer", "failed": "no"}, "bad_value"),
    ("hangup", {"by": "learner", "reason": "trainer", "failed": False}, "bad_value"),
])
def test_what_no_prompter_sends_is_refused(talking, kind, data, code):
    with pytest.raises(EventRefused) as refusal:
        talking.trainer(9_000, kind, **data)
    assert refusal.value.code == code


def test_nobody_speaks_before_the_answer_or_to_somebody_on_hold():
    call = Played()
    with pytest.raises(EventRefused, match="not_answered"):
        call.trainer(1_000, "ad_lib", text="喂？")
    call.learner(5_000, "answered")
    call.learner(6_000, "action", name="hold")
    with pytest.raises(EventRefused, match="on_hold"):
        call.trainer(7_000, "ad_lib", text="喂？")


def test_a_machines_call_takes_no_trainers_acts():
    state = new_call(script_of("gas-leak-01"), CallSetup("practice", ("type",), 1))
    state, _ = step(state, client_event(state, "answered", {}, server_ms=9, client_ms=9, client_seq=1))
    for kind, data in (("ad_lib", {"key": "a", "text": "喂？"}), ("cue", {"key": "a", "kind": "node", "node": "询问"}),
                       ("hangup", {"key": "a", "by": "caller", "reason": "trainer", "failed": False})):
        with pytest.raises(EventRefused):
            server_event(state, kind, data, server_ms=20)


def test_a_live_call_scores_by_the_same_rules_and_waits_for_a_person(talking):
    talking.learner(9_000, "utterance", mode="type", text=GREETING)
    talking.trainer(9_500, "cue", kind="move", node="接通", index=0)
    talking.learner(20_000, "utterance", mode="type", text="您先关总阀、打开窗户，千万别碰电灯开关。")
    talking.trainer(40_000, "hangup", by="caller", reason="trainer", failed=False)
    result = score(script_of("gas-leak-01"), talking.state.events, calibrated=True)
    met = {it.id for it in result.checkpoints if it.outcome == "met"}
    assert {"接听", "问候", "关阀", "开窗", "禁电", "后挂"} <= met
    assert "live" in [it.code for it in result.reviews]
    assert fold(script_of("gas-leak-01"), talking.state.events) == talking.state


# ── the use cases ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cast(app):
    """A script, a trainer, a learner and an observer, invited to a live call."""
    with app.app_context():
        make_edition()
        people = {part: make_person(name, roles=roles) for part, name, roles in (
            (Part.TRAINER, "周敏", [Role.TRAINER]), (Part.LEARNER, "陈雨桐", []),
            (Part.OBSERVER, "方旭", [Role.MENTOR]))}
        with unit_of_work() as session:
            live = services.invite(
                session, "gas-leak-01", learner=people[Part.LEARNER], observer=people[Part.OBSERVER],
                purpose=Purpose.PRACTICE, by=Identity(people[Part.TRAINER].id, "周敏"), now=NOW)
    return live.id, people


def trainer_of(cast):
    return Identity(cast[1][Part.TRAINER].id, "周敏")


def begun(cast, now=NOW):
    """Let it ring and be answered; return the live call."""
    with unit_of_work() as session:
        services.sit_down(session, cast[0], now=now)
    with unit_of_work() as session:
        live = services.ring(session, cast[0], by=trainer_of(cast), now=now)
    with unit_of_work() as session:
        play(session, live.call_id, Move("answered", {}, 5_000, 1), now=now + 5 * SECOND)
    return live


@pytest.mark.both_databases
def test_an_act_that_comes_again_is_done_once(context, cast):
    begun(cast)
    act = services.Lead("ad_lib", {"key": "one", "text": "喂？", "gives": []})
    for seconds in (8, 9):
        with unit_of_work() as session:
            state = services.lead(session, cast[0], act, now=NOW + seconds * SECOND)
    assert [line.text for line in state.lines] == ["喂？"]
    with pytest.raises(EventRefused, match="sequence_conflict"), unit_of_work() as session:
        services.lead(session, cast[0], services.Lead("ad_lib", {"key": "one", "text": "别的"}), now=NOW + 10 * SECOND)


def test_it_rings_only_for_somebody_who_sits_there_and_only_once(context, cast):
    with pytest.raises(Conflict), unit_of_work() as session:
        services.ring(session, cast[0], by=trainer_of(cast), now=NOW)
    first = begun(cast).call_id
    with unit_of_work() as session:
        assert services.ring(session, cast[0], by=trainer_of(cast), now=NOW + SECOND).call_id == first


@pytest.mark.parametrize(("after", "stage"), [
    (timedelta(hours=24) - SECOND, Stage.INVITED), (timedelta(hours=24), Stage.LAPSED)], ids=["just before", "then"])
def test_an_invitation_lapses_after_a_day(context, cast, after, stage):
    assert services.stage(reading().get(LiveCall, cast[0]), NOW + after) is stage


def test_what_was_called_off_never_rings(context, cast):
    with unit_of_work() as session:
        services.call_off(session, cast[0], by=trainer_of(cast), now=NOW)
    with pytest.raises(Conflict), unit_of_work() as session:
        services.sit_down(session, cast[0], now=NOW)


def test_whoever_is_not_in_a_live_call_is_nothing_in_it(context, cast):
    live = reading().get(LiveCall, cast[0])
    assert [part_of(live, person.id) for person in cast[1].values()] == list(cast[1])
    assert part_of(live, make_person("别人").id) is None
    assert part_of(live, None) is None


def test_the_trainer_records_the_caller_and_nobody_records_for_others(context, cast):
    call = reading().get(SimulatedCall, begun(cast).call_id)
    sides = {part: side_of(reading(), call, person.id) for part, person in cast[1].items()}
    assert sides == {Part.TRAINER: "caller", Part.LEARNER: "learner", Part.OBSERVER: ""}


def test_while_words_are_unwritten_no_hint_says_that_something_is_missing(talking):
    talking.learner(9_000, "utterance", mode="voice", text="", track="a", audio_ms=0, audio_to_ms=900)
    assert {hint.state for hint in visible(talking.state, 10_000).hints} == {"met", "open"}


# ── the pages ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def browsers(app, cast, sign_in):
    """A signed-in client for each part, and a trainer who has no part."""
    with app.app_context():
        other = make_person("何静", roles=[Role.TRAINER])
    found = {}
    for part, person in {**cast[1], None: other}.items():
        found[part] = app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False
        sign_in(found[part], person)
    yield found
    app.config["WTF_CSRF_ENABLED"] = True


ALL, LEADING = {"", "/state", "/ticket"}, {"/ring", "/leads", "/cancel"}
ROUTES = sorted({*ALL, *LEADING, "/ready"})
LET_IN = {Part.TRAINER: ALL | LEADING, Part.LEARNER: {*ALL, "/ready"}, Part.OBSERVER: ALL, None: set()}


@pytest.mark.parametrize("part", [*Part, None], ids=[*Part, "another trainer"])
def test_each_route_lets_in_the_people_it_is_for(cast, browsers, part):
    for path in ROUTES:
        address = f"/calls/live/{cast[0]}{path}"
        browser = browsers[part]
        answer = browser.get(address) if path in ("", "/state") else browser.post(address, json={})
        assert (answer.status_code not in (403, 404)) is (path in LET_IN[part]), (path, answer.status_code)


def test_the_prompter_goes_to_the_trainer_alone(app, cast, browsers):
    with app.app_context():
        begun(cast)
    clock.set_travel(NOW + 10 * SECOND)
    unspoken = "我头都晕了"
    shown = {part: browsers[part].get(f"/calls/live/{cast[0]}/state").json for part in Part}
    assert unspoken in json.dumps(shown[Part.TRAINER], ensure_ascii=False)
    for part in (Part.LEARNER, Part.OBSERVER):
        assert unspoken not in json.dumps(shown[part], ensure_ascii=False)
        assert "prompter" not in shown[part]
    assert shown[Part.OBSERVER]["call"]["phase"] == "talking"
    assert shown[Part.LEARNER]["call"] is None


def test_a_trainers_own_acts_go_into_the_log_and_the_end_makes_a_report(app, cast, browsers):
    with app.app_context():
        begun(cast)
    clock.set_travel(NOW + 20 * SECOND)
    trainer = browsers[Part.TRAINER]
    cue = {"key": "a", "kind": "move", "node": "接通", "index": 0}
    for kind, data in (("cue", cue), ("mood_changed", {"key": "b", "mood": 5})):
        assert trainer.post(f"/calls/live/{cast[0]}/leads", json={"kind": kind, "data": data}).status_code == 200
    refused = trainer.post(f"/calls/live/{cast[0]}/leads", json={"kind": "outage", "data": {"key": "c"}})
    assert (refused.status_code, refused.json["refused"]) == (409, "unknown_kind")
    ended = trainer.post(f"/calls/live/{cast[0]}/leads", json={
        "kind": "hangup", "data": {"key": "d", "by": "caller", "reason": "trainer", "failed": False}})
    assert ended.json["stage"] == "over"
    for part in Part:
        assert browsers[part].get(ended.json["report"]).status_code == 200, part
    assert browsers[None].get(f"/calls/live/{cast[0]}").status_code == 404


def test_a_live_call_for_the_record_is_never_recorded_without_an_assessor(context):
    edition = make_edition(calibrated=True)
    learner, by = make_person("陈雨桐"), make_person("周敏", roles=[Role.TRAINER])
    with unit_of_work() as session:
        live = services.invite(session, edition.code, learner=learner, observer=None, purpose=Purpose.EXAM,
                               by=Identity(by.id, "周敏"), now=NOW)
    live = begun((live.id, {Part.TRAINER: by}))
    with unit_of_work() as session:
        services.lead(session, live.id, services.Lead(
            "hangup", {"key": "d", "by": "caller", "reason": "trainer", "failed": False}), now=NOW + 60 * SECOND)
    assert facts_of(reading(), learner.id) == []


@pytest.mark.parametrize(("fields", "problem"), [
    ({"learner": "nobody"}, "没有这个工号"), ({"learner": "trainer"}, "来电人由您扮演"),
    ({"observer": "trainer"}, "不能同时旁听"), ({"observer": "stranger"}, "无权查看"), ({"code": "nothing"}, ""),
], ids=["unknown", "oneself", "two parts", "no right", "no script"])
def test_an_invitation_that_cannot_be_says_why(app, cast, browsers, fields, problem):
    with app.app_context():
        stranger = make_person("李四").staff_no
    numbers = {part.value: person.staff_no for part, person in cast[1].items()} | {"stranger": stranger}
    sent = {"code": "gas-leak-01", "purpose": "practice", "learner": numbers["learner"],
            **{name: numbers.get(value, value) for name, value in fields.items()}}
    answer = browsers[Part.TRAINER].post("/calls/live/", data=sent, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert problem in answer.text


def test_everybody_invited_is_told(browsers):
    def page(part, path, language="zh-CN"):
        return browsers[part].get(path, headers={"Accept-Language": language}).text

    assert "周敏邀请您实时对练" in page(Part.LEARNER, "/notifications/")
    assert "周敏邀请您实时对练" in page(Part.LEARNER, "/calls/")
    assert "请您旁听" in page(Part.OBSERVER, "/notifications/")
    assert "陈雨桐" in page(Part.TRAINER, "/calls/live/")
    assert "陈雨桐" in page(Part.TRAINER, "/calls/live/", "en")
