"""The gist of replies: a pattern that hears how several of them say one thing, so that others saying it are heard too.

What two replies have in common, in order, is what they mean; the courtesies between fall away. Every proposal is tried
with the matcher before it is made: it hears its own replies and nothing that must not be heard.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from ..script.machine import fill
from ..script.tree import PhraseLine, Script
from ..wording.characters import plain
from ..wording.patterns import GAP, Literal, PatternError
from ..wording.phrases import Phrase

_COURTESIES: Final = re.compile(
    "先生|女士|麻烦|请问|一下|好吗|好吧|可以吗|行吗|我们|您好|你好|这边|那个|这个|[的了吧吗呢啊哦嘛呀您你我他她请先再就把将给帮那这也都很]"
)
_NUMERALS: Final = dict(zip("一二两三四五六七八九", "1223456789", strict=True))
_WEAK: Final = frozenset("上下来去到在是有会要掉好能没不还十")  # say nothing alone
_SEPARATORS: Final = re.compile(r"\{[^}]*\}|[^\w]|_")
_AMOUNT: Final = re.compile("[0-9一二两三四五六七八九十百半几]+个?(?:小时|分钟|秒|天|日|点|月|工作日|块|元|度|方|吨)?")
_LEAST: Final = 3  # characters of a gist that is one piece: two name a thing, three say something of it
_MOST_PIECES: Final = 4
_SWAPPED_BY: Final = "把"


class Gists:
    """Proposals for one phrase.

    replies   what it is to hear: its examples, its model replies, the wordings written into it
    others    what it must not hear: its counter-examples and the model replies of other phrases
    """

    def __init__(self, name: str, replies: Iterable[str], others: Collection[str]) -> None:
        self.name = name
        self.replies = tuple(dict.fromkeys(r for r in replies if r.strip()))
        self.others = others

    def of(self, reply: str) -> str | None:
        """Return the widest wording that hears this reply and as many of the phrase's others as may be."""
        tried = [(_named(self.name, reply), reply)]
        for peer in (*self.replies, reply):
            pieces = _pieces(*_common(reply, peer))
            tried += [(pieces, peer), ([piece for piece in pieces if not _is_number(piece)], peer)]
        best, most = None, 0
        for pieces, peer in tried:
            source = " / ".join(_both_ways(pieces, reply, peer)) if _says_enough(pieces) else ""
            heard = self._heard(source, (reply, peer)) if source else 0
            if heard > most:
                best, most = source, heard
        return best

    @cached_property
    def all(self) -> str | None:
        """Return wordings that hear every reply, None when there is none for some of them."""
        found: list[str] = []
        for reply in self.replies:
            if found and self._heard(" / ".join(found), (reply,)):
                continue
            gist = self.of(reply)
            if gist is None:
                return None
            found += [one for one in gist.split(" / ") if one not in found]
        return " / ".join(found) or None

    def hears(self, source: str, reply: str) -> bool:
        """Tell whether a wording hears a reply and none of the others."""
        return self._heard(source, (reply,)) > 0

    def _heard(self, source: str, must: Sequence[str]) -> int:
        """Count the replies that a wording hears; 0 if it misses one of `must` or hears what it mustn't."""
        try:
            phrase = Phrase.of(self.name, source)
        except PatternError:
            return 0
        if any(phrase.only_asked(reply) for reply in must):
            phrase = replace(phrase, asks=True)
        if not all(phrase.says(_spoken(reply)) for reply in must):
            return 0
        if any(phrase.says(_spoken(other)) for other in self.others):
            return 0
        return sum(phrase.says(_spoken(reply)) for reply in self.replies) or 1


def _spoken(reply: str) -> str:
    return re.sub(r"\{[^}]*\}", "", reply)


def _letters(reply: str) -> str:
    """Return a reply with everything that no wording can rest on made a blank, one character for one."""
    return re.sub(r"\{[^}]*\}", lambda found: " " * len(found[0]), plain(reply)) if "{" in reply else plain(reply)


def _common(one: str, other: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the first text and the places of the longest common sequence of characters in both."""
    a, b = _letters(one), _letters(other)
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            same = a[i] == b[j] and not _SEPARATORS.fullmatch(a[i])
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    places, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j] and longest[i][j] == longest[i + 1][j + 1] + 1 and not _SEPARATORS.fullmatch(a[i]):
            places.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return a, places


def _pieces(text: str, places: list[tuple[int, int]]) -> list[str]:
    """Cut what is common into pieces: where either reply has something between, and at courtesies."""
    runs: list[str] = []
    last: tuple[int, int] | None = None
    for i, j in places:
        if last and (i, j) == (last[0] + 1, last[1] + 1):
            runs[-1] += text[i]
        else:
            runs.append(text[i])
        last = (i, j)
    pieces = [piece for run in runs for piece in _COURTESIES.split(run) if piece]
    pieces = [piece for piece in pieces if piece not in _WEAK]
    pieces = [_NUMERALS.get(piece, piece) for piece in pieces]
    long = [piece for piece in pieces if len(piece) > 1 or _is_number(piece)]
    return (long if sum(len(piece) > 1 for piece in long) > 1 else pieces)[:_MOST_PIECES]


def _is_number(piece: str) -> bool:
    return len(piece) == 1 and piece.isdigit()


def _named(name: str, reply: str) -> list[str]:
    """Return the parts of a reply that make up the phrase's name, if all of it is there: 总阀 and 关 for 关总阀."""
    text, wanted = _letters(reply), plain(name)
    pieces: list[str] = []
    at = 0
    while at < len(text):
        size = next((n for n in range(len(wanted), 0, -1) if text[at : at + n] in wanted and at + n <= len(text)), 0)
        if size:
            pieces.append(text[at : at + size])
        at += size or 1
    return pieces if len(pieces) > 1 and sorted("".join(pieces)) == sorted(wanted) else []


def _says_enough(pieces: list[str]) -> bool:
    """Tell whether pieces, numbers aside, are more than one short word: two hours alone is no promise to come."""
    words = [piece for piece in pieces if not _AMOUNT.fullmatch(piece)]
    return len(words) > 1 or (len(words) == 1 and len(words[0]) >= _LEAST)


def _both_ways(pieces: list[str], *replies: str) -> list[str]:
    """Join the pieces; a thing and what is done with it stand either way round (把阀门关上, 关上阀门)."""
    ways = [_joined(pieces, replies)]
    if len(pieces) == 2 and any(_SWAPPED_BY in reply for reply in replies):
        ways.append("..".join(reversed(pieces)))
    return ways


def _joined(pieces: list[str], replies: Sequence[str]) -> str:
    """Join with gaps as wide as the replies need."""
    joined = pieces[0]
    for before, after in zip(pieces, pieces[1:], strict=False):
        widest = max((_between(_letters(reply), before, after) for reply in replies), default=0)
        joined += (".." if widest <= GAP else "....") + after
    return joined


def _between(text: str, before: str, after: str) -> int:
    start = text.find(before)
    end = text.find(after, start + len(before)) if start >= 0 else -1
    return end - start - len(before) if end >= 0 else 0


def gists_of(phrase: PhraseLine, tree: Script, *more: str) -> Gists:
    """Return what a phrase of a script could hear, from all that the script says of it and of its other phrases."""
    key = phrase.name.key
    facts = {f.name.key: f.value for f in tree.facts}
    moves = [(m.phrase.key, fill(m.reply, facts)) for n in tree.nodes for m in n.moves if not m.negated]
    examples = [(e.positive, r) for e in tree.examples if e.name.key == key for r in e.replies]
    written = [s.text for s in phrase.pattern.options if len(s.items) == 1 and isinstance(s.items[0], Literal)]
    wanted = [*more, *(r for k, r in moves if k == key), *(r for good, r in examples if good), *written]
    others = [r for good, r in examples if not good] + [r for k, r in moves if k != key]
    return Gists(phrase.name.text, wanted, others)
