"""Languages: English message ids, one catalogue an area, zh_CN complete and the default, zh_TW derived from it.

Catalogues stand as text in `translations/zh_CN/LC_MESSAGES/<area>.po`. `compile_catalogues` makes what gettext
reads; it runs when the program starts from a checkout and when the wheel is built.
"""

from collections.abc import Callable
from typing import Any

import flask_babel
from flask import g, has_request_context, request

from lms.kernel.catalogues import TRANSLATIONS, compile_catalogues, domains

__all__ = ["LOCALES", "TRANSLATIONS", "_", "_l", "babel", "choose_locale", "compile_catalogues", "domains", "ngettext"]

LOCALES = {"zh_CN": "简体", "zh_TW": "繁體", "en": "English"}
COOKIE = "locale"
babel = flask_babel.Babel()

# The library has no types; ours say what comes back.
_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
_l: Callable[..., Any] = flask_babel.lazy_gettext


def choose_locale() -> str:
    """Return the language of this request: the person's choice, the cookie's, the browser's, or the default."""
    if not has_request_context():
        return str(getattr(g, "locale", "") or "zh_CN")
    for wanted in (getattr(g, "locale", None), request.cookies.get(COOKIE)):
        if wanted in LOCALES:
            return str(wanted)
    match = request.accept_languages.best_match(["zh-CN", "zh-TW", "zh-HK", "zh", "en"])
    return {"en": "en", "zh-TW": "zh_TW", "zh-HK": "zh_TW"}.get(match or "", "zh_CN")
