"""Lines that a trainer meant: a checkpoint from a table, a phrase that isn't there yet, examples to begin with."""

import re
from collections.abc import Iterable
from typing import Final

from ..script.diagnostics import Diagnostic
from ..script.machine import fill
from ..script.tree import Script
from ..script.vocabulary import DIMENSIONS, Section, name_key
from ..wording.patterns import PatternError, parse_pattern
from .edits import Edit, Fix, heading_of, last_line, swapped, written_after
from .gist import Gists, gists_of
from .usual import usual_phrase

_CHOICE: Final = re.compile(r"^(.*?[:：]\s*)(?:选项|选择|下拉|多选|单选)\s*[:：(（]?\s*(.+?)[)）]?\s*([=＝].*)$")
_DIVIDED: Final = re.compile(r"\t+| {2,}|\s*[|｜丨]\s*|(?<=\S)\s+(?=[0-9])")
_POINTS: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分?$")
_LIST_MARK: Final = re.compile(r"^\s*(?:[^\w\[【(（\s]+|[0-9]{1,2}[.、)）])\s*")
_USUAL: Final = (  # what a title speaks of -> name and condition
    ("接听", "接听", "接听 <= 15秒"),
    ("先挂", "后挂", "客户先挂"),
    ("忌语", "忌语", "不说(忌语, 嘲讽, 粗口, 催赶, 训斥, 威吓, 甩手)"),
)
_GREETING: Final = "问候"
_REPLIES: Final = 3
_KIN: Final = 3
_OTHER: Final = "其他"


def field_meant(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Write choices as choices: `故障: 单选(表前 / 表后) = 表前` for `故障: 选项 表前、表后 = 表前`."""
    line = _CHOICE.match(lines[found.line - 1])
    if not line:
        return swapped(found, lines)
    options = " / ".join(o.strip() for o in re.split("[/、，,]", line[2]) if o.strip())
    new = f"{line[1]}单选({options}) {line[3]}"
    return Fix("rewrite", new.strip(), (Edit(found.line, 1, 1, new, whole=True),))


def checkpoint_meant(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Write a row of a pasted table as a checkpoint; what it asks for is guessed from its title."""
    row = _LIST_MARK.sub("", lines[found.line - 1].strip(), count=1)
    cells = [cell.strip() for cell in _DIVIDED.split(row) if cell.strip()]
    points = next((p[1] for cell in cells if (p := _POINTS.fullmatch(cell))), None)
    dimension = next((d for cell in cells if (d := DIMENSIONS.get(name_key(cell)))), None)
    if not cells or points is None or dimension is None:
        return None
    title = cells[0]
    written = [cell for cell in cells[1:] if not _POINTS.fullmatch(cell) and name_key(cell) not in DIMENSIONS]
    name, condition = _asked(title, tree)
    new = f"[{name}] {title} | {dimension.value} | {points} | {written[0] if written else condition}"
    return Fix("rewrite", new, (Edit(found.line, 1, 1, new, whole=True),))


def _asked(title: str, tree: Script) -> tuple[str, str]:
    """Guess the short name and the condition of a checkpoint from its title."""
    for word, name, condition in _USUAL:
        if word in title:
            return name, condition
    if "工单" in title and tree.fields:
        return "工单", f"字段({', '.join(f.name.text for f in tree.fields)})"
    said = {p.name.text: "" for p in tree.phrases} | {m.phrase.text: m.reply for n in tree.nodes for m in n.moves}
    said.setdefault(_GREETING, "")
    best = max(said, key=lambda name: _kinship(title, name, said[name]))
    if _kinship(title, best, said[best]) < _KIN:
        return title[:4], f"说({title[:4]})"
    return best, f"说({best}){' @首句' if best == _GREETING else ''}"


def _kinship(title: str, name: str, reply: str) -> int:
    """Count the characters that a title shares with a phrase's name, each double, and with its model reply."""
    return 2 * len(set(name) & set(title)) + len(set(reply) & set(title))


def move_meant(found: Diagnostic, _lines: list[str], tree: Script) -> Fix | None:
    """Write a reply as a move; where its phrase is left open, the one of the script that hears it."""
    meant = found.suggestion
    if meant and "…" in meant:
        reply = meant.partition("=>")[0].strip("*+ ")
        heard = [p.name.text for p in tree.phrases if gists_of(p, tree).hears(p.source, reply)]
        meant = meant.replace("…", heard[0], 1) if heard else None
    return Fix("rewrite", meant, (Edit(found.line, 1, 1, meant, whole=True),)) if meant else None


def choices_meant(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Give a field of choices the answer as its first choice."""
    line = re.match(r"^(.*?[:：]\s*(?:单选|含))\s*(?:[(（]\s*[)）])?\s*[=＝]\s*(\S.*)$", lines[found.line - 1])
    if not line:
        return None
    new = f"{line[1]}({line[2].strip()} / {_OTHER}) = {line[2].strip()}"
    return Fix("rewrite", new.strip(), (Edit(found.line, 1, 1, new, whole=True),))


def phrase_to_write(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Put the nearest name in its place, or else write the phrase that a model reply is said to say."""
    if found.suggestion:
        return swapped(found, lines)
    name = found.params["name"]
    replies = _model_replies(tree, name)
    if not replies:
        return usual_phrase(name, lines)
    if re.search(r"[=:：＝|/()（）,，、;；]", name):
        return None
    pattern = Gists(name, replies, ()).all or max(re.split(r"[，。？！,.?!\s]+", replies[0]), key=len)
    try:
        parse_pattern(pattern)
    except PatternError:
        return None
    new = f"{name} = {pattern}\n正 {name}: {' | '.join(replies[:_REPLIES])}"
    heading = heading_of(lines, Section.PHRASES)
    if heading:
        return written_after(last_line(heading, lines, ("【",)), new, lines)
    dialogue = heading_of(lines, Section.DIALOGUE)
    text = f"【{Section.PHRASES.value}】\n{new}\n\n{lines[dialogue - 1]}"
    return Fix("insert", new, (Edit(dialogue, 1, 1, text, whole=True),)) if dialogue else None


def examples_to_write(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Begin a phrase's examples with the model replies that say it; the author adds how others say it."""
    key = name_key(found.params["name"])
    phrase = next((p for p in tree.phrases if p.name.key == key), None)
    if phrase is None or any(e.positive for e in tree.examples if e.name.key == key):
        return None
    replies = [r for r in _model_replies(tree, phrase.name.text) if gists_of(phrase, tree).hears(phrase.source, r)]
    if not replies:
        return None
    return written_after(phrase.source_place.line, f"正 {phrase.name.text}: {' | '.join(replies[:_REPLIES])}", lines)


def _model_replies(tree: Script, name: str) -> list[str]:
    facts = {f.name.key: f.value for f in tree.facts}
    moves = (m for n in tree.nodes for m in n.moves if m.phrase.key == name_key(name) and not m.negated)
    return list(dict.fromkeys(_of_one_line(fill(m.reply, facts) for m in moves)))


def _of_one_line(replies: Iterable[str]) -> Iterable[str]:
    return (" ".join(reply.replace("|", " ").replace("｜", " ").split()) for reply in replies)
