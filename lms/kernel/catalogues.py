"""Catalogues of messages: text in `translations/zh_CN/LC_MESSAGES/<area>.po`, made readable for gettext here.

Babel calls the languages by their scripts: what is made from `zh_CN` lies in `zh_Hans_CN` and `zh_Hant_TW`.

This module needs Babel and OpenCC alone, so that the wheel's build can call it too. From a checkout:
`python -m lms.kernel.catalogues`.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parent / "translations"
SIMPLIFIED, TRADITIONAL = (TRANSLATIONS / name / "LC_MESSAGES" for name in ("zh_Hans_CN", "zh_Hant_TW"))


def domains() -> list[str]:
    """Return the names of the catalogues, one an area."""
    return sorted(path.stem for path in _sources())


def compile_catalogues() -> int:
    """Make the machine-readable catalogues that are missing or older than their text; return how many.

    zh_Hant_TW is written from zh_CN by OpenCC (Taiwan standard with phrases). An installed program may stand in a
    folder that it cannot write: the wheel brings its catalogues compiled, so nothing is older there.
    """
    made = 0
    for source in _sources():
        simplified, traditional = (folder / f"{source.stem}.mo" for folder in (SIMPLIFIED, TRADITIONAL))
        changed = source.stat().st_mtime
        if not all(path.exists() and path.stat().st_mtime >= changed for path in (simplified, traditional)):
            _compile(source, simplified, traditional)
            made += 1
    return made


def _sources() -> list[Path]:
    return sorted((TRANSLATIONS / "zh_CN" / "LC_MESSAGES").glob("*.po"))


def _compile(source: Path, simplified: Path, traditional: Path) -> None:
    from opencc import OpenCC  # noqa: PLC0415 - it loads dictionaries for a while, and only this needs them

    with source.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    _write(simplified, catalogue)
    convert = OpenCC("s2twp").convert
    for message in catalogue:
        if message.id and isinstance(message.string, str):
            message.string = convert(message.string)
        elif message.id and message.string:
            message.string = tuple(convert(text) for text in message.string)
    _write(traditional, catalogue)


def _write(target: Path, catalogue: Catalog) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(target)


if __name__ == "__main__":
    compile_catalogues()
