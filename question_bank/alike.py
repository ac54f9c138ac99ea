"""When are two questions the same, and when nearly so?"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

NEAR = 88
"""Percent of likeness from which two questions are shown as nearly the same."""
_PIECE = 3
_RAREST = 8


def compared_text(content: Mapping[str, Any]) -> str:
    """Return what two questions are compared by: stem and options without spaces, points, width and capitals.

    Options, left sides and labels count in any order; the parts of a case follow in theirs, a recording by its digest.

    >>> compared_text({"stem": "闻到燃气味时，先做什么？", "options": [{"text": "开窗"}, {"text": "关阀"}]})
    '闻到燃气味时先做什么|关阀|开窗'
    """
    options = sorted(_bare(text) for text in _lines(content))
    audio = content.get("audio")
    heard = [str(audio.get("sha256", ""))] if isinstance(audio, Mapping) else []
    parts = [compared_text(part["content"]) for part in _parts(content)]
    return "|".join([_bare(str(content.get("stem", ""))), *options, *heard, *parts])


def _lines(content: Mapping[str, Any]) -> list[str]:
    """Return the texts beside the stem that say what is asked."""
    gaps = [gap for gap in content.get("gaps") or () if isinstance(gap, Mapping)]
    options = [*(content.get("options") or ()), *(one for gap in gaps for one in gap.get("options") or ())]
    labels = [field.get("label", "") for field in content.get("fields") or ()]
    left = [str(one) for one in content.get("left") or ()]
    return [str(option.get("text", "")) for option in options] + left + [str(label) for label in labels]


def _parts(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in content.get("parts") or () if isinstance(part.get("content"), Mapping)]


def text_hash(content: Mapping[str, Any]) -> str:
    """Return the digest of the compared text: equal for questions that say the same."""
    return hashlib.sha256(compared_text(content).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Likeness:
    """The nearest other question; `percent` 100 means the same text."""

    name: str
    percent: int


class Likenesses:
    """An index of questions by text that finds the nearest one without comparing each with each.

    A question is compared only with those that share one of its rarest pieces of three characters: two texts that are
    88 % alike practically always do.
    """

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        self._texts: dict[str, str] = {}
        self._exact: dict[str, str] = {}
        self._by_piece: defaultdict[str, list[str]] = defaultdict(list)
        for name, text in texts:
            self.add(name, text)

    def add(self, name: str, text: str) -> None:
        """Add a question under a name; the first of equal texts keeps the place."""
        self._texts[name] = text
        self._exact.setdefault(text, name)
        for piece in _pieces(text):
            self._by_piece[piece].append(name)

    def nearest(self, text: str) -> Likeness | None:
        """Return the most alike question of at least `NEAR` percent."""
        if text in self._exact:
            return Likeness(self._exact[text], 100)
        rare = sorted((len(self._by_piece.get(piece, ())), piece) for piece in _pieces(text))[: _RAREST * 2]
        names = Counter(name for count, piece in rare if count for name in self._by_piece[piece])
        best, best_percent = "", float(NEAR)
        for name, _count in names.most_common(60):
            percent = fuzz.ratio(text, self._texts[name], score_cutoff=best_percent)
            if percent > best_percent or (percent == best_percent and not best):
                best, best_percent = name, percent
        return Likeness(best, min(99, int(best_percent))) if best else None


def _pieces(text: str) -> set[str]:
    return {text[at : at + _PIECE] for at in range(max(1, len(text) - _PIECE + 1))}


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LNS" or sign in "_%")
