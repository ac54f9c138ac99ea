"""Lines of a script: the text as written, and its structural form of equal length.

Full-width punctuation equals half-width, traditional keywords equal simplified ones, arrows and dashes equal `->`
and `-`; offsets are the same in both forms, so that every finding points at what the author typed.
"""

import re
from dataclasses import dataclass
from typing import Final

from ..wording.characters import simplified
from .tree import Name, Place
from .vocabulary import name_key

_LIST_MARK: Final = re.compile(r"(?:[•●◦▪■◆➢\uf0b7\uf06c]|[0-9]{1,2}[.、](?![0-9.]))\s*")
_FOLD: Final[dict[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    ord("\u3000"): " ",
    ord("\t"): " ",
    ord("\u00a0"): " ",
    ord("〜"): "~",
    ord("∼"): "~",
    ord("—"): "-",
    ord("–"): "-",
    ord("−"): "-",
    ord("〔"): "[",
    ord("〕"): "]",
    ord("「"): "「",
    ord("﹣"): "-",
    ord("﹕"): ":",
    ord("﹔"): ";",
    ord("丨"): "|",
    ord("│"): "|",
}
ARROWS: Final = ("->", "→", "➔")
DOUBLE_ARROWS: Final = ("=>", "⇒", "＝>")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line: [start, end) offsets into the line."""

    number: int
    raw: str
    form: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """The piece as written, trimmed."""
        return self.raw[self.start : self.end]

    @property
    def shape(self) -> str:
        """The piece's structural form."""
        return self.form[self.start : self.end]

    @property
    def place(self) -> Place:
        """Line and columns, 1-based."""
        return Place(self.number, self.start + 1, self.end + 1)

    def cut(self, start: int, end: int | None = None) -> "Span":
        """Return a part by offsets within this piece, trimmed of blanks."""
        first = self.start + start
        last = self.end if end is None else self.start + end
        while first < last and self.form[first] == " ":
            first += 1
        while last > first and self.form[last - 1] == " ":
            last -= 1
        return Span(self.number, self.raw, self.form, first, last)

    def split(self, separators: str) -> list["Span"]:
        """Split at any of the characters; pieces are trimmed and may be empty."""
        pieces, start = [], 0
        for i, c in enumerate(self.shape):
            if c in separators:
                pieces.append(self.cut(start, i))
                start = i + 1
        pieces.append(self.cut(start))
        return pieces

    def around(self, marks: tuple[str, ...]) -> tuple["Span", "Span"] | None:
        """Split at the first of the marks, or None when there is none."""
        found = [(self.shape.find(mark), mark) for mark in marks if mark in self.shape]
        if not found:
            return None
        at, mark = min(found)
        return self.cut(0, at), self.cut(at + len(mark))

    @property
    def name(self) -> Name:
        """The piece as a name."""
        return Name(self.text, name_key(self.text), self.place)


def lines_of(text: str) -> list[Span]:
    """Cut a text into trimmed lines; blank lines and `//` comments are left out."""
    spans: list[Span] = []
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        form = simplified(raw.translate(_FOLD))
        span = Span(number, raw, form, 0, len(raw)).cut(0)
        mark = _LIST_MARK.match(span.shape)  # of a list in a text processor, where the line was pasted from
        if mark and mark.end() < len(span.shape):
            span = span.cut(mark.end())
        if span.shape and not span.shape.startswith("//"):
            spans.append(span)
    return spans


def bracketed(span: Span) -> tuple[Span, Span] | None:
    """Split `word(inside)` into the word and the inside; None when the brackets don't fit."""
    shape = span.shape
    opened = shape.find("(")
    if opened < 0 or not shape.endswith(")"):
        return None
    return span.cut(0, opened), span.cut(opened + 1, len(shape) - 1)
