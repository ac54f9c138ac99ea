"""Ordering, matching, cloze, short answers, cases, recordings: what they earn, and who marks them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import kinds
from question_bank.kinds import KINDS, KindCode, Why
from question_bank.kinds.compound import part_from_row, part_rows, shares
from tests.question_bank.made import (
    AUDIO,
    CASE,
    CLOZE,
    DICTATION,
    MATCHING,
    MULTIPLE,
    ONE_OF_EACH,
    ORDERING,
    SHORT,
    SINGLE,
    contents,
)

SOME = settings(max_examples=60, deadline=None)
PENALTY = {**MULTIPLE, "rule": "penalty"}
WIDE = {**PENALTY, "key": ["a", "c"]}


@pytest.mark.parametrize(
    ("kind", "content", "answer", "hundredths", "why"),
    [
        ("multiple", PENALTY, ["a", "c", "d"], 300, Why.RIGHT),
        ("multiple", PENALTY, ["a", "c"], 200, Why.PARTLY),
        ("multiple", PENALTY, ["a", "b", "c", "d"], 0, Why.WRONG),
        ("multiple", WIDE, ["a", "b"], 0, Why.WRONG),
        ("multiple", WIDE, ["a", "b", "c"], 150, Why.PARTLY),
        ("multiple", WIDE, ["b", "d"], 0, Why.WRONG),
        ("ordering", ORDERING, ["c", "a", "d", "b"], 300, Why.RIGHT),
        ("ordering", ORDERING, ["c", "a", "b", "d"], 150, Why.PARTLY),
        ("ordering", ORDERING, ["c"], 75, Why.PARTLY),
        ("ordering", ORDERING, ["b", "c", "a", "d"], 0, Why.WRONG),
        ("ordering", {**ORDERING, "rule": "none"}, ["c", "a", "b", "d"], 0, Why.WRONG),
        ("ordering", ORDERING, ["c", "c", "d", "b"], 0, Why.UNREADABLE),
        ("ordering", ORDERING, "cadb", 0, Why.UNREADABLE),
        ("ordering", ORDERING, [], 0, Why.UNANSWERED),
        ("matching", MATCHING, ["c", "a"], 300, Why.RIGHT),
        ("matching", MATCHING, ["c", None], 150, Why.PARTLY),
        ("matching", MATCHING, ["c"], 150, Why.PARTLY),
        ("matching", MATCHING, ["a", "c"], 0, Why.WRONG),
        ("matching", {**MATCHING, "rule": "none"}, ["c", "b"], 0, Why.WRONG),
        ("matching", MATCHING, ["", None], 0, Why.UNANSWERED),
        ("matching", MATCHING, ["c", "z"], 0, Why.UNREADABLE),
        ("matching", MATCHING, ["c", "a", "b"], 0, Why.UNREADABLE),
        ("cloze", CLOZE, ["b", " 工号。"], 300, Why.RIGHT),
        ("cloze", CLOZE, ["b"], 150, Why.PARTLY),
        ("cloze", CLOZE, ["三声", "姓名"], 0, Why.WRONG),
        ("cloze", CLOZE, ["", ""], 0, Why.UNANSWERED),
        ("cloze", CLOZE, ["b", 7], 0, Why.UNREADABLE),
        ("short", SHORT, "对不起", 0, Why.TO_BE_MARKED),
        ("short", SHORT, " \n", 0, Why.UNANSWERED),
        ("short", SHORT, {"text": "对不起"}, 0, Why.UNREADABLE),
        ("dictation", DICTATION, ["文一路五号", "王敏"], 300, Why.RIGHT),
        ("dictation", DICTATION, ["文一路6号", "王敏"], 150, Why.PARTLY),
        ("dictation", DICTATION, None, 0, Why.UNANSWERED),
        ("case", CASE, ["b", ["阀", "窗"], "先道歉"], 150, Why.TO_BE_MARKED),
        ("case", CASE, ["b", ["阀", "窗"]], 150, Why.PARTLY),
        ("case", CASE, ["a", ["灯", "灯"], ""], 0, Why.WRONG),
        ("case", CASE, [None, [], ""], 0, Why.UNANSWERED),
        ("case", CASE, "b", 0, Why.UNREADABLE),
        ("case", CASE, ["b", None, None, None], 0, Why.UNREADABLE),
        ("audio", AUDIO, [True], 300, Why.RIGHT),
        ("audio", AUDIO, [False], 0, Why.WRONG),
    ],
)
def test_an_answer_earns_what_the_rules_say(kind, content, answer, hundredths, why):
    mark = kinds.mark(kind, content, answer, 300)
    assert (mark.hundredths, mark.out_of, mark.why) == (hundredths, 300, why)


@pytest.mark.parametrize(
    ("given_by_hand", "hundredths", "why"),
    [(0, 0, Why.WRONG), (1, 1, Why.PARTLY), (299, 299, Why.PARTLY), (300, 300, Why.RIGHT), (999, 300, Why.RIGHT)],
)
def test_a_person_gives_what_a_short_answer_earns_up_to_full_marks(given_by_hand, hundredths, why):
    mark = kinds.mark("short", SHORT, "先道歉", 300, {"": given_by_hand})
    assert (mark.hundredths, mark.why) == (hundredths, why)


def test_what_was_never_answered_earns_nothing_whoever_marks():
    assert kinds.mark("short", SHORT, "", 300, {"": 300}).hundredths == 0


def test_a_case_is_settled_once_its_part_is_marked_by_hand():
    mark = kinds.mark("case", CASE, ["b", ["阀", "窗"], "先道歉"], 300, {"2": 150})
    assert (mark.hundredths, mark.why, [one.hundredths for one in mark.part_marks]) == (300, Why.RIGHT, [50, 100, 150])


def test_marks_are_divided_by_weight_to_the_last_hundredth():
    thirds = {"parts": [{"weight": 1}, {"weight": 1}, {"weight": 1}]}
    assert [shares(thirds, points) for points in (0, 1, 2, 100)] == [[0, 0, 0], [0, 0, 1], [0, 1, 1], [33, 33, 34]]


def test_who_marks_by_hand_is_told_what_to_look_for():
    (part,) = kinds.by_hand("case", CASE, 600)
    assert (part.path, part.out_of, part.model) == ("2", 300, SHORT["model"])
    assert part.rubric == (("道歉", 40), ("复述", 60))
    assert [kinds.by_hand(kind, ONE_OF_EACH[kind], 100) for kind in ("single", "cloze", "audio")] == [(), (), ()]


@pytest.mark.parametrize(
    ("kind", "content", "answer", "classes"),
    [
        ("single", SINGLE, "c", ("c",)),
        ("single", SINGLE, "z", ("none",)),
        ("multiple", MULTIPLE, ["c", "a", "a"], ("a", "c")),
        ("multiple", MULTIPLE, [], ("none",)),
        ("matching", MATCHING, ["c", "a"], ("right",)),
        ("matching", MATCHING, ["c", "b"], ("wrong",)),
        ("ordering", ORDERING, None, ("none",)),
        ("short", SHORT, "好", ("given",)),
        ("case", CASE, ["d", ["阀", "窗"], ""], ("0:d", "1:right", "2:none")),
    ],
)
def test_statistics_are_told_what_was_answered(kind, content, answer, classes):
    assert kinds.response_of(kind, content, answer) == classes


@pytest.mark.parametrize(
    ("kind", "content", "chance"),
    [
        ("single", SINGLE, 1 / 4),
        ("true_false", ONE_OF_EACH["true_false"], 1 / 2),
        ("multiple", {**MULTIPLE, "rule": "none"}, 1 / 15),
        ("multiple", {**MULTIPLE, "rule": "half"}, (1 + 6 / 2) / 15),
        ("ordering", ORDERING, 1 / 4),
        ("ordering", {**ORDERING, "rule": "none"}, 1 / 24),
        ("matching", MATCHING, 1 / 3),
        ("matching", {**MATCHING, "rule": "none"}, 1 / 9),
        ("cloze", CLOZE, 1 / 4),
        ("blank", ONE_OF_EACH["blank"], None),
        ("short", SHORT, None),
        ("case", CASE, 1 / 4 / 6),
        ("audio", AUDIO, 1 / 2),
    ],
)
def test_a_blind_guess_earns_what_chance_gives(kind, content, chance):
    assert kinds.guess_score(kind, content) == (None if chance is None else pytest.approx(chance, abs=1e-6))


@pytest.mark.parametrize("kind", list(KindCode))
@SOME
@given(data=st.data())
def test_improving_a_part_of_an_answer_never_lowers_what_it_earns(kind, data):
    content = data.draw(contents(kind))
    answer, given_by_hand = _attempt(kind, content, data)
    better, more_by_hand = _improved(kind, content, answer, given_by_hand, data)
    before = kinds.mark(kind, content, answer, 1000, given_by_hand).hundredths
    assert kinds.mark(kind, content, better, 1000, more_by_hand).hundredths >= before


def _attempt(kind, content, data):
    """Some parts as the key has them, some wrong."""
    key, wrong = kinds.key_answer(kind, content), kinds.wrong_answer(kind, content)
    if kind is KindCode.ORDERING:
        return data.draw(st.permutations(key)), {}
    if kind is KindCode.MULTIPLE:
        return data.draw(st.lists(st.sampled_from([one["id"] for one in content["options"]]), unique=True)), {}
    if not isinstance(key, list):
        return data.draw(st.sampled_from([key, wrong])), {"": data.draw(st.integers(0, 1000))}
    chosen = [data.draw(st.sampled_from(pair)) for pair in zip(key, wrong, strict=True)]
    return chosen, {str(place): data.draw(st.integers(0, 1000)) for place in range(len(key))}


def _improved(kind, content, answer, given_by_hand, data):
    """The same with one part put right, or a person giving more."""
    key = kinds.key_answer(kind, content)
    raised = {path: marks + data.draw(st.integers(0, 500)) for path, marks in given_by_hand.items()}
    if kind is KindCode.MULTIPLE:
        right = set(answer) & set(key)
        missing = sorted(set(key) - right)
        added = {data.draw(st.sampled_from(missing))} if missing and data.draw(st.booleans()) else set()
        return sorted((set(answer) | added) if added else right), raised
    if not isinstance(answer, list):
        return key, raised
    place = data.draw(st.integers(0, len(answer) - 1))
    better = list(answer)
    if kind is KindCode.ORDERING:
        better[answer.index(key[place])] = answer[place]
    better[place] = key[place]
    return better, raised


@SOME
@given(data=st.data())
def test_the_steps_of_an_ordering_never_stand_in_their_right_order(data):
    content = data.draw(contents(KindCode.ORDERING))
    view = kinds.candidate_view("ordering", content, data.draw(st.integers() | st.none()))
    assert [step["id"] for step in view["options"]] != content["key"]


@pytest.mark.parametrize("kind", ["ordering", "matching"])
def test_lines_written_in_their_right_order_are_kept_in_another_so_that_ids_do_not_tell(kind):
    form = {
        "ordering": {"step": ["问安", "关阀", "派单", "回访"]},
        "matching": {"left": ["臭味", "多算"], "match": ["a", "b"], "option": ["抢修", "账务"]},
    }[kind]
    content = KINDS[kind].from_form({"stem": ["按先后排列"], **form})
    text_of = {option["id"]: option["text"] for option in content["options"]}
    assert content["key"] != sorted(content["key"])
    assert [text_of[one] for one in content["key"]] == (form.get("step") or form["option"])
    assert kinds.validate(kind, content) == []


def test_editing_the_words_of_a_step_keeps_its_id():
    form = {"stem": ["排列"], "step": ["问是否有人不适", "关总阀", "派单", "回访"], "step_id": ["c", "a", "d", "b"]}
    assert KINDS["ordering"].from_form(form)["key"] == ["c", "a", "d", "b"]


@SOME
@given(data=st.data())
def test_the_parts_of_a_case_come_back_from_their_rows(data):
    content = data.draw(contents(KindCode.CASE))
    assert [part_from_row(*row) for row in part_rows(content)] == [(part, []) for part in content["parts"]]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("ordering", {**ORDERING, "key": ["a", "b", "c", "d"]}, "key_in_order"),
        ("ordering", {**ORDERING, "key": ["c", "a"]}, "key_incomplete"),
        ("ordering", {**ORDERING, "key": ["c", "c", "a", "b"]}, "key_incomplete"),
        ("matching", {**MATCHING, "left": ["一"]}, "left_count"),
        ("matching", {**MATCHING, "left": ["一", " 一 "]}, "left_alike"),
        ("matching", {**MATCHING, "key": ["c", ""]}, "key_missing"),
        ("cloze", {**CLOZE, "stem": "铃响____"}, "blanks_unlike_stem"),
        ("cloze", {**CLOZE, "gaps": [{**CLOZE["gaps"][0], "key": ""}, CLOZE["gaps"][1]]}, "gap_key_missing"),
        ("cloze", {**CLOZE, "gaps": [{"accepted": ["*三"]}, CLOZE["gaps"][1]]}, "gap_star"),
        ("short", {**SHORT, "model": " "}, "model_empty"),
        ("short", {**SHORT, "most": 0}, "most_out_of_range"),
        ("short", {**SHORT, "rubric": [{"text": "道歉", "percent": 99}]}, "rubric_sum"),
        ("case", {**CASE, "parts": CASE["parts"][:1]}, "parts_count"),
        ("case", {**CASE, "parts": [CASE["parts"][0], {**CASE["parts"][1], "weight": 0}]}, "part_weight"),
        ("case", {**CASE, "parts": [CASE["parts"][0], {"kind": "case", "content": CASE, "weight": 1}]}, "part_kind"),
        ("case", {**CASE, "parts": [{**CASE["parts"][0], "content": {}}, CASE["parts"][1]]}, "stem_empty"),
        ("audio", {**AUDIO, "audio": {"sha256": "../etc/passwd"}}, "audio_missing"),
        ("audio", {**AUDIO, "audio": {**AUDIO["audio"], "plays": 10}}, "plays_out_of_range"),
        ("dictation", {**DICTATION, "fields": [{"label": "", "accepted": ["a"]}]}, "field_label"),
    ],
)
def test_what_cannot_be_published_is_named(kind, content, code):
    assert code in [flaw.code for flaw in kinds.validate(kind, content)]


@pytest.mark.parametrize(
    ("kind", "form", "answer"),
    [
        ("ordering", {"q.a": ["2"], "q.b": ["1"], "q.c": [""]}, ["b", "a"]),
        ("ordering", {}, []),
        ("matching", {"q.0": ["c"], "q.1": [""]}, ["c", ""]),
        ("cloze", {"q.0": ["b"], "q.1": ["工号"]}, ["b", "工号"]),
        ("short", {"q": ["先道歉\r\n再复述 "]}, "先道歉\n再复述"),
        ("short", {"q": [" "]}, None),
        ("dictation", {"q.0": ["文一路"]}, ["文一路"]),
        ("case", {"q.kinds": ["single,blank,short"], "q.0": ["b"], "q.1.0": ["阀"]}, ["b", ["阀"], None]),
        ("case", {"q.kinds": ["case,x"]}, [None, None]),
        ("audio", {"q.kinds": ["true_false"], "q.0": ["false"]}, [False]),
    ],
)
def test_a_plain_form_gives_the_same_answer_as_a_script(kind, form, answer):
    assert kinds.answer_from_form(kind, form, "q") == answer


def test_the_files_a_question_needs_are_known():
    picture = "cd" * 32
    part = {"kind": "single", "content": {**SINGLE, "stem": f"![表](media:{picture})", "rich": True}, "weight": 1}
    assert kinds.files_of({**AUDIO, "parts": [part]}) == {picture, AUDIO["audio"]["sha256"]}
    assert kinds.files_of({**SINGLE, "stem": f"![表](media:{picture})"}) == frozenset()


def test_rich_words_are_announced_to_whoever_shows_them():
    assert kinds.candidate_view("single", {**SINGLE, "rich": True}, 1)["rich"] is True
    assert "rich" not in kinds.candidate_view("single", SINGLE, 1)
