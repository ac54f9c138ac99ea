"""The pages: everybody reads and answers back, authors write, a second person publishes."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading
from lms.knowledge import queries
from lms.knowledge.models import ArticleFeedback
from tests.factories import make_person
from tests.knowledge.factories import make_article, make_product


@pytest.fixture(autouse=True)
def _no_tokens(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def test_a_learner_searches_reads_and_says_what_is_not_right(app, client, sign_in):
    with app.app_context():
        make_article("gas-smell", body="::: say\n请先关阀。\n:::\n\n<b>原样</b>", queues=("gas",))
    sign_in(client, Role.LEARNER)
    assert "闻到燃气味" in client.get("/knowledge/?q=厨房有煤气味").text
    shown = client.get("/knowledge/gas-smell").text
    assert 'class="say"' in shown
    assert "<b>原样</b>" not in shown
    assert client.post("/knowledge/gas-smell/feedback", data={"verdict": "not_right"}).status_code == 422
    told = client.post("/knowledge/gas-smell/feedback", data={"verdict": "not_right", "comment": "号码变了"})
    assert told.status_code == 302
    with app.app_context():
        assert reading().scalars(select(ArticleFeedback.comment)).all() == ["号码变了"]


def test_a_learner_sees_neither_drafts_nor_the_authors_pages(app, client, sign_in):
    with app.app_context():
        make_article("gas-smell", published=False)
    sign_in(client, Role.LEARNER)
    assert client.get("/knowledge/gas-smell").status_code == 404
    assert client.get("/knowledge/panel/gas-smell").status_code == 404
    assert client.get("/knowledge/manage/gas-smell").status_code == 403


def test_an_article_is_written_handed_in_and_published_by_somebody_else(app, client, sign_in):
    with app.app_context():
        make_product()
        author = make_person("周老师", roles=[Role.TRAINER])
        owner = str(author.id)
    sign_in(client, author)
    labels = {"product": "gas-safety", "points": "gas/dispatch", "owner": owner, "review_on": "2026-09-01"}
    assert client.post("/knowledge/manage/new", data={**labels, "code": "Bad!", "title": "漏气"}).status_code == 422
    begun = client.post("/knowledge/manage/new", data={**labels, "code": "leak", "title": "漏气"})
    assert begun.location == "/knowledge/manage/leak/edit"
    written = {"seen": "1", "title": "漏气", "asked": "漏气了", "body": "先关阀。"}
    assert client.post("/knowledge/manage/leak/edit", data=written).status_code == 302
    assert client.post("/knowledge/manage/leak/edit", data=written).status_code == 409
    assert client.post("/knowledge/manage/leak/hand-in", data={"changes": "第一版"}).status_code == 302
    assert client.post("/knowledge/manage/leak/publish", data={"review_on": "2026-09-01"}).status_code == 403
    sign_in(client, Role.REVIEWER)
    assert "先关阀" in client.get("/knowledge/manage/leak").text
    assert client.post("/knowledge/manage/leak/publish", data={"review_on": "2026-09-01"}).location == "/knowledge/leak"
    with app.app_context():
        assert queries.readable(reading(), "leak").owner == "周老师"


def test_authors_answer_readers_change_labels_and_withdraw(app, client, sign_in):
    with app.app_context():
        make_article("gas-smell")
    sign_in(client, Role.LEARNER)
    client.post("/knowledge/gas-smell/feedback", data={"verdict": "not_right", "comment": "号码变了"})
    sign_in(client, Role.TRAINER)
    with app.app_context():
        said = reading().scalars(select(ArticleFeedback.id)).one()
    assert "号码变了" in client.get("/knowledge/manage/gas-smell").text
    assert client.post(f"/knowledge/manage/feedback/{said}", data={"answer": ""}).status_code == 422
    assert client.post(f"/knowledge/manage/feedback/{said}", data={"answer": "已改"}).status_code == 302
    assert "已改" in client.get("/knowledge/manage/gas-smell").text
    labels = {"product": "gas-safety", "points": "gas/dispatch gas/location", "owner": "", "review_on": "2027-01-01"}
    assert client.post("/knowledge/manage/gas-smell/labels", data=labels).status_code == 302
    assert client.post("/knowledge/manage/gas-smell/withdraw", data={"reason": ""}).status_code == 200
    assert client.post("/knowledge/manage/gas-smell/withdraw", data={"reason": "停用"}).status_code == 302
    assert client.get("/knowledge/gas-smell").status_code == 404
    assert client.get("/knowledge/manage?state=withdrawn").text.count("gas-smell") >= 1


def test_the_panel_of_a_call_finds_by_the_callers_words_or_by_the_queue(app, client, sign_in):
    with app.app_context():
        make_article("gas-smell", queues=("gas",))
        make_article("meter", "表走得快", asked="气费高", queues=("billing",))
    sign_in(client, Role.LEARNER)
    by_queue = client.get("/knowledge/panel?queue=gas").text
    assert "/knowledge/panel/gas-smell" in by_queue
    assert "/knowledge/panel/meter" not in by_queue
    assert "/knowledge/panel/meter" in client.get("/knowledge/panel?queue=gas&q=气费高").text
    assert "先关阀" in client.get("/knowledge/panel/gas-smell").text


def test_the_search_of_the_site_finds_articles_too(app, client, sign_in):
    with app.app_context():
        make_article("gas-smell")
    sign_in(client, Role.LEARNER)
    assert "/knowledge/gas-smell" in client.get("/search?q=燃气味").text
