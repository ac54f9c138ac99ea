"""What a person looks at before it counts: words that may turn a meaning, and what sounds forbidden."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations import Outcome, load_library, score, unfamiliar
from simulations.plan_runs import play_plan
from simulations.script.tree import atoms
from simulations.script.vocabulary import AtomKind
from simulations.wording.leaning import Leaning
from simulations.wording.phrases import Phrase
from simulations.wording.polarity import turning_words
from tests.simulations.calls import compiled, perfect_call, say, score_of, talking, text_of

SORRY = Phrase.of("致歉", "(抱歉/对不起/赔礼)")
VALVE = Phrase.of("关阀", "(关/拧)..阀 / 阀..(关/拧)")
REFUSALS = ("这个不归我管", "您自己想办法去", "爱找谁找谁")
OFFERS = ("我给您想办法", "这个归我管，您放心", "您找我就行")
SCRIPTS = {it.code: it.script for it in load_library().scripts}


# -- turning words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "reply", "weak"),
    [
        (SORRY, "实在对不起，让您久等了", False),
        (SORRY, "对不起，这事怪我们，我马上给您查", False),
        (SORRY, "回头我们班长会给您赔礼的", True),
        (SORRY, "查下来真是我们的错，到时候再跟您说对不起", True),
        (SORRY, "按理我该说声对不起", True),
        (VALVE, "您先把总阀关上", False),
        (VALVE, "阀门您先关上，再打开窗户", False),
        (VALVE, "关上总阀也行，不关也行", True),
        (VALVE, "把阀门关了，不对，您先出来", True),
        (VALVE, "以前都是先把阀门关上", True),
    ],
)
def test_a_word_beside_it_that_may_turn_the_meaning_makes_a_match_weak(phrase, reply, weak):
    (heard,) = phrase.heard_in(reply)
    assert heard.weak is weak


def test_a_turning_word_that_the_phrases_own_examples_have_is_no_reason_for_doubt():
    said = "他要是更喘了马上打120"
    emergency = Phrase.of("叫120", "打120")
    assert [it.weak for it in emergency.heard_in(said)] == [True]
    assert [it.weak for it in replace(emergency, usual=turning_words("要是喘不上气就打120")).heard_in(said)] == [False]


# -- leaning ---------------------------------------------------------------------------------------------------------


def test_a_sentence_leans_to_the_examples_it_shares_more_with():
    leaning = Leaning.between(REFUSALS, OFFERS)
    reply = "您好。那个不归我们管的，您自己想办法吧。我给您查"
    assert [(it.text, reply[it.start : it.end]) for it in leaning.towards(reply)] == [
        ("那个不归我们管的，您自己想办法吧", "那个不归我们管的，您自己想办法吧")
    ]


@pytest.mark.parametrize("reply", ["", "。。。", "16405716688", "他山之石", *OFFERS, f"好的。{OFFERS[0]}！"])
def test_what_is_unlike_either_or_stands_in_the_other_set_leans_nowhere(reply):
    assert Leaning.between(REFUSALS, OFFERS).towards(reply) == ()


def test_a_sentence_that_somebody_gave_as_right_leans_nowhere_however_often_its_words_are_forbidden():
    right = "这个我管不了，您找主管"
    wrong = (f"我说了，{right}", f"{right}去吧", f"{right}好了", f"{right}呗")
    assert Leaning.between(wrong, OFFERS).towards(right)
    assert Leaning.between(wrong, (*OFFERS, right)).towards(right) == ()


def test_without_examples_of_the_forbidden_nothing_leans():
    assert Leaning.between((), OFFERS).towards("你自己想办法去") == ()


@given(st.lists(st.text("不归我管您自己想办法找谁", max_size=8)), st.text("不归我管您自己想办法找谁，。", max_size=20))
def test_another_example_of_the_right_thing_never_makes_itself_lean(others, reply):
    assert Leaning.between(REFUSALS, (*others, reply)).towards(reply) == ()


@given(st.text(max_size=60))
def test_what_leans_is_quoted_where_it_stands(reply):
    for it in Leaning.between(REFUSALS, OFFERS).towards(reply + "。你自己想办法去"):
        assert (reply + "。你自己想办法去")[it.start : it.end] == it.text


# -- in a call -------------------------------------------------------------------------------------------------------


@cache
def after(code, *replies):
    return score_of(say(talking(SCRIPTS[code]), *replies), calibrated=True)


def reasons(result):
    return {(it.code, dict(it.params).get("checkpoint")) for it in result.reviews}


def with_examples():
    """The refund, with examples of what its forbidden phrases mean."""
    examples = "正 忌语: 这个不归我管 | 自己看着办 | 您急什么 | 我不知道 | 找商家去\n反 忌语: 我来办 | 我帮您找商家\n"
    text = text_of("refund-01.call")
    return compiled(text.replace("【考点】", examples + "【考点】", 1))


@pytest.mark.parametrize("reply", ["您看着办呗", "您就找您的商家去看看", "您急个什么劲儿"])
def test_what_sounds_forbidden_keeps_its_points_and_goes_to_a_person_with_the_quote(reply):
    player = say(talking(with_examples()), reply)
    player.send("hangup")
    ended = score_of(player, calibrated=True)
    item = ended.checkpoint("忌语")
    assert (item.outcome, item.points) == (Outcome.MET, item.out_of)
    assert ("leans_forbidden", "忌语") in reasons(ended)
    assert [it.quote for it in item.near_misses if it.note.code == "leans"] == [reply]


def test_plain_advice_against_something_forbidden_sounds_forbidden_to_nobody():
    result = after("gas-leak-01", "千万别开灯，油烟机排风扇都不要动，打火机也别点")
    assert not {it for it in reasons(result) if it[0] == "leans_forbidden"}


def test_what_has_only_the_sound_of_something_forbidden_breaks_no_rule_and_goes_to_a_person():
    player = say(talking(with_examples(), modes=("voice",)), "您机什么", mode="voice")
    player.send("hangup")
    result = score_of(player, calibrated=True)
    assert result.checkpoint("忌语").outcome is Outcome.MET
    assert ("leans_forbidden", "忌语") in reasons(result)
    typed = say(talking(with_examples()), "您急什么")
    assert score_of(typed).checkpoint("忌语").outcome is Outcome.NOT_MET


@pytest.mark.parametrize(
    ("reply", "approved"),
    [
        ("您先关总阀，打开窗户", True),  # a model reply
        ("您先關總閥，打開窗戶。", True),
        ("好的", True),  # everyday talk
        ("您好，平安燃气3276号为您服务，请讲", True),
        ("您先关总阀，打开窗户！好的。", True),
        ("您先关总阀，打开窗户吧", False),
        ("您先关总阀打开窗户", False),  # 不，要开灯 isn't 不要开灯
        ("您先关总阀，打开窗户？", False),
        ("好的。您自己想办法", False),
        ("开灯", False),  # an example of what is forbidden approves of nothing
    ],
)
def test_a_sentence_is_approved_when_it_stands_word_for_word_in_a_right_reply(reply, approved):
    text = text_of("gas-leak-01.call").replace("== 询问 ==", "== 询问 ==\n+ 您先关总阀，打开窗户 => 关阀", 1)
    assert any(unfamiliar(compiled(text), reply)) is not approved


def test_ones_own_staff_number_is_as_good_as_the_examples():
    greeting = "您好，平安燃气3276号为您服务，请讲"
    assert not any(unfamiliar(SCRIPTS["gas-leak-01"], greeting.replace("3276", "5835"), "5835"))
    assert any(unfamiliar(SCRIPTS["gas-leak-01"], greeting.replace("3276", "5836"), "5835"))
    assert any(unfamiliar(SCRIPTS["gas-leak-01"], greeting, "5835"))


def test_a_passing_call_in_words_that_nobody_approved_goes_to_a_person_though_the_script_is_calibrated():
    result = score_of(perfect_call(), calibrated=True)
    assert result.passed
    assert "unfamiliar" not in {it.code for it in result.reviews}
    anew = score_of(perfect_call(besides=("等师傅的时候别慌",)), calibrated=True)
    assert anew.passed
    assert [it.params for it in anew.reviews if it.code == "unfamiliar"] == [(("count", "1"),)]
    failed = score_of(say(talking(SCRIPTS["gas-leak-01"]), "等师傅的时候别慌"), calibrated=True)
    assert "unfamiliar" not in {it.code for it in failed.reviews}


@pytest.mark.parametrize(("said", "doubted"), [("沙子都进了锅", False), ("大沙子都进了锅", True)])
def test_two_characters_alone_have_the_sound_of_anything(said, doubted):
    text = text_of("refund-01.call").replace("【考点】", "骂人 = 傻子 / 大傻子\n【考点】", 1)
    script = compiled(text.replace("不说(忌语)", "不说(忌语, 骂人)"))
    player = say(talking(script, modes=("voice",)), said, mode="voice")
    player.send("hangup")
    assert ("leans_forbidden" in {it.code for it in score_of(player, calibrated=True).reviews}) is doubted


def test_no_perfect_plan_of_a_bundled_script_goes_to_a_person_for_what_its_model_replies_say():
    doubted = []
    for bundled in load_library().scripts:
        plan = next(it for it in bundled.plans if it.name in ("完美", "perfect"))
        result = score(bundled.script, play_plan(bundled.script, plan).events, calibrated=True)
        doubted += [(bundled.code, it) for it in reasons(result) if it[0] in ("weak_match", "leans_forbidden")]
    assert doubted == []


def test_the_examples_of_critical_checkpoints_are_weak_in_no_bundled_script():
    weak = [
        (code, name.text, text)
        for code, script in SCRIPTS.items()
        for check in script.checkpoints if check.critical
        for atom in atoms(check.condition) if atom.kind is AtomKind.SAY
        for name in atom.names
        for text in script.phrases[name.key].positive
        if (heard := script.phrases[name.key].heard_in(text, opens_call=True)) and all(it.weak for it in heard)
    ]
    assert weak == []


def test_model_replies_are_approved_whoever_says_them():
    anew = [
        (code, said)
        for code, script in SCRIPTS.items()
        for node in script.tree.nodes
        for move in node.moves
        if move.negated or move.phrase.key not in {it.name for it in script.forbidden}
        for said in [script.filled(move.reply, "5835")]
        if any(unfamiliar(script, said, "5835"))
    ]
    assert anew == []


def test_polite_talk_is_approved_as_an_example_of_what_is_not_rude():
    text = text_of("gas-leak-01.call")
    assert any(unfamiliar(compiled(text), "等师傅的时候别慌"))
    taught = text.replace("【考点】", "反 忌语: 等师傅的时候别慌\n【考点】", 1)
    assert not any(unfamiliar(compiled(taught), "等师傅的时候别慌"))
