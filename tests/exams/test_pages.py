"""Pages of exams: who reaches which, what they show, what they do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, ExamAssignment, ExamEdition, ExamSession, Sitting, SittingGrant
from lms.exams.services import planning, stations
from lms.exams.services.assigning import add_to_session
from lms.exams.services.sitting import start_sitting, submit
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.records import activities
from tests import factories
from tests.exams.rows import put
from tests.exams.web import Browser, text_of
from tests.knowledge.factories import make_article

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def enter(app, sign_in):
    """Open a browser for somebody: `enter(person)` or `enter(Role.TRAINER)`."""

    def open_browser(who):
        client = app.test_client()
        sign_in(client, who)
        return Browser(client)

    return open_browser


@pytest.fixture
def signed_in(learner, enter):
    """The learner's browser."""
    return enter(learner)


@pytest.fixture
def trainer(enter):
    """A trainer's browser."""
    return enter(Role.TRAINER)


@pytest.fixture
def running(assigned, signed_in):
    """A sitting begun through the page."""
    response = signed_in.post("/exams/gas-theory/start", data={"honest": "y"})
    assert response.status_code == 302
    return reading().scalars(select(Sitting)).one()


def fresh(model, key):
    reading().rollback()
    return reading().get_one(model, key, populate_existing=True)


def token_in(response):
    return text_of(response).split('data-token="')[1].split('"')[0]


def test_the_list_shows_what_is_open_and_the_results(assigned, signed_in):
    page = text_of(signed_in.get("/exams/"))
    assert "燃气热线话务员理论考试" in page
    assert "/exams/gas-theory" in page


def test_before_the_beginning_the_rules_are_told_and_honesty_is_asked(assigned, signed_in):
    assert signed_in.get("/exams/gas-theory").status_code == 200
    response = signed_in.post("/exams/gas-theory/start", data={})
    assert response.status_code == 422
    assert reading().scalars(select(Sitting)).all() == []


def test_an_exam_that_is_not_assigned_is_not_there(content, signed_in):
    assert signed_in.get("/exams/gas-theory").status_code == 404
    assert signed_in.post("/exams/gas-theory/start", data={"honest": "y"}).status_code == 404


def test_the_room_opens_in_the_browser_it_began_in_and_is_never_kept_by_it(running, signed_in):
    response = signed_in.get(f"/exams/sittings/{running.id}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert text_of(response).count("data-question=") == 40


def test_another_browser_is_asked_before_it_takes_over(running, enter, learner):
    other = enter(learner)
    page = text_of(other.get(f"/exams/sittings/{running.id}"))
    assert "data-token" not in page
    assert fresh(Sitting, running.id).epoch == 1
    assert other.post(f"/exams/sittings/{running.id}/seat").status_code == 302
    assert fresh(Sitting, running.id).epoch == 2
    assert "data-token" in text_of(other.get(f"/exams/sittings/{running.id}"))


def test_somebody_elses_room_is_not_there(running, enter):
    for role in (Role.LEARNER, Role.TRAINER, Role.TRAINING_ADMIN):
        other = enter(role)
        assert other.get(f"/exams/sittings/{running.id}").status_code == 404
        assert other.post(f"/exams/sittings/{running.id}/seat").status_code == 404
        assert other.post(f"/exams/sittings/{running.id}/submit", data={"token": "x"}).status_code == 404


def test_a_saved_answer_is_in_the_room_again(running, signed_in):
    token = token_in(signed_in.get(f"/exams/sittings/{running.id}"))
    saves = [{"item": 1, "seq": 1, "answer": None, "flag": True}]
    signed_in.bare_post(f"/exams/sittings/{running.id}/answers", json={"saves": saves},
                        headers={"X-Sitting-Token": token})
    page = text_of(signed_in.get(f"/exams/sittings/{running.id}"))
    assert 'data-flagged="true"' in page
    assert 'data-sequence="1"' in page


def test_the_state_tells_time_and_end_to_whoever_holds_the_token(running, signed_in, app):
    token = token_in(signed_in.get(f"/exams/sittings/{running.id}"))
    client = Browser(app.test_client())
    told = client.get(f"/exams/sittings/{running.id}/state", headers={"X-Sitting-Token": token}).json
    assert (told["epoch"], told["closed"]) == (1, False)
    assert told["deadline"].startswith("2026-03-02T02:00:0")
    assert client.get(f"/exams/sittings/{running.id}/state").status_code == 401


def test_handing_in_shows_the_result_and_twice_the_same(running, signed_in, learner):
    token = token_in(signed_in.get(f"/exams/sittings/{running.id}"))
    for _again in range(2):
        response = signed_in.post(f"/exams/sittings/{running.id}/submit", data={"token": token})
        assert response.headers["Location"].endswith("/result")
    page = text_of(signed_in.get(f"/exams/sittings/{running.id}/result"))
    assert page.count('data-right="false"') == 40
    assert "/knowledge/gas-smell" not in page
    make_article("gas-smell", points=("gas/three-orders",))
    assert "/knowledge/gas-smell" in text_of(signed_in.get(f"/exams/sittings/{running.id}/result"))
    assert signed_in.get(f"/exams/sittings/{running.id}").headers["Location"].endswith("/result")


def test_a_room_past_its_deadline_shows_the_result_instead(running, signed_in):
    with clock.travel(running.deadline_at + MINUTE):
        response = signed_in.get(f"/exams/sittings/{running.id}")
        assert response.headers["Location"].endswith("/result")
    assert fresh(Sitting, running.id).closed_at == running.deadline_at


def test_a_result_is_read_by_those_who_may_know_the_person_and_by_nobody_else(running, signed_in, enter, learner):
    token = token_in(signed_in.get(f"/exams/sittings/{running.id}"))
    signed_in.post(f"/exams/sittings/{running.id}/submit", data={"token": token})
    elsewhere = factories.make_unit("elsewhere")
    stranger = factories.make_person(unit=elsewhere)
    far_manager = factories.make_person(roles=[Role.MANAGER], unit=elsewhere, everywhere=False)
    near_manager = factories.make_person(roles=[Role.MANAGER], unit=learner.unit, everywhere=False)
    for person, status in ((stranger, 404), (far_manager, 404), (near_manager, 200)):
        browser = enter(person)
        assert browser.get(f"/exams/sittings/{running.id}/result").status_code == status


def test_the_list_of_papers_and_its_export(content, trainer):
    assert "gas-theory" in text_of(trainer.get("/exams/papers"))
    assert text_of(trainer.get("/exams/papers?export=csv")).count("\n") >= 3


def editor_fields(**changes):
    return {
        "code": "new-exam", "title": "新考试", "title_en": "", "purpose": "stage", "duration_minutes": "30",
        "pass_percent": "80", "grace_seconds": "10", "release_score": "at_once", "release_answers": "at_once",
        "release_key": "after_session", "release_explanation": "never", "marking_gap": "20", "appeal_days": "5",
        "attempts": "2", "wait_days": "0",
        "cap_percent": "", "part_topic": ["subject:gas", "point:phone/closing"], "part_difficulty": ["", ""],
        "part_kind": ["", ""], "part_count": ["5", "2"], "part_marks": ["2.5", "5"], **changes,
    }


def test_an_exam_is_written_counted_previewed_and_published(content, trainer):
    assert trainer.post("/exams/papers/new", data=editor_fields()).status_code == 302
    supply = trainer.post("/exams/papers/supply", data=editor_fields()).json
    assert (supply["questions"], supply["full_mark"]) == (7, 2250)
    assert supply["lines"][0] == {"available": 40, "short": 0}
    assert text_of(trainer.get("/exams/papers/new-exam/preview")).count("data-question=") == 7
    assert trainer.post("/exams/papers/new-exam", data=editor_fields(do="publish")).status_code == 302
    edition = reading().scalars(select(ExamEdition).join(Exam).where(Exam.code == "new-exam")).one()
    assert (edition.number, edition.questions, edition.full_mark, edition.resit["attempts"]) == (1, 7, 2250, 2)


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"code": "Upper Case"}, {"duration_minutes": "0"}, {"pass_percent": "101"},
     {"purpose": "nonsense"}],
    ids=["no title", "bad code", "no time", "over a hundred", "unknown purpose"],
)
def test_an_exam_with_nonsense_in_it_is_not_kept(content, trainer, changes):
    assert trainer.post("/exams/papers/new", data=editor_fields(**changes)).status_code == 422
    assert reading().scalar(select(Exam).where(Exam.code == "new-exam")) is None


def test_a_code_is_taken_once(content, trainer):
    assert trainer.post("/exams/papers/new", data=editor_fields(code="gas-theory")).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [{"part_count": ["41", ""]}, {"part_count": ["", ""]}, {"part_marks": ["zero", "5"]}, {"cap_percent": "79"}],
    ids=["more than the bank has", "nothing asked", "no marks", "a cap below the pass mark"],
)
def test_what_can_not_work_is_not_published_and_the_page_says_why(content, trainer, changes):
    trainer.post("/exams/papers/new", data=editor_fields())
    response = trainer.post("/exams/papers/new-exam", data=editor_fields(do="publish", **changes))
    assert response.status_code == 422
    assert reading().scalars(select(ExamEdition).join(Exam).where(Exam.code == "new-exam")).all() == []


def test_a_manager_reads_exams_and_does_not_write_them(content, enter):
    browser = enter(Role.MANAGER)
    assert browser.get("/exams/papers/gas-theory").status_code == 200
    assert browser.post("/exams/papers/gas-theory", data=editor_fields()).status_code == 403


def test_a_trainer_of_one_site_does_not_write_what_belongs_to_everybody(content, enter):
    site = factories.make_unit("hz")
    browser = enter(factories.make_person(roles=[Role.TRAINER], unit=site, everywhere=False))
    assert browser.get("/exams/papers/gas-theory").status_code == 200
    assert browser.post("/exams/papers/gas-theory", data=editor_fields()).status_code == 404


@pytest.fixture
def planned(content, learner, now):
    """A session that is open now, with the learner in it."""
    with unit_of_work() as session:
        exam_id = session.scalar(select(Exam.id).where(Exam.code == "gas-theory"))
        planned = planning.plan_session(session, exam_id, title="三月场", place="机房二", opens_at=now - MINUTE,
                                         closes_at=now + 2 * 60 * MINUTE, by=SYSTEM, now=now)
        add_to_session(session, planned.id, person_ids=[learner.id], by=SYSTEM, now=now)
        return planned.id


def test_a_session_is_planned_in_the_readers_zone(content, trainer):
    exam_id = reading().scalar(select(Exam.id).where(Exam.code == "gas-theory"))
    fields = {"exam_id": str(exam_id), "title": "四月场", "place": "", "opens_at": "2026-04-01T09:00",
              "closes_at": "2026-04-01T11:00"}
    assert trainer.post("/exams/sessions/new", data={**fields, "closes_at": "2026-04-01T09:00"}).status_code == 422
    assert trainer.post("/exams/sessions/new", data=fields).status_code == 302
    reading().rollback()
    planned = reading().scalars(select(ExamSession)).one()
    assert planned.opens_at.isoformat() == "2026-04-01T01:00:00+00:00"


def test_people_are_put_into_a_session_by_staff_number_and_the_unknown_are_named(planned, trainer):
    other = factories.make_person("林晓雯", staff_no="8001")
    response = trainer.post(f"/exams/sessions/{planned}/people", data={"staff_numbers": "8001，9999", "unit_id": ""},
                            follow_redirects=True)
    assert "9999" in text_of(response)
    assert reading().scalar(select(ExamAssignment.session_id).where(ExamAssignment.person_id == other.id)) == planned


def test_the_live_list_shows_progress_and_time_is_added_and_the_sitting_ended(planned, learner, trainer, now):
    series = reading().scalars(select(ExamAssignment.id)).one()
    with unit_of_work() as session:
        sitting = start_sitting(session, series, seat="x" * 24, by=SYSTEM, now=now)
    put(sitting, {1: "a"}, at=now)
    page = text_of(trainer.get(f"/exams/sessions/{planned}"))
    assert "1 / 40" in page
    granted = {"minutes": "5", "reason": "断电", "session_id": str(planned)}
    assert trainer.post(f"/exams/sittings/{sitting.id}/grant", data=granted).status_code == 302
    assert reading().scalars(select(SittingGrant.seconds)).all() == [300]
    trainer.post(f"/exams/sittings/{sitting.id}/grant", data={**granted, "reason": ""})
    trainer.post(f"/exams/sittings/{sitting.id}/end", data={"reason": "", "session_id": str(planned)})
    assert fresh(Sitting, sitting.id).closed_at is None
    trainer.post(f"/exams/sittings/{sitting.id}/end", data={"reason": "作弊", "session_id": str(planned)})
    assert fresh(Sitting, sitting.id).close_reason == "作弊"


def test_a_trainer_elsewhere_can_not_touch_the_sitting(planned, enter, now):
    series = reading().scalars(select(ExamAssignment.id)).one()
    with unit_of_work() as session:
        sitting_id = start_sitting(session, series, seat="x" * 24, by=SYSTEM, now=now).id
    browser = enter(factories.make_person(roles=[Role.TRAINER], unit=factories.make_unit("far"), everywhere=False))
    assert browser.post(f"/exams/sittings/{sitting_id}/end", data={"reason": "x"}).status_code == 404
    assert browser.post(f"/exams/sittings/{sitting_id}/grant", data={"minutes": "5", "reason": "x"}).status_code == 404


def test_a_manager_decides_about_their_own_people_only(assigned, learner, enter, now):
    for day in range(3):
        with unit_of_work() as session:
            sitting = start_sitting(session, assigned, seat="x" * 24, by=SYSTEM, now=now + day * DAY)
            submit(session, sitting.id, epoch=1, by=SYSTEM, now=now + day * DAY)
    near = factories.make_person("沈慧敏", roles=[Role.MANAGER], unit=learner.unit, everywhere=False)
    far = factories.make_person("周岚", roles=[Role.MANAGER], unit=factories.make_unit("far"), everywhere=False)
    with clock.travel(now + 4 * DAY):
        for person, status in ((far, 404), (near, 302)):
            browser = enter(person)
            assert ("陈雨桐" in text_of(browser.get("/exams/decisions"))) is (person is near)
            decision = {"kind": "more_attempts", "attempts": "1", "reason": "进步明显"}
            response = browser.post(f"/exams/decisions/{assigned}", data=decision)
            assert response.status_code == status
        again = text_of(browser.get("/exams/decisions"))
    assert "陈雨桐" not in again


@pytest.fixture
def tablet(content, learner, assessor, enter, now):
    """An assessor's browser and the candidate's place on the list."""
    with unit_of_work() as session:
        waiting = stations.assign_station(session, "gas-dispatch", person_id=learner.id, by=SYSTEM, now=now).id
    browser = enter(assessor)
    return browser, waiting


def test_an_assessor_begins_marks_and_hands_in(tablet, learner):
    browser, waiting = tablet
    assert "gas-dispatch" in text_of(browser.get("/stations/"))
    assert learner.name in text_of(browser.get("/stations/gas-dispatch"))
    place = browser.post(f"/stations/waiting/{waiting}/begin", data={"scenario": "basement"}).headers["Location"]
    page = text_of(browser.get(place))
    assert "地下室" in page
    taps = [{"target": code, "seq": n, "value": "a", "at": "2026-03-02T01:00:00Z"}
            for n, code in enumerate(("dispatch", "ticket", "safety", "talk", "close"), 1)]
    response = browser.post(f"{place}/taps", json={"epoch": 1, "taps": taps})
    assert [it["verdict"] for it in response.json["saved"]] == ["counted"] * 5
    taps[0]["value"] = "b"
    assert browser.post(f"{place}/taps", json={"epoch": 1, "taps": taps}).status_code == 409
    assert browser.post(f"{place}/submit", data={"paused": "30"}).headers["Location"].endswith("/result")
    assert "100" in text_of(browser.get(f"{place}/result"))


@pytest.mark.parametrize(
    "message", [b"", b"[]", b'{"epoch": 0, "taps": []}', b'{"epoch": 1, "taps": [1]}',
                b'{"epoch": 1, "taps": [{"seq": 1, "target": 5, "value": "a"}]}',
                b'{"epoch": 1, "taps": [{"seq": 1, "target": "talk", "value": "\\u0000"}]}'])
def test_taps_that_are_none_are_refused(tablet, message):
    browser, waiting = tablet
    place = browser.post(f"/stations/waiting/{waiting}/begin").headers["Location"]
    assert browser.post(f"{place}/taps", data=message, content_type="application/json").status_code == 422


def test_an_assessor_is_not_offered_to_assess_themselves(tablet, assessor, now):
    browser, _waiting = tablet
    with unit_of_work() as session:
        own = stations.assign_station(session, "gas-dispatch", person_id=assessor.id, by=SYSTEM, now=now).id
    assert f"/stations/waiting/{own}/begin" not in text_of(browser.get("/stations/gas-dispatch"))
    assert browser.post(f"/stations/waiting/{own}/begin").status_code == 404


def test_the_register_of_activities_assigns_and_names_exams_and_stations(content, learner, now):
    for ref, title in (("exam:gas-theory", "燃气热线话务员理论考试"), ("practical:gas-dispatch", "派单实操")):
        described = activities.describe(reading(), ref)
        assert (described.title, bool(described.link)) == (title, True)
        with unit_of_work() as session:
            for _twice in range(2):
                assert activities.assign(session, ref, person_id=learner.id, due_at=None, reason="", by=SYSTEM, now=now)
    assert activities.describe(reading(), "exam:nothing").link is None
    assert len(reading().scalars(select(ExamAssignment)).all()) == 1
