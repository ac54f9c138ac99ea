"""Fair time: deadlines to the millisecond, allowances, outages, clocks that disagree."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations import (
    CallSetup,
    Outcome,
    client_event,
    new_call,
    score,
    server_event,
    step,
)
from tests.simulations.calls import (
    ASK_ADDRESS,
    FIRST_ADVICE,
    GREETING,
    perfect_call,
    say,
    score_of,
    script_of,
    talking,
)

SECOND = 1_000
GAS = script_of("gas-leak-01")


def outcomes(result):
    return {c.id: c.outcome for c in result.checkpoints}


# -- time ------------------------------------------------------------------------------------------------------------


def spoken_after(delay_ms, **how):
    mode = how.get("mode", "type")
    player = say(talking(GAS, modes=(mode,), **{k: v for k, v in how.items() if k != "mode"}), GREETING, mode=mode)
    player.listen()
    state = replace(player.state, silences=0)
    at = player.now + delay_ms
    event = client_event(
        state,
        "utterance",
        {"mode": mode, "text": FIRST_ADVICE},
        server_ms=at,
        client_ms=at,
        client_seq=state.client_seq + 1,
    )
    return score(GAS, step(state, event)[0].events).checkpoint("关阀")


@pytest.mark.parametrize(
    ("mode", "delay", "met"),
    [
        ("voice", 60_000, True),
        ("voice", 60_001, False),
        ("type", 90_000, True),
        ("type", 90_001, False),
    ],
    ids=["spoken at the limit", "spoken past it", "typed at one and a half", "typed past that"],
)
def test_a_deadline_is_kept_to_the_millisecond(mode, delay, met):
    assert (spoken_after(delay, mode=mode).outcome is Outcome.MET) is met


def test_an_accommodation_lengthens_the_deadline_and_is_printed():
    assert spoken_after(110_000, mode="type", time_percent=150).outcome is Outcome.MET
    result = score_of(perfect_call(time_percent=150))
    assert ("关阀", "accommodation") in [(a.checkpoint, a.code) for a in result.adjustments]


def test_what_is_said_too_late_is_a_near_miss_with_both_times():
    item = spoken_after(100_000, mode="type")
    assert [(e.note.code, dict(e.note.params)) for e in item.near_misses] == [
        ("late", {"seconds": "100", "limit": "90"})
    ]


@pytest.mark.parametrize("outage", [False, True])
def test_a_logged_outage_is_taken_out_of_the_time(outage):
    player = say(talking(GAS), GREETING, FIRST_ADVICE, ASK_ADDRESS)
    player.listen()
    start = player.now
    player.send("action", name="hold")
    player.wait(60 * SECOND)
    if outage:
        event = server_event(
            player.state, "outage", {"from_ms": start, "to_ms": start + 40 * SECOND}, server_ms=player.now
        )
        player.state, _ = step(player.state, event)
    player.send("action", name="dispatch")
    assert (score_of(player).checkpoint("派单").outcome is Outcome.MET) is outage


@pytest.mark.parametrize(
    ("client_delay", "met", "untrusted"),
    [(89_900, True, False), (30_000, False, True), (100_100, False, False)],
    ids=["agrees", "claims far less", "agrees and is late"],
)
def test_the_client_s_clock_counts_when_it_agrees_with_the_server_s(client_delay, met, untrusted):
    player = say(talking(GAS, modes=("type",)), GREETING)
    line = len(player.state.lines) - 1
    player.send("prompt_started", line=line)
    player.wait(5 * SECOND)
    player.send("prompt_ended", line=line)
    server_delay = 90_100 if client_delay < 100_000 else 100_100
    state = player.state
    event = client_event(
        state,
        "utterance",
        {"mode": "type", "text": FIRST_ADVICE},
        server_ms=player.now + server_delay,
        client_ms=player.now + client_delay,
        client_seq=state.client_seq + 1,
    )
    result = score(GAS, step(state, event)[0].events)
    assert (result.checkpoint("关阀").outcome is Outcome.MET) is met
    assert ("timing_untrusted" in [r.code for r in result.reviews]) is untrusted


@pytest.mark.parametrize(("ring_ms", "met"), [(15_000, True), (15_001, False)])
def test_answering_within_three_rings(ring_ms, met):
    state = new_call(GAS, CallSetup("exam", ("type",), 1))
    state, _ = step(state, client_event(state, "answered", {}, server_ms=ring_ms, client_ms=ring_ms, client_seq=1))
    assert (score(GAS, state.events).checkpoint("接听").outcome is Outcome.MET) is met


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(1, 50))
def test_a_later_dispatch_never_scores_better(first, more):
    totals = []
    for seconds in (first, first + more):
        player = say(talking(GAS), GREETING, FIRST_ADVICE, ASK_ADDRESS)
        player.listen()
        state = replace(player.state, silences=0)
        at = player.now + seconds * SECOND
        event = client_event(
            state, "action", {"name": "dispatch"}, server_ms=at, client_ms=at, client_seq=state.client_seq + 1
        )
        totals.append(score(GAS, step(state, event)[0].events).total)
    assert totals[1] <= totals[0]
