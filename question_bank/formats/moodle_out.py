"""Moodle XML out: each question as Moodle says it, and beside it, in an element Moodle passes over, the rest."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from question_bank.formats.entries import Entry, LoadMedia
from question_bank.formats.extras import ASIDE, extras_of, write_extras
from question_bank.formats.markup import digest_of
from question_bank.formats.moodle_cloze import write_cloze
from question_bank.kinds import KindCode
from question_bank.kinds.blank import MARKERS

HOLDS = frozenset(KindCode) - {KindCode.CASE, KindCode.AUDIO, KindCode.DICTATION}
_TYPES = {
    KindCode.SINGLE: "multichoice",
    KindCode.MULTIPLE: "multichoice",
    KindCode.TRUE_FALSE: "truefalse",
    KindCode.NUMERIC: "numerical",
    KindCode.ORDERING: "ordering",
    KindCode.MATCHING: "matching",
    KindCode.CLOZE: "cloze",
    KindCode.SHORT: "essay",
}
_PICTURE = re.compile(r"\(media:([0-9a-f]{64})")
_KINDS_OF_PICTURE = ((b"\x89PNG", "png"), (b"RIFF", "webp"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"))


def write_moodle(entries: Iterable[Entry], load: LoadMedia) -> bytes:
    """Write questions of the kinds it `HOLDS`, under their knowledge points; pictures go along."""
    root = etree.Element("quiz")
    category = None
    for entry in entries:
        if entry.point != category:
            category = entry.point
            head = etree.SubElement(root, "question", type="category")
            _text(head, "category", f"$course$/top/{category}" if category else "$course$/top")
        _question(root, entry, load)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _question(root: Any, entry: Entry, load: LoadMedia) -> None:
    content, rich = entry.content, bool(entry.content.get("rich"))
    kind, stem = _TYPES.get(entry.kind, "shortanswer"), str(content["stem"])
    if entry.kind is KindCode.BLANK and len(content["blanks"]) > 1:
        kind = "cloze"
    if kind == "cloze":
        gaps = content.get("gaps") or content["blanks"]
        stem = stem if MARKERS.search(stem) else f"{stem}____"
        stem = write_cloze(stem, gaps)
    element = etree.SubElement(root, "question", type=kind)
    _text(element, "name", entry.code or stem[:60])
    _words(element, "questiontext", stem, load, rich=rich)
    _words(element, "generalfeedback", str(content.get("explanation") or ""), load, rich=rich)
    _plain(element, "defaultgrade", f"{entry.points / 100:g}")
    _body(element, entry)
    aside = etree.SubElement(element, ASIDE)
    aside.text = write_extras(extras_of(entry))
    aside.set("of", digest_of(element, ASIDE))


def _body(element: Any, entry: Entry) -> None:
    content = entry.content
    if entry.kind in (KindCode.SINGLE, KindCode.MULTIPLE):
        _options(element, entry)
    elif entry.kind is KindCode.TRUE_FALSE:
        for word in ("true", "false"):
            _answer(element, word, 100 if content["key"] is (word == "true") else 0, "moodle_auto_format")
    elif entry.kind is KindCode.NUMERIC:
        _amount(element, content)
    elif entry.kind is KindCode.BLANK and len(content["blanks"]) == 1:
        for form in content["blanks"][0]["accepted"]:
            _answer(element, form, 100, "moodle_auto_format")
    elif entry.kind is KindCode.ORDERING:
        text_of = {option["id"]: option["text"] for option in content["options"]}
        for place, one in enumerate(content["key"], 1):
            _answer(element, text_of[one], place, "plain_text")
    elif entry.kind is KindCode.MATCHING:
        _pairs(element, content)
    elif entry.kind is KindCode.SHORT:
        _words(element, "graderinfo", content["model"], None, rich=False)


def _options(element: Any, entry: Entry) -> None:
    content = entry.content
    key = [content["key"]] if entry.kind is KindCode.SINGLE else content["key"]
    _plain(element, "single", "true" if entry.kind is KindCode.SINGLE else "false")
    _plain(element, "shuffleanswers", "true" if content.get("shuffle", True) else "false")
    _plain(element, "answernumbering", "ABCD")
    wrong = 0 if entry.kind is KindCode.SINGLE else -100
    for option in content["options"]:
        share = f"{100 / len(key):.5f}" if option["id"] in key else str(wrong)
        _answer(element, option["text"], share.replace("100.00000", "100"), "plain_text")


def _amount(element: Any, content: Any) -> None:
    value, tolerance = str(content["value"]), str(content.get("tolerance", "0"))
    if content.get("tolerance_kind") == "percent":
        tolerance = f"{abs(float(value)) * float(tolerance) / 100:g}"
    answer = _answer(element, value, 100, "moodle_auto_format")
    _plain(answer, "tolerance", tolerance)
    units = [unit for unit in [content.get("unit", ""), *(content.get("unit_also") or ())] if unit]
    if units:
        holder = etree.SubElement(element, "units")
        for unit in units:
            one = etree.SubElement(holder, "unit")
            _plain(one, "multiplier", "1")
            _plain(one, "unit_name", unit)


def _pairs(element: Any, content: Any) -> None:
    text_of = {option["id"]: option["text"] for option in content["options"]}
    used = set(content["key"])
    sides = [(left, text_of[one]) for left, one in zip(content["left"], content["key"], strict=True)]
    for left, right in [*sides, *(("", text) for one, text in text_of.items() if one not in used)]:
        side = etree.SubElement(element, "subquestion", format="plain_text")
        _plain(side, "text", left)
        _text(side, "answer", right)


def _answer(element: Any, text: str, fraction: object, form: str) -> Any:
    answer = etree.SubElement(element, "answer", fraction=str(fraction), format=form)
    _plain(answer, "text", text)
    return answer


def _words(element: Any, name: str, text: str, load: LoadMedia | None, *, rich: bool) -> None:
    """Write words; rich ones as Markdown with their pictures beside them."""
    holder = etree.SubElement(element, name, format="markdown" if rich else "plain_text")
    names: dict[str, str] = {}
    for digest in dict.fromkeys(_PICTURE.findall(text)) if rich and load else ():
        content = load(digest) if load else b""
        ending = next((end for mark, end in _KINDS_OF_PICTURE if content.startswith(mark)), "bin")
        names[digest] = f"{digest}.{ending}"
        file = etree.SubElement(holder, "file", name=names[digest], path="/", encoding="base64")
        file.text = base64.b64encode(content).decode("ascii")
    shown = _PICTURE.sub(lambda found: f"(@@PLUGINFILE@@/{names.get(found[1], found[1])}", text) if names else text
    _plain(holder, "text", shown)
    holder.insert(0, holder[-1])


def _text(element: Any, name: str, text: str) -> None:
    _plain(etree.SubElement(element, name), "text", text)


def _plain(element: Any, name: str, text: str) -> None:
    etree.SubElement(element, name).text = text
