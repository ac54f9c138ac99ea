"""The words people use for kinds of question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from question_bank.kinds import KindCode

KINDS_BY_WORD: Mapping[str, KindCode] = {
    word: code
    for code, words in {
        KindCode.SINGLE: "单选 单选题 单项选择 单项选择题 单项 选择 选择题 a1 single singlechoice",
        KindCode.MULTIPLE: "多选 多选题 多项选择 多项选择题 多项 不定项 不定项选择 不定项选择题 multiple",
        KindCode.TRUE_FALSE: "判断 判断题 是非 是非题 判断对错 对错题 truefalse true/false",
        KindCode.BLANK: "填空 填空题 blank shortanswer fillin",
        KindCode.NUMERIC: "数值 数值题 数字 数字题 计算 计算题 numeric numerical number",
        KindCode.ORDERING: "排序 排序题 ordering order",
        KindCode.MATCHING: "匹配 匹配题 连线 连线题 配对 配对题 matching",
        KindCode.CLOZE: "选词填空 选词填空题 完形填空 完形填空题 完形 cloze",
        KindCode.SHORT: "简答 简答题 问答 问答题 论述 论述题 名词解释 名词解释题 essay short",
        KindCode.CASE: "案例 案例题 案例分析 案例分析题 综合 综合题 组合题 材料题 case",
        KindCode.AUDIO: "录音题 录音 听音 听音题 听力 听力题 音频题 audio",
        KindCode.DICTATION: "听写 听写题 录单 录单题 dictation",
    }.items()
    for word in words.split()
}
OTHER_KINDS = frozenset({"操作题", "实操题", "操作", "实操", "绘图题", "作文", "翻译题", "案例设计题"})
"""Kinds that nobody can put to candidates here."""
_AROUND = re.compile(r"[\s（(].*$|[【】\[\]]")
_PART = re.compile(r"(?:小题|子题|└|part)[\s·.．:：、\-—]*", re.IGNORECASE)
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十\d]{1,3}(?:部分|大题)|[一二三四五六七八九十\d]{1,3}(?=[、.．)）]))?[、.．)）:：]?\s*([^\s（(：:，,]{2,10})(?:\s*[（(：:，,].*)?"
)


def plain_word(text: str) -> str:
    """Return a word for a kind as it is looked up: width, capitals, brackets and remarks taken away."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", text.strip()).casefold())


def part_word(text: str) -> str | None:
    """Return the kind a row that is a part names, "" where it names none; None for a row that is no part.

    >>> part_word("小题·单选"), part_word("小题"), part_word("单选")
    ('单选', '', None)
    """
    found = _PART.match(text.strip())
    return text.strip()[found.end() :].strip() if found else None


def kind_in(heading: str) -> str:
    """Return the kind that a heading or the name of a sheet names, "" where it names none.

    >>> kind_in("二、多选题（每题 2 分）"), kind_in("单选题库"), kind_in("2026 题库")
    ('多选题', '单选题', '')
    """
    found = _HEADING.fullmatch(heading.strip()) if len(heading.strip()) < 80 else None
    if found is None:
        return ""
    word = plain_word(found[1])
    for known in (word, word.removesuffix("库"), word.removesuffix("部分"), word.removesuffix("类")):
        if known in KINDS_BY_WORD or known in OTHER_KINDS:
            return known
    return ""
