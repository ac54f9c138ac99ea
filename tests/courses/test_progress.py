"""What a browser reports is credited only as far as the clock allows, and adds up whatever the order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.progress import Event, EventKind, credit, credit_spans, fold, union

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FILM = 60_000

spans = st.lists(st.tuples(st.integers(0, FILM), st.integers(0, FILM)), max_size=8)
events = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        at=st.integers(0, 3600).map(lambda seconds: NINE + seconds * SECOND),
        seen_ms=st.integers(0, 60_000),
        played=spans.map(tuple),
        percent=st.none() | st.integers(0, 100),
        passed=st.booleans(),
    ),
    max_size=12, unique_by=lambda event: event.at,
)


@pytest.mark.parametrize(
    ("reported", "elapsed", "counts"),
    [
        (15_000, 15 * SECOND, 15_000),
        (15_000, 16 * SECOND, 15_000),
        (15_001, 15 * SECOND, 15_000),
        (3_600_000, 20 * SECOND, 20_000),
        (60_000, 3600 * SECOND, 60_000),
        (60_001, 3600 * SECOND, 60_000),
        (5_000, 0 * SECOND, 0),
        (5_000, -SECOND, 0),
        (-5_000, 10 * SECOND, 0),
    ],
    ids=["honest", "slow network", "a millisecond too much", "an hour in twenty seconds", "a minute at most",
         "a millisecond over a minute", "at once", "from the future", "negative"],
)
def test_no_more_time_counts_than_has_passed(reported, elapsed, counts):
    assert credit(reported, elapsed) == counts


@pytest.mark.parametrize(
    ("reported", "seconds", "counts"),
    [
        ([(0, 15_000)], 15, ((0, 15_000),)),
        ([(0, 30_000)], 15, ((0, 30_000),)),
        ([(0, 30_001)], 15, ((0, 30_000),)),
        ([(0, 10_000), (50_000, 60_000)], 5, ((0, 10_000),)),
        ([(50_000, 70_000)], 30, ((50_000, 60_000),)),
        ([(-5_000, 5_000)], 30, ((0, 5_000),)),
        ([(9_000, 3_000)], 30, ()),
        ([(0, 60_000)], 0, ()),
    ],
    ids=["normal speed", "double speed", "faster than double", "the rest is cut off", "past the end",
         "before the start", "backwards", "no time passed"],
)
def test_no_more_film_counts_than_can_be_played(reported, seconds, counts):
    assert credit_spans(reported, seconds * SECOND, FILM) == counts


def test_watching_the_same_minute_twice_counts_once():
    twice = [Event(EventKind.BEAT, NINE + n * SECOND, played=((0, 30_000),)) for n in range(2)]
    assert fold(twice).played_ms == 30_000


def test_the_first_completion_and_the_best_result_stay():
    progress = fold([
        Event(EventKind.OPENED, NINE),
        Event(EventKind.TESTED, NINE + SECOND, percent=50),
        Event(EventKind.TESTED, NINE + 2 * SECOND, percent=90, passed=True),
        Event(EventKind.COMPLETED, NINE + 2 * SECOND + SECOND / 2),
        Event(EventKind.TESTED, NINE + 3 * SECOND, percent=10),
        Event(EventKind.COMPLETED, NINE + 4 * SECOND),
    ])
    assert (progress.best_percent, progress.attempts, progress.passed) == (90, 3, True)
    assert progress.completed_at == NINE + 2.5 * SECOND
    assert progress.opened_at == NINE


def test_the_place_left_is_the_last_one_told():
    progress = fold([Event(EventKind.BEAT, NINE, position=200), Event(EventKind.BEAT, NINE + SECOND)])
    assert progress.position == 200


@given(events, st.randoms())
def test_progress_does_not_depend_on_the_order_events_arrive_in(some, random):
    shuffled = list(some)
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(some)


@given(events, st.integers(0, 12))
def test_later_events_never_take_anything_away(some, cut):
    ordered = sorted(some, key=lambda event: event.at)
    before, after = fold(ordered[:cut]), fold(ordered)
    assert after.seen_ms >= before.seen_ms
    assert after.played_ms >= before.played_ms
    assert (after.best_percent or 0) >= (before.best_percent or 0)
    assert after.passed >= before.passed
    assert before.completed_at is None or after.completed_at == before.completed_at


@given(spans)
def test_merged_spans_hold_exactly_the_moments_of_the_given_ones(some):
    merged = union(some)
    assert all(left[1] < right[0] for left, right in zip(merged, merged[1:], strict=False))
    assert union(merged) == merged
    moments = {start for start, end in some if start < end} | {end - 1 for start, end in some if start < end}
    assert all(any(start <= moment < end for start, end in merged) for moment in moments)
    assert sum(end - start for start, end in merged) <= FILM


@given(spans, st.integers(0, 120))
def test_credited_film_never_exceeds_twice_the_time_passed(some, seconds):
    counted = credit_spans(some, seconds * SECOND, FILM)
    assert sum(end - start for start, end in counted) <= min(2 * min(seconds, 60) * 1000, FILM)
