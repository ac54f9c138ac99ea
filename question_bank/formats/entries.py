"""Questions on their way into a file, whichever form it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.kinds import KINDS, KindCode, Row
from question_bank.kinds.compound import part_rows

KIND_WORDS: Mapping[KindCode, str] = {
    KindCode.SINGLE: "单选",
    KindCode.MULTIPLE: "多选",
    KindCode.TRUE_FALSE: "判断",
    KindCode.BLANK: "填空",
    KindCode.NUMERIC: "数值",
    KindCode.ORDERING: "排序",
    KindCode.MATCHING: "匹配",
    KindCode.CLOZE: "选词填空",
    KindCode.SHORT: "简答",
    KindCode.CASE: "案例",
    KindCode.AUDIO: "录音题",
    KindCode.DICTATION: "听写",
}
DIFFICULTY_WORDS = {"easy": "易", "medium": "中", "hard": "难"}
PART_MARK = "小题·"
"""Before the kind of a row that is a part of the case or audio question above it."""
WITH_PARTS = frozenset({KindCode.CASE, KindCode.AUDIO})
LoadMedia = Callable[[str], bytes]
"""Returns the bytes of a stored picture by its digest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question on its way into a file; `points` in hundredths of a mark, `point` is a knowledge point's name."""

    code: str
    kind: KindCode
    content: Mapping[str, Any]
    point: str
    difficulty: str
    points: int

    @property
    def row(self) -> Row:
        """The question as a row, without its parts."""
        return KINDS[self.kind].to_row(self.content)

    @property
    def parts(self) -> list[tuple[KindCode, Row, int]]:
        """The parts of a case or an audio question: (kind, row, weight)."""
        return part_rows(self.content) if self.kind in WITH_PARTS else []


def marks_text(hundredths: int) -> str:
    """Write hundredths of a mark as people do.

    >>> marks_text(150), marks_text(200)
    ('1.5', '2')
    """
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
