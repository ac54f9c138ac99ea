"""Imports: tried first, written as a whole, taken back within a day."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.jobs import run_due_jobs
from question_bank import queries, services
from question_bank.formats.gift_out import write_gift
from question_bank.formats.template import write_template
from question_bank.formats.workbook import write_bank
from question_bank.kinds import KindCode
from question_bank.models import (
    Decision,
    EditionState,
    ImportState,
    Question,
    QuestionEdition,
    QuestionImport,
    QuestionImportRow,
    Verdict,
)
from tests.conftest import NOW
from tests.question_bank.conftest import refused, somebody
from tests.question_bank.made import TRUE_FALSE
from tests.question_bank.test_formats_spreadsheet import entry, sheet_of

both = pytest.mark.both_databases
HEADER = ["题型", "题干", "选项A", "选项B", "选项C", "答案", "知识点"]
GOOD_ROW = ["单选", "水表异响先做什么？", "关总阀", "拍视频", "不用管", "A", "接听"]
BAD_ROW = ["单选", "水表不走怎么办？", "报修", "自己拆", "换表", "E", "接听"]
SAME_ROW = ["单选", "电话铃响后，应当在几声之内接听", "一声", "三声", "五声", "B", "接听"]


def rows_of(trial):
    statement = (
        select(QuestionImportRow).where(QuestionImportRow.import_id == trial.id).order_by(QuestionImportRow.number)
    )
    return list(reading().scalars(statement.execution_options(populate_existing=True)))


def state_of(trial):
    return reading().get(QuestionImport, trial.id, populate_existing=True).state


def questions():
    return reading().scalar(select(func.count()).select_from(Question).where(Question.import_id.is_not(None)))


def confirm(trial, by, *, now=NOW, submit=False):
    with unit_of_work() as session:
        return services.confirm_import(session, trial.id, by=by, now=now, submit=submit)


@both
def test_a_file_on_trial_writes_nothing(hand_in):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, BAD_ROW))
    assert [(row.number, row.verdict) for row in rows_of(trial)] == [(2, Verdict.FIT), (3, Verdict.ERROR)]
    assert (state_of(trial), questions()) == (ImportState.STAGED, 0)


@both
def test_good_rows_are_written_all_at_once_as_drafts(hand_in, author):
    trial = hand_in(write_template())
    taken = [row for row in rows_of(trial) if row.decision == Decision.TAKE]
    assert confirm(trial, author) == len(taken) == questions()
    states = set(reading().scalars(select(QuestionEdition.state).where(QuestionEdition.import_id == trial.id)))
    assert states == {EditionState.DRAFT}


@both
def test_one_bad_row_keeps_the_whole_file_out(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, BAD_ROW))
    with refused(Conflict, "question_import.rows_with_errors"):
        confirm(trial, author)
    assert (state_of(trial), questions()) == (ImportState.STAGED, 0)


@both
def test_a_bad_row_is_repaired_or_left_out(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, BAD_ROW, [*BAD_ROW[:1], "表盘起雾呢？", *BAD_ROW[2:]]))
    with unit_of_work() as session:
        services.repair_rows(session, trial.id, [3], {"answer": "C"}, by=author)
    assert [row.verdict for row in rows_of(trial)] == [Verdict.FIT, Verdict.FIT, Verdict.ERROR]
    with unit_of_work() as session:
        assert services.drop_errors(session, trial.id, by=author) == 1
    assert confirm(trial, author) == 2


def test_the_counts_follow_the_repairs(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, BAD_ROW))
    assert trial.counts["error"] == 1
    with unit_of_work() as session:
        services.repair_rows(session, trial.id, [3], {"answer": "C"}, by=author)
    counts = reading().get(QuestionImport, trial.id, populate_existing=True).counts
    assert (counts["error"], counts["fit"], counts["total"]) == (0, 2, 2)


def test_likeness_to_the_bank_and_within_the_file_is_found_and_passed_over(hand_in):
    nearly = [*GOOD_ROW[:1], "水表异响，先做什么", *GOOD_ROW[2:]]
    trial = hand_in(sheet_of(HEADER, SAME_ROW, GOOD_ROW, nearly))
    same, good, again = rows_of(trial)
    bank_id = queries.published(reading(), ["TEL-001"])["TEL-001"].question_id
    assert (same.verdict, same.decision, same.like_question_id) == (Verdict.DUPLICATE, Decision.SKIP, bank_id)
    assert same.like_percent > 88
    assert good.verdict == Verdict.FIT
    assert (again.verdict, again.like_row, again.like_percent) == (Verdict.DUPLICATE, 3, 100)


def test_a_duplicate_may_be_kept_on_purpose(hand_in, author):
    trial = hand_in(sheet_of(HEADER, SAME_ROW))
    with refused(Conflict, "question_import.nothing_to_write"):
        confirm(trial, author)
    with unit_of_work() as session:
        services.decide_row(session, trial.id, 2, Decision.TAKE, by=author, now=NOW)
    assert confirm(trial, author) == 1


@both
def test_a_duplicate_may_become_the_next_edition_of_what_it_resembles(hand_in, author, write):
    first = hand_in(sheet_of(HEADER, GOOD_ROW))
    confirm(first, author)
    with unit_of_work() as session:
        question = session.scalars(select(Question).where(Question.import_id == first.id)).one()
        services.submit_for_review(session, question.id, by=author, now=NOW)
    reviewer = somebody(Role.REVIEWER)
    with unit_of_work() as session:
        services.publish(session, question.id, by=reviewer, now=NOW)
    second = hand_in(sheet_of(HEADER, [*GOOD_ROW[:4], "不用管它", *GOOD_ROW[5:]]))
    with unit_of_work() as session:
        services.decide_row(session, second.id, 2, Decision.NEW_EDITION, by=author, now=NOW)
    confirm(second, author)
    numbers = reading().scalars(select(QuestionEdition.number).where(QuestionEdition.question_id == question.id))
    assert sorted(numbers) == [1, 2]
    with unit_of_work() as session:
        plan = services.undo_import(session, second.id, by=author, now=NOW)
    assert (plan.drafts, plan.removed) == ((question.code,), ())


def test_a_bundled_question_gets_no_edition_from_a_file(hand_in, author):
    trial = hand_in(sheet_of(HEADER, SAME_ROW))
    with refused(Conflict, "question.bundled"), unit_of_work() as session:
        services.decide_row(session, trial.id, 2, Decision.NEW_EDITION, by=author, now=NOW)


@both
def test_written_twice_is_written_once(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    confirm(trial, author)
    with refused(Conflict, "question_import.not_open"):
        confirm(trial, author)
    assert questions() == 1


def test_what_somebody_else_wrote_meanwhile_is_not_written_again(hand_in, author):
    first, second = hand_in(sheet_of(HEADER, GOOD_ROW)), hand_in(sheet_of(HEADER, GOOD_ROW))
    confirm(first, author)
    with refused(Conflict, "question_import.bank_changed"):
        confirm(second, author)
    with unit_of_work() as session:
        services.reread_import(session, second.id, {}, by=author)
    run_due_jobs()
    assert rows_of(second)[0].verdict == Verdict.DUPLICATE


@both
def test_a_written_import_is_taken_back_within_a_day(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    confirm(trial, author)
    with unit_of_work() as session:
        plan = services.undo_import(session, trial.id, by=author, now=NOW + timedelta(hours=24))
    assert (len(plan.removed), questions(), state_of(trial)) == (1, 0, ImportState.UNDONE)


def test_a_day_and_a_second_later_it_stays(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    confirm(trial, author)
    with refused(Conflict, "question_import.undo_over"), unit_of_work() as session:
        services.undo_import(session, trial.id, by=author, now=NOW + timedelta(hours=24, seconds=1))
    assert questions() == 1


@both
def test_what_was_published_meanwhile_is_retired_not_removed(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, [*GOOD_ROW[:1], "另一道全新的题目？", *GOOD_ROW[2:]]))
    confirm(trial, author, submit=True)
    first = reading().scalars(select(Question).where(Question.import_id == trial.id).order_by(Question.code)).first()
    reviewer = somebody(Role.REVIEWER)
    with unit_of_work() as session:
        services.publish(session, first.id, by=reviewer, now=NOW)
    with unit_of_work() as session:
        plan = services.undo_import(session, trial.id, by=author, now=NOW)
    assert (plan.retired, len(plan.removed)) == ((first.code,), 1)
    assert reading().get(Question, first.id, populate_existing=True).retired_at == NOW


def test_rows_may_go_straight_into_review_when_they_have_a_point(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW, [*GOOD_ROW[:1], "没有知识点的题？", *GOOD_ROW[2:6], None]))
    confirm(trial, author, submit=True)
    states = reading().scalars(select(QuestionEdition.state).where(QuestionEdition.import_id == trial.id))
    assert sorted(states) == [EditionState.DRAFT, EditionState.REVIEW]


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "utf-16"])
def test_a_gift_file_in_any_usual_encoding_is_read(hand_in, codec):
    text_ = write_gift([entry(KindCode.TRUE_FALSE, {**TRUE_FALSE, "stem": "可以边吃边接听。"})]).decode()
    trial = hand_in(text_.encode(codec), "txt", name="题目.gift")
    assert [row.verdict for row in rows_of(trial)] == [Verdict.FIT]


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"PK\x03\x04 broken", "xlsx", "workbook_broken"),
        (b"abc\x07", "txt", "not_a_text_file"),
        ("没有题".encode(), "txt", "gift_without_questions"),
        (sheet_of(HEADER), "xlsx", "no_rows"),
    ],
)
def test_an_unreadable_file_ends_with_its_reason_and_no_rows(hand_in, data, kind, code):
    trial = hand_in(data, kind)
    failed = reading().get(QuestionImport, trial.id, populate_existing=True)
    assert (failed.state, failed.failure["code"], rows_of(trial)) == (ImportState.FAILED, code, [])


def test_columns_nobody_can_guess_are_asked_for_and_then_used(hand_in, author):
    trial = hand_in(sheet_of(["甲列", "乙列"], ["可以抢着挂机。", "错"]))
    assert state_of(trial) == ImportState.COLUMNS
    with unit_of_work() as session:
        layout = {"sheet": "Sheet1", "header": 0, "columns": ["stem", "answer"]}
        services.reread_import(session, trial.id, layout, by=author)
    run_due_jobs()
    assert [(row.number, row.verdict) for row in rows_of(trial)] == [(2, Verdict.NOTICE)]


def test_reading_a_file_twice_gives_the_same_rows(hand_in, author):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    with unit_of_work() as session:
        session.get_one(QuestionImport, trial.id).state = ImportState.READING
    services.stage_import(trial.id, lambda _done, _total: None)
    assert len(rows_of(trial)) == 1


def test_another_site_s_trainer_does_not_see_the_import(hand_in):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    with pytest.raises(NotFound):
        confirm(trial, somebody(Role.TRAINER, unit_path="/pa/"))


@pytest.mark.parametrize(
    ("later", "state"),
    [(timedelta(days=7), ImportState.DISCARDED), (timedelta(days=7, seconds=-1), ImportState.STAGED)],
    ids=["at the instant", "a second before"],
)
def test_what_nobody_writes_is_forgotten_after_seven_days(hand_in, later, state):
    trial = hand_in(sheet_of(HEADER, GOOD_ROW))
    with unit_of_work() as session:
        services.forget_stale_imports(session, now=trial.created_at + later)
    assert state_of(trial) == state


def test_five_thousand_questions_are_tried_and_written(hand_in, author):
    stems = [
        f"第 {number} 号户的表在第 {number * 7919 % 10007} 层，编号 {number * 104729 % 999983}，对吗？"
        for number in range(5000)
    ]
    data = write_bank(entry(KindCode.TRUE_FALSE, {**TRUE_FALSE, "stem": stem}) for stem in stems)
    trial = hand_in(data)
    assert state_of(trial) == ImportState.STAGED
    with unit_of_work() as session:
        session.execute(text("UPDATE question_import_row SET decision = 'take'"))
    assert confirm(trial, author) == 5000
