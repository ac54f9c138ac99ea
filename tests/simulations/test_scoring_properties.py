"""Properties of every score: the same everywhere, and never better for worse replies."""

import json
import time

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations import (
    ENGINE_VERSION,
    Outcome,
    score,
)
from simulations.plan_runs import play_plan
from simulations.script.plans import parse_plans
from tests.simulations.calls import (
    ASK_ADDRESS,
    FIRST_ADVICE,
    GREETING,
    perfect_call,
    say,
    score_of,
    score_of_replies,
    script_of,
    talking,
)

SECOND = 1_000
GAS = script_of("gas-leak-01")


def outcomes(result):
    return {c.id: c.outcome for c in result.checkpoints}


# -- the same everywhere ---------------------------------------------------------------------------------------------

def test_a_score_is_plain_data_and_names_its_engine():
    result = score_of(perfect_call())
    assert json.loads(json.dumps(result.as_json()))["engine_version"] == ENGINE_VERSION


POLITE = ["请您稍等。", "好的。", "感谢您的配合。", "麻烦您了。", "我都记下了。", "您说的很清楚。"]
BAD = ["急什么。", "这个不归我管。", "没办法。", "您自己看着办吧。"]
SCORED = st.sampled_from(
    [FIRST_ADVICE, "您把阀门拧紧，窗户推开。", "别开灯。", "请您到楼下。", ASK_ADDRESS, "幸福路12号3幢2单元601室对吧"]
)


def total_of(*replies):
    return score_of_replies("gas-leak-01", GREETING, *replies).total


@settings(max_examples=40, deadline=None)
@given(st.lists(SCORED, min_size=1, max_size=4), st.sampled_from(POLITE), st.data())
def test_an_irrelevant_polite_clause_never_lowers_a_score(replies, polite, data):
    place = data.draw(st.integers(0, len(replies) - 1))
    longer = [*replies[:place], replies[place] + polite, *replies[place + 1 :]]
    assert total_of(*longer) >= total_of(*replies)


@settings(max_examples=40, deadline=None)
@given(st.lists(SCORED, min_size=1, max_size=4), st.sampled_from(BAD), st.data())
def test_a_forbidden_phrase_never_raises_a_score_and_always_fails(replies, bad, data):
    place = data.draw(st.integers(0, len(replies) - 1))
    longer = [*replies[:place], replies[place] + bad, *replies[place + 1 :]]
    result = score_of_replies("gas-leak-01", GREETING, *longer)
    assert result.total <= total_of(*replies)
    assert "忌语" in result.critical_failures


WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "0123456789,.!?:;"})


@settings(max_examples=25, deadline=None)
@given(st.lists(SCORED, min_size=1, max_size=4))
def test_width_script_and_blanks_change_nothing(replies):
    traditional = [opencc.OpenCC("s2t").convert(r) for r in replies]
    wide = [" " + r.translate(WIDE) + "  " for r in replies]
    plain = outcomes(score_of_replies("gas-leak-01", GREETING, *replies))
    assert outcomes(score_of_replies("gas-leak-01", GREETING, *traditional)) == plain
    assert outcomes(score_of_replies("gas-leak-01", GREETING, *wide)) == plain


@pytest.mark.parametrize("instruction", ["关总阀", "把阀门关上", "把阀门拧紧", "关闭燃气阀门"])
@pytest.mark.parametrize("negator", ["别", "不要", "千万别", "甭", "莫", "切勿", "先别"])
def test_negating_a_scored_instruction_flips_it(instruction, negator):
    assert score_of_replies("gas-leak-01", GREETING, f"您先{instruction}。").checkpoint("关阀").outcome is Outcome.MET
    assert (
        score_of_replies("gas-leak-01", GREETING, f"您{negator}{instruction}。").checkpoint("关阀").outcome
        is Outcome.NOT_MET
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from([FIRST_ADVICE, "请您到楼下等。", "别开灯。", "窗户打开。", "好的。"]), min_size=2, max_size=4
    ),
    st.data(),
)
def test_splitting_an_utterance_at_a_sentence_end_keeps_outcomes(sentences, data):
    cut = data.draw(st.integers(1, len(sentences) - 1))
    whole = score_of_replies("gas-leak-01", GREETING, "".join(sentences))
    player = say(talking(GAS), GREETING)
    player.wait(3 * SECOND)
    player.send("utterance", mode="type", text="".join(sentences[:cut]), continues=True)
    player.send("utterance", mode="type", text="".join(sentences[cut:]))
    assert outcomes(score_of(player)) == outcomes(whole)


def test_a_long_call_is_scored_within_200_ms():
    player = say(talking(GAS), GREETING, FIRST_ADVICE)
    for i in range(40):
        say(player, f"好的，第{i}遍，请您到外面等，门窗打开了吗，我马上记录您的电话。", pause_ms=1_000)
    start = time.process_time()
    score(GAS, player.events)
    assert time.process_time() - start < 0.2


def test_a_plan_s_expectations_are_read():
    (plan,) = parse_plans("【甲】\n接听 3秒\n说: 您好\n结局: 接通 话务员\n总分: >=10\n未达成: 关阀，派单\n")
    assert (plan.total, plan.exactly, plan.ending) == (10, False, ("接通", "话务员"))
    assert play_plan(GAS, plan).state.answered_ms == 3_000
