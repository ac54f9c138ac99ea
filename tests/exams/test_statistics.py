"""Statistics of an exam and of a question from marked sittings: which count, what pages show to whom."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, SittingItem
from lms.exams.queries.question_statistics import question_statistics
from lms.exams.queries.statistics import Asked, by_session, exam_statistics
from lms.exams.services.assigning import assign_exam
from lms.exams.services.figures import stale_questions
from lms.exams.services.planning import plan_session
from lms.exams.tasks import refresh_question_figures
from lms.kernel.db import db, new_id, reading, unit_of_work
from question_bank import kinds
from question_bank import queries as bank
from question_bank.models import QuestionEdition
from question_bank.queries.figures import misbehaving
from question_bank.statistics.flags import Flag
from question_bank.statistics.models import QuestionFigure
from tests import factories
from tests.exams.marked import sat
from tests.exams.web import Browser, text_of

pytestmark = pytest.mark.usefixtures("content")
EXAM = "gas-theory"
EVERYWHERE = ("/",)


def singles(number):
    """Return codes of bundled single-choice questions."""
    found = [it.code for it in bank.candidates(reading(), [bank.Pick(kind=kinds.KindCode.SINGLE, count=number)])[0]]
    return found[:number]


def right(code):
    return bank.published(reading(), [code])[code].content["key"]


def wrong(code, among=0):
    options = bank.published(reading(), [code])[code].content["options"]
    return [it["id"] for it in options if it["id"] != right(code)][among]


def ladder(people, codes, **more):
    """Let people sit it so that the n-th knows the first n questions only."""
    for known in range(people):
        sat(EXAM, {code: right(code) if place < known else wrong(code) for place, code in enumerate(codes)}, **more)


def exam_id():
    return reading().scalars(select(Exam.id).where(Exam.code == EXAM)).one()


def statistics(**more):
    reading().rollback()
    return exam_statistics(reading(), Asked(exam_id(), more.pop("paths", EVERYWHERE), **more))


@pytest.mark.both_databases
def test_figures_and_answers_of_an_exam_are_read_from_its_sittings(context):
    codes = singles(4)
    ladder(5, codes)
    found = statistics()
    items = {it.edition.code: it for it in found.items}
    assert found.sittings == 5
    assert [items[code].figures.facility for code in codes] == [0.8, 0.6, 0.4, 0.2]
    assert all(items[code].figures.discrimination > 0 for code in codes)
    chosen = {it.name: it.count for it in items[codes[0]].choices}
    assert chosen[right(codes[0])] == 4
    assert chosen[wrong(codes[0])] == 1
    assert found.analysis.paper.kr20 == pytest.approx(0.8)


def test_the_answer_that_counts_is_the_last_one_saved(context):
    code = singles(1)[0]
    for _one in range(5):
        sat(EXAM, {code: right(code)}, before=[wrong(code)])
    assert {it.name: it.count for it in statistics().items[0].choices}[wrong(code)] == 0


def test_resits_count_only_when_asked_for(context):
    codes = singles(2)
    ladder(3, codes)
    ladder(3, codes, attempt=2)
    assert statistics().sittings == 3
    assert statistics(first_only=False).sittings == 6


def test_somebody_who_is_still_sitting_doesn_t_count(context, learner, now):
    ladder(3, singles(2))
    with unit_of_work() as session:
        assign_exam(session, EXAM, person_id=learner.id, by=SYSTEM, now=now)
    assert statistics().sittings == 3


def test_a_question_left_out_of_the_sum_is_left_out_of_the_figures(context):
    codes = singles(3)
    for known in range(3):
        sat(EXAM, {code: right(code) if place < known else wrong(code) for place, code in enumerate(codes)},
            left_out=[codes[0]])
    assert {it.edition.code for it in statistics().items} == set(codes[1:])


def test_statistics_are_of_the_people_of_one_s_own_part(context):
    site, other = factories.make_unit("杭州"), factories.make_unit("武汉")
    for unit in (site, site, other):
        sat(EXAM, dict.fromkeys(singles(2)), person=factories.make_person(unit=unit))
    assert statistics(paths=(site.path,)).sittings == 2
    assert statistics(paths=()).sittings == 0


def test_sessions_stand_beside_each_other_with_the_change_of_the_pass_rate(context, now):
    code = singles(1)[0]
    for hours, passing in ((1, 0), (2, 10)):
        with unit_of_work() as session:
            planned = plan_session(session, exam_id(), title=f"第{hours}场", place="", opens_at=now.replace(hour=hours),
                                   closes_at=now.replace(hour=hours + 1), by=SYSTEM, now=now).id
        for place in range(10):
            sat(EXAM, {code: right(code) if place < passing else wrong(code)}, session_id=planned)
    reading().rollback()
    first, second = by_session(reading(), Asked(exam_id(), EVERYWHERE))
    assert first.change is None
    assert (second.passed, second.change.difference, second.change.certain) == (10, 1.0, True)
    assert statistics(session_id=second.session_id).sittings == 10


def test_an_exam_is_read_by_the_same_few_statements_however_many_sat(context):
    def statements():
        asked = []

        def listener(*said):
            asked.append(said[2])

        event.listen(db.engine, "before_cursor_execute", listener)
        statistics()
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(asked)

    ladder(2, singles(3))
    few = statements()
    ladder(6, singles(3))
    assert statements() == few


def misled(people=40):
    """Let the best choose a wrong option of one question; return its code."""
    suspect, *others = singles(6)
    for known in range(people):
        share = known * 6 // people
        paper = {code: right(code) if place < share else wrong(code) for place, code in enumerate(others)}
        sat(EXAM, {suspect: wrong(suspect) if share >= 3 else right(suspect), **paper})
    return suspect


@pytest.mark.both_databases
def test_a_question_whose_key_the_best_contradict_is_on_the_trainer_s_list(context, identity, now):
    suspect = misled()
    refresh_question_figures(now)
    reading().rollback()
    trainer = factories.make_person(roles=[Role.TRAINER])
    listed = misbehaving(reading(), identity(trainer))
    assert [it.code for it in listed] == [suspect]
    assert listed[0].flags[:2] == (Flag.KEY_SUSPECT, Flag.NEGATIVE)


def test_figures_follow_marks_that_change_later(context, now):
    codes = singles(2)
    ladder(5, codes)
    refresh_question_figures(now)
    reading().rollback()
    assert stale_questions(reading()) == ()
    with unit_of_work() as session:
        for item in session.scalars(select(SittingItem)):
            item.points = item.out_of
    reading().rollback()
    assert len(stale_questions(reading())) == 2
    refresh_question_figures(now)
    reading().rollback()
    assert set(reading().scalars(select(QuestionFigure.facility))) == {1.0}


def test_a_question_is_followed_through_all_its_exams(context):
    codes = singles(2)
    ladder(5, codes)
    sat("service-theory", {codes[0]: right(codes[0])})
    reading().rollback()
    question = bank.published(reading(), codes)[codes[0]].question_id
    found = question_statistics(reading(), question, EVERYWHERE)
    assert found.sittings == 6
    assert [it.figures.sittings for it in found.exams] == [5, 1]
    assert found.newest.figures.facility == pytest.approx(5 / 6)


@pytest.fixture
def browser(client, sign_in):
    def enter(who):
        sign_in(client, who)
        return Browser(client)

    return enter


def test_a_trainer_reads_the_hint_in_words_and_the_options_behind_it(context, browser):
    suspect = misled()
    letter = wrong(suspect).upper()
    trainer = browser(Role.TRAINER)
    exam = text_of(trainer.get(f"/exams/papers/{EXAM}/statistics"))
    assert f"成绩最好的考生多选 {letter}：答案是不是标错了？" in exam
    question = text_of(trainer.get(f"/exams/statistics/questions/{suspect}"))
    assert "正确答案" in question
    assert f"成绩最好的考生多选 {letter}" in question


def test_under_five_sittings_only_the_author_sees_figures(context, client, browser, sign_in):
    code = singles(1)[0]
    for _one in range(4):
        sat(EXAM, {code: right(code)})
    edition = bank.published(reading(), [code])[code].id
    assert "作答不足五人。" in text_of(browser(Role.TRAINER).get(f"/exams/papers/{EXAM}/statistics"))
    assert "100%" not in text_of(browser(Role.TRAINER).get(f"/exams/statistics/questions/{code}"))
    author = factories.make_person(roles=[Role.TRAINER])
    with unit_of_work() as session:
        session.execute(
            QuestionEdition.__table__.insert().values(
                **{**_row(session, edition), "id": new_id(), "number": 99, "state": "draft", "published_at": None,
                   "published_by": None, "created_by": author.id})
        )
    assert "100%" in text_of(browser(author).get(f"/exams/statistics/questions/{code}"))


def _row(session, edition_id):
    found = session.get(QuestionEdition, edition_id)
    return {column.name: getattr(found, column.name) for column in QuestionEdition.__table__.columns}


@pytest.mark.parametrize(("number", "warned"), [(29, True), (30, False)], ids=["29 sittings", "30 sittings"])
def test_a_warning_stands_over_figures_from_fewer_than_thirty(context, browser, number, warned):
    code = singles(1)[0]
    for place in range(number):
        sat(EXAM, {code: right(code) if place % 2 else wrong(code)})
    page = text_of(browser(Role.TRAINER).get(f"/exams/papers/{EXAM}/statistics"))
    assert ("作答不足 30 人" in page) is warned


def test_the_table_of_questions_is_sorted_and_exported_in_full(context, browser):
    codes = singles(4)
    ladder(6, codes)
    trainer = browser(Role.TRAINER)
    sent = trainer.get(f"/exams/papers/{EXAM}/statistics?sort=facility&dir=desc&export=xlsx")
    rows = list(load_workbook(BytesIO(sent.data)).active.iter_rows(values_only=True))
    head = rows[0]
    assert [row[0] for row in rows[1:]] == codes
    assert [row[head.index("得分率")] for row in rows[1:]] == [0.833, 0.667, 0.5, 0.333]


@pytest.mark.parametrize("role", [Role.LEARNER, Role.MANAGER, Role.HR], ids=lambda it: it.value)
def test_who_might_sit_the_same_exam_reads_no_keys(context, browser, role):
    assert browser(role).get(f"/exams/papers/{EXAM}/statistics").status_code == 403
    assert browser(role).get(f"/exams/statistics/questions/{singles(1)[0]}").status_code == 403


def test_an_exam_nobody_has_sat_says_so(context, browser):
    assert "还没有评完的试卷" in text_of(browser(Role.TRAINER).get(f"/exams/papers/{EXAM}/statistics"))


def test_a_stranger_to_numbers_in_the_address_gets_all_sessions(context, browser):
    ladder(5, singles(2))
    page = browser(Role.TRAINER).get(f"/exams/papers/{EXAM}/statistics?session=nonsense&attempts=%00")
    assert page.status_code == 200


def test_the_bank_is_filtered_and_sorted_by_figures(context, browser, now):
    suspect = misled()
    refresh_question_figures(now)
    trainer = browser(Role.TRAINER)
    flagged = text_of(trainer.get("/questions/?flag=key_suspect&columns=facility&columns=flags"))
    assert suspect in flagged
    assert "答案存疑" in flagged
    assert singles(6)[1] not in flagged
    assert trainer.get("/questions/?sort=discrimination&dir=desc&columns=discrimination").status_code == 200


def test_the_trainer_s_home_names_the_questions_that_misbehave(context, browser, now):
    suspect = misled()
    refresh_question_figures(now)
    home = text_of(browser(Role.TRAINER).get("/today"))
    assert "表现异常的题目" in home
    assert f"/exams/statistics/questions/{suspect}" in home
