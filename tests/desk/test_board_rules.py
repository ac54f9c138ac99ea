"""The board in numbers."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from lms.desk.rules.board import Moment, QueueColumn, as_of, headline
from lms.desk.rules.forecast import forecast, people_needed, surplus_look, weeks_ahead
from tests.conftest import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)


def column(code: str, needed: int | None, ready: int) -> QueueColumn:
    """Return a queue of the board."""
    return QueueColumn(uuid4(), code, code, code, needed, ready, {})


def test_the_queue_that_misses_most_stands_in_the_title() -> None:
    columns = [column("a", 5, 4), column("gas", 22, 20), column("ok", 3, 3), column("unplanned", None, 0)]
    said = headline(columns, 0)
    assert said.worst is columns[1]
    assert said.worst.missing == 2
    assert [it.code for it in said.others] == ["a"]
    assert said.enough == 1


def test_among_equals_the_first_queue_of_the_board_is_named() -> None:
    first = column("first", 3, 2)
    assert headline([first, column("second", 5, 4)], 0).worst is first


def test_a_need_that_is_just_met_misses_nobody() -> None:
    assert [column("a", 3, ready).missing for ready in (2, 3, 4)] == [1, 0, 0]
    assert headline([column("a", 3, 3)], 0).worst is None


@pytest.mark.parametrize(
    ("needed", "ready", "filled"), [(4, 2, 50), (4, 9, 100), (None, 0, 100), (0, 0, 100), (3, 0, 0)]
)
def test_the_bar_says_how_far_the_need_is_met(needed: int | None, ready: int, filled: int) -> None:
    assert column("a", needed, ready).filled == filled


@pytest.mark.parametrize(
    ("text", "moment", "local"),
    [
        ("", Moment.NOW, "2026-03-02 09:00"),
        ("now", Moment.NOW, "2026-03-02 09:00"),
        ("evening", Moment.EVENING, "2026-03-02 20:00"),
        ("monday", Moment.MONDAY, "2026-03-09 08:00"),
        ("2026-11-23T08:24", Moment.CHOSEN, "2026-11-23 08:24"),
        ("2026-11-23 08:24", Moment.CHOSEN, "2026-11-23 08:24"),
        ("2026-11-23T08:24+00:00", Moment.NOW, "2026-03-02 09:00"),
        ("1899-01-01T00:00", Moment.NOW, "2026-03-02 09:00"),
        ("9999-12-31T23:59", Moment.NOW, "2026-03-02 09:00"),
        ("' or 1=1", Moment.NOW, "2026-03-02 09:00"),
    ],
)
def test_the_instant_is_read_in_local_time_and_nonsense_is_now(text: str, moment: Moment, local: str) -> None:
    asked = as_of(text, NOW, SHANGHAI)
    assert asked.moment is moment
    assert asked.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == local


def test_this_evening_is_tomorrows_once_it_has_come() -> None:
    eight = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
    assert as_of("evening", eight - SECOND, SHANGHAI).at == eight
    assert as_of("evening", eight, SHANGHAI).at == eight + timedelta(days=1)


def test_people_needed_covers_the_week_and_the_busiest_hour() -> None:
    assert people_needed({}) == 0
    assert people_needed({(0, 9): 7}) == 7
    assert people_needed({(day, hour): 1 for day in range(7) for hour in range(24)}) == 5  # 168 hours of 40
    assert people_needed({(day, hour): 1 for day in range(5) for hour in range(8)}) == 1  # exactly one person


def test_weeks_begin_on_local_monday() -> None:
    edges = weeks_ahead(NOW, SHANGHAI, 2)
    assert [f"{edge:%Y-%m-%d %H:%M}" for edge in edges] == ["2026-03-02 00:00", "2026-03-09 00:00", "2026-03-16 00:00"]


def test_who_ends_in_a_week_is_gone_at_its_end() -> None:
    edges = weeks_ahead(NOW, SHANGHAI, 3)
    weeks = forecast(3, [1, 1, 0], edges)
    assert [(week.ready, week.ending) for week in weeks] == [(2, 1), (1, 1), (1, 0)]
    assert [week.starts_at for week in weeks] == edges[:3]


def test_nobody_is_counted_below_nothing() -> None:
    assert forecast(0, [1], weeks_ahead(NOW, SHANGHAI, 1))[0].ready == 0


@pytest.mark.parametrize(
    ("surplus", "look"),
    [(-4, "hm-3"), (-3, "hm-3"), (-2, "hm-2"), (-1, "hm-2"), (0, "hm-0"), (1, "hm-1"), (2, "hm-1"), (3, "")],
)
def test_a_surplus_has_its_look(surplus: int, look: str) -> None:
    assert surplus_look(surplus) == look
