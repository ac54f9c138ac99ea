"""QTI 2.1 and 2.2 packages in.

Read: choice, order, match, inline choice, text entry and extended text interactions; several text entries or inline
choices in one item are a cloze. Items with anything else, or with several interactions of other kinds, are named.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.spreadsheets.text import decode
from question_bank.formats import foreign
from question_bank.formats.archive import Archive, opened_archive
from question_bank.formats.extras import ASIDE, read_extras
from question_bank.formats.markup import (
    KeepPicture,
    anywhere,
    below,
    digest_of,
    local,
    parse_xml,
    text_in,
    words_of_tree,
)
from question_bank.formats.records import Record, Trouble
from question_bank.kinds.blank import MARKER

_INLINE = ("textEntryInteraction", "inlineChoiceInteraction")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TRUE, _FALSE = ("对", "正确", "true", "是", "√"), ("错", "错误", "false", "否", "×")


class _Item:
    """One item of a package, with what was said about it so far."""

    def __init__(self, root: Any, name: str, number: int, archive: Archive, keep: KeepPicture) -> None:
        self.root, self.name, self.number, self.archive, self.keep = root, name, number, archive, keep
        self.place = PurePosixPath(name).name
        self.troubles: list[Trouble] = []
        self.rich = False
        self.renamed: dict[str, str] = {}
        self.declared = {one.get("identifier") or "": one for one in below(root, "responseDeclaration")}

    def right(self, interaction: Any) -> list[str]:
        """Return the values of the right answer to an interaction."""
        declared = self.declared.get(interaction.get("responseIdentifier") or "")
        correct = next(below(declared, "correctResponse"), None) if declared is not None else None
        return [text_in(one) for one in below(correct, "value")] if correct is not None else []

    def accepted(self, interaction: Any) -> list[str]:
        """Return every text that earns something, the right one first."""
        declared = self.declared.get(interaction.get("responseIdentifier") or "")
        entries = list(anywhere(declared, "mapEntry")) if declared is not None else []
        mapped = [one.get("mapKey") or "" for one in entries if _positive(one.get("mappedValue"))]
        return list(dict.fromkeys([*self.right(interaction), *mapped]))

    def words(self, element: Any, hole: Callable[[Any], str | None] = lambda _one: None) -> str:
        """Return the text of an element, its pictures taken over."""
        words = words_of_tree(element, self._picture, hole)
        self.rich = self.rich or words.rich
        if words.missing:
            self.troubles.append(Trouble(self.place, "picture_left_out", notice=True))
        if words.tables:
            self.troubles.append(Trouble(self.place, "table_as_lines", notice=True))
        return words.text

    def _picture(self, address: str) -> str:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), address))
        if name not in self.archive:
            return ""
        was = PurePosixPath(name).stem if _DIGEST.fullmatch(PurePosixPath(name).stem) else ""
        digest = self.keep(self.archive.read(name), was)
        if was and digest:
            self.renamed[was] = digest
        return digest


def read_qti(path: Path, keep: KeepPicture) -> tuple[list[Record], list[str]]:
    """Return the items of a package as records, and the names of its files that hold no item.

    Raises UnreadableFile for what is no package or holds none.
    """
    with opened_archive(path) as archive:
        found: list[Record] = []
        others: list[str] = []
        said = _extras(archive)
        for name in archive.names:
            if not name.casefold().endswith(".xml") or PurePosixPath(name).name == "imsmanifest.xml":
                others += [name] if not _known(name) else []
                continue
            root = parse_xml(decode(archive.read(name))[0])
            if local(root) == "assessmentItem":
                found.append(_record(_Item(root, name, len(found) + 1, archive, keep), said))
            else:
                others.append(name)
    if not found:
        raise UnreadableFile("qti_without_items")
    return found, others


def _known(name: str) -> bool:
    return name in ("imsmanifest.xml", f"{ASIDE}.json") or PurePosixPath(name).suffix.casefold() in (
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".gif",
        ".xsd",
        ".css",
    )


def _extras(archive: Archive) -> dict[str, Any]:
    import json  # noqa: PLC0415 - only our own packages hold it

    if f"{ASIDE}.json" not in archive.names:
        return {}
    try:
        said = json.loads(archive.read(f"{ASIDE}.json"))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _record(item: _Item, said: dict[str, Any]) -> Record:
    own = said.get(item.root.get("identifier") or "")
    fields: dict[str, Any] = {}
    if isinstance(own, dict) and isinstance(own.get("said"), str):
        fields = _from_extras(item, own)
    if not fields:
        fields = _read(item)
        if item.rich:
            fields["settings"] = "; ".join(filter(None, [str(fields.get("settings", "")), "富文本=是"]))
    cells = dict.fromkeys(("stem", "kind", "answer", "point", "points", "settings", "options"), item.place)
    return Record(item.number, fields, cells, tuple(item.troubles))


def _from_extras(item: _Item, own: dict[str, Any]) -> dict[str, Any]:
    if own.get("of") != digest_of(item.root):
        item.troubles.append(Trouble(item.place, "gift_edited", notice=True))
        return {}
    for picture in anywhere(item.root, "img"):
        item._picture(picture.get("src") or "")
    fields = {**read_extras(own["said"]), "point": str(own.get("point") or "")}
    for name in ("stem", "explanation"):
        for was, digest in item.renamed.items():
            fields[name] = str(fields.get(name, "")).replace(f"media:{was}", f"media:{digest}")
    return fields


def _read(item: _Item) -> dict[str, Any]:
    body = next(anywhere(item.root, "itemBody"), None)
    if body is None:
        item.troubles.append(Trouble(item.place, "foreign_kind", {"kind": "itemBody"}))
        return {"stem": item.root.get("title") or ""}
    found = [one for one in body.iterdescendants() if local(one).endswith("Interaction")]
    fields: dict[str, Any] = {"stem": _stem(item, body), "explanation": _feedback(item)}
    names = {local(one) for one in found}
    if len(found) > 1 and names <= set(_INLINE):
        return {**fields, **foreign.gaps([_gap(item, one) for one in found])}
    reader = _READERS.get(local(found[0])) if len(found) == 1 else None
    if reader is None:
        kind = "、".join(sorted(names))[:60] or "itemBody"
        item.troubles.append(Trouble(item.place, "foreign_kind", {"kind": kind}))
        return fields
    return {**fields, **reader(item, found[0])}


def _stem(item: _Item, body: Any) -> str:
    def hole(one: Any) -> str | None:
        name = local(one)
        if name in _INLINE:
            return MARKER
        if name.endswith("Interaction"):
            prompt = next(below(one, "prompt"), None)
            return f"\n{item.words(prompt)}\n" if prompt is not None else ""
        return "" if name in ("rubricBlock", "feedbackBlock", "feedbackInline") else None

    return item.words(body, hole)


def _feedback(item: _Item) -> str:
    parts = [item.words(one) for one in anywhere(item.root, "modalFeedback")]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _choices(item: _Item, interaction: Any, name: str) -> dict[str, str]:
    return {one.get("identifier") or "": item.words(one) for one in anywhere(interaction, name)}


def _choice(item: _Item, interaction: Any) -> dict[str, Any]:
    options, right = _choices(item, interaction, "simpleChoice"), item.right(interaction)
    texts = list(options.values())
    if len(texts) == 2 and texts[0].casefold() in _TRUE and texts[1].casefold() in _FALSE and len(right) == 1:
        return foreign.truth(options.get(right[0]) == texts[0])
    declared = item.declared.get(interaction.get("responseIdentifier") or "")
    many = declared is not None and declared.get("cardinality") == "multiple" and interaction.get("maxChoices") != "1"
    places = [list(options).index(one) for one in right if one in options]
    fields = foreign.choice(texts, places, many=many or len(places) > 1)
    return {**fields, "settings": ""} if interaction.get("shuffle") == "true" else {**fields, "settings": "打乱=否"}


def _order(item: _Item, interaction: Any) -> dict[str, Any]:
    options = _choices(item, interaction, "simpleChoice")
    steps = [options[one] for one in item.right(interaction) if one in options]
    if len(steps) != len(options):
        return {"kind": "排序", "options": list(options.values())}
    return foreign.order(steps)


def _match(item: _Item, interaction: Any) -> dict[str, Any]:
    sets = [_choices(item, one, "simpleAssociableChoice") for one in below(interaction, "simpleMatchSet")]
    if len(sets) != 2:
        item.troubles.append(Trouble(item.place, "foreign_kind", {"kind": "matchInteraction"}))
        return {}
    said = [one.split() for one in item.right(interaction)]
    pairs = [
        (sets[0][one[0]], sets[1][one[1]]) for one in said if len(one) == 2 and one[0] in sets[0] and one[1] in sets[1]
    ]
    if len({left for left, _right in pairs}) != len(sets[0]) or len(pairs) != len(sets[0]):
        item.troubles.append(Trouble(item.place, "foreign_pairs"))
    return foreign.pairs(pairs, list(sets[1].values()))


def _entry(item: _Item, interaction: Any) -> dict[str, Any]:
    declared = item.declared.get(interaction.get("responseIdentifier") or "")
    if declared is not None and declared.get("baseType") in ("float", "integer"):
        equal = next(anywhere(item.root, "equal"), None)
        reach = (equal.get("tolerance") or "").split() if equal is not None else []
        mode = equal.get("toleranceMode") if equal is not None else ""
        value = (item.right(interaction) or [""])[0]
        sign = {"absolute": "", "relative": "%"}.get(mode or "")
        return {"kind": "数值", "answer": f"{value}±{reach[0]}{sign}" if reach and sign is not None else value}
    return foreign.blanks([item.accepted(interaction)])


def _gap(item: _Item, interaction: Any) -> dict[str, Any]:
    if local(interaction) == "textEntryInteraction":
        return {"accepted": item.accepted(interaction)}
    options, right = _choices(item, interaction, "inlineChoice"), item.right(interaction)
    place = list(options).index(right[0]) if right and right[0] in options else None
    return {"choices": list(options.values()), "right": place}


def _inline(item: _Item, interaction: Any) -> dict[str, Any]:
    return foreign.gaps([_gap(item, interaction)])


def _extended(item: _Item, interaction: Any) -> dict[str, Any]:
    rubric = [item.words(one) for one in anywhere(item.root, "rubricBlock")]
    return {"kind": "简答", "answer": "\n".join([*item.right(interaction), *rubric]).strip()}


_READERS: dict[str, Callable[[_Item, Any], dict[str, Any]]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "textEntryInteraction": _entry,
    "inlineChoiceInteraction": _inline,
    "extendedTextInteraction": _extended,
}


def _positive(text: str | None) -> bool:
    try:
        return float(text or "0") > 0
    except ValueError:
        return False
