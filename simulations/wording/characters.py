"""One character of a reply after normalisation, with the place in the original text that it came from."""

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import opencc


class Char(NamedTuple):
    """A normalised character; `start` and `end` are offsets into the original text."""

    text: str
    start: int
    end: int


_SIMPLIFY: Final = opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """Return the text in simplified characters, always of the same length."""
    converted = str(_SIMPLIFY.convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one) == 1 else old for old, one in ((c, str(_SIMPLIFY.convert(c))) for c in text))


def folded(text: str) -> list[Char]:
    """Fold width, case and script (NFKC, lower case, simplified), keeping every character's origin."""
    chars: list[Char] = []
    for i, original in enumerate(text):
        for c in unicodedata.normalize("NFKC", original).replace("’", "'").lower():
            chars.append(Char(c, i, i + 1))
    plain = simplified("".join(c.text for c in chars))
    return [Char(new, old.start, old.end) for new, old in zip(plain, chars, strict=True)]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Fold a short text such as a name for comparison: width, case, script; outer and inner spaces go."""
    return "".join(c.text for c in folded(text) if not c.text.isspace())
