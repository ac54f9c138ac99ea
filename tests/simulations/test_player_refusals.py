"""What a call refuses: times, sequences, fields and deeds that are not the sender's to give."""

import pytest

from simulations import (
    EventRefused,
    client_event,
    next_timer,
    server_event,
    step,
)
from tests.simulations.calls import (
    FIRST_ADVICE,
    GREETING,
    say,
    script_of,
    talking,
)

SECOND = 1_000
GAS = script_of("gas-leak-01")
RING = GAS.ring_ms


def caller_lines(player):
    return [line.text for line in player.state.lines if line.who == "caller"]


def refusal(player, kind, **data):
    with pytest.raises(EventRefused) as refused:
        player.send(kind, **data)
    return refused.value.code


def to_the_hub(script=GAS, **setup):
    """Play up to the node where questions may be asked in any order."""
    return say(talking(script, **setup), GREETING, FIRST_ADVICE)


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("utterance", {"mode": "type", "text": "  "}, "empty"),
        ("utterance", {"mode": "type", "text": "字" * 501}, "too_long"),
        ("utterance", {"mode": "type", "text": 5}, "bad_value"),
        ("utterance", {"mode": "choose", "text": "您好"}, "mode_not_allowed"),
        ("utterance", {"mode": "type", "text": "您好", "server_ms": 1}, "unknown_field"),
        ("choice", {"option": "0-1"}, "mode_not_allowed"),
        ("field_committed", {"name": "级别2", "value": "特急"}, "unknown_field"),
        ("field_committed", {"name": "姓名", "value": "字" * 501}, "too_long"),
        ("action", {"name": "explode"}, "unknown_action"),
        ("action", {"name": "transfer", "target": "总统"}, "unknown_target"),
        ("action", {"name": "resume"}, "not_on_hold"),
        ("answered", {}, "already_answered"),
        ("silence_fired", {}, "server_only"),
        ("ring_started", {}, "server_only"),
        ("mood_changed", {"mood": 1}, "server_only"),
        ("telepathy", {}, "unknown_kind"),
        ("prompt_started", {"line": 99}, "bad_value"),
        ("prompt_ended", {"line": 0}, "bad_value"),
        ("audio_chunk", {"sha256": "abc", "n": 0}, "bad_value"),
    ],
)
def test_a_client_can_not_send(kind, data, code):
    assert refusal(talking(GAS), kind, **data) == code


def test_a_client_s_sequence_has_no_gaps():
    state = talking(GAS).state
    with pytest.raises(EventRefused, match="bad_sequence"):
        client_event(state, "heartbeat", {}, server_ms=9_000, client_ms=9_000, client_seq=state.client_seq + 2)


@pytest.mark.parametrize(("ahead", "taken"), [(5_000, True), (5_001, False)])
def test_a_client_s_clock_is_never_far_ahead_of_the_server_s(ahead, taken):
    state = talking(GAS).state
    args = {"server_ms": 9_000, "client_ms": 9_000 + ahead, "client_seq": state.client_seq + 1}
    if taken:
        assert client_event(state, "heartbeat", {}, **args)
    else:
        with pytest.raises(EventRefused, match="time_ahead"):
            client_event(state, "heartbeat", {}, **args)


def test_time_does_not_run_backwards():
    state = talking(GAS).state
    with pytest.raises(EventRefused, match="time_backwards"):
        client_event(state, "heartbeat", {}, server_ms=state.now_ms - 1, client_ms=1, client_seq=state.client_seq + 1)


def test_a_repeat_is_the_same_event_and_another_body_a_conflict():
    player = talking(GAS)
    args = {"server_ms": player.now, "client_ms": 9, "client_seq": player.state.client_seq + 1}
    once, _ = step(player.state, client_event(player.state, "utterance", {"mode": "type", "text": GREETING}, **args))
    again, effects = step(once, client_event(once, "utterance", {"mode": "type", "text": GREETING}, **args))
    assert (again, effects) == (once, ())
    with pytest.raises(EventRefused, match="sequence_conflict"):
        client_event(once, "utterance", {"mode": "type", "text": "您好"}, **args)


def test_nothing_is_accepted_after_the_hang_up_but_the_repeat_of_it():
    player = to_the_hub()
    before = player.state
    player.send("hangup")
    assert refusal(player, "field_committed", name="姓名", value="王桂芳") == "ended"
    repeat = client_event(
        player.state, "hangup", {}, server_ms=player.now, client_ms=player.now, client_seq=before.client_seq + 1
    )
    assert step(player.state, repeat) == (player.state, ())


@pytest.mark.parametrize(
    ("kind", "data", "late"),
    [
        ("silence_fired", {}, -1),
        ("hangup", {"by": "caller", "reason": "script"}, 0),
        ("hangup", {"by": "learner", "reason": "closed"}, 0),
        ("mood_changed", {"mood": 9}, 0),
        ("outage", {"from_ms": 5, "to_ms": 4}, 0),
        ("ring_started", {}, 0),
    ],
)
def test_the_server_can_not_log_what_is_not_due(kind, data, late):
    state = talking(GAS).state
    due = next_timer(state).due_ms
    with pytest.raises(EventRefused):
        server_event(state, kind, data, server_ms=due + late)


def test_the_server_can_close_a_call():
    state = talking(GAS).state
    closed, _ = step(state, server_event(state, "hangup", {"by": "system", "reason": "closed"}, server_ms=state.now_ms))
    assert (closed.ended.reason, closed.ended.failed) == ("closed", True)
