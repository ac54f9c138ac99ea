"""Unit texts: Markdown with tables, dialogues, boxes and pictures, made into clean HTML.

What a trainer writes is never trusted: no HTML in the source, the result passes an allow-list, and only pictures that
belong to the edition are put in, after that.

    ![what it shows](name.svg "caption")      a picture with its caption
    ::: dialogue  /  - **Operator** Hello.    a conversation, one list item a turn; ~~what not to say~~
    ::: think                                 a question to think about
    ::: say                                   a sentence to say word for word
    > **Name**  remark                        a trainer's red note
    [words](kb:gas-smell)                     a link by a name that an area registered: an article of its knowledge base
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.container import container_plugin

TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "hr", "a", "div",
    "b", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption",
}
CLASSES = {"div": {"scroll", "dialogue", "aside", "say"}, "table": {"tbl"}, "blockquote": {"quote"}}
_HOLE = re.compile(r'<figure data-picture="([^"]*)"></figure>')
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_named_links: dict[str, str] = {}
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def render(source: str, pictures: Mapping[str, str], *, think: str) -> Markup:
    """Return a unit's text as HTML that may stand in a page.

    pictures   by file name: the SVG itself, or the address of an uploaded picture
    think      the heading of `::: think` boxes, in the reader's language

    A picture that the edition doesn't have is named where it should stand.
    """
    shown: list[Markup] = []
    env: dict[str, Any] = {"pictures": pictures, "shown": shown, "think": think}
    html = _markdown().render(source, env)
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "figure": {"data-picture"}, "ol": {"start"}},
        allowed_classes=CLASSES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener noreferrer",
    )
    return Markup(_HOLE.sub(lambda hole: _figure(hole[1], shown), clean))  # noqa: S704 - cleaned by nh3 just above


def register_link(scheme: str, path: str) -> None:
    """Let `scheme:code` in a text lead to `path` followed by the code: small letters, digits and hyphens."""
    _named_links[scheme] = path


def linked_codes(source: str, scheme: str) -> list[str]:
    """Return the codes that a text links to by a registered name, each once, in order.

    >>> register_link("kb", "/knowledge/")
    >>> linked_codes("[看这篇](kb:gas-smell)和[这篇](kb:gas-smell)", "kb")
    ['gas-smell']
    """
    begins = _named_links.get(scheme, "\0")
    return list(dict.fromkeys(
        href.removeprefix(begins)
        for token in _markdown().parse(source, {"pictures": None}) for child in token.children or ()
        if child.type == "link_open" and (href := str(child.attrGet("href") or "")).startswith(begins)
    ))


def picture_names(source: str) -> list[tuple[str, int]]:
    """Return the pictures a text shows, each with its line (1-based), in order."""
    return [
        (str(child.attrGet("src") or ""), (token.map[0] + 1) if token.map else 1)
        for token in _markdown().parse(source, {"pictures": None})
        for child in token.children or ()
        if child.type == "image"
    ]


def chinese_characters(source: str) -> int:
    """Return how many Chinese characters a text has."""
    return len(_CHINESE.findall(source))


def _figure(number: str, shown: Sequence[Markup]) -> str:
    return str(shown[int(number)]) if number.isdigit() and int(number) < len(shown) else ""


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable(["table", "strikethrough"])
    container_plugin(markdown, "dialogue", render=_box("dialogue"))
    container_plugin(markdown, "think", render=_box("aside"))
    container_plugin(markdown, "say", render=_box("say"))
    markdown.core.ruler.push("figures", _lift_pictures)
    markdown.core.ruler.push("named_links", _lead_named_links)
    markdown.add_render_rule("image", _picture)
    markdown.add_render_rule("table_open", lambda *_: '<div class="scroll"><table class="tbl">')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    markdown.add_render_rule("blockquote_open", lambda *_: '<blockquote class="quote">')
    markdown.add_render_rule("heading_open", lambda _self, tokens, at, *_: f"<{_heading(tokens[at])}>")
    markdown.add_render_rule("heading_close", lambda _self, tokens, at, *_: f"</{_heading(tokens[at])}>")
    return markdown


def _heading(token: Token) -> str:
    """Headings begin at the second level: the first is the unit's title."""
    return f"h{min(max(int(token.tag[1:]), 2), 4)}"


def _box(css: str) -> Any:
    def rule(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
        if tokens[at].nesting != 1:
            return "</div>"
        return f'<div class="{css}">' + (f"<b>{escape(env['think'])}</b>" if css == "aside" else "")

    return rule


def _lift_pictures(state: Any) -> None:
    """Let a paragraph that holds a picture alone be the picture: a figure can't stand inside a paragraph."""
    if state.env.get("pictures") is None:
        return
    tokens: list[Token] = state.tokens
    for at in range(1, len(tokens) - 1):
        children = tokens[at].children
        if tokens[at].type == "inline" and children and len(children) == 1 and children[0].type == "image":
            tokens[at - 1].hidden = tokens[at + 1].hidden = True


def _lead_named_links(state: Any) -> None:
    """Let links by name lead to pages of this site."""
    for token in state.tokens:
        for child in token.children or ():
            scheme, _colon, code = str(child.attrGet("href") or "").partition(":")
            if child.type == "link_open" and scheme in _named_links and _CODE.fullmatch(code):
                child.attrSet("href", _named_links[scheme] + code)


def _picture(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
    token = tokens[at]
    name, caption = str(token.attrGet("src") or ""), str(token.attrGet("title") or "")
    drawing = (env["pictures"] or {}).get(name)
    if drawing is None:
        return f"<code>{escape(name)}</code>"
    label = escape(token.content)
    if drawing.startswith("<svg"):
        body = Markup(drawing.replace("<svg", f'<svg class="pic" role="img" aria-label="{label}"', 1))  # noqa: S704 - our own drawing, checked by picture_flaws when it was loaded
    else:
        body = Markup('<img class="pic" src="{}" alt="{}" loading="lazy">').format(drawing, token.content)
    below = Markup("<figcaption>{}</figcaption>").format(caption) if caption else Markup("")
    env["shown"].append(Markup("<figure>{}{}</figure>").format(body, below))
    return f'<figure data-picture="{len(env["shown"]) - 1}"></figure>'
