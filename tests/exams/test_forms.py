"""Forms of one paper: as equally hard as the bank allows, nothing shared where it is rich enough, spread by turn."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, ExamEdition, ExamPurpose, Sitting, SittingItem
from lms.exams.queries.board import board_of
from lms.exams.queries.forms import facilities
from lms.exams.queries.previewed import items_to_preview, previewed_of
from lms.exams.rules.forms import (
    draw_forms,
    expected_facility,
    form_for,
    largest_difference,
    naive_forms,
    strength,
)
from lms.exams.rules.paper import Candidate, NotEnoughQuestions, Part
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import assign_exam
from lms.exams.services.authoring import create_exam, deal_forms, publish_edition
from lms.exams.services.planning import plan_session
from lms.exams.services.sitting import start_sitting, submit
from lms.kernel.db import db, reading, unit_of_work
from question_bank.models import QuestionEdition
from question_bank.statistics.models import QuestionFigure
from tests import factories
from tests.exams.web import Browser, text_of


def pool(prefix, size):
    return [Candidate(f"{prefix}{n:03}", f"{prefix}{n:03}@1", "gas/leak", "single") for n in range(size)]


def spread(*pools):
    """Facilities from very hard to very easy."""
    return {it.question: 0.05 + 0.9 * place / len(found) for found in pools for place, it in enumerate(found)}


def difference(parts, forms, facility):
    return largest_difference([strength(parts, form, facility) for form in forms])


def questions(form):
    return [it.question for part in form for it in part]


def test_forms_from_a_rich_bank_share_nothing_and_lie_within_a_hundredth_of_a_mark():
    parts, pools = [Part(10, 250), Part(5, 500)], [pool("A", 60), pool("B", 40)]
    facility = spread(*pools)
    forms = draw_forms(parts, pools, facility, count=3, seed="s")
    asked = [it for form in forms for it in questions(form)]
    assert len(asked) == len(set(asked)) == 45
    assert difference(parts, forms, facility) < 20
    assert difference(parts, naive_forms(parts, pools, count=3, seed="s"), facility) > 100


def test_the_same_seed_gives_the_same_forms_whatever_the_order_of_the_bank():
    parts, bank = [Part(5, 250)], pool("A", 40)
    facility = spread(bank)
    forms = draw_forms(parts, [bank], facility, count=4, seed="s")
    assert forms == draw_forms(parts, [bank[::-1]], facility, count=4, seed="s")
    assert forms != draw_forms(parts, [bank], facility, count=4, seed="t")


def test_from_a_scant_bank_questions_come_back_as_seldom_as_can_be_and_never_on_one_form():
    parts, bank = [Part(4, 100)], pool("A", 6)
    forms = draw_forms(parts, [bank], spread(bank), count=2, seed="s")
    assert all(len(set(questions(form))) == 4 for form in forms)
    assert len(set(questions(forms[0])) & set(questions(forms[1]))) == 2


def test_a_bank_that_fills_no_form_is_refused():
    with pytest.raises(NotEnoughQuestions):
        draw_forms([Part(4, 100)], [pool("A", 3)], {}, count=2, seed="s")


@pytest.mark.parametrize("count", [0, 9])
def test_there_are_one_to_eight_forms(count):
    with pytest.raises(ValueError, match="forms"):
        draw_forms([Part(1, 100)], [pool("A", 30)], {}, count=count, seed="s")


@pytest.mark.parametrize(
    ("difficulty", "share", "responses", "expected"),
    [("hard", 0.9, 30, 0.9), ("hard", 0.9, 29, 0.5), ("easy", None, 0, 0.85), ("medium", None, 99, 0.7),
     ("", None, 0, 0.7)],
    ids=["enough answers", "one too few", "easy", "no share", "no difficulty"],
)
def test_answers_count_from_thirty_on_and_the_authors_word_until_then(difficulty, share, responses, expected):
    assert expected_facility(difficulty, share=share, responses=responses) == expected


def test_a_forms_strength_is_its_mean_and_the_spread_of_independent_questions():
    form = (tuple(pool("A", 2)),)
    told = strength([Part(2, 100)], form, {"A000": 0.5, "A001": 1.0})
    assert (told.mean, told.deviation) == (150.0, 50.0)


BANKS = st.lists(st.floats(0, 1, allow_nan=False), min_size=4, max_size=40)


@settings(max_examples=150, deadline=None)
@given(BANKS, st.integers(1, 4), st.integers(1, 8), st.sampled_from([100, 250]), st.text("ab", max_size=2))
def test_levelled_forms_are_whole_and_never_further_apart_than_forms_dealt_by_chance(shares, count, many, points, seed):
    bank = pool("A", len(shares))
    facility = {it.question: share for it, share in zip(bank, shares, strict=True)}
    parts = [Part(count, points)]
    forms = draw_forms(parts, [bank], facility, count=many, seed=seed)
    assert len(forms) == many
    assert all(len(set(questions(form))) == count for form in forms)
    asked = [it for form in forms for it in questions(form)]
    assert len(set(asked)) == min(len(bank), count * many)
    naive = naive_forms(parts, [bank], count=many, seed=seed)
    assert difference(parts, forms, facility) <= difference(parts, naive, facility) + 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 8), st.text(max_size=5), st.integers(0, 200))
def test_neighbours_get_different_forms_and_nobody_a_seen_one_while_another_is_left(many, seed, place):
    assert form_for(place, forms=many, seen=(), seed=seed) != form_for(place + 1, forms=many, seen=(), seed=seed)
    seen: list[int] = []
    for _attempt in range(many):
        seen.append(form_for(place, forms=many, seen=seen, seed=seed))
    assert sorted(seen) == list(range(1, many + 1))


@pytest.fixture
def three_forms(content, now):
    """A published exam of three forms with six questions each."""
    terms = Terms((Part(6, 100, subject="gas"),), forms=3, resit=ResitPolicy(wait_days=0, retrain=False))
    with unit_of_work() as session:
        exam = create_exam(session, code="forms", title="三套卷", purpose=ExamPurpose.STAGE, terms=terms, by=SYSTEM,
                           now=now)
        return publish_edition(session, exam.id, by=SYSTEM, now=now).id


def begun(assignment_id, now):
    with unit_of_work() as session:
        return start_sitting(session, assignment_id, seat="s", by=SYSTEM, now=now, code="").id


def asked_in(sitting_id):
    return {
        str(it) for it in reading().scalars(select(SittingItem.edition_id).where(SittingItem.sitting_id == sitting_id))
    }


def test_published_forms_are_kept_and_a_sitting_asks_exactly_one_of_them(three_forms, learner, now):
    with unit_of_work() as session:
        assigned = assign_exam(session, "forms", person_id=learner.id, by=SYSTEM, now=now).id
    sitting = reading().get_one(Sitting, begun(assigned, now))
    forms = reading().get_one(ExamEdition, three_forms).forms
    assert len(forms) == 3
    assert asked_in(sitting.id) == set(forms[sitting.form - 1][0])


def test_resits_take_the_forms_not_seen_yet(three_forms, learner, now):
    with unit_of_work() as session:
        assigned = assign_exam(session, "forms", person_id=learner.id, by=SYSTEM, now=now).id
    seen = []
    for attempt in range(3):
        at = now + timedelta(days=attempt)
        sitting_id = begun(assigned, at)
        with unit_of_work() as session:
            submit(session, sitting_id, epoch=1, by=SYSTEM, now=at + timedelta(minutes=1))
        seen.append(reading().get_one(Sitting, sitting_id).form)
    assert sorted(seen) == [1, 2, 3]


def test_neighbours_in_the_list_of_a_session_get_different_forms_whoever_begins_first(three_forms, now):
    people = [factories.make_person(f"考生{n}", staff_no=f"90{n:02}") for n in range(6)]
    with unit_of_work() as session:
        exam_id = session.get_one(ExamEdition, three_forms).exam_id
        planned = plan_session(session, exam_id, title="上午场", opens_at=now, closes_at=now + timedelta(hours=2),
                               by=SYSTEM, now=now)
        session.flush()
        assigned = [
            assign_exam(session, "forms", person_id=it.id, session_id=planned.id, by=SYSTEM, now=now).id
            for it in people
        ]
    given = {}
    for place in (3, 0, 5, 1, 4, 2):
        sitting_id = begun(assigned[place], now)
        given[place] = reading().get_one(Sitting, sitting_id).form
        if place % 2:
            with unit_of_work() as session:
                submit(session, sitting_id, epoch=1, by=SYSTEM, now=now + timedelta(minutes=1))
    assert all(given[place] != given[place + 1] for place in range(5))
    assert given[0] == given[3]
    board = board_of(reading(), planned, ["/"], now + timedelta(minutes=2))
    assert [it.live.form for it in board.places] == ["ABC"[given[place] - 1] for place in range(6)]


def rows_everywhere():
    reading().rollback()
    return {name: reading().scalar(select(func.count()).select_from(it)) for name, it in db.metadata.tables.items()}


def test_a_trial_shows_the_room_with_a_form_and_writes_no_row_anywhere(three_forms, client, sign_in):
    sign_in(client, Role.TRAINER)
    browser, before = Browser(client), rows_everywhere()
    shown = browser.get("/exams/papers/forms/try?form=2")
    assert shown.status_code == 200 and "B 卷" in text_of(shown)
    assert 'data-save=""' in shown.text and 'data-state=""' in shown.text and 'data-token=""' in shown.text
    assert "/submit" not in shown.text and "/sittings/" not in shown.text
    assert rows_everywhere() == before


def test_the_page_of_forms_says_how_equal_they_are_and_deals_them_anew(three_forms, client, sign_in):
    sign_in(client, Role.TRAINER)
    browser = Browser(client)
    before = text_of(browser.get("/exams/papers/forms/forms"))
    assert "最大相差" in before
    assert browser.get("/exams/papers/forms/preview?form=3").status_code == 200
    assert browser.post("/exams/papers/forms/forms").status_code == 302
    assert reading().scalars(select(Exam).where(Exam.code == "forms")).one().draft["forms_seed"] == 2


def test_a_published_form_is_previewed_as_published_whatever_the_draft_would_deal(three_forms, now):
    edition = reading().get_one(ExamEdition, three_forms)
    with unit_of_work() as session:
        deal_forms(session, edition.exam_id, by=SYSTEM, now=now)
    exam = reading().get_one(Exam, edition.exam_id)
    kept = {it for part in reading().get_one(ExamEdition, three_forms).forms[1] for it in part}
    asked = {
        wanted: {it.candidate.edition
                 for it in items_to_preview(reading(), previewed_of(exam, wanted), form=2, seed="1")}
        for wanted in ("", "1", "draft")
    }
    assert asked[""] == asked["1"] == kept
    assert asked["draft"] != kept


def test_a_changed_draft_is_previewed_before_the_edition(three_forms, now):
    with unit_of_work() as session:
        exam = session.get_one(Exam, session.get_one(ExamEdition, three_forms).exam_id)
        exam.draft = {**exam.draft, "pass_percent": 61}
    exam = reading().get_one(Exam, exam.id)
    found = {wanted: previewed_of(exam, wanted) for wanted in ("", "1", "draft")}
    assert [(it.edition is None, it.differs, it.terms.pass_percent, it.terms.forms) for it in found.values()] == [
        (True, True, 61, 3), (False, True, 80, 3), (True, True, 61, 3),
    ]


def test_thirty_answers_outweigh_what_the_author_said(three_forms, now):
    edition = reading().get_one(ExamEdition, three_forms)
    pinned = reading().get_one(QuestionEdition, UUID(edition.forms[0][0][0]))
    with unit_of_work() as session:
        session.add(
            QuestionFigure(question_id=pinned.question_id, edition_id=pinned.id, sittings=30, facility=0.12, marked=30,
                           earned=360, computed_at=now)
        )
    one = Candidate(str(pinned.question_id), str(pinned.id), "gas/leak", "single", "easy")
    facility, measured = facilities(reading(), [one])
    assert facility == {one.question: 0.12}
    assert measured == {one.question}
