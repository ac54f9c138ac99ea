"""Whatever happens in whatever order - saves, retries, seats, closes, marks by hand - leaves what the rules say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.exams.rules.corrections import CorrectionKind, ItemResult, asks_the_same, corrected, score_of
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, Round, may_mark, outcome_of
from lms.exams.rules.items import Key, result_of_item
from lms.exams.rules.journal import Close, Save, TakeOver, final_answers, fold
from lms.exams.rules.journal import Key as SaveKey
from tests.exams.papers import CASE, SHORT, SINGLE

END = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUT_OF = 1000
KINDS: dict[str, dict[str, Any]] = {"single": SINGLE, "short": SHORT, "case": CASE}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["a", "b", "先听"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=2), max_leaves=6,
)
GIVEN = st.dictionaries(st.sampled_from(["", "0", "1", "7", "x"]), st.integers(0, OUT_OF), max_size=3)
MARKS = st.lists(
    st.builds(HandMark, st.sampled_from(list(Round)), st.integers(1, 3), st.sampled_from("abc"), GIVEN), max_size=6,
    unique_by=lambda it: (it.round, it.revision),
)
TERMS = st.builds(MarkingTerms, double=st.booleans(), gap_percent=st.integers(0, 100))
CORRECTION = st.none() | st.sampled_from(list(CorrectionKind))


@settings(max_examples=300)
@given(st.sampled_from(list(KINDS)), JSON, MARKS, TERMS, CORRECTION, st.booleans())
def test_marking_is_total_and_bounded(kind, answer, marks, terms, correction, others):
    key = Key(kind, KINDS[kind], correction)
    result = result_of_item(key, answer, OUT_OF, marks, terms, others_count=others)
    assert result.out_of == OUT_OF
    assert result.points is None or 0 <= result.points <= OUT_OF
    assert result == result_of_item(key, answer, OUT_OF, marks, terms, others_count=others)


@given(st.integers(0, OUT_OF), st.integers(0, OUT_OF), st.sampled_from(["short", "case"]))
def test_more_marks_by_hand_never_make_a_lower_result(one, other, kind):
    path, answer = ("", "先听") if kind == "short" else ("1", ["a", "先听"])
    low, high = sorted((one, other))
    results = [
        result_of_item(Key(kind, KINDS[kind]), answer, OUT_OF,
                       [HandMark(Round.FIRST, 1, "a", {path: points})], MarkingTerms()).points
        for points in (low, high)
    ]
    assert results[0] is not None
    assert results[1] is not None
    assert results[0] <= results[1]


@given(st.integers(0, OUT_OF), st.integers(0, OUT_OF), CORRECTION)
def test_an_appeal_is_never_lowered_by_a_correction(marked, appealed, correction):
    result = corrected(ItemResult(marked, OUT_OF, "wrong"), correction, override=appealed)
    if correction is CorrectionKind.LEFT_OUT:
        assert not result.counts
    elif correction is not None:
        assert result.points is not None
        assert result.points >= min(appealed, OUT_OF)


ITEMS = st.lists(st.builds(ItemResult, st.none() | st.integers(0, 100), st.just(100), st.just(""), st.booleans()))


@given(ITEMS, st.randoms(use_true_random=False))
def test_a_sum_waits_for_every_mark_that_counts_and_for_no_other(items, random):
    mixed = list(items)
    random.shuffle(mixed)
    score = score_of(mixed)
    assert score == score_of(items)
    assert (score is None) is any(it.points is None for it in items if it.counts)
    assert score is None or 0 <= score.points <= score.out_of


SAVES = st.builds(
    Save, st.builds(SaveKey, st.integers(1, 2), st.integers(1, 3), st.integers(1, 4)),
    st.sampled_from(['"a"', '"b"', '"先听"', "null"]), st.sampled_from([END - timedelta(minutes=1), END]),
)


@st.composite
def histories(draw):
    """Any interleaving of saves, retries, seats and closes, and after the close marks by three people."""
    events: list[object] = []
    epoch = 1
    for kind in draw(st.lists(st.sampled_from("sssrtc"), max_size=25)):
        saves = [it for it in events if isinstance(it, Save)]
        if kind == "t":
            epoch += 1
            events.append(TakeOver(epoch))
        elif kind == "c":
            events.append(Close())
        else:
            events.append(draw(st.sampled_from(saves)) if kind == "r" and saves else draw(SAVES))
    return events, draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, OUT_OF)), max_size=6))


@given(histories(), TERMS)
def test_any_history_of_saves_seats_closes_and_marks_leaves_what_epoch_sequence_and_rounds_say(history, terms):
    events, attempts = history
    answers = fold(events, last_accepting=END).final_answers()
    body = answers.get(1, "null")
    answer = None if body == "null" else body.strip('"')
    marks: list[HandMark] = []
    for marker, points in attempts:  # as the service does it: only the round that is due, never twice the same person
        round_ = may_mark(marks, marker, terms, out_of=OUT_OF)
        if round_ is not None:
            marks.append(HandMark(round_, 1, marker, {"": points}))
    result = result_of_item(Key("short", SHORT), answer, OUT_OF, marks, terms)
    if answer is None:
        assert result.points == 0
        return
    given_ = outcome_of(marks, terms, out_of=OUT_OF).given
    assert result.points == (None if given_ is None else given_[""])
    assert len({it.marker for it in marks}) == len(marks) <= 3
    assert [it.round for it in marks] == [Round.FIRST, Round.SECOND, Round.THIRD][: len(marks)]


@given(histories(), st.randoms(use_true_random=False))
def test_the_answer_that_is_marked_does_not_depend_on_the_order_the_journal_is_read_in(history, random):
    kept = list(fold(history[0], last_accepting=END).kept.values())
    expected = final_answers(kept)
    random.shuffle(kept)
    assert final_answers(kept) == expected


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({"kind": "single", "stem": "错字", "options": [{"id": "a", "text": "是"}]},
         {"kind": "single", "stem": "错别字", "options": [{"id": "a", "text": "是"}]}, True),
        ({"kind": "single", "options": [{"id": "a", "text": "是"}]},
         {"kind": "single", "options": [{"id": "a", "text": "否"}]}, False),
        ({"kind": "multiple", "rule": "half"}, {"kind": "multiple", "rule": "none"}, True),
        ({"kind": "single"}, {"kind": "multiple"}, False),
        ({"kind": "blank", "segments": ["一", "二"]}, {"kind": "blank", "segments": ["壹", "二"]}, True),
        ({"kind": "blank", "segments": ["一", "二"]}, {"kind": "blank", "segments": ["一", "二", "三"]}, False),
    ],
    ids=["a typing error in the stem", "another option", "another rule", "another kind", "words round a blank",
         "one blank more"],
)
def test_only_an_edition_that_asks_the_same_lends_its_key(before, after, same):
    assert asks_the_same(before, after) is same
