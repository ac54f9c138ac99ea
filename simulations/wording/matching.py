"""Find a pattern in a sentence: every place, every alternative, in time that grows with the length alone.

A gap may cross a comma only where speech does so: between two longer wordings (「平安燃气，工号3276号」) or behind a
short fronted topic (「灯，您千万别碰」); 「打开窗户，电灯别碰」 must not become "switch on the light".
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from .patterns import CallStart, Choice, Digits, Gap, Item, Literal, Searchable, Sequence
from .reading import Sentence
from .sounds import sounds_like, syllables

# One-character verbs inside these words are not those verbs: 开关 is a switch, not "switch on".
_WORDS_OF_THEIR_OWN: Final = re.compile(
    "(?<![打敞推])开关(?![闭上掉阀总])|(?<!没)有关|关于|关系|关键|相关|关心|关注|关照|关怀|开始|离开|开水|开心|展开|公开"
    "|召开|海关|机关|难关|开户|开票|开通|开具|到底|到时|等到|感到|收到|得到|听到|看到|闻到|见到|遇到|想到|提到|说到|做到|到位"
    "|退休|办法|办公|管道|管子|水管|软管|胶管|气管|管理|主管|尽管|不管|动作|活动|自动|主动|移动|激动|行动|启动|感动|变动"
    "|按照|按时|按键|外卖|另外|意外|方便|方式|方法|地方|对方|双方|官方|出现|指出|提出|去年|找到"
)
_VERBS: Final = frozenset("开关拧闭碰按动打去到出撤派赶退办管合断插拔用")
_TOPIC_LENGTH: Final = 8
_MAX_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Match:
    """One place where a pattern stands: token indexes first..last, its literals' ranges [a, b), gap length."""

    first: int
    last: int
    literals: tuple[tuple[int, int], ...]
    gap: int
    weak: bool
    alternative: str


class _Point(NamedTuple):
    """Where the matcher stands: next token, tokens left in the gap, whether a comma was crossed since a literal."""

    at: int
    crossed: bool
    literals: tuple[tuple[int, int], ...]
    weak: bool


def find(pattern: tuple[Searchable, ...], sentence: Sentence, *, starts_call: bool, by_ear: bool) -> tuple[Match, ...]:
    """Find every match, shortest gap first at each start.

    starts_call    the sentence opens the call, so that `^` may match at its start
    by_ear         literals of two or more characters may be met by sound (voice only); such matches are weak
    """
    alternatives = pattern if by_ear else [a for a in pattern if a.quick.search(sentence.text)]
    if not alternatives:
        return ()
    search = _Search(sentence, starts_call, by_ear)
    found: dict[tuple[int, int, tuple[tuple[int, int], ...]], Match] = {}
    for first, token in enumerate(sentence.tokens):
        if token.is_break:
            continue
        for alternative in alternatives:
            if not _can_begin(alternative, token.text, by_ear=by_ear):
                continue
            for point in search.follow(alternative.sequence, _Point(first, False, (), False), first):
                match = _as_match(sentence, first, point, alternative.sequence.text)
                key = (match.first, match.last, match.literals)
                if key not in found or (found[key].weak and not match.weak):
                    found[key] = match
    return tuple(sorted(found.values(), key=lambda m: (m.first, m.gap, m.last)))


def _can_begin(alternative: Searchable, token: str, *, by_ear: bool) -> bool:
    """Rule most places out by their first token."""
    if not alternative.begins or token in alternative.begins:
        return True
    return by_ear and not syllables(token).isdisjoint(alternative.sounds)


def _as_match(sentence: Sentence, first: int, point: _Point, alternative: str) -> Match:
    last = point.at - 1
    inside = sum(1 for t in sentence.tokens[first : point.at] if not t.is_break)
    gap = inside - sum(b - a for a, b in point.literals)
    return Match(first, last, point.literals, gap, point.weak, alternative)


class _Search:
    """The matcher's view of one sentence."""

    def __init__(self, sentence: Sentence, starts_call: bool, by_ear: bool) -> None:
        self.tokens = sentence.tokens
        self.starts_call = starts_call
        self.by_ear = by_ear
        self.own_word = _inside_own_words(sentence)

    def follow(self, sequence: Sequence, start: _Point, first: int) -> list[_Point]:
        """Follow a sequence from a point; one best point for each end and comma state."""
        points = [start]
        for item in sequence.items:
            reached: dict[tuple[int, bool, tuple[int, int] | None], _Point] = {}
            for point in points:
                for after in self.take(item, point, first):
                    key = (after.at, after.crossed, after.literals[-1] if after.literals else None)
                    if key not in reached or (reached[key].weak and not after.weak):
                        reached[key] = after
            points = list(reached.values())
            if not points:
                break
        return points

    def take(self, item: Item, point: _Point, first: int) -> list[_Point]:
        """Take one item from one point."""
        if isinstance(item, Literal):
            return self._literal(item, point)
        if isinstance(item, Gap):
            return self._gap(item.size, point)
        if isinstance(item, Choice):
            return [
                after
                for option in item.options
                if self._may_begin(option, point)
                for after in self.follow(option, point, first)
            ]
        if isinstance(item, Digits):
            return self._digits(point)
        if isinstance(item, CallStart) and self.starts_call and point.at == 0 == first:
            return [point]
        return []

    def _may_begin(self, option: Sequence, point: _Point) -> bool:
        """Rule most options out by their first token."""
        head = option.items[0]
        if not isinstance(head, Literal):
            return True
        if point.at >= len(self.tokens):
            return False
        heard = self.tokens[point.at].text
        return heard == head.tokens[0] or (self.by_ear and sounds_like(heard, head.tokens[0]))

    def _literal(self, literal: Literal, point: _Point) -> list[_Point]:
        at, weak = point.at, point.weak
        if not literal.tokens or at + len(literal.tokens) > len(self.tokens):
            return []
        for i, wanted in enumerate(literal.tokens):
            heard = self.tokens[at + i].text
            if heard == wanted:
                continue
            if not (self.by_ear and len(literal.tokens) > 1 and sounds_like(heard, wanted)):
                return []
            weak = True
        end = at + len(literal.tokens)
        if len(literal.tokens) == 1 and at in self.own_word:
            return []
        if point.crossed and point.literals and not self._may_cross(point.literals[-1], (at, end)):
            return []
        return [_Point(end, False, (*point.literals, (at, end)), weak)]

    def _gap(self, size: int, point: _Point) -> list[_Point]:
        points, at, crossed, used = [point], point.at, point.crossed, 0
        while at < len(self.tokens) and (used < size or self.tokens[at].is_break):
            token = self.tokens[at]
            at += 1
            if token.is_break:
                crossed = True
            else:
                used += 1
            points.append(_Point(at, crossed, point.literals, point.weak))
        return points

    def _digits(self, point: _Point) -> list[_Point]:
        at = point.at
        if at < len(self.tokens) and self.tokens[at].kind == "w":
            at += 1
        end = at
        while end < len(self.tokens) and self.tokens[end].kind == "d" and end - at < _MAX_DIGITS:
            end += 1
        if end == at or (point.at and self.tokens[point.at - 1].kind == "d"):
            return []
        return [_Point(end, False, (*point.literals, (point.at, end)), point.weak)]

    def _may_cross(self, left: tuple[int, int], right: tuple[int, int]) -> bool:
        """Tell whether a gap between two literals may cross the comma between them."""
        if left[1] - left[0] > 1 and right[1] - right[0] > 1:
            return True
        if self._taken_up(left[1], right[0]):
            return True
        if left[1] - left[0] == 1 and self.tokens[left[0]].text in _VERBS:
            return False
        start = left[0]
        while start > 0 and not self.tokens[start - 1].is_break:
            start -= 1
        end = left[1]
        while not self.tokens[end].is_break:
            end += 1
        topic = self.tokens[start:end]
        return end - left[1] <= 1 and len(topic) <= _TOPIC_LENGTH and not any(t.text in _VERBS for t in topic)

    def _taken_up(self, start: int, end: int) -> bool:
        """Tell whether a pronoun behind the comma takes the thing up again: 「那个阀门，把它关上」."""
        after = next((i for i in range(start, end) if self.tokens[i].is_break), end) + 1
        return any(t.text == "它" for t in self.tokens[after : min(after + 2, end)])


def _inside_own_words(sentence: Sentence) -> frozenset[int]:
    """Return the indexes of tokens that belong to a longer word of another meaning."""
    spans = [word.span() for word in _WORDS_OF_THEIR_OWN.finditer(sentence.text)]
    if not spans:
        return frozenset()
    return frozenset(i for i, at in enumerate(sentence.offsets) if any(a <= at < b for a, b in spans))
