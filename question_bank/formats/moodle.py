"""Moodle XML in.

Read: multiple choice (one or several right), true/false, short answer, numerical, matching, essay, ordering, cloze,
categories, feedback, pictures kept inside the file. Everything else is named with its line and left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank.formats import foreign
from question_bank.formats.extras import ASIDE, read_extras
from question_bank.formats.markup import KeepPicture, Words, below, digest_of, local, parse_xml, text_in, words_of_html
from question_bank.formats.moodle_cloze import read_cloze
from question_bank.formats.records import Record, Trouble

MOST_QUESTIONS = 20_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"\((@@PLUGINFILE@@/[^\s)]+)")
_RIGHT = 99.9


class _Question:
    """One question element, with what was said about it so far."""

    def __init__(self, element: Any, number: int, keep: KeepPicture) -> None:
        self.element, self.number, self.keep = element, number, keep
        self.place, self.rich = str(number), False
        self.troubles: list[Trouble] = []
        self.renamed: dict[str, str] = {}

    def one(self, name: str) -> Any:
        return next(below(self.element, name), None)

    def value(self, name: str) -> str:
        return text_in(self.one(name))

    def words(self, element: Any, *, pictures: bool = False) -> str:
        """Return the text of an element that holds <text>, pictures taken over where they may be."""
        if element is None:
            return ""
        source = text_in(next(below(element, "text"), element))
        files = {str(one.get("name") or ""): one for one in below(element, "file")}
        if element.get("format", "html") == "plain_text":
            return source
        if element.get("format") == "markdown":
            return self._markdown(source, self._picture(files))
        words = words_of_html(source, self._picture(files) if pictures else lambda _address: "")
        self.note(words)
        self.rich = self.rich or words.rich
        return words.text

    def _markdown(self, source: str, picture: Callable[[str], str]) -> str:
        """Return Markdown with its pictures kept here."""
        self.rich = True
        return _ADDRESS.sub(
            lambda found: f"(media:{digest}" if (digest := picture(found[1])) else self._without(found[0]), source
        )

    def _without(self, shown: str) -> str:
        self.troubles.append(Trouble(self.place, "picture_left_out", notice=True))
        return shown

    def note(self, words: Words) -> None:
        """Say what of the words was lost."""
        if words.missing:
            self.troubles.append(Trouble(self.place, "picture_left_out", notice=True))
        if words.tables:
            self.troubles.append(Trouble(self.place, "table_as_lines", notice=True))

    def _picture(self, files: dict[str, Any]) -> Callable[[str], str]:
        def take(address: str) -> str:
            name = PurePosixPath(address.partition("?")[0]).name
            element = files.get(name)
            if element is None or element.get("encoding") != "base64":
                return ""
            try:
                content = base64.b64decode(element.text or "", validate=False)
            except (binascii.Error, ValueError):
                return ""
            stem = PurePosixPath(name).stem
            was = stem if _DIGEST.fullmatch(stem) else ""
            digest = self.keep(content, was)
            if was and digest:
                self.renamed[was] = digest
            return digest

        return take


def read_moodle(text: str, keep: KeepPicture) -> list[Record]:
    """Read every question of a Moodle XML file. Raises UnreadableFile where it is none."""
    root = parse_xml(text)
    if local(root) != "quiz":
        raise UnreadableFile("xml_other_kind")
    found: list[Record] = []
    category = ""
    for element in below(root, "question"):
        if element.get("type") == "category":
            category = text_in(next(below(element, "category"), None)).rpartition("/")[2].strip()
            continue
        if len(found) >= MOST_QUESTIONS:
            raise UnreadableFile("too_many_rows", limit=MOST_QUESTIONS)
        found.append(_record(_Question(element, element.sourceline or len(found) + 1, keep), category))
    if not found:
        raise UnreadableFile("xml_without_questions")
    return _numbered(found)


def _numbered(found: list[Record]) -> list[Record]:
    """Give every record a number of its own: several questions may stand on one line."""
    numbers = [record.number for record in found]
    if len(set(numbers)) == len(numbers):
        return found
    return [Record(place, one.fields, one.cells, one.troubles) for place, one in enumerate(found, 1)]


def _record(question: _Question, category: str) -> Record:
    stem = question.words(question.one("questiontext"), pictures=True)
    kind = question.element.get("type") or ""
    aside = question.one(ASIDE)
    fields: dict[str, Any] = {}
    if aside is not None:
        fields = _from_extras(question, aside)
    if not fields:
        fields = _read(kind, question, stem)
        if question.rich:
            fields["settings"] = "; ".join(filter(None, [str(fields.get("settings", "")), "富文本=是"]))
    cells = dict.fromkeys(("stem", "kind", "answer", "point", "points", "settings", "options"), question.place)
    return Record(question.number, {**fields, "point": category}, cells, tuple(question.troubles))


def _from_extras(question: _Question, aside: Any) -> dict[str, Any]:
    if aside.get("of") != digest_of(question.element, ASIDE):
        question.troubles.append(Trouble(question.place, "gift_edited", notice=True))
        return {}
    question.words(question.one("generalfeedback"), pictures=True)
    fields = read_extras(aside.text or "")
    for name in ("stem", "explanation"):
        for was, digest in question.renamed.items():
            fields[name] = str(fields.get(name, "")).replace(f"media:{was}", f"media:{digest}")
    return fields


def _read(kind: str, question: _Question, stem: str) -> dict[str, Any]:
    grade = question.value("defaultgrade")
    fields: dict[str, Any] = {"stem": stem, "points": f"{float(grade):g}"} if _positive(grade) else {"stem": stem}
    fields["explanation"] = question.words(question.one("generalfeedback"), pictures=True)
    reader = _READERS.get(kind)
    if reader is None:
        question.troubles.append(Trouble(question.place, "foreign_kind", {"kind": kind[:40]}))
        return fields
    return {**fields, **reader(question, stem)}


def _answers(question: _Question) -> list[tuple[str, float]]:
    return [(question.words(one), _number(one.get("fraction") or "0")) for one in below(question.element, "answer")]


def _choice(question: _Question, _stem: str) -> dict[str, Any]:
    answers = _answers(question)
    many = question.value("single").casefold() in ("false", "0")
    right = [place for place, (_text, share) in enumerate(answers) if share > 0]
    if not many and len(right) > 1:
        question.troubles.append(Trouble(question.place, "gift_weights", notice=True))
        right = [place for place in right if answers[place][1] >= _RIGHT]
    settings = "打乱=否" if question.value("shuffleanswers").casefold() in ("false", "0") else ""
    return {**foreign.choice([text for text, _share in answers], right, many=many), "settings": settings}


def _truth(question: _Question, _stem: str) -> dict[str, Any]:
    right = [text.casefold() for text, share in _answers(question) if share >= _RIGHT]
    return foreign.truth(right[0] in ("true", "对", "正确")) if right else {"kind": "判断"}


def _short(question: _Question, _stem: str) -> dict[str, Any]:
    answers = _answers(question)
    forms = [text for text, share in answers if share >= _RIGHT]
    if len(forms) < sum(share > 0 for _text, share in answers):
        question.troubles.append(Trouble(question.place, "gift_weights", notice=True))
    if any("*" in form for form in forms):
        question.troubles.append(Trouble(question.place, "star_as_letter", notice=True))
    return foreign.blanks([forms])


def _numerical(question: _Question, _stem: str) -> dict[str, Any]:
    right = [one for one in below(question.element, "answer") if _number(one.get("fraction") or "0") >= _RIGHT]
    if len(right) > 1:
        question.troubles.append(Trouble(question.place, "gift_numbers", notice=True))
    if not right:
        return {"kind": "数值"}
    value = text_in(next(below(right[0], "text"), None))
    reach = text_in(next(below(right[0], "tolerance"), None))
    units = [text_in(one) for one in question.element.iterfind(".//{*}unit_name")]
    fields = {"kind": "数值", "answer": f"{value}±{reach}" if _positive(reach) else value}
    return {**fields, "settings": f"单位={','.join(units)}"} if any(units) else fields


def _matching(question: _Question, _stem: str) -> dict[str, Any]:
    sides = [
        (question.words(one), question.words(next(below(one, "answer"), None)))
        for one in below(question.element, "subquestion")
    ]
    return foreign.pairs([pair for pair in sides if pair[0]], [right for left, right in sides if not left])


def _essay(question: _Question, _stem: str) -> dict[str, Any]:
    return {"kind": "简答", "answer": question.words(question.one("graderinfo"))}


def _ordering(question: _Question, _stem: str) -> dict[str, Any]:
    return foreign.order([text for text, _share in _answers(question)])


def _cloze(question: _Question, stem: str) -> dict[str, Any]:
    text, gaps, strange = read_cloze(stem)
    if strange:
        question.troubles.append(Trouble(question.place, "foreign_gap", {"gap": strange[:40]}))
    question.troubles += (
        [Trouble(question.place, "gift_weights", notice=True)] if any(gap.get("weighted") for gap in gaps) else []
    )
    return {**foreign.gaps(gaps), "stem": text}


_READERS: dict[str, Callable[[_Question, str], dict[str, Any]]] = {
    "multichoice": _choice,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _numerical,
    "matching": _matching,
    "essay": _essay,
    "ordering": _ordering,
    "cloze": _cloze,
}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _positive(text: str) -> bool:
    return 0 < _number(text) < float("inf")
