r"""GIFT in: the text format of Moodle and its relatives.

Read: multiple choice (one or several right), true/false, short answer, missing word, numbers with a tolerance or a
range, matching, essays, categories, titles, feedback, escapes, comments. Descriptions are named with their line and
left out. Files written by `gift_out` carry a comment before each question with what GIFT itself cannot say.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank.formats.foreign import pairs
from question_bank.formats.gift_out import SAYS, digest
from question_bank.formats.records import Record, Trouble
from question_bank.kinds.blank import MARKER, write_forms
from question_bank.kinds.options import letter

MOST_QUESTIONS = 20_000
_TITLE = re.compile(r"::(.*?)(?<!\\)::", re.DOTALL)
_MARKUP = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_TAG = re.compile(r"</?(p|br|b|i|u|em|strong|span|div|font|img|table|ul|ol|li)\b[^<>]*>", re.IGNORECASE)
_OPEN = re.compile(r"(?<!\\)\{")
_BRACES = re.compile(r"(?<!\\)\{\s*(?:[=~#}]|T\b|F\b|TRUE|FALSE)")
_CLOSE = re.compile(r"(?<!\\)\}")
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_ANSWER = re.compile(r"(?<!\\)([=~])")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass
class _Block:
    """The lines of one question, with what stood above it."""

    line: int
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    category: str = ""
    says: dict[str, Any] = field(default_factory=dict)


def looks_like_gift(text: str) -> bool:
    """Tell whether a text has answers in braces, or what `gift_out` writes."""
    return text.startswith(("$CATEGORY", "// ", "::")) or _BRACES.search(text) is not None


def read_gift(text: str) -> list[Record]:
    """Read every question of a GIFT text. Raises UnreadableFile where there is none."""
    blocks = _blocks(text)
    if not any(_OPEN.search("\n".join(block.lines)) for block in blocks):
        raise UnreadableFile("gift_without_questions")
    if len(blocks) > MOST_QUESTIONS:
        raise UnreadableFile("too_many_rows", limit=MOST_QUESTIONS)
    return [_record(block) for block in blocks]


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    block, category = _Block(1), ""
    says: dict[str, Any] = {}
    lines = text.split("\n")
    following = _first_signs(lines)
    for number, line in enumerate([*lines, ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            says = _says(stripped) or says
        elif stripped.startswith("$CATEGORY:"):
            category = stripped[10:].strip()
        elif stripped:
            if not block.lines:
                block.line = number
            block.lines.append(line)
            block.depth += len(_OPEN.findall(line)) - len(_CLOSE.findall(line))
        elif block.lines and not (block.depth > 0 and following[number] in ("=", "~", "}", "#")):
            block.category, block.says = category, says
            blocks.append(block)
            block, says = _Block(number), {}
    return blocks


def _first_signs(lines: list[str]) -> list[str]:
    """Return the first sign of the next line that is not empty, for each place in a text."""
    signs = ["", ""]
    for line in reversed(lines):
        signs.append(line.strip()[:1] or signs[-1])
    return signs[::-1]


def _says(comment: str) -> dict[str, Any]:
    if not comment.startswith(SAYS):
        return {}
    try:
        said = json.loads(comment[len(SAYS) :])
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _record(block: _Block) -> Record:
    text = "\n".join(block.lines)
    troubles: list[Trouble] = []
    fields: dict[str, Any] = {"point": block.category.rsplit("/", 1)[-1].strip() if block.category else ""}
    text = _TITLE.sub("", text, count=1) if text.lstrip().startswith("::") else text
    opened = _OPEN.search(text)
    closed = _CLOSE.search(text, opened.end()) if opened else None
    place = str(block.line)
    if opened is None:
        fields["stem"] = _plain(text, place, troubles)
        troubles.append(Trouble(place, "gift_without_answer"))
    elif closed is None:
        fields["stem"] = _plain(text[: opened.start()], place, troubles)
        troubles.append(Trouble(str(block.line + text[: opened.start()].count("\n")), "gift_brace_open"))
    else:
        body, tail = text[opened.end() : closed.start()], text[closed.end() :]
        answer_line = str(block.line + text[: opened.start()].count("\n"))
        fields |= _said_or_read(block.says, body, answer_line, troubles)
        before, after = _plain(text[: opened.start()], place, troubles), _plain(tail, place, troubles)
        fields["stem"] = f"{before}{MARKER}{after}" if after else before
    cells = dict.fromkeys(("stem", "kind", "point", "difficulty", "points", "settings"), place)
    return Record(block.line, fields, cells, tuple(troubles))


def _said_or_read(says: dict[str, Any], body: str, line: str, troubles: list[Trouble]) -> dict[str, Any]:
    """Use what the comment above says while the answers are the ones it was written for; read the answers otherwise."""
    beside: dict[str, Any] = {name: str(says[name]) for name in ("difficulty", "points") if name in says}
    if not says or says.get("of") != digest(body):
        troubles += [Trouble(line, "gift_edited", notice=True)] if says else []
        return {**_answers(body, line, troubles), **beside}
    said: dict[str, Any] = {name: str(says[name]) for name in ("kind", "answer", "settings") if name in says}
    options = says.get("options")
    if not isinstance(options, list):
        return {**_answers(body, line, troubles), **beside, **said}
    explanation = _plain(body.partition("####")[2], line, troubles)
    return {**beside, **said, "options": [str(option) for option in options], "explanation": explanation}


def _answers(body: str, line: str, troubles: list[Trouble]) -> dict[str, Any]:
    """Read what stands between the braces."""
    body, _, general = body.partition("####")
    explanation = _plain(general, line, troubles)
    shown = body.strip()
    if not shown:
        return {"kind": "简答", "explanation": explanation}
    truth = re.fullmatch(r"(T|TRUE|F|FALSE)\s*(?:#(.*))?", shown, re.IGNORECASE | re.DOTALL)
    if truth:
        says = [explanation, *(_plain(part, line, troubles) for part in (truth[2] or "").split("#"))]
        word = "对" if truth[1][0] in "tT" else "错"
        return {"kind": "判断", "answer": word, "explanation": "\n".join(filter(None, says))}
    if shown.startswith("#"):
        return {**_number(shown[1:], line, troubles), "explanation": explanation}
    return _choices(body, line, explanation, troubles)


def _choices(body: str, line: str, explanation: str, troubles: list[Trouble]) -> dict[str, Any]:
    parts = _ANSWER.split(body)
    if len(parts) > 2 and "~" not in parts[1::2] and all("->" in raw for raw in parts[2::2]):
        sides = [_split_feedback(raw)[0].partition("->") for raw in parts[2::2]]
        said = [
            (_plain(left.strip(), line, troubles), _plain(right.strip(), line, troubles)) for left, _, right in sides
        ]
        others = [right for left, right in said if not left]
        return {**pairs([pair for pair in said if pair[0]], others), "explanation": explanation}
    if parts[0].strip():
        troubles.append(Trouble(line, "gift_stray_text", {"text": parts[0].strip()[:40]}))
    options, right, remarks, weights = [], [], [], []
    for place, (sign, raw) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        text, _, remark = _split_feedback(raw)
        weight = _WEIGHT.match(text.strip())
        share = float(weight[1]) if weight else 100.0 if sign == "=" else 0.0
        options.append(_plain(text.strip()[weight.end() :] if weight else text, line, troubles))
        weights.append(share)
        right += [place] if share > 0 else []
        if remark.strip():
            remarks.append(f"{options[-1]}：{_plain(remark, line, troubles)}")
    explained = "\n".join(filter(None, [explanation, *remarks]))
    if "~" not in parts[1::2]:
        if any(weights[place] < 100 for place in right):
            troubles.append(Trouble(line, "gift_weights", notice=True))
        forms = [options[place] for place in right]
        return {"kind": "填空", "answer": write_forms({"accepted": forms}), "explanation": explained}
    if len({weights[place] for place in right}) > 1:
        troubles.append(Trouble(line, "gift_weights", notice=True))
        right = [place for place in right if weights[place] == max(weights)] if "=" in parts[1::2] else right
    kind = "多选" if len(right) > 1 else "单选"
    return {"kind": kind, "options": options, "answer": "".join(map(letter, right)), "explanation": explained}


def _number(body: str, line: str, troubles: list[Trouble]) -> dict[str, Any]:
    first, _, _remark = _split_feedback(_ANSWER.split(body)[0] if "=" not in body else _ANSWER.split(body)[2])
    if body.count("=") > 1:
        troubles.append(Trouble(line, "gift_numbers", notice=True))
    plain = _WEIGHT.sub("", first).strip()
    around = re.fullmatch(rf"({_NUMBER.pattern})\s*:\s*({_NUMBER.pattern})", plain)
    span = re.fullmatch(rf"({_NUMBER.pattern})\s*\.\.\s*({_NUMBER.pattern})", plain)
    answer = f"{around[1]}±{around[2]}" if around else f"{span[1]}~{span[2]}" if span else plain
    return {"kind": "数值", "answer": answer.removesuffix("±0")}


def _split_feedback(raw: str) -> tuple[str, str, str]:
    found = re.search(r"(?<!\\)#", raw)
    return (raw[: found.start()], "#", raw[found.end() :]) if found else (raw, "", "")


def _plain(raw: str, line: str, troubles: list[Trouble]) -> str:
    """Take GIFT's escapes and any HTML away; a picture is missed aloud."""
    markup = _MARKUP.match(raw)
    text = raw[markup.end() :] if markup else raw
    if markup is None or markup[1] in ("html", "moodle"):
        text = _without_html(text, line, troubles)
    text = re.sub(r"\\([~=#{}:\\n])", lambda found: "\n" if found[1] == "n" else found[1], text)
    return text.strip()


def _without_html(text: str, line: str, troubles: list[Trouble]) -> str:
    if not _TAG.search(text):
        return text
    if re.search(r"<img\b", text, re.IGNORECASE):
        troubles.append(Trouble(line, "picture_left_out", notice=True))
    broken = re.sub(r"<br\s*/?>|</p>|</div>|</li>", r"\\n", text, flags=re.IGNORECASE)
    return html.unescape(re.sub(r"</?\w[^<>]*>", "", broken))
