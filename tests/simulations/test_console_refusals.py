"""What the routes of a call refuse, and what a browser never gets to hold: whatever a client may send or read."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading
from simulations.models import SimulatedCall
from simulations.queries import compiled, log_of, replayed
from tests.conftest import NOW
from tests.factories import make_person
from tests.simulations.factories import GOOD_CALL, make_edition

SAY = {"mode": "type", "text": "您好"}


class Console:
    """A browser at the console; `received` is every word it was ever sent."""

    def __init__(self, client, purpose="exam"):
        self.client, self.received, self.sequence = client, "", 0
        page = self._kept(client.get(f"/calls/gas-leak-01/console/{purpose}"))
        self.at(0)
        self.headers = {"X-CSRFToken": page.text.split('name="csrf-token" content="')[1].split('"')[0]}
        rang = self._kept(client.post("/calls/gas-leak-01/runs", json={"purpose": purpose}, headers=self.headers))
        self.id, self.state = UUID(rang.json["id"]), rang.json["state"]

    def _kept(self, response):
        text = json.dumps(response.json, ensure_ascii=False) if response.is_json else response.text
        self.received += text + "".join(map(str, response.headers.values()))
        return response

    def at(self, second):
        clock.set_travel(NOW + timedelta(seconds=second))

    def send(self, kind, data=None, *, client_ms=None, client_seq=None, **more):
        """Send a move, the next one unless told otherwise."""
        body = {"kind": kind, "data": data or {}, "client_seq": client_seq or self.sequence + 1, **more}
        body["client_ms"] = client_ms if client_ms is not None else self._now()
        response = self._kept(self.client.post(f"/calls/runs/{self.id}/events", json=body, headers=self.headers))
        if response.status_code == 200:
            self.sequence = max(self.sequence, body["client_seq"])
            self.state = response.json["state"]
        return response

    def look(self):
        """Ask what there is to see."""
        self.state = self._kept(self.client.get(f"/calls/runs/{self.id}/state")).json["state"]

    def _now(self):
        return (clock.now() - NOW) // timedelta(milliseconds=1)

    def refused(self, *args, **more):
        response = self.send(*args, **more)
        return response.status_code, response.json["refused"]


@pytest.fixture
def learner(app):
    with app.app_context():
        make_edition()
        return make_person()


@pytest.fixture
def console(client, sign_in, learner):
    sign_in(client, learner)
    return Console(client)


def kinds(app, console):
    with app.app_context():
        return [event.kind for event in log_of(reading(), console.id)]


def test_a_move_from_the_future_is_refused(app, console):
    console.at(6)
    assert console.refused("answered", client_ms=66_000) == (409, "time_ahead")
    assert console.send("answered", client_ms=6_000).status_code == 200


@pytest.mark.parametrize("forged", [{"server_ms": 1}, {"at_ms": 1}, {"client_ms": 1}, {"seq": 9}, {"hash": "0" * 64}])
def test_a_time_of_ones_own_making_is_no_part_of_a_move(console, forged):
    console.at(6)
    assert console.refused("answered", forged) == (409, "unknown_field")


def test_what_stands_beside_a_move_moves_no_clock(app, console):
    console.at(6)
    console.send("answered", server_ms=0, at=0, previous="0" * 64)
    with app.app_context():
        assert 5_000 < log_of(reading(), console.id)[-1].server_ms < 60_000


@pytest.mark.parametrize(
    ("kind", "data"),
    [("ring_started", {}), ("silence_fired", {}), ("mood_changed", {"mood": 1}),
     ("outage", {"from_ms": 0, "to_ms": 1})],
)
def test_what_only_the_server_may_log_is_refused(app, console, kind, data):
    console.at(6)
    console.send("answered")
    before = kinds(app, console)
    assert console.refused(kind, data) == (409, "server_only")
    assert kinds(app, console) == before


def test_a_fact_the_caller_has_not_told_can_not_be_had(console):
    console.at(6)
    console.send("answered")
    assert console.refused("utterance", {**SAY, "fact": "地址"}) == (409, "unknown_field")
    assert console.refused("field_committed", {"name": "秘密", "value": "1"}) == (409, "unknown_field")
    assert console.refused("disclosed", {"fact": "地址"}) == (409, "unknown_kind")
    assert console.refused("prompt_started", {"line": 7}) == (409, "bad_value")
    console.look()
    assert console.state["facts"] == []


def test_nothing_is_taken_after_the_hang_up_but_its_repeat(app, console):
    console.at(6)
    console.send("answered")
    console.send("hangup", client_ms=6_000)
    before = kinds(app, console)
    assert console.send("hangup", client_ms=6_000, client_seq=2).status_code == 200
    for kind, data in (("utterance", SAY), ("field_committed", {"name": "姓名", "value": "王"}), ("hangup", {})):
        assert console.refused(kind, data) == (409, "ended")
    assert kinds(app, console) == before


def test_a_move_that_comes_after_the_callers_patience_is_refused_and_the_end_stands(app, console):
    console.at(6)
    console.send("answered")
    console.at(3_000)
    assert console.refused("utterance", SAY) == (409, "ended")
    with app.app_context():
        assert reading().get_one(SimulatedCall, console.id).ended_at >= NOW + timedelta(seconds=3_000)


def test_numbers_are_neither_skipped_nor_used_again_for_something_else(app, console):
    console.at(6)
    assert console.refused("answered", client_seq=2) == (409, "bad_sequence")
    console.send("answered")
    console.send("utterance", SAY, client_ms=6_000)
    before = kinds(app, console)
    assert console.send("utterance", SAY, client_ms=6_000, client_seq=2).status_code == 200
    assert console.refused("utterance", {**SAY, "text": "再见"}, client_ms=6_000, client_seq=2) == (
        409, "sequence_conflict")
    assert console.refused("hangup", client_seq=1) == (409, "sequence_conflict")
    assert kinds(app, console) == before


@pytest.mark.parametrize("body", [
    '{"kind": "answered"}', "[]", '"answered"', '{"kind": "answered", "client_ms": 1e999, "client_seq": 1}',
    '{"kind": "answered", "client_ms": 1, "client_seq": "one"}',
    '{"kind": "answered", "data": 7, "client_ms": 1, "client_seq": 1}',
])
def test_what_is_no_move_is_told_so(console, body):
    answer = console.client.post(f"/calls/runs/{console.id}/events", data=body, content_type="application/json",
                                 headers=console.headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "malformed")


@pytest.mark.parametrize(("odd", "why"), [
    ({"text": "半个\ud800字"}, "bad_value"), ({"text": ["您好"]}, "bad_value"),
    ({"confidence": float("nan")}, "server_only"),
], ids=["half a character", "a list", "a recogniser's confidence"])
def test_a_reply_that_is_none_is_refused(console, odd, why):
    console.at(6)
    console.send("answered")
    assert console.refused("utterance", {**SAY, **odd}) == (409, why)


def test_another_persons_call_does_not_exist(app, console, sign_in):
    stranger = app.test_client()
    sign_in(stranger, Role.LEARNER)
    theirs = Console(stranger)
    for response in (
        stranger.get(f"/calls/runs/{console.id}/state"), stranger.get(f"/calls/runs/{console.id}"),
        stranger.get(f"/calls/runs/{console.id}/report"),
        stranger.post(f"/calls/runs/{console.id}/events", headers=theirs.headers,
                      json={"kind": "answered", "data": {}, "client_ms": 1, "client_seq": 1}),
    ):
        assert response.status_code == 404
    assert kinds(app, console) == ["ring_started"]


@pytest.mark.parametrize("purpose", ["exam", "practice"])
def test_a_browser_never_holds_a_line_that_was_not_spoken_nor_a_fact_that_was_not_told(
    app, client, sign_in, learner, purpose
):
    sign_in(client, learner)
    console, typed = Console(client, purpose), set()
    unspoken = [still_secret(app, console)]
    for second, kind, data in GOOD_CALL:
        console.at(second)
        console.look()
        assert console.send(kind, data).status_code == 200
        unspoken.append(still_secret(app, console))
        typed |= set(data.values())
        assert [it for it in unspoken[-1] if it in console.received and it not in typed] == []
    assert len(unspoken[0]) > 15 and len(unspoken[-1]) < len(unspoken[0]) - 5


def still_secret(app, console):
    """Return what nobody may read yet: caller lines, patterns of phrases and facts that weren't told."""
    with app.app_context():
        call = reading().get_one(SimulatedCall, console.id)
        script, state = compiled(call.edition), replayed(reading(), call)
        lines = [line.text for node in script.tree.nodes for line in node.lines]
        lines += [text for node in script.tree.nodes for it in (*node.moves, node.other, node.silence) if it
                  for text in it.effects.says]
        spoken = {line.text for line in state.lines}
        facts = [value for key, value in script.facts.items() if key not in state.known_facts and len(value) > 2]
        patterns = [phrase.source for phrase in script.phrases.values()]
        shown = "".join(spoken)
        told = [text for text in map(script.filled, lines) if text not in spoken and len(text) > 3]
        return [it for it in (*told, *facts, *patterns) if it not in shown]
