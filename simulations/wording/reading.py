"""A reply as sentences of tokens: the first half of the scoring pipeline.

NFKC and punctuation > fillers and numerals > sentences and clauses. A Chinese character, a digit and a Latin word
are one token each; a comma stays in the stream, because a gap may only cross it under conditions (see matching).
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from .characters import Char, folded
from .numerals import as_digits

_STOPS: Final = frozenset("。!?;\n\r")
_COMMAS: Final = frozenset(",:，")
_ENUMERATION: Final = frozenset("、-–—#/")
_PAUSE: Final = re.compile(r"(?<=[\u3400-\u9fff]{2}) +(?=[\u3400-\u9fff]{2})")
_ALWAYS_FILLER: Final = frozenset("嗯呃噢喔诶欸")
_EDGE_FILLER: Final = frozenset("啊呀哦哎额呢嘛哈")
_LONE_FILLER: Final = "唔"  # before a word it is the Cantonese "not"


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of matching. kind: "c" Chinese character, "d" digit, "w" word, "," clause break, "、" enumeration."""

    text: str
    kind: str
    start: int
    end: int

    @property
    def is_break(self) -> bool:
        """Tell whether the token is punctuation that a gap does not count."""
        return self.kind in (",", "、")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens up to a sentence end.

    asks       it ended with a question mark
    offsets    the tokens' places in `text`
    """

    tokens: tuple[Token, ...]
    asks: bool
    text: str
    offsets: tuple[int, ...]

    def clause_of(self, first: int, last: int) -> tuple[int, int]:
        """Return the token range [start, end) between the commas around tokens first..last."""
        start = first
        while start > 0 and self.tokens[start - 1].kind != ",":
            start -= 1
        end = last + 1
        while end < len(self.tokens) and self.tokens[end].kind != ",":
            end += 1
        return start, end


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole reply."""

    original: str
    sentences: tuple[Sentence, ...]


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read a reply (any length; nothing in it can fail)."""
    chars = as_digits(_without_fillers(_paused(folded(text))))
    sentences: list[Sentence] = []
    tokens: list[Token] = []
    for i, char in enumerate(chars):
        if _ends_sentence(chars, i):
            if tokens:
                sentences.append(_sentence(tokens, asks=char.text == "?"))
                tokens = []
            elif char.text == "?" and sentences:
                sentences[-1] = replace(sentences[-1], asks=True)
            continue
        _add(tokens, char, glued=i > 0 and (chars[i - 1].text.isalpha() or chars[i - 1].text == "'"))
    if tokens:
        sentences.append(_sentence(tokens, asks=False))
    return Reading(text, tuple(sentences))


def literal_tokens(text: str) -> tuple[str, ...]:
    """Tokens of a pattern's literal, read the way replies are read."""
    chars = as_digits([c for c in folded(text) if c.text not in _ALWAYS_FILLER] or folded(text))
    tokens: list[Token] = []
    for i, char in enumerate(chars):
        _add(tokens, char, glued=i > 0 and (chars[i - 1].text.isalpha() or chars[i - 1].text == "'"))
    return tuple(t.text for t in tokens if not t.is_break)


def is_chinese(char: str) -> bool:
    """Tell a Chinese character from everything else."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" or char == "〇"


def _without_fillers(chars: list[Char]) -> list[Char]:
    kept: list[Char] = []
    for i, char in enumerate(chars):
        if char.text in _ALWAYS_FILLER:
            continue
        last = i + 1 == len(chars) or not (is_chinese(chars[i + 1].text) or chars[i + 1].text.isalnum())
        if char.text == _LONE_FILLER and last:
            continue
        if char.text in _EDGE_FILLER:
            first = not kept or not (is_chinese(kept[-1].text) or kept[-1].text.isalnum())
            if (first and len(chars) > 1) or (last and char.text != "额"):
                continue
        kept.append(char)
    return kept


def _paused(chars: list[Char]) -> list[Char]:
    """Turn a blank between two stretches of Chinese into a comma: recognisers and quick typists write pauses so."""
    text = "".join(c.text for c in chars)
    pauses = {blank.start() for blank in _PAUSE.finditer(text)}
    return [Char(",", c.start, c.end) if i in pauses else c for i, c in enumerate(chars)]


def _ends_sentence(chars: list[Char], i: int) -> bool:
    """A full stop in Latin text ends a sentence unless it stands between digits."""
    text = chars[i].text
    if text == ".":
        after = chars[i + 1].text if i + 1 < len(chars) else " "
        return not after.isdigit()
    return text in _STOPS


def _add(tokens: list[Token], char: Char, *, glued: bool) -> None:
    text = char.text
    if text in _COMMAS or text in _ENUMERATION:
        kind = "," if text in _COMMAS else "、"
        if tokens and not tokens[-1].is_break:
            tokens.append(Token(kind, kind, char.start, char.end))
    elif is_chinese(text):
        tokens.append(Token(text, "c", char.start, char.end))
    elif text.isdecimal():
        tokens.append(Token(text, "d", char.start, char.end))
    elif text.isalpha() or (text == "'" and glued):
        last = tokens[-1] if tokens else None
        if last is not None and last.kind == "w" and glued:
            tokens[-1] = Token(last.text + text, "w", last.start, char.end)
        else:
            tokens.append(Token(text, "w", char.start, char.end))


def _sentence(tokens: list[Token], *, asks: bool) -> Sentence:
    while tokens and tokens[-1].is_break:
        tokens.pop()
    offsets, at = [], 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text)
    return Sentence(tuple(tokens), asks, "".join(t.text for t in tokens), tuple(offsets))
