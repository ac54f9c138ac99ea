"""Near misses of a phrase: words that were almost it, so that a learner sees what was missing."""

from functools import lru_cache
from typing import Final

from ..player.state import CallState, Turn
from ..wording.patterns import Choice, Digits, Item, Literal
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity
from ..wording.reading import Sentence, read
from .outcomes import Evidence, note

_MOST: Final = 2
_BY_SOUND: Final = 3  # characters: two that sound alike are found in nearly every call
_TELLING_ALONE: Final = frozenset("阀窗灯火烟泥土")
_SAYS_LITTLE: Final = frozenset((
    "不是", "是不是", "您是", "你是", "就是", "还是", "是您", "您的", "我是", "这个", "那个", "一个", "怎么", "什么",
    "可以", "今天", "明天", "上午", "下午", "看看", "我们", "现在", "马上", "一下", "账单", "信息", "系统",
))


def near_misses(phrase: Phrase, state: CallState) -> tuple[Evidence, ...]:
    """Return at most two near misses: the right sound in writing, words too far apart, or only part of the words."""
    found: list[tuple[int, Evidence]] = []
    for turn in state.turns:
        found += _by_sound(phrase, turn)
        found += (
            (weight, _quote(turn, start, end, phrase, code, **dict(missing)))
            for weight, start, end, code, missing in partly_said(phrase, turn.text)
        )
    found.sort(key=lambda it: (-it[0], it[1].turn, it[1].start))
    places = {(e.turn, e.start, e.end): e for _, e in reversed(found)}
    return tuple(e for _, e in found if places[e.turn, e.start, e.end] is e)[:_MOST]


def _by_sound(phrase: Phrase, turn: Turn) -> list[tuple[int, Evidence]]:
    if turn.by_ear:
        return []
    heard = phrase.heard_in(turn.text, opens_call=turn.opens_call, by_ear=True)
    return [
        (3, _quote(turn, h.start, h.end, phrase, "sounds_right"))
        for h in heard
        if h.by_sound and h.polarity is not Polarity.NEUTRAL and h.end - h.start >= _BY_SOUND
    ]


@lru_cache(maxsize=8192)
def partly_said(phrase: Phrase, text: str) -> tuple[tuple[int, int, int, str, tuple[tuple[str, str], ...]], ...]:
    """Return weight, start, end, code and what is missing for every sequence of which the reply says a part."""
    found: list[tuple[int, int, int, str, tuple[tuple[str, str], ...]]] = []
    for sentence in read(text).sentences:
        for sequence in phrase.pattern.options:
            words = [item for item in sequence.items if isinstance(item, Literal | Choice | Digits)]
            if len(words) < 2:
                continue
            spans = [_find(word, sentence) for word in words]
            present = [s for s in spans if s is not None and not _says_little(text[s[0] : s[1]])]
            if len(present) == len(words):
                found.append((2, min(a for a, _ in present), max(b for _, b in present), "too_far_apart", ()))
            elif len(present) * 2 >= len(words):
                missing = next((_shown(w) for w, s in zip(words, spans, strict=True) if s is None), None)
                if missing is not None:  # else all was said somewhere, in everyday words that are no sign of it
                    found.append((1, *present[0], "part_said", (("missing", missing),)))
    return tuple(found)


def _find(item: Item, sentence: Sentence) -> tuple[int, int] | None:
    """Find any literal of an item in the sentence; offsets in the reply."""
    if isinstance(item, Choice):
        inner = [_find(i, sentence) for s in item.options for i in s.items if isinstance(i, Literal | Choice)]
        return next((i for i in inner if i), None)
    if isinstance(item, Digits):
        digits = [t for t in sentence.tokens if t.kind == "d"]
        return (digits[0].start, digits[-1].end) if digits else None
    if not isinstance(item, Literal):
        return None
    size = len(item.tokens)
    for i in range(len(sentence.tokens) - size + 1):
        if tuple(t.text for t in sentence.tokens[i : i + size]) == item.tokens:
            return sentence.tokens[i].start, sentence.tokens[i + size - 1].end
    return None


def _says_little(words: str) -> bool:
    """Lone verbs, adverbs and everyday words are in every other sentence and no sign of the phrase."""
    return words in _SAYS_LITTLE if len(words) > 1 else words not in _TELLING_ALONE


def _shown(item: Item) -> str:
    if isinstance(item, Choice):
        return " / ".join(s.text for s in item.options[:4])
    return item.text if isinstance(item, Literal) else "0-9"


def _quote(turn: Turn, start: int, end: int, phrase: Phrase, code: str, **params: str) -> Evidence:
    return Evidence(
        turn.text[start:end], start, turn.number, start, end, turn.at_ms, None, phrase.name, note(code, **params)
    )
