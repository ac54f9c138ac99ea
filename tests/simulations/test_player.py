"""Playing a call: rings, answers, silences, refusals, the log and what a browser may see."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations import (
    CallSetup,
    Event,
    EventRefused,
    catch_up,
    fold,
    load_library,
    new_call,
    next_timer,
    step,
    verify_chain,
    visible,
)
from simulations.player.options import options
from tests.simulations.calls import (
    ASK_ADDRESS,
    ASK_NAME,
    ASK_PHONE,
    FIRST_ADVICE,
    GREETING,
    compiled,
    ringing,
    say,
    score_of,
    script_of,
    talking,
    text_of,
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


# -- ringing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "rings"),
    [(0, 1), (RING - 1, 1), (RING, 2), (2 * RING, 3)],
    ids=["at once", "just before the second", "at the second", "at the third"],
)
def test_rings_are_counted_by_the_clock(after, rings):
    assert visible(ringing(GAS).state, after).ring_count == rings


@pytest.mark.parametrize(("after", "over"), [(6 * RING - 1, False), (6 * RING, True)], ids=["last instant", "too late"])
def test_a_caller_gives_up_after_the_last_ring(after, over):
    player = ringing(GAS)
    player.wait(after)
    assert (player.state.ended is not None) is over


def test_nothing_can_be_said_before_answering():
    assert refusal(ringing(GAS), "utterance", mode="type", text="您好") == "not_answered"


# -- the dialogue ----------------------------------------------------------------------------------------------------


def test_a_reply_that_says_the_phrase_makes_the_move():
    player = say(talking(GAS), GREETING)
    assert player.state.node == "报险"
    assert "臭鸡蛋味" in caller_lines(player)[-1]


def test_any_other_reply_takes_the_fallback_and_changes_the_mood():
    player = say(talking(GAS), GREETING, "嗯，我在听。")
    assert player.state.node == "着急"
    assert player.state.mood == 4


def test_a_line_in_several_wordings_is_spoken_in_turn():
    wordings = "- 客: 你说啥？ | {姓名}问你话呢。 | 我听不清"
    script = compiled(text_of("gas-leak-01.call").replace("- 客: 我听不清", wordings))
    player = say(to_the_hub(script), *["这个嘛"] * 4)
    assert caller_lines(player)[-4:] == ["你说啥？", "王桂芳问你话呢。", "我听不清，你再说一遍。", "你说啥？"]
    assert "姓名" in player.state.known_facts


def test_a_hub_answers_questions_in_any_order_and_several_at_once():
    player = say(to_the_hub(), "请问怎么称呼您，联系电话是多少？")
    assert player.state.known_facts == {"电话", "姓名"}
    say(player, ASK_ADDRESS)
    assert player.state.node == "核对"


def test_a_negated_instruction_does_not_make_the_move():
    assert say(talking(GAS), GREETING, "您千万别关阀").state.node == "着急"


def test_an_exit_opens_when_the_last_fact_is_told():
    player = say(to_the_hub(), ASK_ADDRESS, ASK_PHONE)
    assert player.state.node == "询问"
    assert say(player, ASK_NAME).state.node == "核对"


def test_the_caller_hangs_up_at_the_end():
    player = say(to_the_hub(), ASK_ADDRESS, ASK_PHONE, ASK_NAME, "师傅马上到", "再见")
    player.let_end()
    assert (player.state.ended.by, player.state.ended.reason, player.state.ended.failed) == ("caller", "script", False)


def test_hanging_up_first_is_the_learner_s():
    player = to_the_hub()
    player.send("hangup")
    assert (player.state.ended.by, player.state.ended.failed) == ("learner", True)


def test_once_moves_are_made_once_and_others_again():
    player = say(to_the_hub(), ASK_PHONE, ASK_PHONE)
    assert caller_lines(player)[-2:] == ["16405716688", "16405716688"]


def test_parts_of_one_turn_are_heard_together():
    player = talking(GAS)
    player.wait(SECOND)
    player.send("utterance", mode="voice", text="您好，", continues=True)
    assert player.state.turns == ()
    player.send("utterance", mode="voice", text="平安燃气3276号为您服务。")
    assert [t.text for t in player.state.turns] == ["您好，平安燃气3276号为您服务。"]


# -- silence, hold, time ---------------------------------------------------------------------------------------------


def test_the_caller_speaks_into_silence_after_the_seconds_of_the_node_and_half_as_long_again_for_typing():
    player = talking(GAS)
    player.listen()
    player.wait(9 * SECOND - 1)
    assert caller_lines(player) == []
    player.wait(1)
    assert caller_lines(player) == ["喂？喂？有人吗？"]


def test_spoken_calls_have_no_typing_allowance():
    player = talking(GAS, modes=("voice",))
    player.wait(6 * SECOND)
    assert caller_lines(player) == ["喂？喂？有人吗？"]


def test_typing_keeps_the_caller_patient():
    player = talking(GAS)
    player.wait(8 * SECOND)
    player.send("input_started", mode="type")
    player.wait(8 * SECOND)
    assert caller_lines(player) == []


def test_after_three_silences_the_caller_hangs_up():
    player = talking(GAS)
    player.let_end()
    assert player.state.ended.reason == "silence"
    assert player.state.silences == 3


def test_on_hold_nobody_speaks_and_the_caller_waits():
    player = to_the_hub()
    player.send("action", name="hold")
    assert refusal(player, "utterance", mode="type", text="您好") == "on_hold"
    before = caller_lines(player)
    player.wait(40 * SECOND)
    assert caller_lines(player) == before
    player.send("action", name="resume")
    assert visible(player.state, player.now).phase == "talking"


@pytest.mark.parametrize(("percent", "left"), [(100, 450), (200, 900)])
def test_the_time_limit_has_typing_and_personal_allowances(percent, left):
    player = talking(GAS, time_percent=percent)
    assert visible(player.state, player.now).time_left_ms == left * SECOND


def test_the_time_limit_ends_the_call_at_its_instant():
    player = talking(GAS, modes=("voice",))
    while player.state.ended is None:
        player.wait(5 * SECOND)
        if player.state.ended is None:
            player.send("utterance", mode="voice", text="嗯")
        if player.state.node == "收尾":
            player.let_end()
    assert player.state.ended.at_ms <= 305 * SECOND


def test_a_prompt_that_plays_longer_moves_the_silence():
    player = say(talking(GAS), GREETING)
    line = len(player.state.lines) - 1
    player.send("prompt_started", line=line)
    player.wait(20 * SECOND)
    player.send("prompt_ended", line=line)
    assert next_timer(player.state).due_ms == player.now + 12 * SECOND


def test_speaking_into_a_prompt_that_plays_is_an_interruption_once_a_line():
    player = say(talking(GAS), GREETING)
    player.send("prompt_started", line=len(player.state.lines) - 1)
    player.send("interrupted")
    say(player, FIRST_ADVICE)
    assert len(player.state.interruptions) == 1


# -- the log ---------------------------------------------------------------------------------------------------------


def whole_call():
    player = say(to_the_hub(), ASK_ADDRESS, ASK_PHONE, ASK_NAME, "师傅马上到")
    player.let_end()
    return player


def test_a_call_is_the_fold_of_its_log_whole_and_in_part():
    player = whole_call()
    assert fold(GAS, player.events) == player.state
    half = fold(GAS, player.events[:5])
    for event in player.events[5:]:
        half, _ = step(half, event)
    assert half == player.state


def test_events_survive_storage():
    stored = json.loads(json.dumps([e.as_json() for e in whole_call().events]))
    assert tuple(Event.from_json(row) for row in stored) == whole_call().events


def test_an_untouched_chain_verifies():
    assert verify_chain(whole_call().events) is None


@pytest.mark.parametrize(
    "change", [{"data": {"mode": "type", "text": "您关阀"}}, {"server_ms": 1}, {"kind": "heartbeat"}, {"client_ms": 3}]
)
def test_tampering_with_an_event_is_found_at_that_event(change):
    rows = [e.as_json() for e in whole_call().events]
    rows[4] |= change
    assert verify_chain(Event.from_json(r) for r in rows) == 5


def test_leaving_an_event_out_is_found():
    events = whole_call().events
    assert verify_chain(events[:4] + events[5:]) == 5


# -- what a browser sees ---------------------------------------------------------------------------------------------

SECRETS = ("王桂芳", "16405716688", "幸福路", "收尾", "臭鸡蛋", "{工号}", "平安燃气..", "说(", "记下来没有")


def test_nothing_untold_leaves_before_it_is_spoken():
    shown = json.dumps(visible(ringing(GAS).state, 0).as_json(), ensure_ascii=False)
    assert [word for word in SECRETS if word in shown] == []


def test_exam_mode_gives_no_hints_and_no_deadlines():
    player = to_the_hub(purpose="exam", modes=("type",))
    shown = visible(player.state, player.now)
    assert (shown.hints, shown.deadlines) == ((), ())


def test_practice_shows_which_checkpoints_are_met_open_and_failed():
    player = say(talking(GAS), "您好，请讲。", "您先关总阀，别开灯。")
    states = {h.id: h.state for h in visible(player.state, player.now).hints}
    assert (states["关阀"], states["开窗"], states["问候"]) == ("met", "open", "failed")


def test_a_deadline_runs_from_the_told_address_until_the_dispatch():
    player = say(to_the_hub(), ASK_ADDRESS)
    player.listen()
    player.wait(5 * SECOND)
    running = {d.title: d for d in visible(player.state, player.now).deadlines}
    assert (running["问到地址即派单"].left_ms, running["问到地址即派单"].limit_ms) == (40 * SECOND, 45 * SECOND)
    player.send("action", name="dispatch")
    assert "问到地址即派单" not in {d.title for d in visible(player.state, player.now).deadlines}


def test_told_facts_are_shown_and_answers_never():
    player = say(to_the_hub(), ASK_PHONE)
    shown = visible(player.state, player.now)
    assert [(f.name, f.value) for f in shown.facts] == [("电话", "16405716688")]
    assert [f.value for f in shown.fields] == ["", "", "", ""]


def test_the_form_shows_what_was_typed():
    player = to_the_hub()
    player.send("field_changed", name="姓名", value="王")
    assert visible(player.state, player.now).fields[0].value == "王"


# -- choosing --------------------------------------------------------------------------------------------------------


def test_options_come_in_an_order_made_of_the_seed():
    script = next(b.script for b in load_library().scripts if b.code == "gas-leak-01")
    orders = {
        tuple(o.text for o in options(say(talking(script, modes=("choose", "type"), seed=seed), GREETING).state))
        for seed in range(12)
    }
    assert len(orders) > 2
    assert len({frozenset(order) for order in orders}) == 1
    same = [options(say(talking(script, modes=("choose", "type"), seed=7), GREETING).state) for _ in range(2)]
    assert same[0] == same[1]


def test_choosing_makes_the_move_and_its_option_is_gone_afterwards():
    player = talking(GAS, modes=("choose",))
    (option,) = options(player.state)
    player.send("choice", option=option.id)
    assert player.state.node == "报险"
    assert refusal(player, "choice", option=option.id) == "unknown_option"


def test_options_do_not_give_away_what_was_not_told():
    script = script_of("refund-01")
    player = say(talking(script, modes=("choose", "type")), "您好，优选商城3276号为您服务。", "非常抱歉")
    assert player.state.node == "核身"
    assert all("20250318042" not in o.text for o in options(player.state))


def test_choosing_is_not_for_exams():
    with pytest.raises(ValueError, match="practice"):
        CallSetup("exam", ("choose",), 1)


# -- every walk ends -------------------------------------------------------------------------------------------------

SCRIPTS = [script_of("gas-leak-01"), script_of("refund-01"), *(b.script for b in load_library().scripts)]
REPLIES = [
    "嗯",
    "您好，平安燃气3276号",
    "您先关阀，别开灯",
    "非常抱歉",
    "急什么",
    "您的地址、电话、姓名？",
    "师傅马上到",
    "再见",
    "喂",
]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SCRIPTS),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([*REPLIES, "choose", "wait"])), max_size=25),
    st.integers(0, 99),
)
def test_every_random_walk_ends_and_folds_to_itself(script, walk, seed):
    player = talking(script, modes=("choose", "type"), seed=seed)
    for seconds, reply in walk:
        player.wait(seconds * SECOND)
        if player.state.ended:
            break
        offered = options(player.state)
        if reply == "choose" and offered:
            player.send("choice", option=offered[seconds % len(offered)].id)
        elif reply not in ("choose", "wait"):
            player.send("utterance", mode="type", text=reply)
    player.let_end()
    assert player.state.ended is not None
    assert fold(script, player.events) == player.state
    assert verify_chain(player.events) is None
    assert 0 <= score_of(player).total <= 10_000


def test_catching_up_late_gives_the_same_log_as_in_time():
    late, in_time = new_call(GAS, CallSetup("practice", ("type",), 1)), ringing(GAS, modes=("type",))
    for _ in range(60):
        in_time.wait(SECOND)
    late, events, _ = catch_up(late, 60 * SECOND)
    assert late.events == in_time.events
    assert len(events) == 1
