"""Fonts of printed pages: Noto Serif CJK as it is for every character, and a lean TrueType copy for everyday ones.

The source fonts hold 44,000 outlines in the compact font format, of which every PDF would carry a directory: 160 KB a
weight. At set-up the 7,000 everyday characters are turned into TrueType outlines once; a certificate then weighs
45 KB, and one for a rare name falls back to the source font and weighs 135 KB.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final
from unicodedata import category

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SOURCE_FAMILY: Final = "Noto Serif CJK SC"
RARE_FAMILY: Final = "BabelStone Han"  # used for what Noto lacks, when it is installed
LEAN_FAMILY: Final = "FloorReady Serif"
FAMILIES: Final = (LEAN_FAMILY, SOURCE_FAMILY, RARE_FAMILY)
WEIGHTS: Final = {"Regular": 400, "Bold": 700}
SIMPLIFIED: Final = 2  # place of the simplified Chinese face in Noto's collections
FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")
INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
CURVE_ERROR: Final = 1.0  # thousandths of the character's height


def source_font(weight: str) -> Path | None:
    """Return the file of Noto Serif CJK in a weight (`Regular`, `Bold`), None when it isn't installed."""
    return _find(f"NotoSerifCJK-{weight}.ttc")


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` that no printed page can show, each once, in order of appearance.

    Spaces, control characters, variation selectors and what combines with a letter count as printable. A character
    that this Python doesn't know yet is a character all the same.
    """
    known = _covered()
    return "".join(char for char in dict.fromkeys(text) if ord(char) not in known and category(char) not in INVISIBLE)


def lean_font(data_dir: Path, weight: str) -> Path:
    """Return where the lean copy of a weight lies in an installation's data folder."""
    return data_dir.resolve() / "fonts" / f"floorready-serif-{weight.lower()}.ttf"


def prepare_fonts(data_dir: Path) -> list[Path]:
    """Make the lean fonts that aren't there yet, about 5 s each; return their files. Safe with several processes.

    Raises FileNotFoundError when the source font isn't installed.
    """
    made = []
    for weight in WEIGHTS:
        target = lean_font(data_dir, weight)
        if not target.exists():
            source = source_font(weight)
            if source is None:
                raise FileNotFoundError(f"NotoSerifCJK-{weight}.ttc (Debian package fonts-noto-cjk)")
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(f".{os.getpid()}")
            _make_lean(source, weight, fresh)
            fresh.replace(target)
        made.append(target)
    return made


def everyday_characters() -> set[int]:
    """Return the code points of the lean fonts: the characters of GB 2312, Latin letters, punctuation."""
    found = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), *range(0xFF01, 0xFF5F), 0x3007}
    for pair in ((high, low) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)):
        with suppress(UnicodeDecodeError):
            found.add(ord(bytes(pair).decode("gb2312")))
    return found


def _make_lean(source: Path, weight: str, target: Path) -> None:
    font = TTFont(source, fontNumber=SIMPLIFIED, lazy=True)
    cmap: dict[int, str] = font.getBestCmap()
    wanted = {point: cmap[point] for point in sorted(everyday_characters()) if point in cmap}
    names = [".notdef", *dict.fromkeys(name for name in wanted.values() if name != ".notdef")]
    outlines, widths = _true_type(font, names)
    head, hhea, os2 = font["head"], font["hhea"], font["OS/2"]
    builder = FontBuilder(head.unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(wanted)
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(
        {name: (widths[name], getattr(outlines[name], "xMin", 0) or 0) for name in names})
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent, lineGap=hhea.lineGap)
    builder.setupNameTable({"familyName": LEAN_FAMILY, "styleName": weight, "fullName": f"{LEAN_FAMILY} {weight}",
                            "psName": f"FloorReadySerif-{weight}"})
    builder.setupOS2(sTypoAscender=os2.sTypoAscender, sTypoDescender=os2.sTypoDescender, usWinAscent=os2.usWinAscent,
                     usWinDescent=os2.usWinDescent, usWeightClass=WEIGHTS[weight])
    builder.setupPost(keepGlyphNames=False)
    builder.save(target)


def _true_type(font: TTFont, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, int]]:
    glyphs = font.getGlyphSet()
    outlines: dict[str, Any] = {}
    widths: dict[str, int] = {}
    for name in names:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
        widths[name] = round(glyphs[name].width)
    return outlines, widths


@cache
def _covered() -> frozenset[int]:
    """Return every code point that an installed serif font can print in every weight."""
    sources = [source_font(weight) for weight in WEIGHTS]
    found = [frozenset(TTFont(path, fontNumber=SIMPLIFIED, lazy=True).getBestCmap()) for path in sources if path]
    common = frozenset.intersection(*found) if found and all(sources) else frozenset()
    rare = _find("BabelStoneHan.ttf")
    return common | frozenset(TTFont(rare, lazy=True).getBestCmap()) if rare else common


@cache
def _find(name: str) -> Path | None:
    for folder in FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob(name):
            return path
    return None
