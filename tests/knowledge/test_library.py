"""The bundled articles: what a training manager may put before operators on Monday."""

import re

import pytest

from lms.desk.sample.organisation import QUEUES
from lms.kernel.db import reading, unit_of_work
from lms.knowledge import library
from lms.knowledge.queries import search
from lms.knowledge.services.loading import load_bundled
from lms.web.richtext import chinese_characters, linked_codes, register_link
from question_bank import bundled

ARTICLES = library.articles()
MOBILE = re.compile(r"1[3-9]\d{9}")


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.code)
def test_an_article_says_what_to_say_what_not_to_promise_and_whom_to_hand_over_to(article):
    assert 250 <= chinese_characters(article.title + "".join(article.asked) + article.body) <= 600
    assert len(article.asked) >= 3
    assert "::: say" in article.body or "|" in article.body
    assert re.search(r"## 不(?:能|要|能写)|## 别说|## 不要说|## 不能写", article.body)
    assert "## 转给谁" in article.body
    assert not MOBILE.search(article.body), "no telephone number that could be somebody's"


def test_articles_lead_only_to_articles_queues_and_points_there_are():
    register_link("kb", "/knowledge/")
    codes = {article.code for article in ARTICLES}
    points, queues = {point.code for point in bundled.points()}, {queue.code for queue in QUEUES}
    for article in ARTICLES:
        assert set(linked_codes(article.body, "kb")) <= codes - {article.code}, article.code
        assert set(article.points) <= points, article.code
        assert set(article.queues) <= queues, article.code


def test_forty_articles_under_every_product_with_titles_of_their_own():
    assert len(ARTICLES) >= 40
    assert {article.product for article in ARTICLES} == {product.code for product in library.products()}
    assert len({article.title for article in ARTICLES}) == len(ARTICLES)


SENTENCES = (
    ("我一进门就闻到煤气味怎么办", "gas-smell-home"), ("这个月气费太贵了", "bill-high"), ("装修要移表", "pipe-change"),
    ("表是不是坏了走得快", "meter-test"), ("孩子学费能退吗", "school-enrolment"), ("煤气费在哪里交", "payment-ways"),
    ("邻居的电话给我", "who-may-be-told"), ("老人听不清", "elderly-dialect"), ("怎么一直没人来修", "dispatch-claim"),
    ("洗澡头晕", "carbon-monoxide"), ("发票抬头错了", "invoice"), ("充错了别人家的卡", "refund-overpaid"),
)


def test_callers_sentences_find_their_article_first(context, now):
    with unit_of_work() as session:
        load_bundled(session, now=now)
    found = {sentence: next(iter(search(reading(), sentence)), None) for sentence, _code in SENTENCES}
    assert {sentence: hit and hit.code for sentence, hit in found.items()} == dict(SENTENCES)


@pytest.mark.parametrize(
    ("text", "told"),
    [("没有头", "a head"), ("---\ntitle: 只有题\n---\n正文", "product"), ("---\n{\n---\n正文", "x.md")],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, text, told):
    (tmp_path / "x.md").write_text(text, encoding="utf-8")
    with pytest.raises(library.LibraryError, match=told):
        library.read_article(tmp_path / "x.md")
