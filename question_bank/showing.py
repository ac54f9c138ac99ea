"""The words of a question on a page: plain text, or Markdown with pictures and tables.

Templates call `question_words` and `question_gaps` with what `kinds.candidate_view` or `kinds.review_view` returned.
Pictures and recordings are reached through addresses that only the reader of the page can open, for a day.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import nh3
from flask import Flask, url_for
from markupsafe import Markup, escape

from lms.web.guard import current_identity, request_time
from lms.web.richtext import render
from question_bank.kinds.blank import MARKERS
from question_bank.media import sealed_until

Reach = Callable[[str], str]
_MEDIA = re.compile(r"media:([0-9a-f]{64})")
_HOLE = re.compile("\ue000(\\d+)\ue001")
_GAPS = re.compile(r"[ \t]*\n[ \t\n]*")


def install_words(app: Flask) -> None:
    """Let every template show the words of a question."""
    app.jinja_env.globals.update(
        question_words=question_words, question_gaps=question_gaps, question_text=question_text, media_url=media_url
    )


def question_words(shown: Mapping[str, Any], name: str = "stem") -> Markup:
    """Return one of the texts of a question as HTML that may stand in a block: its stem, explanation, model."""
    return words_html(str(shown.get(name) or ""), rich=bool(shown.get("rich")) and name != "model")


def question_gaps(shown: Mapping[str, Any], gaps: Sequence[Any]) -> Markup:
    """Return the stem with something in the place of each gap, in order."""
    held = iter(range(len(gaps)))
    pitted = MARKERS.sub(lambda found: f"\ue000{next(held, 0)}\ue001", str(shown.get("stem") or ""))
    if "\ue000" not in pitted:
        pitted += "\ue0000\ue001"
    made = words_html(pitted, rich=bool(shown.get("rich")))
    return Markup(_HOLE.sub(lambda hole: str(escape(gaps[int(hole[1])])) if int(hole[1]) < len(gaps) else "", made))  # noqa: S704 - the text was escaped or cleaned, the gaps are escaped here


def words_html(text: str, *, rich: bool, reach: Reach | None = None) -> Markup:
    """Return text as HTML; `reach` turns the digest of a picture into its address (the reader's own, by default)."""
    if not rich:
        return Markup('<span class="q-lines">{}</span>').format(text)
    pictures = {f"media:{digest}": (reach or media_url)(digest) for digest in _MEDIA.findall(text)}
    return Markup('<div class="q-rich">{}</div>').format(render(text, pictures, think=""))


def question_text(shown: Mapping[str, Any], name: str = "stem") -> str:
    """Return one of the texts of a question without any formatting, in one line."""
    return plain_words(str(shown.get(name) or ""), rich=bool(shown.get("rich")))


def plain_words(text: str, *, rich: bool) -> str:
    """Return text without Markdown; pictures leave what they show.

    >>> plain_words("**先**关阀", rich=True)
    '先关阀'
    """
    if not rich:
        return text
    named = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    bare = nh3.clean(str(render(named, {}, think="")), tags=set())
    return _GAPS.sub(" ", html.unescape(bare)).strip()


def media_url(digest: str) -> str:
    """Return where the reader of this page can load a picture or recording, until tomorrow."""
    until, seal = sealed_until(digest, current_identity().person_id, now=request_time())
    return url_for("questions.media", digest=digest, until=until, seal=seal)
