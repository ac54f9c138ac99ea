"""Slots: digits, addresses and names, read back or typed into a form.

Digits are exact and the first wrong one is named; addresses compare by component; names are exact in writing and by
sound in speech. Nothing here guesses: a slot is right, wrong at a place, or not there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from .reading import Sentence, Token, read
from .sounds import sounds_like


class SlotKind(StrEnum):
    """What a value is, and so how it is compared."""

    DIGITS = "digits"
    ADDRESS = "address"
    NAME = "name"
    TEXT = "text"


class Found(StrEnum):
    """How a slot came out."""

    RIGHT = "right"
    BY_SOUND = "by_sound"
    WRONG = "wrong"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SlotReading:
    """What was heard of one slot.

    wrong_at    for digits: 1-based place of the first wrong digit, or 0 when the length differs
    heard       the wrong or right words as they were said
    start, end  offsets in the reply that holds `sentence`
    component   for addresses: the expected component that is wrong or missing
    """

    found: Found
    heard: str = ""
    wrong_at: int = 0
    component: str = ""
    sentence: int = -1
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an address: a name such as 幸福路, or a number with its class (building, unit, room ...)."""

    text: str
    number: str
    kind: str
    tokens: tuple[str, ...]


_UNIT_KINDS: Final = {
    "号楼": "building", "幢": "building", "栋": "building", "座": "building", "单元": "unit", "门": "unit",
    "室": "room", "房": "room", "户": "room", "号房": "room", "号室": "room", "楼": "floor", "层": "floor", "号": "number", "弄": "lane", "巷": "lane",
    "村": "lane", "组": "lane", "": "",
}
_NUMBER: Final = re.compile(r"([0-9]+|[a-z](?=座|栋|幢|单元|区))(号楼|号房|号室|单元|号|幢|栋|座|楼|层|室|房|户|弄|巷|门|村|组)?")
_NAME_END: Final = re.compile(
    r".+?(?:大道|大街|街道|小区|花园|家园|公寓|大厦|广场|商场|市场|工业园|新村|学校|医院|酒店|饭店|餐厅|路|街|道|巷|弄|苑|园|城|坊|里|省|市|区|县|镇|乡|村)(?![0-9]*$)|.+$")
_LARGE: Final = re.compile(r"(?:省|市|区|县|镇|乡|街道)$")
_LOOSE_KINDS: Final = ({"number", "building"}, {"number", "room"}, {"floor", "building"})


def kind_of(name: str, value: str, field_kind: str | None = None) -> SlotKind:
    """Tell how to compare a fact, from the ticket field that holds it or from its shape."""
    if field_kind == "address":
        return SlotKind.ADDRESS
    compact = re.sub(r"[\s-]", "", value)
    if field_kind == "phone" or (compact.isascii() and compact.isdigit() and len(compact) >= 3):
        return SlotKind.DIGITS
    if re.search(r"\d", value) and re.search(r"[路街道巷弄村苑园区幢栋]", value):
        return SlotKind.ADDRESS
    if "名" in name or name in ("name", "客户"):
        return SlotKind.NAME
    return SlotKind.TEXT


@lru_cache(maxsize=1024)
def components(address: str) -> tuple[Component, ...]:
    """Cut an address into components; larger areas (省 市 区 镇) are left out, callers seldom repeat them."""
    text = "".join(s.text for s in read(address).sentences)
    text = re.sub("[,、]+", " ", text)
    parts: list[Component] = []
    at = 0
    while at < len(text):
        number = _NUMBER.match(text, at)
        if number:
            parts.append(Component(number[0], number[1], _UNIT_KINDS[number[2] or ""], tuple(number[0])))
            at = number.end()
            continue
        following = _NUMBER.search(text, at)
        stop = following.start() if following else len(text)
        for name in (n.strip() for piece in text[at:stop].split() for n in _NAME_END.findall(piece)):
            if not _LARGE.search(name):
                parts.append(Component(name, "", "name", tuple(name)))
        at = stop
    return tuple(parts)


def read_slot(kind: SlotKind, expected: str, sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    """Look for a value in consecutive sentences of speech and say how it came out."""
    if kind is SlotKind.DIGITS:
        return _read_digits(re.sub(r"\D", "", expected), sentences)
    if kind is SlotKind.ADDRESS:
        return _read_address(components(expected), sentences, by_ear=by_ear)
    return _read_words(tuple(t.text for s in read(expected).sentences for t in s.tokens), sentences, by_ear=by_ear)


def same_value(kind: SlotKind, expected: str, written: str) -> SlotReading:
    """Compare a form's value with its answer: never by sound."""
    if kind is SlotKind.DIGITS:
        want, have = re.sub(r"\D", "", expected), re.sub(r"\D", "", written)
        return _digits_verdict(want, have) if have else SlotReading(Found.ABSENT)
    if not written.strip():
        return SlotReading(Found.ABSENT)
    if kind is SlotKind.ADDRESS:
        return _same_address(components(expected), components(written), written)
    same = _letters(expected) == _letters(written)
    return SlotReading(Found.RIGHT if same else Found.WRONG, written)


def _letters(text: str) -> str:
    return "".join(t.text for s in read(text).sentences for t in s.tokens if not t.is_break)


def _digits_verdict(want: str, have: str) -> SlotReading:
    if want == have:
        return SlotReading(Found.RIGHT, have)
    if len(want) != len(have):
        return SlotReading(Found.WRONG, have)
    return SlotReading(Found.WRONG, have, wrong_at=1 + next(i for i, (a, b) in enumerate(zip(want, have, strict=True)) if a != b))


def _same_address(want: tuple[Component, ...], have: tuple[Component, ...], written: str) -> SlotReading:
    at = 0
    for part in want:
        match = next((i for i in range(at, len(have)) if _same_component(part, have[i])), None)
        if match is None:
            return SlotReading(Found.WRONG, written, component=part.text)
        at = match + 1
    extra = [p for p in have if p.kind not in ("name", "") and not any(_same_component(w, p) for w in want)]
    return SlotReading(Found.WRONG, written, component=extra[0].text) if extra else SlotReading(Found.RIGHT, written)


def _same_component(want: Component, have: Component) -> bool:
    if want.kind == "name" or have.kind == "name":
        return want.kind == have.kind and (want.text == have.text or have.text.endswith(want.text))
    if want.number != have.number:
        return False
    kinds = {want.kind, have.kind}
    return len(kinds) == 1 or "" in kinds or any(kinds == loose for loose in _LOOSE_KINDS)


def _read_digits(want: str, sentences: tuple[Sentence, ...]) -> SlotReading:
    best = SlotReading(Found.ABSENT)
    best_agreement = -1
    for number, sentence in enumerate(sentences):
        for run in _digit_runs(sentence.tokens):
            have = "".join(t.text for t in run)
            if abs(len(have) - len(want)) > 2 or len(have) < 3:
                continue
            verdict = _digits_verdict(want, have)
            agreement = sum(a == b for a, b in zip(want, have, strict=False))
            if agreement * 2 < len(want):
                continue
            if verdict.found is Found.RIGHT or agreement > best_agreement:
                best_agreement = agreement
                best = SlotReading(verdict.found, have, verdict.wrong_at, "", number, run[0].start, run[-1].end)
            if verdict.found is Found.RIGHT:
                return best
    return best


def _digit_runs(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Every joining of neighbouring digit groups: 幺六四 零五七幺 六六八八 is one number or three."""
    blocks: list[list[list[Token]]] = [[]]
    previous: Token | None = None
    for token in tokens:
        if token.kind == "d":
            touching = previous is not None and previous.kind == "d" and previous.end >= token.start
            if touching or (previous is not None and previous.kind == "d" and (previous.start, previous.end) == (token.start, token.end)):
                blocks[-1][-1].append(token)
            else:
                blocks[-1].append([token])
        elif not token.is_break:
            blocks.append([])
        previous = token
    runs: list[tuple[Token, ...]] = []
    for block in blocks:
        for i in range(len(block)):
            joined: tuple[Token, ...] = ()
            for group in block[i:i + 8]:
                joined = (*joined, *group)
                runs.append(joined)
    return runs


@dataclass(frozen=True, slots=True)
class _Place:
    sentence: int
    token: int


def _read_address(want: tuple[Component, ...], sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    """Find the components in order within three consecutive sentences."""
    best = SlotReading(Found.ABSENT)
    best_count = 0
    for number in range(len(sentences)):
        reading, count = _components_from(want, sentences[number:number + 3], number, by_ear=by_ear)
        if reading.found is Found.RIGHT:
            return reading
        better = count > best_count or (count == best_count and reading.found is Found.BY_SOUND)
        if count and better:
            best, best_count = reading, count
    return best


def _components_from(want: tuple[Component, ...], window: tuple[Sentence, ...], base: int, *, by_ear: bool) -> tuple[SlotReading, int]:
    at = _Place(0, 0)
    first: _Place | None = None
    last_end = 0
    by_sound, count, missing = False, 0, ""
    for part in want:
        step = _find_component(part, window, at, by_ear=by_ear)
        if step is None:
            missing = missing or part.text
            continue
        place, end_token, weak = step
        first = first or place
        by_sound, count = by_sound or weak, count + 1
        at = _Place(place.sentence, end_token)
        if first.sentence == place.sentence:
            last_end = window[place.sentence].tokens[end_token - 1].end
    if first is None or first.sentence > 0:
        return SlotReading(Found.ABSENT), 0
    start = window[0].tokens[first.token].start
    found = Found.WRONG if missing else Found.BY_SOUND if by_sound else Found.RIGHT
    return SlotReading(found, "", 0, missing, base, start, max(last_end, start)), count


def _find_component(part: Component, window: tuple[Sentence, ...], at: _Place, *, by_ear: bool) -> tuple[_Place, int, bool] | None:
    for number in range(at.sentence, len(window)):
        tokens = window[number].tokens
        start = at.token if number == at.sentence else 0
        for i in range(start, len(tokens)):
            hit = _name_at(part, tokens, i, by_ear) if part.kind == "name" else _number_at(part, tokens, i)
            if hit is not None:
                return _Place(number, i), hit[0], hit[1]
    return None


def _name_at(part: Component, tokens: tuple[Token, ...], i: int, by_ear: bool) -> tuple[int, bool] | None:
    weak = False
    if i + len(part.tokens) > len(tokens):
        return None
    for wanted, token in zip(part.tokens, tokens[i:i + len(part.tokens)], strict=True):
        if token.text == wanted:
            continue
        if not (by_ear and sounds_like(token.text, wanted)):
            return None
        weak = True
    return i + len(part.tokens), weak


def _number_at(part: Component, tokens: tuple[Token, ...], i: int) -> tuple[int, bool] | None:
    if tokens[i].kind not in "dw" or (i and tokens[i].kind == "d" and tokens[i - 1].kind == "d" and tokens[i - 1].end >= tokens[i].start):
        return None
    text = "".join(t.text for t in tokens[i:i + 12])
    heard = _NUMBER.match(text)
    if not heard or not _same_component(part, Component(heard[0], heard[1], _UNIT_KINDS[heard[2] or ""], ())):
        return None
    return i + len(heard[0]), False


def _read_words(want: tuple[str, ...], sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    part = Component("".join(want), "", "name", want)
    weak: SlotReading | None = None
    for number, sentence in enumerate(sentences):
        for i in range(len(sentence.tokens)):
            hit = _name_at(part, sentence.tokens, i, by_ear)
            if hit is None:
                continue
            span = (sentence.tokens[i].start, sentence.tokens[hit[0] - 1].end)
            found = SlotReading(Found.BY_SOUND if hit[1] else Found.RIGHT, part.text, 0, "", number, *span)
            if not hit[1]:
                return found
            weak = weak or found
    return weak or SlotReading(Found.ABSENT)
