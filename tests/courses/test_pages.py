"""The pages of learners, and who may open which page."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from courses.models import CourseEdition, CourseEvent, CourseNote, CourseTest
from courses.services import load_bundled, testing
from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import new_id, reading, unit_of_work
from question_bank import kinds, queries
from question_bank.services.loading import load_bundled as load_questions
from simulations.queries import Try
from tests.courses.lessons import call, make_course, quiz
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("plain_forms")
ENGLISH = {"Accept-Language": "en"}
NOBODYS = "019bd000-0000-7000-8000-000000000000"  # an identifier that nothing has
TRAINING = (Role.TRAINER, Role.TRAINING_ADMIN)
READING = (*TRAINING, Role.REVIEWER, Role.MANAGER, Role.AUDITOR)
PAGES = {
    "/courses/": tuple(Role),
    "/courses/gas": tuple(Role),
    "/courses/gas/units/one": tuple(Role),
    "/courses/manage": READING,
    "/courses/manage/gas": READING,
    "/courses/manage/gas/people": READING,
    "/courses/manage/gas/assign": (*TRAINING, Role.MANAGER),
    "/courses/manage/new": TRAINING,
}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_which_page(client, sign_in, course, role):
    sign_in(client, role)
    opened = {address: client.get(address).status_code for address in PAGES}
    assert opened == {
        address: (302 if address == "/courses/gas" else 200) if role in roles else 403
        for address, roles in PAGES.items()
    }


def test_visitors_are_sent_to_sign_in(client, course):
    assert {client.get(address).status_code for address in PAGES} == {302}


def test_the_learner_goes_on_where_they_were(client, sign_in, course):
    sign_in(client, Role.LEARNER)
    answer = client.get("/courses/gas")
    assert answer.location == "/courses/gas/units/one"
    assert client.get("/courses/gas/units/two").location == "/courses/gas"
    assert client.get("/courses/nothing").status_code == 404
    assert client.get("/courses/gas/units/nothing").status_code == 404


def test_a_whole_course_is_studied_through_the_pages(app, client, sign_in, course, now):
    sign_in(client, Role.LEARNER)
    for second, unit in ((0, "one"), (60, "two")):
        report, done = f"/courses/gas/units/{unit}/progress", f"/courses/gas/units/{unit}/done"
        with clock.travel(now + timedelta(seconds=second)):
            opened = client.post(report, json={"seen_ms": 9_000, "position": 0})
            assert (opened.json["seen_ms"], opened.json["left"], opened.json["lack"]) == (0, 10, "seconds")
            assert client.post(done).location == f"/courses/gas/units/{unit}"
        with clock.travel(now + timedelta(seconds=second + 11)):
            assert client.post(report, json={"seen_ms": 10_000, "position": 900}).json["met"] is True
            onwards = client.post(done).location
    assert onwards == "/courses/"
    assert "已学完" in client.get("/courses/").text
    shown = client.get("/courses/gas/units/one").text
    assert "回看" in shown
    assert "data-done-button" not in shown


@pytest.mark.parametrize("body", [
    None, [], "x", {"seen_ms": "x"}, {"seen_ms": -1}, {"seen_ms": 10**12}, {"seen_ms": 1, "position": -5},
    {"seen_ms": 1, "played": [[1]]}, {"seen_ms": 1, "played": [["a", "b"]]}, {"seen_ms": 1, "played": 7},
    {"seen_ms": float("inf")},
])
def test_a_report_that_is_none_is_refused_and_nothing_written(app, client, sign_in, course, body):
    sign_in(client, Role.LEARNER)
    answer = client.post("/courses/gas/units/one/progress", json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    with app.app_context():
        assert reading().scalar(select(CourseEvent.id)) is None


def test_reports_carry_the_pages_token(app, client, sign_in, course):
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, Role.LEARNER)
    assert client.post("/courses/gas/units/one/progress", json={"seen_ms": 0}).status_code == 400
    token = client.get("/courses/gas/units/one").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post("/courses/gas/units/one/progress", json={"seen_ms": 0}, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_a_locked_unit_takes_no_report(client, sign_in, course):
    sign_in(client, Role.LEARNER)
    answer = client.post("/courses/gas/units/two/progress", json={"seen_ms": 0}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "unit.locked")


def test_notes_are_ones_own(app, client, sign_in, course):
    with app.app_context():
        owner = make_person("陈雨桐")
        owner_id = owner.id
    sign_in(client, owner)
    quote = "最初的六十秒 " * 60
    client.post("/courses/gas/units/one/notes", data={"text": "先指令后地址", "quote": quote})
    assert client.post("/courses/gas/units/one/notes", data={"text": " "}).status_code == 302
    with app.app_context():
        (note,) = reading().scalars(select(CourseNote)).all()
    assert (note.person_id, len(note.quote)) == (owner_id, 300)
    assert "先指令后地址" in client.get("/courses/gas/units/one").text
    other = client.application.test_client()
    sign_in(other, Role.LEARNER)
    assert "先指令后地址" not in other.get("/courses/gas/units/one").text
    assert other.post(f"/courses/notes/{note.id}/delete").status_code == 404
    assert client.post(f"/courses/notes/{note.id}/delete").status_code == 302
    assert "先指令后地址" not in client.get("/courses/gas/units/one").text


def test_a_test_is_taken_inside_the_player(app, client, sign_in, now):
    with app.app_context():
        make_course("quizzes", quiz("quiz"))
        with unit_of_work() as session:
            load_questions(session, now=now)
    sign_in(client, Role.LEARNER)
    assert "开始小测" in client.get("/courses/quizzes/units/quiz").text
    client.post("/courses/quizzes/units/quiz/tests")
    shown = client.get("/courses/quizzes/units/quiz").text
    test_id = shown.split("/courses/tests/")[1][:36]
    assert shown.count('class="ct-q"') == 5
    stranger = client.application.test_client()
    sign_in(stranger, Role.LEARNER)
    assert stranger.post(f"/courses/tests/{test_id}", data={}).status_code == 404
    client.post(f"/courses/tests/{test_id}", data={})
    assert "还没通过" in client.get("/courses/quizzes/units/quiz").text
    client.post("/courses/quizzes/units/quiz/tests")
    client.post(f"/courses/tests/{_open_test(app)}", data=_right_answers(app))
    assert "通过" in client.get("/courses/quizzes/units/quiz").text
    assert "第 1 版" in client.get("/courses/").text


def _open_test(app):
    with app.app_context():
        return reading().scalars(select(CourseTest.id).where(CourseTest.submitted_at.is_(None))).one()


def _right_answers(app):
    with app.app_context():
        test = reading().scalars(select(CourseTest).where(CourseTest.submitted_at.is_(None))).one()
        found = queries.editions(reading(), [UUID(item["edition_id"]) for item in test.items])
        editions = {str(key): edition for key, edition in found.items()}
        form = {}
        for number, item in enumerate(test.items, start=1):
            edition = editions[item["edition_id"]]
            answer = kinds.key_answer(edition.kind, edition.content)
            if edition.kind == "blank":
                form |= {f"q{number}.{place}": text for place, text in enumerate(answer)}
            else:
                form[f"q{number}"] = str(answer).lower() if isinstance(answer, bool) else answer
        return form


def test_every_unit_of_the_bundled_courses_has_its_page(app, client, sign_in, now):
    with app.app_context(), unit_of_work() as session:
        load_bundled(session, now=now)
    sign_in(client, Role.TRAINER)
    with app.app_context():
        pages = [(edition.id, unit.code) for edition in reading().scalars(select(CourseEdition)).unique()
                 for unit in edition.units]
    assert len(pages) == 24
    for edition_id, code in pages:
        assert client.get(f"/courses/manage/editions/{edition_id}/units/{code}").status_code == 200
    sign_in(client, Role.LEARNER)
    for headers in ({}, ENGLISH):
        shown = client.get("/courses/gas-leak/units/properties", headers=headers).text
        assert shown.count('<svg class="pic"') == 2
        assert ("安全管理部门" in shown) is not bool(headers)


@pytest.mark.parametrize("address", [
    "/courses/manage/nothing", f"/courses/manage/editions/{NOBODYS}", f"/courses/manage/units/{NOBODYS}",
    f"/courses/units/{NOBODYS}/film", f"/courses/pictures/{NOBODYS}",
    f"/courses/manage/assignments/{NOBODYS}/withdraw",
])
def test_what_is_not_there_is_not_found(client, sign_in, course, address):
    sign_in(client, Role.TRAINING_ADMIN)
    assert client.get(address).status_code == 404


def test_the_players_pages_hold_nothing_inline(app, client, sign_in, now):
    with app.app_context(), unit_of_work() as session:
        load_bundled(session, now=now)
    sign_in(client, Role.LEARNER)
    for address in ("/courses/", "/courses/service-norms/units/courtesy", "/courses/phone-etiquette/units/answering"):
        html = client.get(address).text
        assert " style=" not in html
        assert "<script>" not in html
        assert "onclick" not in html


def test_a_call_that_was_played_well_enough_finishes_its_unit(app, client, sign_in, monkeypatch, now):
    with app.app_context():
        make_course("calls", call("leak"))
    sign_in(client, Role.LEARNER)
    assert "尚未发布" in client.get("/courses/calls/units/leak").text
    with clock.travel(now):
        assert client.post("/courses/calls/units/leak/calls").location == "/courses/calls/units/leak"
    assert "还没有一通来电" in client.get("/courses/calls/units/leak").text
    played = Try(new_id(), "gas-leak-01", "夜间漏气", "practice", now + timedelta(seconds=9), 8_000, True, False)
    monkeypatch.setattr(testing, "tries_of", lambda *_asked: [played])
    with clock.travel(now + timedelta(seconds=60)):
        client.post("/courses/calls/units/leak/calls")
    assert "您已学完" in client.get("/courses/calls/units/leak").text
