"""Marks, evidence, time and reasons for review."""

import re
from pathlib import Path

import pytest

from simulations import (
    Outcome,
    Rubric,
    load_library,
    note_text,
)
from simulations.scoring.notes import known_codes
from simulations.script.vocabulary import Dimension
from tests.simulations.calls import (
    ASK_ADDRESS,
    ASK_PHONE,
    FIRST_ADVICE,
    FORM,
    GREETING,
    PERFECT,
    SHOP_GREETING,
    compiled,
    perfect_call,
    ringing,
    say,
    score_of,
    score_of_replies,
    script_of,
    talking,
    text_of,
)

SECOND = 1_000
GAS = script_of("gas-leak-01")


def outcomes(result):
    return {c.id: c.outcome for c in result.checkpoints}


# -- marks -----------------------------------------------------------------------------------------------------------


def test_a_perfect_call_has_full_marks():
    result = score_of(perfect_call())
    assert (result.total, result.passed, result.critical_failures) == (10_000, True, ())
    assert set(outcomes(result).values()) == {Outcome.MET}


def test_the_total_is_the_sum_of_the_parts_that_are_shown():
    result = score_of_replies("gas-leak-01", *PERFECT[:4])
    assert result.total == sum(c.points for c in result.checkpoints) == sum(d.points for d in result.dimensions)
    assert sum(c.out_of for c in result.checkpoints) == result.out_of


@pytest.mark.parametrize(("wrong", "points"), [({}, 1000), ({"级别": "紧急"}, 750), ({"级别": "", "电话": "164"}, 500)])
def test_a_ticket_with_some_fields_right_is_worth_its_share(wrong, points):
    item = score_of(perfect_call(form=FORM | wrong)).checkpoint("工单")
    assert item.points == points
    assert item.outcome is (Outcome.MET if points == 1000 else Outcome.PARTLY)
    assert [p.label for p in item.parts if not p.met] == [name for name in FORM if name in wrong]


def test_one_critical_failure_fails_a_call_of_any_total():
    player = say(talking(GAS), GREETING, "您开灯看看。", FIRST_ADVICE)
    result = score_of(player, rubric=Rubric(0, ()))
    assert not result.passed
    assert "险令" in result.critical_failures


@pytest.mark.parametrize(("floor", "passed"), [(50, True), (51, False)], ids=["at the floor", "below it"])
def test_a_dimension_below_its_floor_fails(floor, passed):
    player = perfect_call(form={})
    result = score_of(player, rubric=Rubric(8_000, ((Dimension.ACCURACY, floor),)))
    assert result.passed is passed


@pytest.mark.parametrize(("mark", "passed"), [(9_000, True), (9_001, False)], ids=["at the mark", "a hundredth above"])
def test_reaching_the_mark_passes(mark, passed):
    assert score_of(perfect_call(form={}), rubric=Rubric(mark, ())).passed is passed


SIDE_ROAD = """
【剧本】
编号: fork-01
标题: 岔路
时限: 300秒
沉默: 8秒 客: 喂？
【人物】
姓名 = 王桂芳
【工单】
姓名: 文本 = {姓名}
【短语】
室内 = 关阀 / 关总阀
室外 = 撤离 / 退到远处
道歉 = 对不起
【考点】
[甲] 道歉 | 处置 | 30 | 说(道歉)
[乙] 室内指导 | 处置 | 25 | 说(室内) 自 室内
[丙] 室外指导 | 处置 | 20 | 说(室外) 自 室外
[丁] 问姓名 | 准确 | 25 | 给(姓名)
【对话】
== 开始 ==
客: 漏气了！
* 请先关阀。 => 室内 -> 室内
* 请撤离。 => 室外 -> 室外
- -> 室内
== 室内 ==
客: 在屋里。
* 请先关阀。 => 室内 -> 结束
- -> 结束
== 室外 ==
客: 在路上，我是{姓名}。
* 请撤离。 => 室外 -> 结束
- -> 结束
== 结束 ==
客: 再见。
挂机: 客户 2秒后
"""


def test_a_checkpoint_on_the_other_branch_does_not_apply_and_its_weight_stays_in_the_dimension():
    player = say(talking(compiled(SIDE_ROAD)), "请撤离。", "请退到远处。")
    player.let_end()
    result = score_of(player)
    assert result.checkpoint("乙").outcome is Outcome.NOT_APPLICABLE
    assert [c.out_of for c in result.checkpoints] == [4500, 0, 3000, 2500]
    assert result.checkpoint("丙").points == 3000


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ((), Outcome.NOT_MET),
        (("您的地址是？",), Outcome.NOT_MET),
        (("您先关总阀",), Outcome.MET),
        (("您先关总阀", "您开灯看看"), Outcome.PARTLY),
        (("您开灯看看",), Outcome.NOT_MET),
    ],
)
def test_a_prohibition_that_is_kept_earns_nothing_while_nothing_is_done_of_what_is_asked_beside_it(replies, outcome):
    script = compiled(text_of("gas-leak-01.call").replace("说(关阀) <= 60秒 自 报险", "说(关阀) 且 不说(用电)"))
    player = say(talking(script), *replies)
    player.send("hangup")
    assert outcomes(score_of(player))["关阀"] is outcome


def test_hanging_up_early_makes_nothing_not_applicable():
    player = say(talking(compiled(SIDE_ROAD)), "请撤离。")
    player.send("hangup")
    assert outcomes(score_of(player))["乙"] is Outcome.NOT_MET


def test_a_human_only_checkpoint_waits_for_a_person():
    script = compiled(text_of("gas-leak-01.call").replace("[后挂] 让客户先挂机", "[?语气] 语气平和"))
    result = score_of(perfect_call(script))
    assert result.checkpoint("语气").outcome is Outcome.DOUBTFUL
    assert (result.total, result.highest) == (9_500, 10_000)
    assert "human_only" in [r.code for r in result.reviews]


# -- evidence --------------------------------------------------------------------------------------------------------


def test_evidence_quotes_the_sentence_and_marks_the_words():
    result = score_of(perfect_call())
    found = result.checkpoint("关阀").evidence[0]
    assert found.quote == "您先关总阀、打开窗户，千万别碰电灯开关"
    assert FIRST_ADVICE[found.start : found.end] == "关总阀"
    assert found.rule.startswith("关阀: ")


def test_a_missed_checkpoint_shows_the_sentence_that_would_have_scored():
    result = score_of_replies("gas-leak-01", GREETING, "您稍等。")
    advice = result.checkpoint("关阀").would_score
    assert [a.kind for a in advice] == ["say"]
    again = score_of_replies("gas-leak-01", GREETING, advice[0].text)
    assert again.checkpoint("关阀").outcome is Outcome.MET


def test_advice_never_quotes_a_reply_that_is_bad_on_purpose():
    wrong_number = next(b.script for b in load_library().scripts if b.code == "wrong-number-01")
    advice = score_of(talking(wrong_number)).checkpoint("说明").would_score
    assert advice, "there is something to say"
    assert not any(wrong_number.phrases["忌语"].says(a.text) for a in advice)


@pytest.mark.parametrize("name", ["gas-leak-01", "refund-01"])
def test_following_all_advice_to_say_something_scores_it(name):
    first = score_of_replies(name, "嗯")
    for item in first.checkpoints:
        for advice in item.would_score:
            if advice.kind == "say" and item.id in (
                "问候",
                "关阀",
                "开窗",
                "禁电",
                "室外",
                "致歉",
                "共情",
                "原因",
                "回电",
            ):
                replies = (
                    [advice.text] if item.id == "问候" else [GREETING if name[0] == "g" else SHOP_GREETING, advice.text]
                )
                assert score_of_replies(name, *replies).checkpoint(item.id).outcome is Outcome.MET, advice.text


def test_a_near_miss_says_why():
    result = score_of_replies("gas-leak-01", GREETING, "您家阀门关了没有？")
    assert [(e.quote, e.note.code) for e in result.checkpoint("关阀").near_misses] == [("您家阀门关了没有", "question")]


def test_half_of_a_phrase_is_a_near_miss():
    result = score_of_replies("gas-leak-01", GREETING, "您看一下阀门在不在。")
    assert [e.note.code for e in result.checkpoint("关阀").near_misses] == ["part_said"]


@pytest.mark.parametrize(
    "reply", ["窗户都推开通通风。", "抢修师傅已经出发，请在楼下等候。", "早上好，工号3276，请问有什么可以帮您？"]
)
def test_a_reply_that_holds_all_words_of_a_phrase_apart_from_each_other_is_scored(reply):
    result = score_of_replies("gas-leak-01", "喂，哪位？", reply)
    assert not result.passed


def test_a_read_back_counts_only_after_the_caller_told_the_fact():
    before = score_of_replies("gas-leak-01", GREETING, FIRST_ADVICE, "幸福路12号3幢2单元601室对吧", ASK_ADDRESS)
    part = next(p for p in before.checkpoint("复述").parts if p.label == "地址")
    assert (part.met, part.note.code) == (False, "before_told")


def test_every_code_in_a_score_has_a_sentence_in_both_languages():
    result = score_of_replies(
        "gas-leak-01",
        "喂",
        "您开灯",
        "别开灯",
        "急什么",
        "师傅已经出发了",
        "您电话是16405716668对吧",
        ASK_PHONE,
        "16405716668",
    )
    codes = [
        *(e.note for c in result.checkpoints for e in (*c.evidence, *c.near_misses)),
        *(p.note for c in result.checkpoints for p in c.parts),
        *(a for c in result.checkpoints for a in c.would_score),
        *result.flags,
        *result.reviews,
        *result.adjustments,
    ]
    assert codes
    for code in codes:
        assert note_text(code, "zh_CN") != note_text(code, "en")


def test_every_code_that_the_engine_can_give_is_in_the_table():
    source = "".join(
        p.read_text("utf-8")
        for part in ("scoring", "player")
        for p in (Path(__file__).parents[2] / "simulations" / part).glob("*.py")
    )
    for pattern in (
        r'note\(\s*"(\w+)"',
        r'_review\("(\w+)"',
        r'EventRefused\("(\w+)"',
        r'Advice\("(\w+)"',
        r'_adjusted\("(\w+)"',
        r'Flag\("(\w+)"',
    ):
        found = set(re.findall(pattern, source))
        assert found
        assert found <= known_codes(), found - known_codes()


# -- review ----------------------------------------------------------------------------------------------------------


def test_an_uncalibrated_script_always_goes_to_a_person_and_a_calibrated_one_need_not():
    player = perfect_call()
    assert "uncalibrated" in [r.code for r in score_of(player).reviews]
    assert {r.code for r in score_of(player, calibrated=True).reviews} <= {"audit_sample"}


@pytest.mark.parametrize(("mark", "near"), [(8_699, False), (8_700, True), (9_300, True), (9_301, False)])
def test_within_three_points_of_the_line_a_person_looks(mark, near):
    result = score_of(perfect_call(form={}), rubric=Rubric(mark, ()))
    assert ("near_line" in [r.code for r in result.reviews]) is near


def test_a_weak_match_on_a_critical_item_goes_to_a_person():
    result = score_of_replies("gas-leak-01", GREETING, "千万不要抽烟打火开灯")
    assert ("weak_match", (("checkpoint", "禁电"),)) in [(r.code, r.params) for r in result.reviews]


def test_about_one_call_in_twenty_is_an_audit_sample():
    sampled = 0
    for seed in range(200):
        player = talking(GAS, seed=seed)
        sampled += "audit_sample" in [r.code for r in score_of(player, calibrated=True).reviews]
    assert 2 <= sampled <= 25


def test_a_connection_that_was_gone_for_long_is_on_the_record():
    player = talking(GAS)
    player.send("heartbeat")
    player.wait(21 * SECOND)
    player.send("heartbeat")
    assert [f.code for f in score_of(player).flags] == ["connection_gap"]


def test_a_call_nobody_answered_earns_nothing():
    player = ringing(script_of("refund-01"))
    player.let_end()
    result = score_of(player)
    assert (result.total, result.ended.reason) == (0, "unanswered")
