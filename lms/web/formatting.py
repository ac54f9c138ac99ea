"""How numbers, dates and times read on pages: local time with its zone, relative time only beside the absolute."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_request_context
from flask_babel import format_date, format_decimal, get_locale, pgettext
from markupsafe import Markup, escape

from lms.kernel.i18n import _, ngettext
from lms.kernel.settings import get_settings
from lms.web.guard import current_identity, request_time

BEIJING: Final = "Asia/Shanghai"
NONE: Final = "—"
DAY: Final = 86_400
UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def display_zone() -> ZoneInfo:
    """Return the time zone of the reader's site; the installation's for visitors."""
    if has_request_context() and "display_zone" in g:
        zone: ZoneInfo = g.display_zone
        return zone
    zone_of: Callable[..., ZoneInfo | None] | None = current_app.extensions.get("zone_of")
    zone = (zone_of(current_identity()) if zone_of else None) or ZoneInfo(get_settings().time_zone)
    if has_request_context():
        g.display_zone = zone
    return zone


def zone_name(moment: datetime | None = None) -> str:
    """Return the name of the reader's zone as people say it, else as an offset such as UTC+09:00."""
    zone = display_zone()
    if zone.key == BEIJING:
        return str(_("Beijing time"))
    offset = (moment or request_time()).astimezone(zone).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def local(moment: datetime) -> datetime:
    """Return the same instant in the reader's zone. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(display_zone())


def when(moment: datetime | None) -> str:
    """Return `2026-11-23 08:24 Beijing time`."""
    return NONE if moment is None else f"{local(moment):%Y-%m-%d %H:%M} {zone_name(moment)}"


def when_short(moment: datetime | None) -> str:
    """Return `11-23 08:24`; with the year when it is another than the present one."""
    if moment is None:
        return NONE
    here = local(moment)
    return f"{here:%m-%d %H:%M}" if here.year == local(request_time()).year else f"{here:%Y-%m-%d %H:%M}"


def clock_time(moment: datetime | None) -> str:
    """Return `08:24:07`."""
    return NONE if moment is None else f"{local(moment):%H:%M:%S}"


def day(moment: date | datetime | None) -> str:
    """Return `2026-11-23`, of a datetime in the reader's zone."""
    return NONE if moment is None else _day_of(moment).isoformat()


def day_long(moment: date | datetime | None) -> str:
    """Return the day with its weekday in words of the reader's language."""
    if moment is None:
        return NONE
    chinese = get_locale() is not None and get_locale().language == "zh"
    pattern = "M月d日 EEEE" if chinese else "EEEE, d MMMM"
    text: str = format_date(_day_of(moment), pattern)
    return text


def relative(seconds: float) -> str:
    """Return a distance in the largest fitting unit: days, hours, minutes; positive lies ahead."""
    ahead = seconds >= 0
    size = abs(seconds)
    if size < 60:
        return str(_("in less than a minute")) if ahead else str(_("just now"))
    if size < 3600:
        n = int(size // 60)
        text = ngettext("%(num)d minute left", "%(num)d minutes left", n) if ahead else (
            ngettext("%(num)d minute ago", "%(num)d minutes ago", n))
    elif size < DAY:
        n = int(size // 3600)
        text = ngettext("%(num)d hour left", "%(num)d hours left", n) if ahead else (
            ngettext("%(num)d hour ago", "%(num)d hours ago", n))
    else:
        n = int(size // DAY)
        text = ngettext("%(num)d day left", "%(num)d days left", n) if ahead else (
            ngettext("%(num)d day ago", "%(num)d days ago", n))
    return str(text)


def until(moment: datetime | None, now: datetime | None = None) -> str:
    """Return the last day or instant that still counts, then how far it is: `2027-05-31 (189 days left)`.

    An end at midnight means the day before is the last one.
    """
    if moment is None:
        return NONE
    here = local(moment)
    midnight = (here.hour, here.minute, here.second) == (0, 0, 0)
    shown = f"{here - timedelta(days=1):%Y-%m-%d}" if midnight else f"{here:%Y-%m-%d %H:%M}"
    distance = (moment - (now or request_time())).total_seconds()
    return str(_("%(when)s (%(distance)s)", when=shown, distance=relative(distance)))


def last_day(moment: datetime | None) -> str:
    """Return the last local day on which something that ends at `moment` still counts: `2027-05-31`."""
    return NONE if moment is None else f"{local(moment - timedelta(microseconds=1)):%Y-%m-%d}"


def remaining(moment: datetime | None, now: datetime | None = None) -> str:
    """Return how far an instant is, to stand beside the instant itself: `12 days left`."""
    return NONE if moment is None else relative((moment - (now or request_time())).total_seconds())


def month_name(moment: date | datetime) -> str:
    """Return the short name of a day's month in the reader's language."""
    text: str = format_date(_day_of(moment), "MMM")
    return text


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Return `2026-11-23 08:24 (3 minutes ago)`."""
    if moment is None:
        return NONE
    distance = (moment - (now or request_time())).total_seconds()
    return str(_("%(when)s (%(distance)s)", when=f"{local(moment):%Y-%m-%d %H:%M}", distance=relative(distance)))


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with groups of three, at most `digits` decimals, never trailing zeros."""
    if value is None:
        return NONE
    text: str = format_decimal(value, format="#,##0" + ("." + "#" * digits if digits else ""))
    return text


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share of 0..1 in per cent: 0.925 is `92.5%`."""
    return NONE if share is None else f"{number(100 * share, digits)}%"


def score(hundredths: int | None) -> str:
    """Return hundredths of a mark as marks: 9250 is `92.5`, 9200 is `92`."""
    return NONE if hundredths is None else number(hundredths / 100, 2)


def duration(seconds: float | timedelta | None) -> str:
    """Return a length of time in words: hours and minutes, or minutes and seconds, or seconds."""
    if seconds is None:
        return NONE
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    hours, rest = divmod(total, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return str(_("%(hours)d h %(minutes)d min", hours=hours, minutes=minutes))
    if minutes:
        return str(_("%(minutes)d min %(seconds)d s", minutes=minutes, seconds=left))
    return str(_("%(seconds)d s", seconds=left))


def filesize(size: int | None) -> str:
    """Return bytes in a readable unit, by thousands: 20_480 is `20.5 kB`."""
    if size is None:
        return NONE
    value, unit = float(size), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{number(value)} {UNITS[unit]}"


def iso(moment: date | datetime | None) -> str:
    """Return the machine form for `<time datetime>`: UTC for instants, the day for dates."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def time_tag(moment: date | datetime | None, shown: str = "") -> Markup:
    """Return a `<time>` element with the machine form and the shown text (`when` for instants, `day` for dates)."""
    if moment is None:
        return escape(NONE)
    text = shown or (when(moment) if isinstance(moment, datetime) else day(moment))
    return Markup('<time datetime="{}">{}</time>').format(iso(moment), escape(text))


def list_of(words: Iterable[str]) -> str:
    """Return words joined as the language joins them: with commas of its own kind."""
    return str(pgettext("between items of a list", ", ")).join(words)


def _day_of(moment: date | datetime) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


FILTERS: Final = (when, when_short, clock_time, day, day_long, month_name, until, last_day, remaining, ago, number,
                  percent, score, duration, filesize, iso, time_tag, list_of)


def install(app: Flask) -> None:
    """Register every filter under its own name."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(zone_name=zone_name, local_time=local)
