"""A map of dots between two scales, drawn on the server in the manner of `lms.web.charts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree
from markupsafe import Markup

from lms.web.charts import LOOKS, WIDTH, Chart

HEIGHT: Final = 240
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 18, 34  # room for scales and their names
SIZE: Final = 3.5


@dataclass(frozen=True)
class Dot:
    """One thing on the map. look: a look of `charts`; "bad" is drawn as a square. link: where a click leads."""

    x: float
    y: float
    name: str
    look: str = "in"
    link: str = ""


@dataclass(frozen=True)
class Scale:
    """One axis: its name and the values marked on it, in order; the first and the last are its ends."""

    name: str
    marks: tuple[float, ...]

    def at(self, value: float, length: float) -> float:
        """Return where a value lies on an axis of this length; values beyond the ends lie on them."""
        low, high = self.marks[0], self.marks[-1]
        return length * (min(max(value, low), high) - low) / (high - low)


def scatter(
    title: str, dots: Sequence[Dot], across: Scale, up: Scale, *,
    limits: tuple[float | None, float | None] = (None, None), head: tuple[str, ...] = (),
    legend: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Draw dots on two scales, with dashed lines at the limits (across, up).

    Raises ValueError for a scale without length or an unknown look.
    """
    if across.marks[0] >= across.marks[-1] or up.marks[0] >= up.marks[-1] or any(it.look not in LOOKS for it in dots):
        raise ValueError("a scale needs a low end below its high one, and every dot a known look")
    root = etree.Element("svg", {
        "class": "ch sc", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria-label": title,
    })
    _axes(root, across, up)
    for limit, scale, upright in ((limits[0], across, True), (limits[1], up, False)):
        if limit is not None:
            _line(root, scale, limit, "lim", upright=upright)
    for dot in dots:
        _dot(root, dot, across, up)
    rows = tuple((it.name, f"{it.x:.2f}", f"{it.y:.1f}") for it in dots)
    svg = etree.tostring(root, encoding="unicode")
    return Chart(title, Markup(svg), head, rows, tuple(legend))  # noqa: S704 - escaped by the XML writer


def _place(x: float, y: float, across: Scale, up: Scale) -> tuple[float, float]:
    return LEFT + across.at(x, WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up.at(y, HEIGHT - TOP - BOTTOM)


def _axes(root: etree._Element, across: Scale, up: Scale) -> None:
    for mark in across.marks:
        x, _y = _place(mark, 0, across, up)
        _text(root, f"{mark:g}", x, HEIGHT - BOTTOM + 14, "middle")
    for mark in up.marks:
        _line(root, up, mark, "ax", upright=False)
        _x, y = _place(across.marks[0], mark, across, up)
        _text(root, f"{mark:g}", LEFT - 5, y + 4, "end")
    _text(root, across.name, WIDTH - RIGHT, HEIGHT - 4, "end")
    _text(root, up.name, 0, 10, "start")


def _line(root: etree._Element, scale: Scale, value: float, kind: str, *, upright: bool) -> None:
    if upright:
        x = LEFT + scale.at(value, WIDTH - LEFT - RIGHT)
        ends = {"x1": x, "x2": x, "y1": TOP, "y2": HEIGHT - BOTTOM}
    else:
        y = HEIGHT - BOTTOM - scale.at(value, HEIGHT - TOP - BOTTOM)
        ends = {"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y}
    etree.SubElement(root, "line", {"class": kind, **{name: f"{at:.1f}" for name, at in ends.items()}})


def _dot(root: etree._Element, dot: Dot, across: Scale, up: Scale) -> None:
    x, y = _place(dot.x, dot.y, across, up)
    parent = etree.SubElement(root, "a", {"href": dot.link, "aria-label": dot.name}) if dot.link else root
    if dot.look == "bad":
        square = {"x": f"{x - SIZE:.1f}", "y": f"{y - SIZE:.1f}", "width": f"{2 * SIZE:g}", "height": f"{2 * SIZE:g}"}
        mark = etree.SubElement(parent, "rect", {"class": "f-bad", **square})
    else:
        mark = etree.SubElement(parent, "circle", {
            "class": f"f-{dot.look}", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{SIZE:g}",
        })
    etree.SubElement(mark, "title").text = dot.name


def _text(root: etree._Element, text: str, x: float, y: float, anchor: str) -> None:
    etree.SubElement(root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}).text = text
