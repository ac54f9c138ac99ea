"""What a value looks like in a cell: on a page, and in a file that a spreadsheet program will open."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from lms.web.formatting import NONE, day, list_of, number, when

# A cell that begins so is taken for a formula by spreadsheet programs.
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell_text(value: Any) -> str:
    """Return a value as a page shows it: numbers grouped, instants with their zone, nothing as a dash."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return "\u2713" if value else NONE
    if isinstance(value, int | float | Decimal):
        return number(float(value), 2) if not isinstance(value, int) else number(value, 0)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple | set | frozenset):
        return list_of([cell_text(item) for item in value])
    return str(value.value if isinstance(value, Enum) else value)


def harmless(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula: an apostrophe goes before a dangerous beginning.

    >>> harmless("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> harmless("Chen")
    'Chen'
    """
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip(" \u3000").startswith(DANGEROUS) else text
