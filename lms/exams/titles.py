"""Titles in the reader's language: the English one where there is one and English is read."""

from typing import Protocol

from flask_babel import get_locale


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
