"""A whole paper as text, the way it is copied out of a word processor.

Read: section headings ("二、多选题（每题 2 分）"), questions numbered 1. 1、 （1） or 第1题, options A. B. C. in lines
of their own or in one, answers in a line (答案：B), in the text （B）, or in a list at the end ("1-5 ABCDA"),
explanations, difficulty, knowledge point, the questions of a case as （1）（2） below it. Lines that belong to no
question are named.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank.formats.kind_words import KINDS_BY_WORD, kind_in
from question_bank.formats.options_text import split_options
from question_bank.formats.paper_answers import AnswerList
from question_bank.formats.records import Record
from question_bank.kinds import KindCode
from question_bank.kinds.blank import MARKERS
from question_bank.kinds.true_false import NO, YES

MOST_QUESTIONS = 20_000
_LONGEST = 20_000
_RUN_OF_SPACES = re.compile(r"[^\S\n]{9,}")
_STARTS = (
    ("point", re.compile(r"\s*(\d{1,4})\s*[.．、](?!\d)\s*(.*)", re.DOTALL)),
    ("bracket", re.compile(r"\s*[（(]\s*(\d{1,4})\s*[）)]\s*[.．、]?\s*(.*)", re.DOTALL)),
    ("word", re.compile(r"\s*第\s*(\d{1,4})\s*题\s*[.．、:：]?\s*(.*)", re.DOTALL)),
)
_OPTION = re.compile(r"\s*[（(]?([A-Ja-jＡ-Ｊ])[)）]?\s*[.．、:：)）]\s*\S")
_ANSWER = r"(?:参考|正确|标准)?答\s*案"
_LABELS = (
    (
        "answer",
        re.compile(rf"\s*(?:[【\[]\s*{_ANSWER}\s*[】\]]\s*[:：]?|{_ANSWER}\s*[:：]|答\s*[:：])\s*(.*)", re.DOTALL),
    ),
    (
        "explanation",
        re.compile(
            r"\s*(?:[【\[]\s*(?:答案|试题)?(?:解\s*析|分析|说明)\s*[】\]]\s*[:：]?|(?:答案|试题)?解\s*析\s*[:：])\s*(.*)",
            re.DOTALL,
        ),
    ),
    ("difficulty", re.compile(r"\s*(?:[【\[]\s*难度\s*[】\]]\s*[:：]?|难度\s*[:：])\s*(.*)", re.DOTALL)),
    (
        "point",
        re.compile(r"\s*(?:[【\[]\s*(?:知识点|考点)\s*[】\]]\s*[:：]?|(?:知识点|考点)\s*[:：])\s*(.*)", re.DOTALL),
    ),
    ("points", re.compile(r"\s*(?:[【\[]\s*分值\s*[】\]]\s*[:：]?|分值\s*[:：])\s*(.*)", re.DOTALL)),
)
_LIST_HEAD = re.compile(
    rf"\s*[【\[]?\s*(?:(?:试题|试卷|附)?[:：]?\s*{_ANSWER}(?:及解析|与解析|部分)?)\s*[】\]]?\s*[:：]?\s*"
)
_EACH = re.compile(r"(?:每题|每小题|每空)\s*(\d+(?:\.\d+)?)\s*分")
_LED = re.compile(r"\s*[（(]([\s　]*[A-Ja-jＡ-Ｊ√×✓✗✔✘对错]?[\s　]*)[）)]\s*(\d{1,4}\s*[.．、](?!\d).*)", re.DOTALL)
"""A question whose answer, or the place for it, stands before its number: "（√）1．由客户先挂机。"."""
_BARE = re.compile(r"[\s　。．.；;，,](\s*)([√×✓✗✔✘])\s*$")
"""A sign at the end of a question, without brackets."""
_TOLD = re.compile(
    r"[（(]\s*([A-Ja-jＡ-Ｊ]{1,10}|[A-Ja-j](?:\s*[,，、]\s*[A-Ja-j]){1,9}|[√×✓✗✔✘]|对|错|正确|错误)\s*[）)]"
)


@dataclass
class _Question:
    """One question as far as it has been read."""

    line: int
    number: int
    kind: str
    section: int
    fields: dict[str, str]
    options: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    parts: list[_Question] = field(default_factory=list)
    last: str = "stem"

    @property
    def complete(self) -> bool:
        """Tell whether another question may begin here whatever its number."""
        return bool(self.fields.get("answer")) or len(self.options) > 1


class _Paper:
    """A paper being read, line by line."""

    def __init__(self) -> None:
        self.questions: list[_Question] = []
        self.current: _Question | None = None
        self.passed_over: list[str] = []
        self.kind, self.points, self.style, self.section = "", "", "", 0
        self.answers = AnswerList()
        self.in_list = self.after_gap = False

    def line(self, number: int, text: str) -> None:
        """Read one line."""
        if not text.strip():
            self.after_gap = True
            return
        text = self._turned(text)
        heading = kind_in(text) if not _OPTION.match(text) else ""
        if heading:
            self._heading(heading, text)
        elif _LIST_HEAD.fullmatch(text) and self.questions:
            self.in_list, self.section, self.current = True, 0, None
        elif self.in_list:
            if not self.answers.read(self.section, text):
                self.passed_over.append(text.strip())
        elif not (self._start(number, text) or self._label(number, text) or self._option(number, text)):
            self._go_on(number, text)
        self.after_gap = False

    def _turned(self, text: str) -> str:
        """Put what stands before a question's number behind it; an option that looks like that stays."""
        found = _LED.fullmatch(text)
        if found is None or self.in_list:
            return text
        sign, now = unicodedata.normalize("NFKC", found[1]).strip().upper(), self._open()
        if now is not None and now.options and sign == chr(65 + len(now.options)):
            return text
        return f"{found[2].rstrip()}（{found[1]}）"

    def _heading(self, word: str, text: str) -> None:
        self.section += 1
        self.current, self.style = None, ""
        if self.in_list:
            self.answers.section(self.section, word)
            return
        found = _EACH.search(unicodedata.normalize("NFKC", text))
        self.kind, self.points = word, found[1] if found else ""

    def _start(self, line: int, text: str) -> bool:
        for style, pattern in _STARTS:
            found = pattern.fullmatch(text)
            if found is None:
                continue
            number, now = int(found[1]), self.current
            if now is not None and style != self.style:
                return style == "bracket" and _is_case(now) and _part(now, line, number, found[2])
            last = now.number if now else 0
            if now is None or number == last + 1 or now.complete:
                self.style = style
                self._begin(line, number, found[2])
                return True
        return False

    def _begin(self, line: int, number: int, stem: str) -> None:
        fields = {"stem": stem.strip()}
        if self.points:
            fields["points"] = self.points
        self.current = _Question(line, number, self.kind, self.section, fields, cells={"stem": str(line)})
        self.questions.append(self.current)

    def _open(self) -> _Question | None:
        now = self.current
        return now.parts[-1] if now and now.parts else now

    def _label(self, line: int, text: str) -> bool:
        now = self._open()
        for name, pattern in _LABELS:
            found = pattern.fullmatch(text)
            if found is None or now is None:
                continue
            said, _, why = found[1].partition("解析：") if name == "answer" else (found[1], "", "")
            now.fields[name] = said.strip(" 　【[") if why else said.strip()
            if why:
                now.fields["explanation"] = why.strip("】] 　")
            now.fields[name] = now.fields[name].removesuffix("分") if name == "points" else now.fields[name]
            now.cells[name], now.last = str(line), name
            return True
        return False

    def _option(self, line: int, text: str) -> bool:
        now = self._open()
        found = _OPTION.match(text)
        if now is None or found is None or now.fields.get("answer"):
            return False
        letter = unicodedata.normalize("NFKC", found[1]).upper()
        if ord(letter) - 65 != len(now.options):
            return False
        if letter == "A":
            now.options += split_options(text) if len(split_options(text)) > 1 else [_bare(text)]
        else:
            now.options += _more_options(text, len(now.options))
        now.cells.setdefault("options", str(line))
        now.last = "option"
        return True

    def _go_on(self, line: int, text: str) -> None:
        now = self._open()
        if now is None and self.kind and not self.questions and self.after_gap:
            self._begin(line, 1, text)
        elif now is None or (self.after_gap and now.fields.get("answer") and now.last != "explanation"):
            self._unnumbered(line, text)
        elif len(now.options[-1] if now.last == "option" else now.fields.get(now.last, "")) > _LONGEST:
            return  # far beyond what any text may have: it is refused as too long
        elif now.last == "option":
            now.options[-1] += f" {text.strip()}"
        else:
            now.fields[now.last] = f"{now.fields.get(now.last, '')}\n{text.strip()}".strip()

    def _unnumbered(self, line: int, text: str) -> None:
        if self.current is None and not self.questions:
            self.passed_over.append(text.strip())
        elif self.current is None:
            self._begin(line, 0, text)
        else:
            self._begin(line, self.current.number, text)


def _is_case(question: _Question) -> bool:
    return KINDS_BY_WORD.get(question.kind) is KindCode.CASE


def _part(case: _Question, line: int, number: int, stem: str) -> bool:
    """Begin a part of a case."""
    case.parts.append(_Question(line, number, "", case.section, {"stem": stem.strip()}, cells={"stem": str(line)}))
    return True


def looks_like_paper(text: str) -> bool:
    """Tell whether a text has a line that only papers have: an answer, an option, a section, a question with √ or ×."""
    lines = [line[:200] for line in text.split("\n")]
    labels = _LABELS[0][1]
    return any(
        labels.fullmatch(line)
        or ("{" not in line and (_OPTION.match(line) or _LED.fullmatch(line) or _answered_within(line)))
        or kind_in(line)
        for line in lines
    )


def _answered_within(line: str) -> bool:
    """Tell whether a line is a numbered question that holds its answer: "1. 由客户先挂机。（√）"."""
    return bool(_TOLD.search(line) or _BARE.search(line)) and any(it.fullmatch(line) for _style, it in _STARTS)


def read_paper(text: str) -> tuple[list[Record], list[str]]:
    """Return the questions of a paper, and the lines that belong to none. Raises UnreadableFile without questions."""
    paper = _Paper()
    for number, line in enumerate(_RUN_OF_SPACES.sub("        ", text).split("\n"), 1):
        paper.line(number, line)
        if len(paper.questions) > MOST_QUESTIONS:
            raise UnreadableFile("too_many_rows", limit=MOST_QUESTIONS)
    if not paper.questions:
        raise UnreadableFile("text_without_questions")
    for question in paper.questions:
        listed = paper.answers.answer_to(question.section, question.kind, question.number)
        if listed and not question.fields.get("answer"):
            question.fields["answer"] = listed
    return [_record(question) for question in paper.questions], [*paper.passed_over, *paper.answers.left()]


def _record(question: _Question) -> Record:
    fields: dict[str, Any] = {**question.fields, "options": question.options}
    if question.kind:
        fields["kind"] = question.kind
    _told_answer(fields)
    if question.parts:
        parts = [_record(part) for part in question.parts]
        fields["parts"] = [
            {
                "number": part.number,
                "fields": {**part.fields, "kind": _kind_of_part(part.fields)},
                "cells": dict(part.cells),
            }
            for part in parts
        ]
    return Record(question.line, fields, question.cells)


def _told_answer(fields: dict[str, Any]) -> None:
    """Take an answer that stands in the text, （B） or （√）, out of it, where no other is given."""
    if fields.get("answer"):
        return
    found = list(_TOLD.finditer(fields["stem"]))
    bare = _BARE.search(fields["stem"])
    if not found and bare and not fields["options"]:
        fields["answer"], fields["stem"] = bare[2], fields["stem"][: bare.start(1)].rstrip()
    if len(found) != 1:
        return
    is_letters = found[0][1].isascii() or "Ａ" <= found[0][1][0] <= "Ｊ"
    if is_letters == bool(fields["options"]):
        fields["answer"] = found[0][1]
        fields["stem"] = f"{fields['stem'][: found[0].start()]}（　）{fields['stem'][found[0].end() :]}"


def _kind_of_part(fields: Any) -> str:
    answer = unicodedata.normalize("NFKC", str(fields.get("answer") or "")).strip().casefold()
    if fields.get("options") or MARKERS.search(fields["stem"]) or answer in (YES | NO):
        return ""
    return "简答"


def _more_options(text: str, have: int) -> list[str]:
    """Cut a line that goes on with options: B. ... C. ..."""
    made: list[str] = []
    rest = text
    while True:
        following = "ABCDEFGHIJ"[have + len(made) + 1 : have + len(made) + 2]
        cut = re.search(rf"[\s;；][（(]?{following}[)）]?\s*[.．、:：)）]\s*", rest) if following else None
        made.append(_bare(rest[: cut.start()] if cut else rest))
        if cut is None:
            return made
        rest = rest[cut.start() :]


def _bare(text: str) -> str:
    return re.sub(r"^[\s;；]*[（(]?[A-Ja-jＡ-Ｊ][)）]?\s*[.．、:：)）]\s*", "", text).strip().rstrip(";； ")
