"""What trainers write becomes clean HTML, whatever they write."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web.richtext import chinese_characters, render

DRAWING = '<svg viewBox="0 0 1 1"><title>x</title></svg>'


def html(source: str, **pictures: str) -> str:
    return str(render(source, {f"{name}.svg": svg for name, svg in pictures.items()}, think="想一想"))


HARMLESS = {  # stands here once more on purpose: who lengthens the product's list has to look here too
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "hr", "a", "div",
    "b", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "title",
}


class Strict(HTMLParser):
    """Fails on any element or attribute that a unit's text may not hold."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS, tag
        for name, value in attrs:
            assert name in {"class", "href", "start", "rel"} or tag == "svg", name
            assert name != "href" or (value or "").partition(":")[0] in {"http", "https", "mailto", "tel", value}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "[click](java\nscript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='javascript:x'>x</a>",
        '<figure data-picture="0"></figure>',
        '<div style="position:fixed">',
        '::: dialogue" onclick="x\n:::',
    ],
)
def test_nothing_active_gets_through(hostile):
    Strict().feed(html(hostile, drawn=DRAWING))


@pytest.mark.parametrize(
    "active",
    ["<script>x</script>", '<a href="javascript:x">x</a>', '<a onclick="x">x</a>', '<p style="x">x</p>', "<img src=x>"],
)
def test_the_check_of_these_tests_sees_what_is_active(active):
    with pytest.raises(AssertionError):
        Strict().feed(active)


@given(st.text(alphabet="<>&\"'`*_#![]()|:-~ \nabcdijorsvpt滴度/.;=", max_size=200))
def test_any_text_at_all_becomes_allowed_elements_only(source):
    Strict().feed(html(source, drawn=DRAWING))


def test_a_picture_stands_as_a_figure_with_its_caption():
    made = html('前文\n\n![三条指令](drawn.svg "图 1")\n\n后文', drawn=DRAWING)
    assert '<figure><svg class="pic" role="img" aria-label="三条指令"' in made
    assert "<figcaption>图 1</figcaption></figure>" in made


def test_words_in_a_picture_cannot_break_out_of_it():
    made = html('![a" onload="x](drawn.svg "<b>c</b>")', drawn=DRAWING)
    assert 'onload="x' not in made
    assert "&lt;b&gt;c" in made


def test_an_uploaded_picture_is_shown_by_its_address():
    assert '<img class="pic" src="/courses/pictures/1" alt="图"' in html("![图](p.svg)", p="/courses/pictures/1")


def test_a_missing_picture_is_named():
    assert "<code>away.svg</code>" in html("![图](away.svg)")


def test_dialogues_questions_and_sentences_to_say_have_their_boxes():
    dialogue = "::: dialogue\n- **客户** 喂\n- **话务员** ~~说~~\n:::\n\n"
    made = html(dialogue + "::: think\n为什么？\n:::\n\n::: say\n请讲。\n:::")
    assert '<div class="dialogue"><ul>' in made
    assert "<s>说</s>" in made
    assert '<div class="aside"><b>想一想</b><p>为什么？</p>' in made
    assert '<div class="say"><p>请讲。</p>' in made


def test_headings_begin_below_the_title():
    assert html("# 一\n\n###### 六") == "<h2>一</h2><h4>六</h4>"


def test_tables_can_be_scrolled_on_a_phone():
    assert html("| a |\n|---|\n| 1 |").startswith('<div class="scroll"><table class="tbl">')


def test_only_chinese_characters_are_counted():
    assert chinese_characters("请讲，three 三！\n㐀") == 4
