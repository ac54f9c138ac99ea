"""What is learnt from inspected replies: which ones a person has to look at."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engines.learn import INSPECTED, inspected, matter_of, source
from simulations.wording.verdicts import Inspected, Matter, Verdicts, bundled_verdicts, grams
from tests.simulations.calls import script_of

RUDE = ("你自己不会看吗", "你自己想办法去", "这还用问吗", "你问我我问谁", "自己看去，别问我", "你不会自己问吗")
POLITE = ("我帮您看看", "我给您想办法", "请问您贵姓", "您问得对", "我来帮您问", "您看这样行吗", "请您说一下地址")
LESSONS = [Inspected(Matter.MANNER, met, text) for met, texts in ((False, RUDE), (True, POLITE)) for text in texts]
LEARNT = Verdicts.learnt(LESSONS)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("你自己问去", True),
        ("这还用你问吗", True),
        ("我帮您看看吧", False),
        ("请您看一下", False),
        ("", False),
        ("。。。", False),
        ("嘎嘣脆", False),  # words never seen speak for nothing
    ],
)
def test_a_reply_leans_as_those_did_that_inspectors_failed_or_passed(text, failed):
    assert (LEARNT.lean(Matter.MANNER, text) < 0) is failed


def test_what_was_learnt_of_one_matter_says_nothing_of_another():
    assert {LEARNT.lean(matter, text) for matter in (Matter.SAY, Matter.HARM) for text in RUDE} == {0}


def test_the_sentence_that_leans_most_is_the_one_quoted():
    text = "我帮您看看。你自己想办法去！请问您贵姓"
    start, end = LEARNT.worst(Matter.MANNER, text)
    assert text[start:end] == "你自己想办法去"
    assert LEARNT.worst(Matter.MANNER, "……") is None


@given(st.integers())
def test_the_order_of_lessons_does_not_matter_and_nor_do_lessons_heard_twice(seed):
    shuffled = random.Random(seed).sample(LESSONS, len(LESSONS))
    assert Verdicts.learnt([*shuffled, *LESSONS[:3]]) == LEARNT


@given(st.text(max_size=80))
def test_any_reply_leans_by_a_whole_number_between_its_grams_extremes(text):
    weights = [LEARNT.weights.get((Matter.MANNER, gram), 0) for gram in grams(text)] or [0]
    assert min(weights) <= LEARNT.lean(Matter.MANNER, text) <= max(weights)


def test_weights_are_read_as_they_were_written():
    assert Verdicts.from_text(LEARNT.as_text()) == LEARNT


def test_numbers_are_one_gram_whatever_their_digits():
    assert grams("电话16405716688") == grams("电话一六四零五七一") != grams("电话")


def test_the_bundled_weights_were_learnt_from_the_bundled_replies():
    assert bundled_verdicts().source == source(), "run python -m simulations.engines.learn"


def test_every_inspected_reply_belongs_to_a_bundled_checkpoint_and_no_verdict_contradicts_another():
    replies = inspected()
    assert len(replies) > 5_000
    told = [(path.stem, *line.split("\t")[:3:2]) for path in INSPECTED.glob("*.tsv")
            for line in path.read_text("utf-8").splitlines()]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("script", "checkpoint", "matter"),
    [("gas-leak-01", "关阀", Matter.SAY), ("gas-leak-01", "险令", Matter.HARM), ("gas-leak-01", "忌语", Matter.MANNER)],
)
def test_what_a_checkpoint_asks_of_words_follows_from_its_condition(script, checkpoint, matter):
    check = next(it for it in script_of(script).checkpoints if it.id.key == checkpoint)
    assert matter_of(check) is matter
