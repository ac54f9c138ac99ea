"""The bundled questions are what they claim to be."""

from collections import Counter

import pytest
from rapidfuzz import fuzz

from question_bank import bundled, kinds
from question_bank.alike import NEAR, compared_text
from question_bank.kinds import KindCode

QUESTIONS = bundled.questions()
PLAIN = {KindCode.SINGLE, KindCode.MULTIPLE, KindCode.TRUE_FALSE, KindCode.BLANK, KindCode.NUMERIC}


def by_set(code):
    return [question for question in QUESTIONS if question.point.startswith(f"{code}/")]


@pytest.mark.parametrize("code", bundled.SETS)
def test_each_subject_has_forty_questions_of_the_five_plain_kinds_at_least(code):
    assert len(by_set(code)) == 40
    assert {question.kind for question in by_set(code)} >= PLAIN


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.code)
def test_a_bundled_question_marks_its_key_right_and_its_wrong_answer_wrong(question):
    by_hand = {part.path: part.out_of for part in kinds.by_hand(question.kind, question.content, 200)}
    key = kinds.key_answer(question.kind, question.content)
    assert kinds.mark(question.kind, question.content, key, 200, by_hand).fully
    assert kinds.mark(question.kind, question.content, question.wrong, 200).hundredths == 0
    assert kinds.answer_given(question.kind, question.wrong)
    assert question.content["explanation"]


def test_every_point_has_questions_of_two_levels():
    for point in bundled.points():
        if point.parent:
            assert len({question.difficulty for question in QUESTIONS if question.point == point.code}) >= 2, point


def test_a_third_of_the_questions_come_from_operators_work():
    assert sum(question.case for question in QUESTIONS) >= 0.3 * len(QUESTIONS)


def test_the_right_letter_gives_nothing_away():
    letters = Counter(question.content["key"] for question in QUESTIONS if question.kind is KindCode.SINGLE)
    assert set(letters) == set("abcd")
    assert max(letters.values()) - min(letters.values()) <= 4


def test_the_longest_option_is_seldom_the_right_one():
    singles = [question for question in QUESTIONS if question.kind is KindCode.SINGLE]
    longest = 0
    for question in singles:
        lengths = {option["id"]: len(option["text"]) for option in question.content["options"]}
        key = lengths.pop(question.content["key"])
        longest += key > max(lengths.values())
    assert longest <= len(singles) * 0.4


def test_no_two_questions_are_nearly_the_same():
    texts = [(question.code, compared_text(question.content)) for question in QUESTIONS]
    for place, (code, text) in enumerate(texts):
        for other, other_text in texts[:place]:
            assert fuzz.ratio(text, other_text) < NEAR - 15, (code, other)


def test_sample_phone_numbers_are_fictitious():
    for question in QUESTIONS:
        digits = "".join(sign if sign.isdigit() else " " for sign in str(question.content)).split()
        assert all(run.startswith("164") for run in digits if len(run) == 11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "C"}, "wrong answer earns marks"),
        ({"key": "E"}, "answer_beyond"),
        ({"options": ["一声", "一声", "五声"]}, "options_alike"),
        ({"point": "phone/singing"}, "unknown point"),
    ],
)
def test_a_bundled_question_without_its_proof_is_refused(change, message):
    entry = {
        "code": "X-1",
        "kind": "single",
        "point": "phone/answering",
        "level": "easy",
        "stem": "几声之内接听？",
        "options": ["一声", "三声", "五声"],
        "key": "B",
        "why": "三声。",
        "wrong": "C",
    }
    assert bundled.read_question(entry).code == "X-1"
    with pytest.raises(bundled.LibraryError, match=message):
        bundled.read_question({**entry, **change})
