"""How a typed answer is compared: what the reader would call the same counts as the same."""

from __future__ import annotations

import re
import unicodedata

ANSWER_LIMIT = 500
"""Characters of one typed answer that are looked at; a longer one is wrong, not cut."""

_SPACE = re.compile(r"\s+")
_SPACE_BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_CLOSING = " .。!！;；,，、"


def fold(text: str) -> str:
    """Fold full width to half width, capitals to small letters, and spare spaces and closing points away.

    >>> fold("　３Ｓ  内　")
    '3s内'
    >>> fold("Hold on, please.")
    'hold on, please'
    """
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return _SPACE_BESIDE_HAN.sub("", folded).rstrip(_CLOSING)


def plain_text(value: object) -> str | None:
    """Return text for a string or a plain number, None for anything else (also for true and false)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return str(value) if -(10**18) < value < 10**18 else None
    return repr(value)
