"""The typed settings of a script, read from its headers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..wording.characters import plain
from ..wording.sounds import spelt
from .diagnostics import Findings
from .lines import lines_of
from .parse_dialogue import parse_silence
from .tree import Header, Place, Script, Silence
from .vocabulary import DIMENSIONS, Dimension, Section

RING_MS: Final = 5_000
MAX_RINGS: Final = 6
PASS_MARK: Final = 8_000
DIFFICULTY: Final = 3
_WORDS_OF_DIFFICULTY: Final = {"易": 1, "较易": 2, "中": 3, "较难": 4, "难": 5, "easy": 1, "medium": 3, "hard": 5}


@dataclass(frozen=True, slots=True)
class Settings:
    """What 剧本 says.

    ring_ms            milliseconds from one ring to the next
    time_limit_ms      whole call from the answer, None without a limit
    pass_mark          hundredths of 100
    floors             dimension -> least percent of its points
    difficulty         1 (easy) to 5
    """

    code: str = ""
    title: str = ""
    references: tuple[str, ...] = ()
    ring_ms: int = RING_MS
    max_rings: int = MAX_RINGS
    silence: Silence | None = None
    time_limit_ms: int | None = None
    pass_mark: int = PASS_MARK
    floors: tuple[tuple[Dimension, int], ...] = ()
    difficulty: int = DIFFICULTY
    queue: str = ""
    caller_number: str = ""
    transfer_targets: tuple[str, ...] = ()


def read_settings(script: Script, findings: Findings) -> Settings:
    """Read every header; a value that can't be read is CS108, a missing 编号 or 标题 CS107."""
    values: dict[str, Any] = {}
    references: list[str] = []
    for header in script.headers:
        attribute, reader, example = _READERS[header.key]
        value = reader(header)
        if value is None:
            shown = code_for(header.value) or example if header.key == "编号" else example
            findings.add("CS108", header.value_place, f"{header.key}: {shown}", name=header.key, value=header.value)
        elif attribute == "references":
            references.extend(value)
        else:
            values[attribute] = value
    if Section.SCRIPT in script.sections:
        for key in ("编号", "标题"):
            if not any(h.key == key for h in script.headers):
                findings.add("CS107", Place(1, 1, 1), name=key)
    ring_ms, max_rings = values.pop("ring", (RING_MS, MAX_RINGS))
    return Settings(**values, references=tuple(references), ring_ms=ring_ms, max_rings=max_rings)


def _folded(header: Header) -> str:
    return lines_of(header.value)[0].shape if lines_of(header.value) else ""


def _code(header: Header) -> str | None:
    code = plain(header.value)
    return code if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", code) else None


def code_for(words: str) -> str:
    """Return a code for a name: bao-dan-hui-fang-01 for 保单回访."""
    syllables = re.findall("[a-z0-9]+", " ".join(spelt(c) for c in words if c.isalnum()))
    slug = "-".join(syllables)[:36].rstrip("-")
    return f"{slug}-01" if slug else ""


def _text(header: Header) -> str | None:
    return header.value if len(header.value) <= 120 else None


def _references(header: Header) -> tuple[str, ...] | None:
    names = [plain(n) for n in re.split(r"[,、/]", _folded(header)) if n.strip()]
    return tuple(names) if names and all(re.fullmatch(r"[^@]+@[0-9]{1,4}", n) for n in names) else None


def _ring(header: Header) -> tuple[int, int] | None:
    found = re.fullmatch(
        r"([0-9]{1,2})\s*(?:秒|s)\s*(?:[1一]声)?\s*(?:,?\s*(?:最多|max)\s*([0-9]{1,2})\s*(?:声|rings)?)?",
        _folded(header),
    )
    if not found or not 1 <= int(found[1]) <= 30:
        return None
    rings = int(found[2] or MAX_RINGS)
    return (int(found[1]) * 1000, rings) if 1 <= rings <= 30 else None


def _silence(header: Header) -> Silence | None:
    lines = lines_of("~ " + header.value.replace("\n", " "))
    return parse_silence(lines[0], Findings()) if lines else None


def _seconds(header: Header) -> int | None:
    found = re.fullmatch(r"([0-9]{1,4})\s*(秒|分钟|分|s|sec|min)", _folded(header))
    if not found:
        return None
    ms = int(found[1]) * (60_000 if found[2] in ("分钟", "分", "min") else 1000)
    return ms if 10_000 <= ms <= 3_600_000 else None


def _pass_mark(header: Header) -> int | None:
    found = re.fullmatch(r"([0-9]{1,3})\s*分?", _folded(header))
    return int(found[1]) * 100 if found and int(found[1]) <= 100 else None


def _floors(header: Header) -> tuple[tuple[Dimension, int], ...] | None:
    floors: list[tuple[Dimension, int]] = []
    for piece in re.split(r"[,、;]", _folded(header)):
        found = re.fullmatch(r"\s*(\S+?)\s*(?:>=|≥)?\s*([0-9]{1,3})\s*%?\s*", piece)
        dimension = DIMENSIONS.get(plain(found[1])) if found else None
        if found is None or dimension is None or int(found[2]) > 100 or any(d is dimension for d, _ in floors):
            return None
        floors.append((dimension, int(found[2])))
    return tuple(floors)


def _difficulty(header: Header) -> int | None:
    word = plain(header.value)
    if word in _WORDS_OF_DIFFICULTY:
        return _WORDS_OF_DIFFICULTY[word]
    return int(word) if re.fullmatch(r"[1-5]", word) else None


def _queue(header: Header) -> str | None:
    queue = plain(header.value)
    return queue if re.fullmatch(r"[a-z0-9_-]{1,40}", queue) else None


def _number(header: Header) -> str | None:
    return header.value if re.fullmatch(r"[0-9+\- ]{3,20}", _folded(header)) else None


def _targets(header: Header) -> tuple[str, ...] | None:
    targets = tuple(t.strip() for t in re.split(r"[/,、／，]", header.value) if t.strip())
    return targets if targets and len(set(targets)) == len(targets) else None


_READERS: Final[Mapping[str, tuple[str, Callable[[Header], Any], str]]] = {
    "编号": ("code", _code, "gas-leak-01"),
    "标题": ("title", _text, "夜间厨房漏气"),
    "引用": ("references", _references, "通用短语@6"),
    "响铃": ("ring", _ring, "5秒一声，最多6声"),
    "沉默": ("silence", _silence, "8秒 客: 喂？还在吗？"),
    "时限": ("time_limit_ms", _seconds, "300秒"),
    "及格": ("pass_mark", _pass_mark, "80"),
    "下限": ("floors", _floors, "准确 60%，处置 80%"),
    "难度": ("difficulty", _difficulty, "3"),
    "队列": ("queue", _queue, "gas"),
    "来电显示": ("caller_number", _number, "16405716688"),
    "转接": ("transfer_targets", _targets, "调度中心/班长"),
}
