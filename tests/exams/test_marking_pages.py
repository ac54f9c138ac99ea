"""The pages around marks: queue, one question, appeals, corrected keys; what a candidate sees and from when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.exams.models import Appeal, KeyCorrection, Sitting
from lms.exams.rules.release import Release, Rule, When
from lms.exams.rules.terms import Terms
from lms.kernel import clock
from lms.kernel.db import reading
from lms.kernel.jobs import run_due_jobs
from question_bank.models import Question
from tests import factories
from tests.exams.papers import CASE, SHORT, SINGLE, correct_question, make_question, sit
from tests.exams.sat import fresh
from tests.exams.web import Browser, text_of

DAY = timedelta(days=1)
SAID = "先听她说完，再复述地址。"


@pytest.fixture
def enter(app, sign_in):
    """Return a browser of somebody signed in: `enter(person or role)`."""

    def entered(who):
        client = app.test_client()
        sign_in(client, who)
        return Browser(client)

    return entered


@pytest.fixture
def licensed(monkeypatch):
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: True)


def test_a_marker_finds_the_question_marks_an_answer_and_it_is_settled(context, enter, licensed):
    learner = factories.make_person("赵一鸣")
    case = make_question("case", CASE)
    sitting = sit(learner, [case], {1: ["a", SAID]})
    marker = enter(Role.ASSESSOR)
    assert str(case.id) in text_of(marker.get("/exams/marking"))
    shown = text_of(marker.get(f"/exams/marking/{case.id}"))
    assert SAID in shown
    assert "倾听" in shown
    assert [it for it in (learner.name, str(learner.id), str(sitting.id)) if it in shown] == []
    url = shown.split('data-save="')[1].split('"')[0]
    response = marker.post(url, json={"points": {"1": 750}, "remark": "很好", "revision": 1})
    assert (response.status_code, response.json["revision"], response.json["repeated"]) == (200, 1, False)
    assert marker.post(url, json={"points": {"1": 750}, "remark": "很好", "revision": 1}).json["repeated"] is True
    assert marker.post(url, json={"points": {"1": 700}, "remark": "很好", "revision": 1}).status_code == 409
    assert fresh(Sitting, sitting.id).points == 1000
    result = text_of(enter(learner).get(f"/exams/sittings/{sitting.id}/result"))
    assert "很好" in result


def test_the_parts_of_a_case_are_shown_to_the_marker_as_they_were_asked(context, enter, licensed):
    first, second = CASE["parts"]
    asked = {**second, "content": {**second["content"], "rich": True, "stem": "说出**三句**话。"}}
    case = make_question("case", {**CASE, "parts": [first, asked]})
    sit(factories.make_person("赵一鸣"), [case], {1: ["a", SAID]})
    assert "说出<strong>三句</strong>话。" in text_of(enter(Role.ASSESSOR).get(f"/exams/marking/{case.id}"))


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.TRAINER])
def test_the_home_of_who_marks_counts_what_waits_and_since_when(context, enter, role):
    marker = enter(role)
    assert "等待自" not in text_of(marker.get("/"))
    sit(factories.make_person("赵一鸣"), [make_question("short", SHORT)], {1: SAID})
    shown = text_of(marker.get("/"))
    assert "2026-03-02" in shown
    assert 'href="/exams/marking"' in shown.split("待评作答")[1]


@pytest.mark.parametrize(
    "sent", [{}, {"points": 5}, {"points": {"": "5"}, "revision": 1}, {"points": {"": 5}, "revision": 0},
             {"points": {"": 5}, "revision": 1, "remark": 7}, []],
    ids=["nothing", "no mapping", "text", "revision 0", "a remark of digits", "a list"],
)
def test_nonsense_is_refused(context, learner, enter, licensed, sent):
    short = make_question("short", SHORT)
    sit(learner, [short], {1: SAID})
    marker = enter(Role.TRAINER)
    url = text_of(marker.get(f"/exams/marking/{short.id}")).split('data-save="')[1].split('"')[0]
    assert marker.post(url, json=sent).status_code == 422


def test_passing_over_leaves_a_flag(context, learner, enter, licensed):
    short = make_question("short", SHORT)
    sit(learner, [short], {1: SAID})
    marker = enter(Role.TRAINER)
    url = text_of(marker.get(f"/exams/marking/{short.id}")).split('data-skip-url="')[1].split('"')[0]
    assert marker.post(url, json={"note": "看不懂"}).status_code == 204
    assert "看不懂" in text_of(enter(Role.ASSESSOR).get("/exams/marking"))


def test_without_a_licence_the_queue_says_so_and_nothing_opens(context, learner, enter):
    short = make_question("short", SHORT)
    sit(learner, [short], {1: SAID})
    marker = enter(Role.TRAINER)
    assert f"/exams/marking/{short.id}" not in text_of(marker.get("/exams/marking"))
    assert marker.get(f"/exams/marking/{short.id}").status_code == 403


@pytest.mark.parametrize("address", ["/exams/marking", "/exams/appeals", "/exams/corrections"])
def test_learners_have_no_business_there(context, learner, enter, address):
    assert enter(learner).get(address).status_code == 403


def test_while_answers_are_marked_the_result_says_so(context, learner, enter):
    sitting = sit(learner, [make_question("short", SHORT)], {1: SAID})
    shown = text_of(enter(learner).get(f"/exams/sittings/{sitting.id}/result"))
    assert "data-finished" in shown
    assert SAID not in shown
    assert enter(learner).get("/exams/").status_code == 200


NEVER = Rule(When.NEVER)


@pytest.mark.parametrize(
    ("hidden", "there", "missing"),
    [
        ("", ["开窗", "先通风", "er-q", "is-key", "kp-r"], []),
        ("key", ["开窗", "先通风"], ["is-key"]),
        ("explanation", ["开窗", "is-key"], ["先通风"]),
        ("answers", ["kp-r"], ["开窗", "先通风", "is-key"]),
        ("score", ["开窗", "is-key"], ["kp-r"]),
    ],
    ids=["everything", "no key", "no explanation", "no answers, hence no key", "no score"],
)
def test_a_result_shows_what_its_rules_let_it_show(context, learner, enter, hidden, there, missing):
    terms = Terms((), release=Release(**({hidden: NEVER} if hidden else {})))
    sitting = sit(learner, [make_question("single", SINGLE)], {1: "b"}, terms=terms)
    shown = text_of(enter(learner).get(f"/exams/sittings/{sitting.id}/result"))
    assert [it for it in there if it not in shown] == []
    assert [it for it in missing if it in shown] == []
    staff = text_of(enter(Role.TRAINER).get(f"/exams/sittings/{sitting.id}/result"))
    assert [it for it in ("开窗", "先通风", "is-key", "kp-r") if it not in staff] == []


def test_what_opens_on_a_date_opens_then(context, learner, enter, now):
    terms = Terms((), release=Release(key=Rule(When.FROM, now + DAY)))
    sitting = sit(learner, [make_question("single", SINGLE)], {1: "b"}, terms=terms)
    address = f"/exams/sittings/{sitting.id}/result"
    assert "is-key" not in text_of(enter(learner).get(address))
    clock.set_travel(now + DAY)
    assert "is-key" in text_of(enter(learner).get(address))


def test_an_appeal_goes_from_the_result_to_a_decision_and_back(context, learner, enter):
    sitting = sit(learner, [make_question("single", SINGLE)], {1: "b"})
    mine, trainer = enter(learner), enter(Role.TRAINER)
    address = f"/exams/sittings/{sitting.id}"
    assert mine.post(f"{address}/appeal", data={"position": "1", "text": ""}).status_code == 422
    assert mine.post(f"{address}/appeal", data={"position": "1", "text": "选项有歧义"}).status_code == 302
    assert mine.post(f"{address}/appeal", data={"position": "1", "text": "再来"}).status_code == 409
    assert "选项有歧义" in text_of(mine.get(f"{address}/result"))
    assert "选项有歧义" in text_of(trainer.get("/exams/appeals"))
    reading().rollback()
    appeal = reading().scalars(select(Appeal)).one()
    there = f"/exams/appeals/{appeal.id}"
    assert "开窗" in text_of(trainer.get(there))
    assert trainer.post(there, data={"outcome": "upheld", "reason": "有理"}).status_code == 422
    data = {"outcome": "upheld", "reason": "有理", "points-1": "7.5"}
    assert trainer.post(there, data=data).status_code == 302
    assert fresh(Sitting, sitting.id).points == 750
    assert "有理" in text_of(mine.get(f"{address}/result"))
    assert trainer.get(there).status_code == 200
    assert enter(factories.make_person("别人")).get(there).status_code == 403


def test_a_key_is_corrected_from_the_proposal_to_the_result(context, learner, enter):
    wrong = make_question("single", SINGLE)
    sitting = sit(learner, [wrong], {1: "b"})
    right = correct_question(wrong, key="b")
    one, other = enter(Role.TRAINER), enter(Role.TRAINING_ADMIN)
    question = reading().get_one(Question, wrong.question_id).code
    form = f"/exams/corrections/new?question={question}"
    assert one.get(form).status_code == 200
    fields = {"edition_id": str(wrong.id), "kind": "edition", "corrected_id": str(right.id), "reason": ""}
    assert one.post(form, data=fields).status_code == 422
    assert one.post(form, data={**fields, "reason": "印错"}).status_code == 302
    reading().rollback()
    row = reading().scalars(select(KeyCorrection)).one()
    address = f"/exams/corrections/{row.id}"
    assert learner.name in text_of(one.get(address))
    seen = text_of(other.get(address)).split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert one.post(f"{address}/approve", data={"seen": seen, "reason": "同意"}).status_code == 403
    assert other.post(f"{address}/approve", data={"seen": "another", "reason": "同意"}).status_code == 409
    assert other.post(f"{address}/approve", data={"seen": seen, "reason": "同意"}).status_code == 302
    assert other.get(f"{address}/progress").json["state"] == "queued"
    reading().rollback()
    run_due_jobs(clock.now() + DAY)
    assert fresh(Sitting, sitting.id).points == 1000
    assert learner.name in text_of(other.get(address))
    assert "印错" in text_of(enter(learner).get(f"/exams/sittings/{sitting.id}/result"))
    assert question in text_of(one.get("/exams/corrections"))
