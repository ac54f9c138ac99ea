"""Drawings that stand inside a page: only plain shapes and text, so that they can take the page's colours."""

from collections.abc import Iterator
from xml.parsers import expat

ELEMENTS = frozenset({
    "svg", "g", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
})
ATTRIBUTES = frozenset({
    "xmlns", "viewBox", "class", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-dasharray", "color", "font-size", "font-weight", "text-anchor", "d", "x", "y", "x1", "y1", "x2", "y2", "cx",
    "cy", "r", "rx", "ry", "width", "height", "points", "dx", "dy", "transform", "opacity",
})


def picture_flaws(svg: str) -> Iterator[tuple[int, str]]:
    """Find what a drawing may not hold, as (line, sentence). Sound drawings have none.

    Allowed are plain shapes, text and presentation attributes: no scripts, styles, links, images or entities. The
    outermost element needs a viewBox, no width or height, and a title as its first child.
    """
    flaws: list[tuple[int, str]] = []
    opened: list[str] = []
    first: list[str] = []
    parser = expat.ParserCreate()

    def say(flaw: str) -> None:
        flaws.append((parser.CurrentLineNumber, flaw))

    def start(name: str, attributes: dict[str, str]) -> None:
        if name not in ELEMENTS:
            say(f"<{name}> is not allowed in a drawing")
        for attribute, value in attributes.items():
            if attribute not in ATTRIBUTES or "url(" in value:
                say(f"{attribute} is not allowed in a drawing")
        if not opened and (name != "svg" or "viewBox" not in attributes or attributes.keys() & {"width", "height"}):
            say("a drawing begins with <svg> that has a viewBox and neither width nor height")
        if len(opened) == 1:
            first.append(name)
        opened.append(name)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: opened.pop()
    parser.StartDoctypeDeclHandler = lambda *_declared: say("a document type is not allowed in a drawing")
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        flaws.append((error.lineno, "is not well-formed SVG"))
        return iter(flaws)
    if first[:1] != ["title"]:
        flaws.append((1, "a drawing needs a title as its first child"))
    return iter(flaws)
