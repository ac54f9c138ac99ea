"""Sections: mixed inside themselves alone, with a minimum that no sum makes good."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, ExamEdition, ExamPurpose, KeyCorrection, SittingItem
from lms.exams.queries.corrections import impact_of
from lms.exams.queries.result import result_of
from lms.exams.rules.corrections import CorrectionKind
from lms.exams.rules.paper import Candidate, Cell, Part, draw, fits, supply, supply_of_cells
from lms.exams.rules.sections import (
    Section,
    SectionFlaw,
    SectionMark,
    all_reached,
    by_section,
    section_flaws,
)
from lms.exams.rules.supply import share
from lms.exams.rules.terms import Terms, terms_from_json, terms_to_json
from lms.exams.services import authoring
from lms.exams.services import corrections as corrections_service
from lms.exams.services.authoring import create_exam
from lms.exams.services.sitting import submit
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.sign_in import identity_of
from question_bank.models import Question, QuestionEdition
from tests import factories
from tests.exams.papers import SINGLE, make_question, sit
from tests.exams.rows import make_exam
from tests.exams.test_pages import editor_fields
from tests.exams.web import Browser, text_of

RIGHT, WRONG = "a", "b"
TWO = (Section("单项选择题", minimum=50), Section("判断题"))


def question(number):
    return Candidate(f"Q{number:02}", f"Q{number:02}@1", "gas/leak", "single")


def test_questions_are_mixed_inside_their_section_alone():
    parts = [Part(3, 100), Part(3, 100, section=1), Part(3, 100, section=1)]
    pools = [[question(n) for n in range(start, start + 3)] for start in (0, 10, 20)]
    papers = [draw(parts, pools, seed=str(seed)) for seed in range(8)]
    assert all([parts[it.part].section for it in paper] == [0] * 3 + [1] * 6 for paper in papers)
    assert len({tuple(it.part for it in paper[3:]) for paper in papers}) > 1


def test_a_section_in_order_follows_its_lines_where_the_other_is_mixed():
    parts = [Part(1, 100, edition=f"Q{n:02}@1") for n in range(6)]
    parts += [Part(1, 100, edition=f"Q{n:02}@1", section=1) for n in range(10, 16)]
    pools = [[question(int(part.edition[1:3]))] for part in parts]
    papers = [[it.candidate.question for it in draw(parts, pools, seed=str(seed), in_order={0})] for seed in range(5)]
    assert all(paper[:6] == [f"Q{n:02}" for n in range(6)] for paper in papers)
    assert any(paper[6:] != [f"Q{n:02}" for n in range(10, 16)] for paper in papers)


@pytest.mark.parametrize(
    ("points", "reached", "missing"),
    [(499, False, 1), (500, True, 0), (1000, True, 0), (0, False, 500)],
    ids=["a hundredth below", "on the line", "in full", "nothing"],
)
def test_a_section_is_reached_exactly_from_its_minimum_on(points, reached, missing):
    first, second = by_section([SectionMark(0, points, 1000), SectionMark(1, 0, 1000)], TWO)
    assert (first.reached, first.missing) == (reached, missing)
    assert second.reached
    assert all_reached([first, second]) is reached


def test_a_section_in_which_nothing_counts_any_more_fails_nobody():
    assert all_reached(by_section([SectionMark(1, 0, 1000)], TWO))


@pytest.mark.parametrize(
    ("sections", "parts", "found"),
    [
        ((Section(),), (Part(1, 100),), set()),
        ((Section("甲"), Section("")), (Part(1, 100), Part(1, 100, section=1)), {SectionFlaw.TITLE}),
        ((Section("甲"), Section("乙")), (Part(1, 100),), {SectionFlaw.EMPTY}),
        ((Section("甲", minimum=101),), (Part(1, 100),), {SectionFlaw.MINIMUM}),
        ((Section("甲", minimum=0),), (Part(1, 100),), {SectionFlaw.MINIMUM}),
        ((Section("甲"),), (Part(1, 100, section=1),), {SectionFlaw.UNKNOWN}),
        (tuple(Section("题") for _n in range(20)), tuple(Part(1, 1, section=n) for n in range(20)), set()),
        (tuple(Section("题") for _n in range(21)), tuple(Part(1, 1, section=n) for n in range(21)), {SectionFlaw.MANY}),
    ],
    ids=["none", "no title", "no questions", "over 100 %", "0 %", "no such section", "twenty", "twenty-one"],
)
def test_what_is_wrong_with_sections_is_told(sections, parts, found):
    assert {flaw for flaw, _index in section_flaws(sections, parts)} == found


def test_terms_with_and_without_sections_come_back_from_storage_as_they_were():
    terms = Terms((Part(2, 100), Part(1, 200, edition="0" * 32, section=1)), sections=TWO)
    assert terms_from_json(terms_to_json(terms)) == terms
    plain = terms_to_json(Terms((Part(2, 100),)))
    assert plain["parts"] == [{"count": 2, "points": 100}]
    assert plain["sections"] == []


SORTS = st.tuples(st.sampled_from(["gas", "gas/leak", "water"]), st.sampled_from("sm"), st.sampled_from("eh"))
LINES = st.builds(
    Part, st.integers(1, 3), st.just(100), point=st.sampled_from([None, "gas", "gas/leak", "water"]),
    kind=st.sampled_from([None, "s", "m"]), difficulty=st.sampled_from([None, "e", "h"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4), st.lists(SORTS, max_size=8), st.sets(st.integers(0, 7), max_size=3))
def test_counts_alone_tell_what_looking_at_every_question_tells(lines, sorts, named):
    bank = [Candidate(f"Q{n}", f"Q{n}@1", *sort) for n, sort in enumerate(sorts)]
    parts = [*lines, *(Part(1, 100, edition=f"Q{n}@1") for n in sorted(named))]
    pools = [
        [it for it in bank if it.edition == part.edition
         or fits(part, point=it.point, kind=it.kind, difficulty=it.difficulty)]
        for part in parts
    ]
    cells = [Cell(*sort, sorts.count(sort)) for sort in sorted(set(sorts))]
    counted = supply_of_cells(parts, cells, {it.edition: it for it in bank})
    looked = supply(parts, pools)
    assert [it.available for it in counted] == [it.available for it in looked]
    assert sum(it.granted for it in counted) == sum(it.granted for it in looked)
    if any(it.short for it in looked):
        return
    assert len(draw(parts, pools, seed="s")) == sum(part.count for part in parts)


def test_a_line_gives_way_to_one_that_has_nothing_else():
    classes = {frozenset({2}): 2, frozenset({0, 1}): 2, frozenset({0, 2}): 1}
    assert share([2, 1, 1], classes) == (2, 1, 1)


@pytest.fixture
def two_sections(context):
    """A paper whose first section of two questions needs half its marks; 50 of 100 pass the whole."""
    return make_exam(terms=Terms((Part(2, 1000), Part(2, 1000, section=1)), pass_percent=50, sections=TWO))


def sat(person, exam, answers):
    questions = [make_question("single", SINGLE) for _n in range(4)]
    sitting = sit(person, questions, dict(enumerate(answers, start=1)), exam=exam, hand_in=False)
    with unit_of_work() as session:
        for item in session.scalars(select(SittingItem).where(SittingItem.sitting_id == sitting.id)):
            item.part = (item.position - 1) // 2
    with unit_of_work() as session:
        submit(session, sitting.id, epoch=1, by=SYSTEM, now=sitting.started_at + timedelta(minutes=2))
    reading().rollback()
    return reading().get_one(type(sitting), sitting.id)


@pytest.mark.parametrize(
    ("answers", "passed"),
    [([RIGHT, WRONG, RIGHT, RIGHT], True), ([WRONG, WRONG, RIGHT, RIGHT], False), ([RIGHT, RIGHT, WRONG, WRONG], True)],
    ids=["half of the first", "none of the first", "only the first"],
)
def test_a_section_below_its_minimum_fails_the_exam_whatever_the_sum(two_sections, learner, answers, passed):
    sitting = sat(learner, two_sections, answers)
    assert sitting.points >= sitting.out_of // 2
    assert sitting.passed is passed
    result = result_of(reading(), sitting, at=clock.now())
    assert [it.title for it in result.failed_sections] == ([] if passed else ["一、单项选择题"])


def test_the_result_says_which_section_failed_and_by_how_much(two_sections, learner, enter):
    sitting = sat(learner, two_sections, [WRONG, WRONG, RIGHT, RIGHT])
    told = text_of(enter(learner).get(f"/exams/sittings/{sitting.id}/result"))
    assert "有大题未达到最低要求" in told
    assert "一、单项选择题至少要得到本大题分数的 50%，还差 10 分" in told


def test_a_corrected_key_lets_a_failed_section_pass_and_the_preview_knows(two_sections, learner):
    sitting = sat(learner, two_sections, [WRONG, WRONG, RIGHT, RIGHT])
    item = reading().scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id, SittingItem.position == 1)
    ).one()
    edition_id = item.edition_id
    proposer = factories.make_person(roles=[Role.TRAINER])
    with unit_of_work() as session:
        correction = corrections_service.propose_correction(
            session, edition_id, kind=CorrectionKind.FULL_MARKS, reason="答案有误",
            by=identity_of(session, proposer), now=clock.now(),
        )
        correction_id = correction.id
    impact = impact_of(reading(), reading().get_one(KeyCorrection, correction_id), at=clock.now())
    assert [it.rises for it in impact.touched] == [True]


@pytest.fixture
def enter(app, sign_in):
    """Open a browser for somebody."""

    def open_browser(who):
        client = app.test_client()
        sign_in(client, who)
        return Browser(client)

    return open_browser


@pytest.fixture
def trainer(enter):
    return enter(Role.TRAINER)


def in_two_sections(**changes):
    return editor_fields(
        section_key=["x", "y"], section_title=["单项选择题", "判断题"], section_minimum=["60", ""],
        section_instruction=["每题只有一个正确答案。", ""], section_in_order=["y"],
        part_section=["y", "x"], part_edition=["", ""], **changes,
    )


def test_sections_are_written_published_previewed_and_kept_apart(content, trainer):
    trainer.post("/exams/papers/new", data=in_two_sections())
    assert trainer.post("/exams/papers/new-exam", data=in_two_sections(do="publish")).status_code == 302
    edition = reading().scalars(select(ExamEdition).join(Exam).where(Exam.code == "new-exam")).one()
    assert [(it.get("section", 0), it["count"]) for it in edition.blueprint] == [(0, 2), (1, 5)]
    assert edition.sections == [
        {"title": "单项选择题", "instruction": "每题只有一个正确答案。", "minimum": 60},
        {"title": "判断题", "in_order": True},
    ]
    preview = text_of(trainer.get("/exams/papers/new-exam/preview"))
    assert preview.index("一、单项选择题") < preview.index("二、判断题")
    assert "至少得 60%" in preview


@pytest.mark.parametrize("changes", [{"section_title": ["", "判断题"]}, {"section_minimum": ["101", ""]}])
def test_sections_that_can_not_work_are_not_published(content, trainer, changes):
    trainer.post("/exams/papers/new", data=in_two_sections())
    fields = {**in_two_sections(do="publish"), **changes}
    assert trainer.post("/exams/papers/new-exam", data=fields).status_code == 422


def test_a_draw_is_fixed_and_from_then_on_the_paper_is_those_questions(content, trainer):
    trainer.post("/exams/papers/new", data=in_two_sections())
    drawn = draft_questions(trainer, seed=3)
    assert trainer.post("/exams/papers/new-exam/fix", data={"seed": "3"}).status_code == 302
    exam = reading().scalars(select(Exam).where(Exam.code == "new-exam")).one()
    assert all(part["edition"] and part["count"] == 1 for part in exam.draft["parts"])
    assert sorted(draft_questions(trainer, seed=9)) == sorted(drawn)


def draft_questions(browser, seed):
    told = text_of(browser.get(f"/exams/papers/new-exam/preview?seed={seed}"))
    return [part.split('id="stem')[1].split("</div>")[0].split(". ", 1)[1] for part in told.split('class="stem" ')[1:]]


def test_questions_are_found_by_code_and_by_words(content, trainer):
    some = reading().scalars(select(Question).order_by(Question.code).limit(2)).all()
    codes = [it.code for it in some]
    by_code = trainer.get(f"/exams/papers/questions?q={codes[1]},{codes[0]}").json["questions"]
    assert [it["code"] for it in by_code] == codes[::-1]
    by_words = trainer.get("/exams/papers/questions?q=阀门 客户").json["questions"]
    assert by_words
    assert trainer.get("/exams/papers/questions?q=没有这样的词").json["questions"] == []


def fixed_fields(editions, **changes):
    blank = [""] * len(editions)
    return editor_fields(
        part_topic=blank, part_difficulty=blank, part_kind=blank, part_count=["1"] * len(editions),
        part_marks=["5"] * len(editions), part_edition=[str(it) for it in editions], **changes,
    )


def published_editions(many):
    found = reading().scalars(
        select(QuestionEdition.id).where(QuestionEdition.state == "published").order_by(QuestionEdition.id).limit(many)
    ).all()
    reading().rollback()
    return found


def test_a_fixed_paper_is_published_with_its_editions_in_the_author_s_order(content, trainer):
    editions = published_editions(4)[::-1]
    trainer.post("/exams/papers/new", data=fixed_fields(editions))
    assert trainer.post("/exams/papers/new-exam", data=fixed_fields(editions, do="publish")).status_code == 302
    edition = reading().scalars(select(ExamEdition).join(Exam).where(Exam.code == "new-exam")).one()
    assert [it["edition"] for it in edition.blueprint] == [str(it) for it in editions]
    assert (edition.questions, edition.full_mark) == (4, 2000)


def test_a_retired_question_and_one_named_twice_are_not_published(content, trainer, now):
    editions = published_editions(3)
    trainer.post("/exams/papers/new", data=fixed_fields(editions))
    twice = trainer.post("/exams/papers/new-exam", data=fixed_fields([*editions, editions[0]], do="publish"))
    assert twice.status_code == 422
    assert "同一道题" in text_of(twice)
    with unit_of_work() as session:
        question = session.get_one(Question, session.get_one(QuestionEdition, editions[1]).question_id)
        question.retired_at, code = now, question.code
    refused = trainer.post("/exams/papers/new-exam", data=fixed_fields(editions, do="publish"))
    assert refused.status_code == 422
    assert f"题目 {code} 不能放进试卷：已停用" in text_of(refused)


def test_a_drawn_line_never_repeats_a_question_that_stands_on_the_paper_by_hand(content, now):
    (edition,) = published_editions(1)
    point = reading().scalar(select(QuestionEdition).where(QuestionEdition.id == edition)).knowledge_point_id
    assert point
    with unit_of_work() as session:
        exam = create_exam(
            session, code="mixed", title="混合", purpose=ExamPurpose.STAGE, by=SYSTEM, now=now,
            terms=Terms((Part(1, 100, edition=str(edition)), Part(20, 100))),
        )
        published = authoring.publish_edition(session, exam.id, by=SYSTEM, now=now)
        assert published.questions == 21
