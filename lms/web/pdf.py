"""Printed pages: a template and its style sheet become a PDF.

Fonts and style sheets are read once a process. A page may show the pictures it was handed and our own fonts, and
nothing else: no address is ever fetched.
"""

import atexit
import warnings
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, render_template

from lms.kernel.settings import get_settings
from lms.web.pdf_fonts import FAMILIES, LEAN_FAMILY, WEIGHTS, lean_font, prepare_fonts, source_font

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

APT_LINE: Final = "apt-get install --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
OWN_SCHEMES: Final = ("image:", "font:")
_one_at_a_time = RLock()  # Pango's font map isn't made for several threads


class ForeignAddressError(ValueError):
    """A printed page asked for something that wasn't handed to it."""


def pdf_environment_problems() -> list[str]:
    """Return why certificates can't be printed on this machine, each with its remedy; nothing when they can.

    Without libharfbuzz-subset a Chinese PDF takes up to 15 seconds, so that its absence is a problem too.
    """
    problems = []
    if find_spec("weasyprint") is None:
        return ["the Python package weasyprint is missing"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of what is reported here
            from weasyprint.text import ffi  # noqa: PLC0415 - loads Pango, which may be missing
    except OSError as error:
        return [f"Pango is missing ({error}): {APT_LINE}"]
    if ffi.harfbuzz_subset is None:
        problems.append(f"libharfbuzz-subset is missing: {APT_LINE}")
    problems += [f"the font Noto Serif CJK {weight} is missing: {APT_LINE}"
                 for weight in WEIGHTS if source_font(weight) is None]
    return problems


def render_pdf(
    template: str, stylesheet: str, *, images: Mapping[str, bytes] | None = None, **context: Any
) -> bytes:
    """Return the PDF of a template.

    template, stylesheet   names under `templates/`, e.g. `print/certificate.html`, `print/certificate.css`
    images                 pictures the page shows as `image:<name>`

    Raises RuntimeError when this machine can't print.
    """
    from weasyprint import HTML  # noqa: PLC0415 - loads Pango, which only printing needs

    html = render_template(template, **context)
    with _one_at_a_time:
        fonts, styles = _styles(current_app._get_current_object(), stylesheet)  # type: ignore[attr-defined]  # the proxy's own
        document = HTML(string=html, base_url="", url_fetcher=_own_only(images or {}))
        pdf: bytes = document.write_pdf(stylesheets=[styles], font_config=fonts)
    return pdf


@cache
def _styles(app: Any, stylesheet: str) -> "tuple[FontConfiguration, CSS]":
    """Read a style sheet and the fonts it uses, once a process. Made only where everything to print is there."""
    problems = pdf_environment_problems()
    if problems:
        raise RuntimeError("; ".join(problems))
    from weasyprint import CSS  # noqa: PLC0415 - loads Pango
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - loads Pango

    data_dir = get_settings().data_dir
    prepare_fonts(data_dir)
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face{{font-family:"{LEAN_FAMILY}";font-weight:{number};'
        f"src:url(font:{lean_font(data_dir, weight).name})}}" for weight, number in WEIGHTS.items())
    families = ",".join(f'"{family}"' for family in FAMILIES)
    source = app.jinja_env.get_template(stylesheet).render(families=f"{families},serif")
    return fonts, CSS(string=faces + source, font_config=fonts, url_fetcher=_own_only({}))


atexit.register(_styles.cache_clear)  # fonts want to be let go before the interpreter takes itself apart


def _own_only(images: Mapping[str, bytes]) -> Any:
    """Return a fetcher that knows the pictures handed in and our own fonts alone."""
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - loads Pango

    folder: Path = lean_font(get_settings().data_dir, "Regular").parent

    def fetch(url: str, *_more: object, **_options: object) -> Any:
        scheme, _, name = url.partition(":")
        if scheme == "image" and name in images:
            return URLFetcherResponse(url, images[name], {"Content-Type": "image/png"})
        if scheme == "font" and (folder / Path(name).name).is_file():
            return URLFetcherResponse(url, (folder / Path(name).name).read_bytes(), {"Content-Type": "font/ttf"})
        raise ForeignAddressError(url)

    return fetch
