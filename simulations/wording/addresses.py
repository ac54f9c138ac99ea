"""Addresses by component: 幸福路 12号 3幢 2单元 601室, spoken or written, with or without the last unit."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .reading import Sentence, Token, read
from .slot_readings import Found, SlotReading
from .sounds import sounds_like


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an address: a name such as 幸福路, or a number with its class (building, unit, room ...)."""

    text: str
    number: str
    kind: str
    tokens: tuple[str, ...]


_UNIT_KINDS: Final = {
    "号楼": "building",
    "幢": "building",
    "栋": "building",
    "座": "building",
    "单元": "unit",
    "门": "unit",
    "室": "room",
    "房": "room",
    "户": "room",
    "号房": "room",
    "号室": "room",
    "楼": "floor",
    "层": "floor",
    "号": "number",
    "弄": "lane",
    "巷": "lane",
    "村": "lane",
    "组": "lane",
    "": "",
}
_NUMBER: Final = re.compile(
    r"([0-9]+|[a-z](?=座|栋|幢|单元|区))(号楼|号房|号室|单元|号|幢|栋|座|楼|层|室|房|户|弄|巷|门|村|组)?"
)
_NAME_END: Final = re.compile(
    r".+?(?:大道|大街|街道|小区|花园|家园|公寓|大厦|广场|商场|市场|工业园|新村|学校|医院|酒店|饭店|餐厅|路|街|道|巷|弄|苑|园|城|坊|里|省|市|区|县|镇|乡|村)(?![0-9]*$)|.+$"
)
_LARGE: Final = re.compile(r"(?:省|市|区|县|镇|乡|街道)$")
_LOOSE_KINDS: Final = ({"number", "building"}, {"number", "room"}, {"floor", "building"})


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


def same_address(want: tuple[Component, ...], have: tuple[Component, ...], written: str) -> SlotReading:
    """Compare a written address with its answer, component by component."""
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


@dataclass(frozen=True, slots=True)
class _Place:
    sentence: int
    token: int


def read_address(want: tuple[Component, ...], sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    """Find the components in order within three consecutive sentences."""
    best = SlotReading(Found.ABSENT)
    best_count = 0
    for number in range(len(sentences)):
        reading, count = _components_from(want, sentences[number : number + 3], number, by_ear=by_ear)
        if reading.found is Found.RIGHT:
            return reading
        better = count > best_count or (count == best_count and reading.found is Found.BY_SOUND)
        if count and better:
            best, best_count = reading, count
    return best


def _components_from(
    want: tuple[Component, ...], window: tuple[Sentence, ...], base: int, *, by_ear: bool
) -> tuple[SlotReading, int]:
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


def _find_component(
    part: Component, window: tuple[Sentence, ...], at: _Place, *, by_ear: bool
) -> tuple[_Place, int, bool] | None:
    for number in range(at.sentence, len(window)):
        tokens = window[number].tokens
        start = at.token if number == at.sentence else 0
        for i in range(start, len(tokens)):
            hit = name_at(part, tokens, i, by_ear) if part.kind == "name" else _number_at(part, tokens, i)
            if hit is not None:
                return _Place(number, i), hit[0], hit[1]
    return None


def name_at(part: Component, tokens: tuple[Token, ...], i: int, by_ear: bool) -> tuple[int, bool] | None:
    """Find a name exactly here: (token behind it, whether only by sound)."""
    weak = False
    if i + len(part.tokens) > len(tokens):
        return None
    for wanted, token in zip(part.tokens, tokens[i : i + len(part.tokens)], strict=True):
        if token.text == wanted:
            continue
        if not (by_ear and sounds_like(token.text, wanted)):
            return None
        weak = True
    return i + len(part.tokens), weak


def _number_at(part: Component, tokens: tuple[Token, ...], i: int) -> tuple[int, bool] | None:
    if tokens[i].kind not in "dw" or (
        i and tokens[i].kind == "d" and tokens[i - 1].kind == "d" and tokens[i - 1].end >= tokens[i].start
    ):
        return None
    text = "".join(t.text for t in tokens[i : i + 12])
    heard = _NUMBER.match(text)
    if not heard or not _same_component(part, Component(heard[0], heard[1], _UNIT_KINDS[heard[2] or ""], ())):
        return None
    return i + len(heard[0]), False
