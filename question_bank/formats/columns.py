"""Which column holds what: guessed from the words people put at the top, adjustable afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

FIELDS = (
    "",
    "kind",
    "stem",
    "options",
    *(f"option.{place}" for place in range(12)),
    "answer",
    "explanation",
    "point",
    "difficulty",
    "points",
    "settings",
    "picture",
)
"""What a column may be used for; "" is not used."""

_WORDS: Mapping[str, str] = {
    "kind": "题型 题目类型 试题类型 考题类型 类型 题类 type questiontype kind",
    "stem": "题干 题目 题目内容 试题 试题内容 试题题干 考题 问题 题目描述 题面 内容 question stem questiontext",
    "options": "选项 备选项 选项内容 备选答案 候选项 可选项 全部选项 options choices",
    "answer": "答案 正确答案 标准答案 参考答案 正确选项 试题答案 题目答案 key answer correctanswer",
    "explanation": "解析 答案解析 试题解析 题目解析 讲解 解释 说明 答案说明 explanation feedback",
    "point": "知识点 考点 知识点名称 所属知识点 章节 分类 所属分类 题目分类 知识分类 topic category knowledgepoint",
    "difficulty": "难度 难易 难易度 难易程度 难度等级 难度系数 difficulty level",
    "points": "分值 分数 分 题目分值 每题分值 每题分数 默认分值 得分 满分 score points mark marks",
    "settings": "设置 其他设置 settings",
    "picture": "图片 图 配图 附图 附件 picture image",
    "": "序号 编号 题号 no id 备注 出题人 code",
}
_FIELD_OF = {word: name for name, words in _WORDS.items() for word in words.split()}
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]|[\s*:：_\-.、]")
_OPTION = re.compile(
    r"(?:备选|答案|选择)?(?:选项|option|choice)?([a-l]|[1-9]|1[0-2]|[一二三四五六七八九十])(?:选项|option)?"
)
HEADER_DEPTH = 15
"""Rows from the top among which the header is looked for."""


def column_letter(index: int) -> str:
    """Return a column's letters: 0 -> A, 27 -> AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def field_of(header: str) -> str:
    """Guess what a column headed so is used for; "" when nobody can tell.

    >>> [field_of(word) for word in ("题目内容", "选项（竖线分开）", "选项 C", "标准答案", "备注")]
    ['stem', 'options', 'option.2', 'answer', '']
    """
    word = _ASIDE.sub("", unicodedata.normalize("NFKC", header).casefold())
    if word in _FIELD_OF:
        return _FIELD_OF[word]
    if found := _OPTION.fullmatch(word):
        sign = found[1]
        for row in ("abcdefghijkl", "一二三四五六七八九十"):
            if sign in row:
                return f"option.{row.index(sign)}"
        return f"option.{int(sign) - 1}" if word != sign else ""
    return ""


def guess_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the row that heads the columns, -1 where none of the first rows does."""
    best, best_known = -1, 1
    for index, row in enumerate(rows[:HEADER_DEPTH]):
        known = {field_of(cell) for cell in row if cell.strip()} - {""}
        if "stem" in known and len(known) > best_known:
            best, best_known = index, len(known)
    return best


def guess_columns(header: Sequence[str]) -> list[str]:
    """Return one field a column; a field that is already taken is left to the first column that claimed it."""
    taken: set[str] = set()
    guessed = []
    for cell in header:
        name = field_of(cell)
        guessed.append("" if name in taken else name)
        taken.add(name)
    return guessed


def missing_fields(columns: Sequence[str]) -> list[str]:
    """Return the fields without which no row can be read."""
    return [name for name in ("stem", "answer") if name not in columns]
