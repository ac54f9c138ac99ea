"""Titles in the reader's language: the English one where there is one and English is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import format_date, get_locale

from lms.web.formatting import local


class Titled(Protocol):
    """Anything with a title and an English one, which may be empty."""

    @property
    def title(self) -> str:
        """The title."""

    @property
    def title_en(self) -> str:
        """The English title, or nothing."""


def reads_english() -> bool:
    """Tell whether the reader of this page reads English."""
    locale = get_locale()
    return locale is not None and bool(locale.language == "en")


def titled(thing: Titled) -> str:
    """Return a thing's title as the reader of this page reads it."""
    return thing.title_en if thing.title_en and reads_english() else thing.title


@dataclass(frozen=True)
class CalendarLeaf:
    """A day as a leaf of a calendar shows it, in the reader's zone and language."""

    month: str
    day: int
    weekday: str


def calendar_leaf(moment: datetime) -> CalendarLeaf:
    """Return the day of an instant as a leaf of a calendar."""
    here = local(moment).date()
    month = format_date(here, "MMM" if reads_english() else "M月")
    return CalendarLeaf(month, here.day, format_date(here, "EEEE"))
