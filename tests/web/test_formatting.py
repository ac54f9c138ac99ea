"""Numbers, days and times as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g

from lms.web import formatting
from tests.conftest import NOW

SECOND = timedelta(seconds=1)


def test_an_instant_is_shown_in_the_readers_zone_and_names_it(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert formatting.when(NOW) == "2026-03-02 09:00 北京时间"
        g.display_zone = ZoneInfo("Asia/Tokyo")
        assert formatting.when(NOW) == "2026-03-02 10:00 UTC+09:00"


def test_a_naive_time_is_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="time zone"):
        formatting.when(datetime(2026, 3, 2))  # noqa: DTZ001 - the point of the test


def test_relative_time_stands_only_beside_the_absolute(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert formatting.ago(NOW - timedelta(minutes=3), NOW) == "2026-03-02 08:57 (3 minutes ago)"
        assert formatting.ago(NOW - 59 * SECOND, NOW) == "2026-03-02 08:59 (just now)"


def test_an_end_at_midnight_names_the_last_day_that_counts(app: Flask) -> None:
    midnight = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # 5 March 00:00 in Shanghai
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert formatting.until(midnight, NOW) == "2026-03-04 (2 days left)"
        assert formatting.until(midnight - SECOND, NOW) == "2026-03-04 23:59 (2 days left)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "in less than a minute"), (60, "1 minute left"), (3599, "59 minutes left"), (3600, "1 hour left"),
     (86_399, "23 hours left"), (86_400, "1 day left"), (172_800, "2 days left"), (-60, "1 minute ago"),
     (0, "in less than a minute")],
)
def test_distances_change_their_unit_at_the_boundary(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert formatting.relative(seconds) == words


def test_numbers_scores_and_lengths(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert formatting.number(12345) == "12,345"
        assert formatting.percent(0.925) == "92.5%"
        assert (formatting.score(9200), formatting.score(9250), formatting.score(0)) == ("92", "92.5", "0")
        assert formatting.duration(2271) == "37 分 51 秒"
        assert formatting.duration(timedelta(hours=2, minutes=5)) == "2 小时 5 分"
        assert formatting.filesize(20_480) == "20.5 kB"
        assert formatting.day_long(date(2026, 11, 23)) == "11月23日 星期一"
        assert formatting.when(None) == formatting.score(None) == formatting.day(None) == "—"


def test_the_year_is_shown_when_it_is_another(app: Flask) -> None:
    with app.test_request_context():
        assert formatting.when_short(NOW) == "03-02 09:00"
        assert formatting.when_short(NOW - timedelta(days=100)) == "2025-11-22 09:00"


def test_the_time_element_carries_the_machine_form(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert formatting.time_tag(NOW) == '<time datetime="2026-03-02T01:00:00Z">2026-03-02 09:00 北京时间</time>'
        assert formatting.time_tag(NOW, "<b>") == '<time datetime="2026-03-02T01:00:00Z">&lt;b&gt;</time>'
