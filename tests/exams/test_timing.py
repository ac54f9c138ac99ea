"""A sitting's clock: fixed at the start, inclusive at its end, kind to slow networks only by the stated grace."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.exams.rules import timing
from lms.exams.rules.timing import Window, WindowState

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
ZERO = timedelta(0)


@pytest.mark.parametrize(
    ("extra", "grants", "ends_after"),
    [
        (ZERO, [], HOUR),
        (15 * MINUTE, [], 75 * MINUTE),
        (ZERO, [5 * MINUTE, 90 * SECOND], 66 * MINUTE + 30 * SECOND),
        (15 * MINUTE, [5 * MINUTE], 80 * MINUTE),
    ],
    ids=["plain", "extra time", "two grants", "extra time and a grant"],
)
def test_the_deadline_is_the_start_plus_everything_that_was_given(extra, grants, ends_after):
    assert timing.deadline(NINE, HOUR, extra=extra, grants=grants) == NINE + ends_after


@pytest.mark.parametrize(
    ("duration", "extra", "grants"),
    [(ZERO, ZERO, []), (-SECOND, ZERO, []), (12 * HOUR + TICK, ZERO, []), (HOUR, -TICK, []), (HOUR, ZERO, [-TICK])],
    ids=["no time", "negative time", "over twelve hours", "extra time taken away", "a grant taken away"],
)
def test_a_deadline_that_makes_no_sense_is_refused(duration, extra, grants):
    with pytest.raises(ValueError, match=r"duration|time"):
        timing.deadline(NINE, duration, extra=extra, grants=grants)


def test_the_longest_paper_is_twelve_hours_to_the_microsecond():
    assert timing.deadline(NINE, 12 * HOUR) == NINE + 12 * HOUR


@pytest.mark.parametrize(
    ("after_deadline", "counts"),
    [(-HOUR, True), (-TICK, True), (ZERO, True), (TICK, True), (5 * SECOND, True), (5 * SECOND + TICK, False)],
    ids=["long before", "a tick before", "at the deadline", "a tick after", "last of the grace", "a tick too late"],
)
def test_an_answer_counts_up_to_the_last_instant_of_the_grace(after_deadline, counts):
    assert timing.in_time(NINE + after_deadline, NINE, 5 * SECOND) is counts
    assert timing.is_over(NINE + after_deadline, NINE, 5 * SECOND) is not counts


def test_without_grace_the_deadline_itself_is_the_last_instant():
    assert timing.in_time(NINE, NINE, ZERO)
    assert not timing.in_time(NINE + TICK, NINE, ZERO)


@pytest.mark.parametrize("grace", [-TICK, 5 * MINUTE + TICK], ids=["negative", "over five minutes"])
def test_a_grace_outside_its_range_is_refused(grace):
    with pytest.raises(ValueError, match="grace"):
        timing.last_accepting_instant(NINE, grace)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (NINE - TICK, WindowState.NOT_YET),
        (NINE, WindowState.OPEN),
        (NINE + HOUR - TICK, WindowState.OPEN),
        (NINE + HOUR, WindowState.OVER),
    ],
    ids=["a tick before it opens", "as it opens", "a tick before it closes", "as it closes"],
)
def test_a_window_includes_its_beginning_and_not_its_end(at, state):
    assert Window(NINE, NINE + HOUR).state(at) is state


@pytest.mark.parametrize("length", [ZERO, -SECOND], ids=["no length", "backwards"])
def test_a_window_has_a_length(length):
    with pytest.raises(ValueError, match="window"):
        Window(NINE, NINE + length)


def test_the_clock_never_shows_less_than_nothing():
    assert timing.remaining(NINE - SECOND, NINE) == SECOND
    assert timing.remaining(NINE, NINE) == ZERO
    assert timing.remaining(NINE + HOUR, NINE) == ZERO


@pytest.mark.parametrize(
    ("left", "to_come"),
    [(HOUR, [10, 5, 1]), (10 * MINUTE + TICK, [10, 5, 1]), (10 * MINUTE, [5, 1]), (5 * MINUTE, [1]), (MINUTE, [])],
    ids=["an hour", "just over ten", "ten", "five", "one"],
)
def test_ten_five_and_one_minute_are_announced_once_each(left, to_come):
    assert [mark // MINUTE for mark in timing.announcements(left)] == to_come


@pytest.mark.parametrize(
    ("lasted", "counts"),
    [(TICK, SECOND), (SECOND, SECOND), (90 * SECOND + TICK, 91 * SECOND), (12 * HOUR, 12 * HOUR),
     (12 * HOUR + SECOND, 12 * HOUR)],
    ids=["a tick", "a second", "in the candidate's favour", "the longest", "never longer"],
)
def test_a_pause_counts_in_whole_seconds_up_to_twelve_hours(lasted, counts):
    assert timing.pause_length(NINE, NINE + lasted) == counts


def test_a_pause_does_not_end_before_it_begins():
    with pytest.raises(ValueError, match="pause"):
        timing.pause_length(NINE, NINE - TICK)


@pytest.mark.parametrize(
    ("at", "paused_at", "may"),
    [(NINE - TICK, None, True), (NINE, None, False), (NINE - HOUR, NINE - 2 * HOUR, False)],
    ids=["working time left", "none left", "paused already"],
)
def test_a_clock_is_stopped_while_it_runs_and_time_is_left(at, paused_at, may):
    assert timing.may_pause(at, NINE, paused_at=paused_at) is may


def test_while_the_clock_stands_nothing_is_over_and_what_is_left_stays():
    stopped = NINE - 10 * MINUTE
    assert timing.in_time(NINE + HOUR, NINE, ZERO, paused_at=stopped)
    assert not timing.is_over(NINE + HOUR, NINE, ZERO, paused_at=stopped)
    assert timing.remaining(NINE + HOUR, NINE, paused_at=stopped) == 10 * MINUTE
