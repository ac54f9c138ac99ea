"""XML and HTML of others, read without trusting it.

No document type, no entities of its own, nothing fetched: what declares any of these is refused before it is parsed.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from lms.web.spreadsheets.guard import UnreadableFile

KeepPicture = Callable[[bytes, str], str]
"""Keeps a picture (bytes, the digest it may have had) and returns its digest, "" for what is no picture."""
_DECLARED = re.compile(r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_HEAD = re.compile(r"\s*<\?xml[^>]*\?>")
_BLOCKS = frozenset({"p", "div", "li", "tr", "br", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!])")


@dataclass(frozen=True, slots=True)
class Words:
    """Text taken out of HTML.

    rich      True where it is Markdown with pictures
    missing   pictures that could not be taken over
    tables    True where tables became lines
    """

    text: str
    rich: bool = False
    missing: int = 0
    tables: bool = False


def parse_xml(text: str) -> Any:
    """Return the root of an XML text. Raises UnreadableFile for what is broken or declares anything."""
    body = text[found.end() :] if (found := _HEAD.match(text)) else text
    if _DECLARED.search(body):
        raise UnreadableFile("xml_declares")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body.strip().encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("xml_broken", line=getattr(error, "lineno", 0) or 0) from error
    if root is None:
        raise UnreadableFile("xml_broken", line=0)
    return root


def local(element: Any) -> str:
    """Return the name of an element without its namespace; "" for what is no element."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def below(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children with one of the names, whatever their namespace."""
    yield from (child for child in element if local(child) in names)


def anywhere(element: Any, *names: str) -> Iterator[Any]:
    """Yield everything below with one of the names."""
    yield from (child for child in element.iterdescendants() if local(child) in names)


def text_in(element: Any) -> str:
    """Return all text below an element, trimmed; "" for None."""
    return "".join(element.itertext()).strip() if element is not None else ""


def digest_of(element: Any, aside: str = "") -> str:
    """Return a short digest of an element: names, attributes and text, blind to spacing; `aside` is passed over."""
    found = hashlib.sha256()
    skipped = {id(one) for one in anywhere(element, aside)} if aside else set()
    for one in element.iter():
        if id(one) in skipped or not local(one):
            continue
        tail = "".join((one.tail or "").split())
        words = [local(one), *(f"{name}={value}" for name, value in sorted(one.attrib.items()))]
        found.update("\x1f".join([*words, "".join((one.text or "").split()), tail]).encode("utf-8", "replace"))
    return found.hexdigest()[:16]


def words_of_html(source: str, picture: Callable[[str], str]) -> Words:
    """Turn HTML into plain text, or into Markdown where it shows pictures.

    picture   returns the digest of a picture by its address, "" for one that can't be taken over
    """
    if "<" not in source:
        return Words(_unescaped(source))
    try:
        root = lxml_html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return Words(_unescaped(re.sub(r"<[^<>]*>", "", source)))
    return words_of_tree(root, picture)


def words_of_tree(
    root: Any, picture: Callable[[str], str], hole: Callable[[Any], str | None] = lambda _one: None
) -> Words:
    """Turn a tree of HTML elements into text.

    hole   returns what stands for an element and all below it, None to go into it
    """
    kept = {one: digest for one in anywhere(root, "img") if (digest := picture(one.get("src") or ""))}
    missing = sum(1 for _one in anywhere(root, "img")) - len(kept)
    pieces: list[str] = []
    _walk(root, pieces, kept, hole, rich=bool(kept))
    text = re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]+", " ", "".join(pieces)))
    tables = any(True for _one in anywhere(root, "table"))
    return Words(re.sub(r"\n{3,}", "\n\n", text).strip(), bool(kept), missing, tables)


def _walk(root: Any, pieces: list[str], kept: dict[Any, str], hole: Callable[[Any], str | None], *, rich: bool) -> None:
    """Add the text of a tree in its order, without recursion: others' HTML may be nested as deep as it likes."""
    todo: list[tuple[str, Any]] = [("in", root)]
    while todo:
        step, one = todo.pop()
        if step == "text":
            pieces.append(_MARKDOWN.sub(r"\\\1", one) if rich else one)
            continue
        name = local(one)
        if step == "out":
            pieces.append("\n" if name in _BLOCKS else " | " if name in ("td", "th") else "")
            continue
        filled = hole(one) if one is not root else None
        if filled is not None:
            pieces.append(filled)
            continue
        if not name or name in ("script", "style", "head", "object", "audio", "video", "iframe"):
            continue
        if one in kept:
            alt = re.sub(r"[\[\]\n]", " ", one.get("alt") or "").strip()
            pieces.append(f"![{alt}](media:{kept[one]})")
        pieces.append("\n" if name in _BLOCKS and name != "br" and pieces and one is not root else "")
        todo.append(("out", one))
        for child in reversed(list(one)):
            if child.tail:
                todo.append(("text", _spaced(child.tail)))
            todo.append(("in", child))
        if one.text:
            todo.append(("text", _spaced(one.text)))


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)


def _unescaped(text: str) -> str:

    return html.unescape(text).replace("\r\n", "\n").strip()
