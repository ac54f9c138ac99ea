"""Marking, by tables at the boundaries and by hypothesis over whatever may be sent."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import kinds
from question_bank.kinds import KindCode, Why
from tests.question_bank.made import (
    ANSWERS,
    BLANK,
    MULTIPLE,
    NUMERIC,
    ONE_OF_EACH,
    PARTS_IN_ROWS,
    SINGLE,
    TRUE_FALSE,
    contents,
)

SOME = settings(max_examples=60, deadline=None)
EACH_KIND = pytest.mark.parametrize("kind", list(KindCode))


def changed(content, **changes):
    return {**content, **changes}


def everything(kind, content, max_points):
    """Give full marks by hand wherever a person marks."""
    return {part.path: part.out_of for part in kinds.by_hand(kind, content, max_points)}


def answers_to(content):
    """Lists that look like answers: ids of options, words, nothing, in any order and number."""
    ids = st.sampled_from([option["id"] for option in content.get("options") or ()] or ["a"])
    return st.lists(ids | st.none() | st.sampled_from(["", "阀", "不知道"]) | st.lists(ids, max_size=3), max_size=12)


ANY_OF_TWO = changed(BLANK, any_order=True, blanks=[{"accepted": ["甲", "乙"]}, {"accepted": ["乙", "甲"]}])


@pytest.mark.parametrize(
    ("kind", "content", "answer", "hundredths", "why"),
    [
        ("single", SINGLE, "b", 200, Why.RIGHT),
        ("single", SINGLE, "a", 0, Why.WRONG),
        ("single", SINGLE, "z", 0, Why.UNREADABLE),
        ("single", SINGLE, ["b"], 0, Why.UNREADABLE),
        ("single", SINGLE, "", 0, Why.UNANSWERED),
        ("single", SINGLE, None, 0, Why.UNANSWERED),
        ("multiple", MULTIPLE, ["d", "c", "a"], 200, Why.RIGHT),
        ("multiple", MULTIPLE, ["a", "a", "c", "d"], 200, Why.RIGHT),
        ("multiple", MULTIPLE, ["a", "c"], 100, Why.PARTLY),
        ("multiple", MULTIPLE, "a", 100, Why.PARTLY),
        ("multiple", MULTIPLE, ["a", "b"], 0, Why.WRONG),
        ("multiple", MULTIPLE, ["a", "b", "c", "d"], 0, Why.WRONG),
        ("multiple", MULTIPLE, [], 0, Why.UNANSWERED),
        ("multiple", MULTIPLE, ["a", None], 0, Why.UNREADABLE),
        ("multiple", changed(MULTIPLE, rule="none"), ["a", "c"], 0, Why.WRONG),
        ("multiple", changed(MULTIPLE, rule="share"), ["a", "c"], 133, Why.PARTLY),
        ("true_false", TRUE_FALSE, True, 200, Why.RIGHT),
        ("true_false", TRUE_FALSE, "true", 200, Why.RIGHT),
        ("true_false", TRUE_FALSE, False, 0, Why.WRONG),
        ("true_false", TRUE_FALSE, 1, 0, Why.UNREADABLE),
        ("blank", BLANK, ["阀门", "窗"], 200, Why.RIGHT),
        ("blank", BLANK, [" 阀　门。", "门窗"], 200, Why.RIGHT),
        ("blank", BLANK, ["阀"], 100, Why.PARTLY),
        ("blank", BLANK, ["窗", "阀"], 0, Why.WRONG),
        ("blank", changed(BLANK, any_order=True), ["窗", "阀"], 200, Why.RIGHT),
        ("blank", changed(BLANK, any_order=True), ["阀", "阀"], 100, Why.PARTLY),
        ("blank", ANY_OF_TWO, ["乙", "甲"], 200, Why.RIGHT),
        ("blank", ANY_OF_TWO, ["甲", "甲"], 100, Why.PARTLY),
        ("blank", changed(BLANK, stem="____", blanks=[{"accepted": ["CO"]}]), "ｃｏ。", 200, Why.RIGHT),
        ("blank", BLANK, ["", None], 0, Why.UNANSWERED),
        ("blank", BLANK, ["阀", "窗", "灯"], 0, Why.UNREADABLE),
        ("blank", BLANK, {"0": "阀"}, 0, Why.UNREADABLE),
        ("numeric", NUMERIC, "15", 200, Why.RIGHT),
        ("numeric", NUMERIC, "１５．５ 秒", 200, Why.RIGHT),
        ("numeric", NUMERIC, "14.5s", 200, Why.RIGHT),
        ("numeric", NUMERIC, 15.0, 200, Why.RIGHT),
        ("numeric", NUMERIC, "15.500000001", 0, Why.WRONG),
        ("numeric", NUMERIC, "14.499999999", 0, Why.WRONG),
        ("numeric", NUMERIC, "15 分钟", 0, Why.UNIT_WRONG),
        ("numeric", changed(NUMERIC, unit_rule="required"), "15", 0, Why.UNIT_MISSING),
        ("numeric", changed(NUMERIC, unit_rule="ignored"), "15 分钟", 200, Why.RIGHT),
        ("numeric", changed(NUMERIC, value="1500"), "1,500", 200, Why.RIGHT),
        ("numeric", changed(NUMERIC, value="-4"), "−4", 200, Why.RIGHT),
        ("numeric", changed(NUMERIC, tolerance="10", tolerance_kind="percent"), "16.5", 200, Why.RIGHT),
        ("numeric", changed(NUMERIC, tolerance="10", tolerance_kind="percent"), "16.51", 0, Why.WRONG),
        ("numeric", NUMERIC, "十五", 0, Why.UNREADABLE),
        ("numeric", NUMERIC, "1e1", 0, Why.WRONG),
        ("numeric", NUMERIC, "9" * 4000, 0, Why.UNREADABLE),
        ("numeric", NUMERIC, "  ", 0, Why.UNANSWERED),
    ],
)
def test_an_answer_earns_what_the_rules_say(kind, content, answer, hundredths, why):
    mark = kinds.mark(kind, content, answer, 200)
    assert (mark.hundredths, mark.out_of, mark.why) == (hundredths, 200, why)


def test_each_blank_is_told_apart():
    assert kinds.mark("blank", BLANK, ["灯", "窗"], 200).parts == (False, True)


def test_an_answer_that_fits_two_blanks_makes_room_for_one_that_fits_only_the_first():
    content = changed(BLANK, any_order=True, blanks=[{"accepted": ["甲", "乙"]}, {"accepted": ["甲"]}])
    assert kinds.mark("blank", content, ["甲", "乙"], 200).fully


@EACH_KIND
@SOME
@given(data=st.data())
def test_marking_survives_every_answer_and_stays_in_bounds(kind, data):
    content = data.draw(contents(kind))
    given = data.draw(st.dictionaries(st.sampled_from(["", "0", "1", "7"]), st.integers(-5, 20_000)))
    mark = kinds.mark(kind, content, data.draw(ANSWERS | answers_to(content)), data.draw(st.integers(0, 10_000)), given)
    assert 0 <= mark.hundredths <= mark.out_of
    if mark.why in (Why.UNANSWERED, Why.UNREADABLE, Why.WRONG):
        assert mark.hundredths == 0


@EACH_KIND
@SOME
@given(data=st.data())
def test_the_key_is_right_and_the_wrong_answer_is_not(kind, data):
    content = data.draw(contents(kind))
    assert kinds.validate(kind, content) == []
    assert kinds.mark(kind, content, kinds.key_answer(kind, content), 100, everything(kind, content, 100)).fully
    assert not kinds.mark(kind, content, kinds.wrong_answer(kind, content), 100).fully


@EACH_KIND
@SOME
@given(data=st.data())
def test_a_review_can_be_shown_for_every_answer(kind, data):
    content, answer = data.draw(contents(kind)), data.draw(ANSWERS)
    assert json.dumps(kinds.review_view(kind, content, answer, 100), default=str)


@EACH_KIND
@SOME
@given(data=st.data())
def test_a_candidate_sees_neither_key_nor_explanation(kind, data):
    content = data.draw(contents(kind))
    view = kinds.candidate_view(kind, content, data.draw(st.text(max_size=5) | st.integers()))
    assert not TELLING & _keys_in(view)


TELLING = frozenset(
    [
        "key",
        "explanation",
        "value",
        "tolerance",
        "accepted",
        "patterns",
        "pinned",
        "transcript",
        "model",
        "rubric",
        "weight",
    ]
)


def _keys_in(value):
    if isinstance(value, dict):
        return set(value).union(*map(_keys_in, value.values()))
    return set().union(*map(_keys_in, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("kind", [KindCode.SINGLE, KindCode.MULTIPLE])
@SOME
@given(data=st.data())
def test_shuffling_moves_only_what_may_move_and_is_the_same_each_time(kind, data):
    content = changed(data.draw(contents(kind)), shuffle=True)
    shown = kinds.candidate_view(kind, content, "seed")["options"]
    assert shown == kinds.candidate_view(kind, content, "seed")["options"]
    assert sorted(option["id"] for option in shown) == [option["id"] for option in content["options"]]
    for place, option in enumerate(content["options"]):
        assert not option.get("pinned") or shown[place]["id"] == option["id"]


def test_the_order_of_options_depends_on_the_seed_alone():
    orders = [
        "".join(option["id"] for option in kinds.candidate_view("single", SINGLE, seed)["options"]) for seed in range(4)
    ]
    assert orders == ["cdba", "cbad", "bdac", "cdba"]


def test_an_author_may_keep_the_order():
    shown = kinds.candidate_view("single", changed(SINGLE, shuffle=False), 7)["options"]
    assert [option["id"] for option in shown] == ["a", "b", "c", "d"]


@EACH_KIND
@SOME
@given(data=st.data())
def test_validation_survives_any_content(kind, data):
    content = dict(ONE_OF_EACH[kind])
    content[data.draw(st.sampled_from(sorted(content)))] = data.draw(ANSWERS)
    assert isinstance(kinds.validate(kind, content), list)


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("single", changed(SINGLE, stem=" "), "stem_empty"),
        ("single", changed(SINGLE, stem="长" * 2001), "too_long"),
        ("single", changed(SINGLE, stem="响\x07铃"), "strange_sign"),
        ("single", changed(SINGLE, key=""), "key_missing"),
        ("single", changed(SINGLE, key="e"), "key_beyond"),
        ("single", changed(SINGLE, options=SINGLE["options"][:1]), "options_count"),
        ("single", changed(SINGLE, options=[*SINGLE["options"][:3], {"id": "d", "text": " 一 声"}]), "options_alike"),
        ("single", changed(SINGLE, options=[*SINGLE["options"][:3], {"id": "d", "text": ""}]), "option_empty"),
        ("multiple", changed(MULTIPLE, key=["a"]), "key_of_one"),
        ("multiple", changed(MULTIPLE, rule="generous"), "rule_unknown"),
        ("true_false", changed(TRUE_FALSE, key=None), "key_missing"),
        ("blank", changed(BLANK, blanks=[]), "blanks_count"),
        ("blank", changed(BLANK, stem="关____。"), "blanks_unlike_stem"),
        ("blank", changed(BLANK, blanks=[{"accepted": []}, {"accepted": ["窗"]}]), "blank_empty"),
        ("blank", changed(BLANK, blanks=[{"patterns": ["("]}, {"accepted": ["窗"]}]), "pattern_unreadable"),
        ("blank", changed(BLANK, blanks=[{"patterns": [".*"]}, {"accepted": ["窗"]}]), "pattern_takes_all"),
        ("blank", changed(BLANK, any_order=True, blanks=[{"accepted": ["窗"]}, {"accepted": ["窗 "]}]), "blanks_alike"),
        ("numeric", changed(NUMERIC, value="很多"), "value_not_number"),
        ("numeric", changed(NUMERIC, tolerance="-1"), "tolerance_not_number"),
        ("numeric", changed(NUMERIC, unit="", unit_rule="required"), "unit_required_but_none"),
    ],
)
def test_what_cannot_be_published_is_named(kind, content, code):
    assert code in [flaw.code for flaw in kinds.validate(kind, content)]


def test_a_pattern_made_to_hang_a_machine_answers_at_once():
    content = changed(BLANK, stem="____", blanks=[{"patterns": ["(a+)+b"]}])
    assert kinds.mark("blank", content, ["a" * 400], 100).why is Why.WRONG


@pytest.mark.parametrize(
    ("kind", "form", "answer"),
    [
        ("single", {"q": ["b"]}, "b"),
        ("multiple", {"q": ["a", "c"]}, ["a", "c"]),
        ("true_false", {"q": ["false"]}, False),
        ("blank", {"q.0": ["阀"], "q.1": [""]}, ["阀", ""]),
        ("numeric", {"q": [" 15 秒 "]}, "15 秒"),
        ("single", {}, None),
        ("multiple", {}, []),
        ("blank", {}, []),
    ],
)
def test_a_plain_form_gives_the_same_answer_as_a_script(kind, form, answer):
    assert kinds.answer_from_form(kind, form, "q") == answer


@pytest.mark.parametrize("answer", [None, "", "  ", [], ["", " "]])
def test_an_empty_answer_is_no_answer(answer):
    assert not kinds.answer_given("blank", answer)


def test_false_is_an_answer():
    assert kinds.answer_given("true_false", False)


@pytest.mark.parametrize("kind", ["essay", "", "SINGLE"])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match="KindCode"):
        kinds.mark(kind, {}, None, 100)


def test_negative_marks_are_refused():
    with pytest.raises(ValueError, match="negative"):
        kinds.mark("single", SINGLE, "b", -1)


@pytest.mark.parametrize("kind", [kind for kind in KindCode if kind not in PARTS_IN_ROWS])
@SOME
@given(data=st.data())
def test_a_row_gives_back_the_very_content_it_was_written_from(kind, data):
    content = data.draw(contents(kind))
    assert kinds.KINDS[kind].from_row(kinds.KINDS[kind].to_row(content)) == (content, [])
