"""Readings of Chinese characters, toneless. The dictionaries take 50 MB, so that they are loaded at the first use."""

import os
from functools import cache
from importlib import import_module
from typing import Any


def spelt_out(text: str) -> list[str]:
    """Return the reading of each character as it is read in this text; what isn't Chinese is left out.

    >>> spelt_out("重庆 3")
    ['chong', 'qing']
    """
    found: list[str] = _library().lazy_pinyin(text, errors="ignore")
    return found


def spelt_with_rest(text: str) -> list[str]:
    """Return the same, with what isn't Chinese between as it stands.

    >>> spelt_with_rest("重庆A")
    ['chong', 'qing', 'A']
    """
    found: list[str] = _library().lazy_pinyin(text)
    return found


def first_letters(text: str) -> list[str]:
    """Return the first letter of each character's reading.

    >>> first_letters("重庆")
    ['c', 'q']
    """
    library = _library()
    found: list[str] = library.lazy_pinyin(text, style=library.Style.FIRST_LETTER, errors="ignore")
    return found


def readings(char: str) -> list[str]:
    """Return every reading of one Chinese character.

    >>> sorted(readings("重"))
    ['chong', 'tong', 'zhong']
    """
    library = _library()
    found: list[str] = library.pinyin(char, style=library.Style.NORMAL, heteronym=True)[0]
    return found


@cache
def _library() -> Any:
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")  # nobody else changes its dictionaries
    return import_module("pypinyin")
