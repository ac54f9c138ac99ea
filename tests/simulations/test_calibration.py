"""When an automatic score may stand by itself, and when a new edition keeps what was proven."""

import pytest

from simulations.analysis.changes import changes
from simulations.analytics.calibration import Lack, Marked, marks_alike, standing_of, stands_by_itself
from simulations.scoring.review import Review
from tests.simulations.calls import compiled, text_of

GAS = text_of("gas-leak-01.call")


def call(outcome="met", by_person="met", *, total=9000, total_by_person=None, critical=True, sure=True):
    other = total if total_by_person is None else total_by_person
    return [Marked("关阀", critical, outcome, by_person, 1000, 1000, sure),
            Marked("礼貌", False, "met", "met", total - 1000, other - 1000)]


def calls(number, **more):
    return [call(total=5000 + 97 * at % 5000, **more) for at in range(number)]


@pytest.mark.parametrize(("double_marked", "lacks"), [
    (calls(50), ()),
    (calls(49), ((Lack.CALLS, ""),)),
    (calls(49) + [call("met", "not_met")], ((Lack.FALSE_PASS, "关阀"),)),
    (calls(49) + [call("met", "partly")], ((Lack.FALSE_PASS, "关阀"),)),
    (calls(49) + [call("not_applicable", "not_met")], ((Lack.FALSE_PASS, "关阀"),)),
    (calls(49) + [call("not_met", "met")], ()),
    (calls(40) + [call("partly", "not_met")] * 10, ()),
    (calls(49) + [call("doubtful", "not_met")], ((Lack.ITEM_CALLS, "关阀"),)),
    (calls(50) + [call("doubtful", "not_met")], ()),
    (calls(49) + [call("met", "not_met", sure=False)], ((Lack.ITEM_CALLS, "关阀"),)),
    (calls(50) + [call("met", "not_met", sure=False)], ()),
    (calls(40) + [call("not_met", "met")] * 10, ((Lack.ITEM_AGREEMENT, "关阀"),)),
    ([call()] * 50, ((Lack.NO_SPREAD, ""),)),
    ([call(total=8000 + at, total_by_person=8000 + 37 * at % 50) for at in range(50)], ((Lack.TOTALS, ""),)),
    ([call(total=6000 + 60 * at, total_by_person=6000 + 60 * at + (-1) ** at * 650) for at in range(50)],
     ((Lack.TOTALS, ""),)),
    ([], ((Lack.CALLS, ""), (Lack.NO_SPREAD, ""))),
], ids=[
    "fifty that agree", "forty-nine", "one false pass", "half is not done", "left out by the system",
    "one false failure", "half and not done are the same", "one left to a person", "fifty sure ones beside a doubt",
    "one on a weak match", "fifty sure ones beside a weak match",
    "ten false failures of fifty", "every total the same", "totals that go their own ways",
    "totals that agree well but perhaps by chance", "none",
])
def test_a_script_is_calibrated_when_nothing_is_lacking(double_marked, lacks):
    standing = standing_of(double_marked)
    assert standing.lacks == lacks
    assert standing.calibrated is (not lacks)


def test_an_item_that_is_not_critical_passes_nobody_falsely():
    assert standing_of(calls(50, outcome="met", by_person="not_met", critical=False)).calibrated


@pytest.mark.parametrize(("calibrated", "purpose", "passed", "reviews", "alone"), [
    (True, "exam", True, (), True),
    (False, "exam", True, (), False),
    (True, "practice", True, (), False),
    (True, "exam", False, (), False),
    (True, "exam", True, (Review("audit_sample"),), False),
], ids=["all of it", "practice only", "a practice call", "never a failure", "somebody must look"])
def test_a_score_makes_a_fact_by_itself(calibrated, purpose, passed, reviews, alone):
    assert stands_by_itself(calibrated=calibrated, purpose=purpose, passed=passed, reviews=reviews) is alone


@pytest.mark.parametrize(("was", "now", "keeps"), [
    ("客: 你倒是快说呀", "客: 你快讲嘛", True),
    ("客: 你们到底记下来没有？", "客: {姓名}，记下来没有？", False),
    ("标题: ", "标题: 新的", True),
    ("标题: ", "及格: 85\n标题: ", False),
    ("[开窗] 指导开窗 | 处置 | 10", "[开窗] 叫人开窗 | 处置 | 10", False),
    ("王桂芳", "王桂芬", False),
], ids=["a caller's words", "a fact that a caller tells", "the title", "the pass mark", "a checkpoint", "a fact"])
def test_a_new_edition_keeps_what_no_score_can_notice(was, now, keeps):
    assert was in GAS
    old, new = compiled(GAS), compiled(GAS.replace(was, now))
    assert changes(old, new)
    assert marks_alike(changes(old, new), {}, {}) is keeps


def test_another_text_under_the_same_library_name_proves_nothing():
    assert not marks_alike((), {"通用短语@3": "甲"}, {"通用短语@3": "乙"})
    assert marks_alike((), {"通用短语@3": "甲"}, {"通用短语@3": "甲", "新库@1": "丙"})


def test_the_lower_end_of_the_interval_counts_not_the_figure_itself():
    spread = [call(total=6000 + 60 * at, total_by_person=6000 + 60 * at + (-1) ** at * 650) for at in range(50)]
    assert standing_of(spread).totals.value > 0.75 > standing_of(spread).totals.low
