"""Pages carry no words outside gettext, and every word has its Chinese."""

import re
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from lms.kernel.catalogues import TRANSLATIONS, domains

ROOT = Path(__file__).parents[2]
# Certificates are bilingual by design: both languages stand side by side in `print/`.
TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "print" not in path.parts]
PACKAGES = ("lms", "courses", "question_bank", "simulations")
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
SPOKEN = re.compile(r"""(?:title|alt|aria-label|placeholder)=["']([^"'{}]*[A-Za-z一-鿿]{2,}[^"'{}]*)["']""")
TAG = re.compile(r"<(?:!--.*?--|script\b.*?</script|style\b.*?</style|[^>]*)>", re.DOTALL)
NAMES_OF_ITS_OWN = {
    "FloorReady",
    "持证上岗",
    "准",
    "持",
    "证",
    "上",
    "岗",
    "English",
    "SHA",
    "QR",
    "PDF",
    "URL",
    "CSV",
    "xlsx",
    "csv",
    "Esc",
    "Ctrl",
    "GIFT",
    "API",
    "XML",
}


def words_outside_gettext(template: Path) -> list[str]:
    """Return text of a template that no catalogue can translate."""
    tokens = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(template.read_text())
    # An expression stands for one opaque character, so that tags with expressions inside stay whole.
    text = "".join(
        value if kind == "data" else "" if kind.endswith(("_begin", "_end")) else "\x00" for _, kind, value in tokens
    )
    found = [match.strip() for match in SPOKEN.findall(text)]
    for part in TAG.sub("\n", text).split("\n"):
        found += [
            word
            for word in re.findall(r"[A-Za-z]{2,}|[一-鿿]+", unescape(part).replace("\x00", " "))
            if word not in NAMES_OF_ITS_OWN
        ]
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_page_has_no_words_outside_gettext(template):
    assert words_outside_gettext(template) == []


def words_said_once(template: Path) -> list[str]:
    """Return the names that a template of macros sets to words outside its macros: its first reader's language."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template.read_text(encoding="utf-8"))
    if next(tree.find_all(nodes.Extends), None) or next(tree.find_all(nodes.Macro), None) is None:
        return []
    return [
        it.target.name for it in tree.body if isinstance(it, nodes.Assign)
        for call in it.find_all(nodes.Call) if getattr(call.node, "name", "") in {"_", "ngettext", "pgettext"}
    ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_macros_say_their_words_to_every_reader_anew(template):
    assert not words_said_once(template)


@cache
def spoken() -> dict[tuple[str, str | None], list[str]]:
    """Return every message the program says: (message id, context) -> where."""
    found: dict[tuple[str, str | None], list[str]] = {}
    rules = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
    for folder in (*PACKAGES, "templates"):
        for where, line, message, _comments, context in extract_from_dir(
            ROOT / folder,
            rules,
            {"**.html": {"trimmed": "true", "silent": "false"}},
            keywords=KEYWORDS,
        ):
            singular = message[0] if isinstance(message, tuple) else message
            found.setdefault((singular, context), []).append(f"{folder}/{where}:{line}")
    return found


def catalogue(domain: str) -> Catalog:
    with (TRANSLATIONS / "zh_CN" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


@cache
def translated() -> dict[tuple[str, str | None], str]:
    """Return every translated message: (message id, context) -> Chinese."""
    found = {}
    for domain in domains():
        for message in catalogue(domain):
            if message.id and message.string and not message.fuzzy:
                singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
                text = message.string[0] if isinstance(message.string, tuple | list) else message.string
                if text:
                    found[singular, message.context] = text
    return found


def test_every_message_has_its_chinese():
    missing = {key: where for key, where in spoken().items() if key[0] and key not in translated()}
    assert missing == {}


@cache
def said_by_libraries() -> set[str]:
    """Return the messages that the forms and sign-in libraries say through our catalogues."""
    return {
        message[0] if isinstance(message, tuple) else message
        for library in ("wtforms", "flask_wtf", "flask_security")
        for _w, _l, message, _c, _x in extract_from_dir(
            Path(import_module(library).__path__[0]), [("**.py", "python")], keywords=KEYWORDS
        )
    }


@pytest.mark.parametrize("domain", domains())
def test_a_catalogue_has_no_fuzzy_or_unused_message(domain):
    leftovers = []
    for message in catalogue(domain):
        singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
        known = (singular, message.context) in spoken() or singular in said_by_libraries()
        if singular and (message.fuzzy or not known):
            leftovers.append(singular)
    assert leftovers == []


def test_the_same_message_says_the_same_in_every_catalogue():
    texts: dict[tuple[str, str | None], set[str]] = {}
    for domain in domains():
        for message in catalogue(domain):
            if message.id:
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                texts.setdefault((key, message.context), set()).add(str(message.string))
    assert {key: text for key, text in texts.items() if len(text) > 1} == {}


def test_placeholders_survive_translation():
    names = re.compile(r"%\((\w+)\)|\{(\w+)\}")
    broken = {
        key: text
        for key, text in translated().items()
        if {*names.findall(key[0])} - {("num", "")} != {*names.findall(text)} - {("num", "")}
    }
    assert broken == {}
