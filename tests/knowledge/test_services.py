"""From draft to published by two people, readers' words to the owner, reminders, bundled articles."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.knowledge import library, queries
from lms.knowledge.models import Article, ArticleEdition, ArticleFeedback, EditionState, Verdict
from lms.knowledge.rules import Wording
from lms.knowledge.services import authoring, listening, loading
from lms.notifications.models import Notification
from tests.factories import identity_with, make_person
from tests.knowledge.factories import LATER, make_article, trainer

pytestmark = pytest.mark.usefixtures("context")


def do(use_case, *args, **fields):
    with unit_of_work() as session:
        return use_case(session, *args, **fields)


def told(slug):
    return reading().scalars(select(Notification).where(Notification.slug == slug)).all()


@pytest.mark.both_databases
def test_an_article_is_published_by_a_second_person_and_its_next_edition_replaces_it(now):
    author, second = trainer(), trainer("吴审核")
    make_article("gas-smell", by=author, published=False)
    do(authoring.hand_in, "gas-smell", changes="第一版", by=author, now=now)
    with pytest.raises(Refused):
        do(authoring.publish, "gas-smell", review_on=LATER, by=author, now=now)
    assert queries.readable(reading(), "gas-smell") is None
    do(authoring.publish, "gas-smell", review_on=LATER, by=second, now=now)
    assert queries.readable(reading(), "gas-smell").number == 1
    words = Wording("闻到煤气味", "", "", "漏气了", "新的答法。")
    do(authoring.write_draft, "gas-smell", words, seen=None, by=second, now=now)
    assert queries.readable(reading(), "gas-smell").wording.title == "闻到燃气味"
    do(authoring.hand_in, "gas-smell", changes="换说法", by=second, now=now)
    do(authoring.publish, "gas-smell", review_on=LATER, by=author, now=now)
    assert queries.readable(reading(), "gas-smell").wording.title == "闻到煤气味"
    assert reading().scalars(select(ArticleEdition.state).order_by(ArticleEdition.number)).all() == [
        EditionState.SUPERSEDED, EditionState.PUBLISHED]


@pytest.mark.both_databases
def test_the_database_itself_keeps_published_words_as_they_are(now):
    make_article("gas-smell")
    for statement in ("UPDATE knowledge_edition SET body = '别的'", "DELETE FROM knowledge_edition"):
        with pytest.raises(DBAPIError, match="does not change"), unit_of_work() as session:
            session.execute(text(statement))
    with pytest.raises(DBAPIError), unit_of_work() as session:
        session.execute(text("UPDATE knowledge_edition SET published_by = created_by"))


def test_two_authors_do_not_overwrite_each_other(now):
    author, other = trainer(), trainer("郑老师")
    make_article("gas-smell", published=False, by=author)
    do(authoring.write_draft, "gas-smell", Wording("甲"), seen=1, by=author, now=now)
    with pytest.raises(Conflict):
        do(authoring.write_draft, "gas-smell", Wording("乙"), seen=1, by=other, now=now)


def test_an_article_without_question_or_answer_is_not_handed_in(now):
    make_article("gas-smell", asked="", body=" ", published=False)
    with pytest.raises(Invalid) as refused:
        do(authoring.hand_in, "gas-smell", changes="", by=trainer(), now=now)
    assert [problem.where for problem in refused.value.problems] == ["asked", "body"]


def test_a_draft_sent_back_carries_the_remark_and_one_thrown_away_leaves_no_article(now):
    author, second = trainer(), trainer("吴审核")
    make_article("gas-smell", by=author, published=False)
    do(authoring.hand_in, "gas-smell", changes="", by=author, now=now)
    do(authoring.send_back, "gas-smell", remark="缺少转接对象", by=second, now=now)
    assert reading().scalars(select(ArticleEdition.remark)).one() == "缺少转接对象"
    assert do(authoring.discard_draft, "gas-smell", by=author, now=now) is False
    assert reading().scalar(select(func.count()).select_from(Article)) == 0


def test_a_withdrawn_article_is_found_by_nobody_until_it_is_restored(now):
    make_article("gas-smell")
    do(authoring.withdraw, "gas-smell", reason="停用", by=trainer(), now=now)
    assert queries.search(reading(), "燃气味") == ()
    with pytest.raises(NotFound):
        do(listening.say, "gas-smell", Verdict.HELPFUL, by=trainer(), now=now)
    do(authoring.restore, "gas-smell", by=trainer(), now=now)
    assert [hit.code for hit in queries.search(reading(), "燃气味")] == ["gas-smell"]


@pytest.mark.both_databases
def test_a_whole_sentence_finds_the_article_and_a_word_finds_what_holds_it():
    make_article("gas-smell", asked="我家厨房有股煤气味\n好像漏气了", queues=("gas",), points=("gas/three-orders",))
    make_article("meter-fast", "表走得快", asked="这个月气费怎么这么高", body="先核对起止读数。", queues=("billing",))
    found = [hit.code for hit in queries.search(reading(), "师傅你好，我一进门就闻到煤气味，怎么办啊")]
    assert found == ["gas-smell"]
    assert [hit.code for hit in queries.search(reading(), "读数")] == ["meter-fast"]
    assert queries.search(reading(), "50%_") == ()
    assert queries.search(reading(), "煤气味", queue="billing") == ()
    assert [hit.code for hit in queries.about(reading(), [], points=["gas/three-orders"])] == ["gas-smell"]
    assert [hit.code for hit in queries.about(reading(), ["核对起止读数"], queue="billing")] == ["meter-fast"]


@pytest.mark.both_databases
def test_what_is_not_right_reaches_the_owner_and_the_answer_reaches_the_reader(now):
    owner, reader = make_person("林主管", roles=[Role.TRAINER]), make_person("陈雨桐")
    make_article("gas-smell", owner_id=owner.id)
    me = identity_with(person_id=reader.id)
    with pytest.raises(Invalid):
        do(listening.say, "gas-smell", Verdict.NOT_RIGHT, comment=" ", by=me, now=now)
    said = do(listening.say, "gas-smell", Verdict.NOT_RIGHT, comment="电话号码变了", by=me, now=now)
    assert [it.person_id for it in told("knowledge-not-right")] == [owner.id]
    do(listening.answer, said.id, text="已改好", by=identity_with(Role.TRAINER, person_id=owner.id), now=now)
    assert [it.person_id for it in told("knowledge-answered")] == [reader.id]
    with pytest.raises(Conflict):
        do(listening.answer, said.id, text="再答一次", by=trainer(), now=now)


def test_changing_ones_mind_replaces_what_was_said(now):
    make_article("gas-smell")
    me = identity_with(person_id=make_person("陈雨桐").id)
    do(listening.say, "gas-smell", Verdict.HELPFUL, by=me, now=now)
    do(listening.say, "gas-smell", Verdict.NOT_RIGHT, comment="有误", by=me, now=now)
    assert reading().scalars(select(ArticleFeedback.verdict)).all() == ["not_right"]


def test_owners_are_reminded_once_a_stage_and_administrators_where_nobody_owns(now):
    owner, admin = make_person("林主管", roles=[Role.TRAINER]), make_person("管理员", roles=[Role.TRAINING_ADMIN])
    make_article("gas-smell", owner_id=owner.id, review_on=date(2026, 3, 10))
    make_article("meter", "表走得快", review_on=date(2026, 3, 10))
    make_article("far", "开户", review_on=date(2026, 9, 10))
    day = date(2026, 3, 2)
    assert do(listening.remind, today=day, now=now) == 2
    assert do(listening.remind, today=day + timedelta(days=1), now=now) == 0
    assert {it.person_id for it in told("knowledge-review-due")} == {owner.id, admin.id}
    assert do(listening.remind, today=date(2026, 3, 11), now=now) == 2


def test_looking_again_moves_the_review_date_into_the_future_only(now):
    make_article("gas-smell")
    do(authoring.still_right, "gas-smell", review_on=date(2027, 1, 1), by=trainer(), now=now)
    assert queries.readable(reading(), "gas-smell").review_on == date(2027, 1, 1)
    with pytest.raises(Invalid):
        do(authoring.still_right, "gas-smell", review_on=now.date(), by=trainer(), now=now)


@pytest.mark.both_databases
def test_bundled_articles_load_once_renew_themselves_and_leave_own_editions_alone(now, monkeypatch):
    first = do(loading.load_bundled, now=now)
    assert first.added == len(library.articles()) > 0
    assert do(loading.load_bundled, now=now) == loading.LoadReport(0, 0)
    mine, theirs = (it.code for it in library.articles()[:2])
    author, second = trainer(), trainer("吴审核")
    do(authoring.write_draft, mine, Wording("我们自己的", "", "", "问", "答"), seen=None, by=author, now=now)
    do(authoring.hand_in, mine, changes="", by=author, now=now)
    do(authoring.publish, mine, review_on=LATER, by=second, now=now)
    renewed = [it.model_copy(update={"body": it.body + "\n\n新的一段。"}) for it in library.articles()]
    monkeypatch.setattr(library, "articles", lambda: renewed)
    do(loading.load_bundled, now=now)
    assert queries.readable(reading(), mine).wording.title == "我们自己的"
    assert queries.readable(reading(), theirs).wording.body.endswith("新的一段。")
