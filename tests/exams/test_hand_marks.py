"""Marks by hand as one pure function: single, double and blind, a third where two disagree, one's own corrections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.rules.hand_marks import (
    HandMark,
    Marked,
    MarkingTerms,
    Round,
    flaws_of,
    may_mark,
    may_revise,
    mean,
    outcome_of,
    override_of,
    rubric_points,
)

SINGLE, DOUBLE = MarkingTerms(), MarkingTerms(double=True, gap_percent=20)
OUT_OF = 1000


def mark(round_, points, marker="anna", revision=1):
    return HandMark(Round(round_), revision, marker, points if isinstance(points, dict) else {"": points})


FIRST, SECOND = mark("first", 400), mark("second", 600, "bert")
FAR, THIRD = mark("second", 601, "bert"), mark("third", 900, "cora")


@pytest.mark.parametrize(
    ("marks", "terms", "needs", "given"),
    [
        ([], SINGLE, "first", None),
        ([FIRST], SINGLE, None, {"": 400}),
        ([], DOUBLE, "first", None),
        ([FIRST], DOUBLE, "second", None),
        ([FIRST, SECOND], DOUBLE, None, {"": 500}),
        ([FIRST, mark("second", 401, "bert")], DOUBLE, None, {"": 401}),
        ([FIRST, FAR], DOUBLE, "third", None),
        ([FIRST, FAR, THIRD], DOUBLE, None, {"": 900}),
        ([FIRST, SECOND, THIRD], DOUBLE, None, {"": 500}),
        ([FIRST, mark("first", 700, revision=2)], SINGLE, None, {"": 700}),
        ([FIRST, FAR, mark("first", 500, revision=2)], DOUBLE, None, {"": 551}),
        ([FIRST, SECOND], MarkingTerms(double=True, gap_percent=0), "third", None),
        ([mark("first", 0), mark("second", 1000, "bert")], MarkingTerms(double=True, gap_percent=100), None, {"": 500}),
        ([mark("first", {"0": 100, "1": 300}), mark("second", {"0": 300, "1": 100}, "bert")], DOUBLE, None,
         {"0": 200, "1": 200}),
    ],
    ids=["nobody yet", "one is enough", "two are asked for", "the second is missing", "a gap of exactly the limit",
         "half a hundredth goes to the candidate", "a gap above the limit calls a third", "the third's mark counts",
         "a third nobody called for doesn't count", "the latest revision counts", "a revision may close the gap",
         "no gap allowed", "any gap allowed", "parts are compared by their sum and averaged one by one"],
)
def test_what_marks_come_to(marks, terms, needs, given):
    assert outcome_of(marks, terms, out_of=OUT_OF) == Marked(Round(needs) if needs else None, given)


@pytest.mark.parametrize(
    ("marks", "who", "round_"),
    [([], "anna", "first"), ([FIRST], "anna", None), ([FIRST], "bert", "second"), ([FIRST, FAR], "bert", None),
     ([FIRST, FAR], "cora", "third"), ([FIRST, SECOND], "cora", None)],
    ids=["first come", "whoever marked first can't be second", "somebody else is second", "nor third",
         "a third person is third", "nobody where two agree"],
)
def test_nobody_marks_an_answer_twice(marks, who, round_):
    assert may_mark(marks, who, DOUBLE, out_of=OUT_OF) == (Round(round_) if round_ else None)


@pytest.mark.parametrize(
    ("marks", "who", "round_"),
    [([FIRST], "anna", "first"), ([FIRST], "bert", None), ([FIRST, SECOND], "anna", None),
     ([FIRST, SECOND], "bert", "second"), ([], "anna", None)],
    ids=["one's own", "nobody else's", "not once a second has looked", "the second's own", "nothing to correct"],
)
def test_one_corrects_ones_own_mark_while_no_later_round_has_begun(marks, who, round_):
    assert may_revise(marks, who) == (Round(round_) if round_ else None)


def test_the_last_appeal_decides_for_the_whole_question():
    assert override_of([FIRST, mark("appeal", 800, "dora"), mark("appeal", 900, "emil", revision=2)]) == 900
    assert override_of([FIRST]) is None


@pytest.mark.parametrize(
    ("points", "wrong"),
    [({"0": 0, "1": 300}, ()), ({"0": 201, "1": 0}, ("0",)), ({"0": -1, "1": 0}, ("0",)), ({"0": 1}, ("1",)),
     ({"0": 1, "1": 1, "2": 1}, ("2",)), ({"0": True, "1": 1}, ("0",)), ({}, ("0", "1"))],
    ids=["fits", "too many", "below 0", "one missing", "one too many", "no number", "nothing"],
)
def test_every_part_gets_marks_from_0_to_what_it_offers(points, wrong):
    assert flaws_of(points, {"0": 200, "1": 300}) == wrong


def test_lines_of_a_rubric_add_up_to_exactly_everything():
    rubric = [("one", 33), ("two", 33), ("three", 34)]
    assert [rubric_points(rubric, met, 1000) for met in ({0}, {0, 1}, {0, 1, 2}, set())] == [330, 660, 1000, 0]


POINTS = st.integers(0, OUT_OF)


@given(POINTS, POINTS, st.integers(0, 100))
def test_two_marks_in_either_order_come_to_the_same(one, other, gap):
    terms = MarkingTerms(double=True, gap_percent=gap)
    there = outcome_of([mark("first", one), mark("second", other, "bert")], terms, out_of=OUT_OF)
    back = outcome_of([mark("first", other), mark("second", one, "bert")], terms, out_of=OUT_OF)
    assert there == back


@given(POINTS, POINTS)
def test_a_mean_lies_between_its_marks_and_never_rounds_against_the_candidate(one, other):
    between = mean({"": one}, {"": other})[""]
    assert min(one, other) <= between <= max(one, other)
    assert 0 <= 2 * between - one - other <= 1


@given(st.lists(st.builds(mark, st.sampled_from(list(Round)), POINTS, st.sampled_from("abc"), st.integers(1, 3))),
       st.randoms(use_true_random=False))
def test_the_order_in_which_marks_are_read_does_not_matter(marks, random):
    unique = list({(it.round, it.revision): it for it in marks}.values())
    mixed = list(unique)
    random.shuffle(mixed)
    assert outcome_of(mixed, DOUBLE, out_of=OUT_OF) == outcome_of(unique, DOUBLE, out_of=OUT_OF)
