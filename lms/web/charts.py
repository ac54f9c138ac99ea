"""Charts drawn on the server by pygal, without its styles and scripts: our classes colour them, dark mode included.

Every chart carries its figures as a table too (`Chart.table_head`, `Chart.table_rows`); the kit's `figures` macro
prints both. Texts are shown as given: hand in translated ones.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from unicodedata import east_asian_width

import pygal
from lxml import etree
from markupsafe import Markup
from pygal.style import Style

WIDTH: Final = 360  # units of the drawing; CSS scales it to the column
# pygal leaves an import hook of the old kind behind, at which Python warns; we use none of its plugins.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
LETTER: Final = 6.2  # width of a Latin letter at 11 px; Chinese takes two
ROW: Final = 27
BAR: Final = 13
LABEL: Final = 132  # the widest label beside a bar
LOOKS: Final = frozenset({"in", "ok", "warn", "bad", "mute", "tint", "soon"})


@dataclass(frozen=True)
class Chart:
    """A drawing and the same figures in words.

    legend   pairs of look and name, for the swatches below the drawing
    """

    title: str
    svg: Markup
    table_head: tuple[str, ...]
    table_rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Series:
    """One layer of a stacked chart. look: in ok warn bad mute tint soon."""

    name: str
    look: str
    values: tuple[float, ...]


def line(
    title: str, points: Sequence[tuple[str, float]], *, limit: float | None = None, low: float = 0, high: float = 100,
    unit: str = "", head: tuple[str, str] = ("", ""), legend: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Draw values one after the other between `low` and `high`; below `limit` a point is a red square.

    points   (label, value) in order; an empty label leaves the axis bare there. At least one.

    Raises ValueError without points or when `low` isn't below `high`.
    """
    _check(points, low, high)
    svg = _line(title, tuple(points), limit, low, high)
    rows = tuple((label, f"{value:g}{unit}") for label, value in points)
    return Chart(title, Markup(svg), head, rows, tuple(legend))  # noqa: S704 - escaped by the XML writer


def bars(
    title: str, rows: Sequence[tuple[str, float]], *, limit: float | None = None, limit_label: str = "",
    high: float = 100, unit: str = "", head: tuple[str, str] = ("", ""), legend: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Draw one horizontal bar a row, 0..`high`; bars below `limit` are red.

    Raises ValueError without rows.
    """
    _check(rows, 0, high)
    svg = _bars(title, tuple(rows), limit, limit_label, high)
    table = tuple((label, f"{value:g}{unit}") for label, value in rows)
    return Chart(title, Markup(svg), head, table, tuple(legend))  # noqa: S704 - escaped by the XML writer


def stacked(
    title: str, labels: Sequence[str], layers: Sequence[tuple[str, str, Sequence[float]]], *,
    limit: float | None = None, limit_label: str = "", head: str = "",
) -> Chart:
    """Draw one column a label, its layers on top of each other; where the first layer is below `limit` it is red.

    layers   (name, look, values); each with as many values as there are labels

    Raises ValueError when lengths differ or a look is unknown.
    """
    series = tuple(Series(name, look, tuple(values)) for name, look, values in layers)
    if not labels or any(len(layer.values) != len(labels) or layer.look not in LOOKS for layer in series):
        raise ValueError("every layer needs a known look and a value for every label")
    svg = _stacked(title, tuple(labels), series, limit, limit_label)
    rows = tuple(
        (label, *(f"{layer.values[index]:g}" for layer in series)) for index, label in enumerate(labels)
    )
    names = (head, *(layer.name for layer in series))
    return Chart(title, Markup(svg), names, rows, tuple((layer.look, layer.name) for layer in series))  # noqa: S704


def ticks(low: float, high: float, steps: int = 4) -> list[float]:
    """Return round axis values from `low` to at least `high`, about `steps` apart.

    >>> ticks(0, 37)
    [0, 10, 20, 30, 40]
    """
    span = max(high - low, 1)
    size = 10.0 ** (len(str(int(span))) - 1)
    step = next(factor * size for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10) if span / (factor * size) <= steps)
    count = int(-(-span // step))
    return [low + int(step * n) if step >= 1 else low + step * n for n in range(count + 1)]


@lru_cache(maxsize=512)
def _line(title: str, points: tuple[tuple[str, float], ...], limit: float | None, low: float, high: float) -> str:
    chart = pygal.Line(**_config(title, 132), range=(low, high), dots_size=3.5, show_x_guides=False)
    chart.x_labels = [label for label, _value in points]
    chart.y_labels = ticks(low, high)
    below = [limit is not None and value < limit for _label, value in points]
    chart.add("", [
        {"value": value, "node": {"class": "f-bad" if bad else "f-in"}}
        for (_label, value), bad in zip(points, below, strict=True)
    ])
    if limit is not None:
        chart.add("limit", [limit] * max(len(points), 2), show_dots=False)
    chart.add_xml_filter(lambda root: _finish_line(root, title, points[-1][1]))
    return _render(chart)


@lru_cache(maxsize=512)
def _bars(
    title: str, rows: tuple[tuple[str, float], ...], limit: float | None, limit_label: str, high: float
) -> str:
    labels = [shortened(label, LABEL) for label, _value in reversed(rows)]
    wide = max(text_width(label) for label in labels) + 12
    chart = pygal.HorizontalBar(
        **_config(title, ROW * len(rows) + (26 if limit else 10)), range=(0, high), margin_left=wide - 6 * LETTER,
        margin_right=34, show_y_labels=True, print_values=False,
    )
    chart.x_labels = labels
    chart.y_labels = [{"value": limit, "label": limit_label or f"{limit:g}"}] if limit else []
    chart.add("", [
        {"value": value, "node": {"class": "f-bad" if limit is not None and value < limit else "f-in"}}
        for _label, value in reversed(rows)
    ])
    chart.add_xml_filter(lambda root: _finish_bars(root, title, [value for _label, value in reversed(rows)], high))
    return _render(chart)


@lru_cache(maxsize=256)
def _stacked(
    title: str, labels: tuple[str, ...], series: tuple[Series, ...], limit: float | None, limit_label: str
) -> str:
    top = max([sum(values) for values in zip(*(layer.values for layer in series), strict=True)] + [limit or 0, 1])
    scale = ticks(0, top)
    chart = pygal.StackedBar(**_config(title, 168), range=(0, scale[-1]), margin_right=text_width(limit_label) + 12)
    chart.x_labels = list(labels)
    chart.y_labels = [*scale, {"value": limit, "label": limit_label}] if limit is not None else scale
    for layer in series:
        chart.add("", list(layer.values))
    chart.add_xml_filter(lambda root: _finish_stacked(root, title, series, limit, limit_label))
    return _render(chart)


def shortened(text: str, width: float) -> str:
    """Return a text that fits into `width` units, cut with an ellipsis when it must be; the table has it whole.

    >>> shortened("Gas hotline operator, theory", 12 * LETTER)
    'Gas hotline…'
    """
    if text_width(text) <= width:
        return text
    while text and text_width(text) + LETTER > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def text_width(text: str) -> float:
    """Return about how wide a text is at 11 px, in units of the drawing; Chinese letters count double."""
    return LETTER * sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _check(points: Sequence[tuple[str, float]], low: float, high: float) -> None:
    if not points or low >= high:
        raise ValueError("a chart needs at least one value, and a low end below the high one")


def _config(title: str, height: float) -> dict[str, Any]:
    style = Style(font_family="inherit", label_font_size=11, major_label_font_size=11)
    return {
        "css": [], "js": [], "disable_xml_declaration": True, "width": WIDTH, "height": height, "show_legend": False,
        "style": style, "margin": 4, "spacing": 3, "classes": ["ch"], "truncate_label": -1, "rounded_bars": 2,
    }


def _render(chart: Any) -> str:
    text: str = chart.render(is_unicode=True)
    return text


def _strip(root: Any, title: str) -> Any:
    """Take away what pygal brings for itself: styles, scripts, tooltips, comments; say what the drawing shows."""
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is None:
            continue
        tooltip = "tooltip-overlay" in (element.get("class") or "") if isinstance(element.tag, str) else False
        if not isinstance(element.tag, str) or element.tag in {"defs", "desc", "title"} or tooltip:
            parent.remove(element)
            continue
        element.attrib.pop("style", None)
    for rect in root.iter("rect"):
        if rect.get("class") == "background":
            rect.getparent().remove(rect)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", title)
    etree.cleanup_namespaces(root)
    return root


def _finish_line(root: Any, title: str, last: float) -> Any:
    """Turn points below the limit into squares and write the last value beside its point."""
    _strip(root, title)
    for dot in list(root.iter("circle")):
        if dot.get("class") == "f-bad":
            dot.tag = "rect"
            x, y = float(dot.attrib.pop("cx")), float(dot.attrib.pop("cy"))
            dot.attrib.pop("r")
            dot.attrib.update({"x": f"{x - 3.5:.1f}", "y": f"{y - 3.5:.1f}", "width": "7", "height": "7"})
    dots = [element for element in root.iter() if element.get("class") in {"f-in", "f-bad"}]
    x = float(dots[-1].get("cx") or 0) or float(dots[-1].get("x")) + 3.5
    y = float(dots[-1].get("cy") or 0) or float(dots[-1].get("y")) + 3.5
    label = etree.SubElement(dots[-1].getparent(), "text", {"class": "v last", "x": f"{x:.1f}", "y": f"{y - 8:.1f}"})
    label.text = f"{last:g}"
    return root


def _finish_bars(root: Any, title: str, values: list[float], high: float) -> Any:
    """Put a track behind every bar and the value at its end."""
    _strip(root, title)
    rects = [element for element in root.iter("rect") if (element.get("class") or "").startswith("f-")]
    plot = _plot(root)
    zero = min((float(rect.get("x")) for rect in rects), default=0)
    full = [float(rect.get("width")) * high / value for rect, value in zip(rects, values, strict=True) if value]
    width = full[0] if full else WIDTH / 2
    for rect, value in zip(rects, values, strict=True):
        rect.set("y", f"{float(rect.get('y')) + (float(rect.get('height')) - BAR) / 2:.1f}")
        rect.set("height", str(BAR))
        track = etree.Element("rect", {
            "class": "track", "x": f"{zero:.1f}", "y": rect.get("y"), "width": f"{width:.1f}",
            "height": rect.get("height"), "rx": "2",
        })
        plot.insert(0, track)
        middle = float(rect.get("y")) + float(rect.get("height")) / 2
        place = {"class": "v end", "x": f"{zero + width + 6:.1f}", "y": f"{middle + 4:.1f}"}
        text = etree.SubElement(rect.getparent(), "text", place)
        text.text = f"{value:g}"
    return root


def _finish_stacked(root: Any, title: str, series: tuple[Series, ...], limit: float | None, limit_label: str) -> Any:
    """Colour the columns by layer, and draw the limit over them with its words at the right end."""
    _strip(root, title)
    plot = _plot(root)
    for index, layer in enumerate(series):
        group = next(element for element in plot.iter("g") if f"serie-{index} " in (element.get("class") or ""))
        for rect, value in zip(group.iter("rect"), layer.values, strict=True):
            low = index == 0 and limit is not None and value < limit
            rect.set("class", "f-bad" if low else ("soon" if layer.look == "soon" else f"f-{layer.look}"))
    for guide in list(plot.iter("g")) if limit is not None else ():
        text, path = guide.find("text"), guide.find("path")
        if guide.get("class") == "guides" and text is not None and path is not None and text.text == limit_label:
            guide.getparent().remove(guide)
            guide.set("class", "need-line")
            path.set("class", "need")
            text.set("class", "need-label")
            text.set("x", str(float(path.get("d").split("h")[1]) + 8))
            plot.append(guide)
    return root


def _plot(root: Any) -> Any:
    """Return the group that holds axes and drawing."""
    return next(element for element in root.iter("g") if element.get("class") == "plot")
