"""The table of tough replies: each is scored as an experienced assessor would."""

import pytest

from simulations import Outcome, load_library
from tests.simulations.calls import (
    ASK_ADDRESS,
    ASK_PHONE,
    FIRST_ADVICE,
    GREETING,
    SHOP_GREETING,
    say,
    score_of,
    script_of,
    talking,
)

MET, PARTLY, NOT_MET, DOUBTFUL = Outcome.MET, Outcome.PARTLY, Outcome.NOT_MET, Outcome.DOUBTFUL


@pytest.fixture(params=["as given", "bundled"])
def script(request):
    """Give each script in its input form and in its bundled edition."""
    bundled = {b.code: b.script for b in load_library().scripts}
    return (lambda name: script_of(name)) if request.param == "as given" else (lambda name: bundled[name])


def scored(script, *replies, mode="type"):
    return score_of(say(talking(script), *replies, mode=mode))


def after_the_facts(script, reply, mode="type"):
    """Score a reply said once the caller has told address and phone."""
    return scored(script, GREETING, FIRST_ADVICE, ASK_ADDRESS, ASK_PHONE, reply, mode=mode)


def part(result, checkpoint, label):
    return next(p for p in result.checkpoint(checkpoint).parts if p.label == label)


def test_a_greeting_is_met_by_homophone_when_spoken(script):
    result = scored(script("gas-leak-01"), "您好平安然气三二七六号为您服务请讲", mode="voice")
    assert result.checkpoint("问候").outcome is MET


def test_the_same_greeting_typed_is_a_near_miss(script):
    result = scored(script("gas-leak-01"), "您好平安然气三二七六号为您服务请讲")
    assert result.checkpoint("问候").outcome is PARTLY
    assert "sounds_right" in [e.note.code for e in result.checkpoint("问候").near_misses]


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [(["喂，哪位？"], NOT_MET), ([GREETING, "喂？听得到吗"], MET)],
    ids=["as the first words", "in mid-call"],
)
def test_hello_is_forbidden_only_as_the_first_words(script, replies, outcome):
    assert scored(script("gas-leak-01"), *replies).checkpoint("忌语").outcome is outcome


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("您先把总阀给拧上", MET),
        ("您千万别去动那个阀门，更别关阀", NOT_MET),
        ("出门前别忘了把阀门关掉", MET),
        ("阀门您关了没有？", NOT_MET),
    ],
)
def test_the_valve_instruction(script, reply, outcome):
    assert scored(script("gas-leak-01"), GREETING, reply).checkpoint("关阀").outcome is outcome


def test_dissuasion_in_dialect_with_the_object_first_is_met(script):
    result = scored(script("gas-leak-01"), GREETING, "灯就甭碰了，油烟机也莫开")
    assert result.checkpoint("禁电").outcome is MET
    assert result.checkpoint("险令").outcome is MET


def test_telling_to_switch_on_is_a_critical_failure(script):
    result = scored(script("gas-leak-01"), GREETING, "您开灯看看燃气表还走不走")
    assert result.checkpoint("险令").outcome is NOT_MET
    assert "险令" in result.critical_failures


def test_taking_a_warning_back_is_a_critical_failure_and_doubtful(script):
    result = scored(script("gas-leak-01"), GREETING, "别开灯，哦不对，您还是开灯找一下阀门")
    assert result.checkpoint("险令").outcome is DOUBTFUL
    assert result.checkpoint("险令").provisional is NOT_MET
    assert "险令" in result.critical_failures


def test_an_address_in_chinese_numerals_without_its_last_unit_is_read_back(script):
    result = after_the_facts(script("gas-leak-01"), "幸福路十二号三幢二单元六零一，对吧？")
    assert part(result, "复述", "地址").met


@pytest.mark.parametrize(("mode", "met"), [("voice", True), ("type", False)])
def test_a_street_that_only_sounds_right_counts_when_spoken_and_goes_to_review(script, mode, met):
    result = after_the_facts(script("gas-leak-01"), "是兴福路12号3幢2单元601室吗", mode)
    assert part(result, "复述", "地址").met is met
    assert (("checkpoint", "复述"),) in [r.params for r in result.reviews if r.code == "weak_match"] or not met


def test_a_phone_in_spoken_digit_groups_is_read_back(script):
    assert part(after_the_facts(script("gas-leak-01"), "电话幺六四 零五七幺 六六八八"), "复述", "电话").met


def test_the_first_wrong_digit_is_shown(script):
    told = part(after_the_facts(script("gas-leak-01"), "您电话是16405716668对吧"), "复述", "电话")
    assert not told.met
    assert dict(told.note.params) == {"place": "10", "expected": "8", "got": "6"}


def test_an_apology_with_an_evasion_is_both(script):
    result = scored(script("refund-01"), SHOP_GREETING, "非常抱歉，但是这个不归我管，您找商家去吧")
    assert result.checkpoint("致歉").outcome is MET
    assert result.checkpoint("忌语").outcome is NOT_MET


@pytest.mark.parametrize(
    "reply",
    ["您刚才说没人管，我特别理解，这事我来管", "不是不给您退，是要先核对订单号"],
    ids=["reported", "double negative"],
)
def test_nothing_forbidden_was_said(script, reply):
    assert scored(script("refund-01"), SHOP_GREETING, reply).checkpoint("忌语").outcome is MET


def test_a_supposed_apology_is_none(script):
    result = scored(script("refund-01"), SHOP_GREETING, "要是说声对不起有用，您也不会打来了")
    assert result.checkpoint("致歉").outcome is NOT_MET


def test_claiming_a_dispatch_is_no_dispatch_and_is_flagged(script):
    result = scored(script("gas-leak-01"), GREETING, FIRST_ADVICE, "师傅已经出发了")
    assert result.checkpoint("派单").outcome is NOT_MET
    assert [f.quote for f in result.flags if f.code == "false_promise"] == ["师傅已经出发了"]
