"""Pages of a session: coming in, the invigilator's board, what is done from it, a device that waits for its turn."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import Exam, ExamAssignment, ExamSession, IdentityCheck, SeatRequest, Sitting, SittingEvent
from lms.exams.rules.entry import SessionTerms
from lms.exams.saving.shortcut import StateShortcut
from lms.exams.services import planning
from lms.exams.services.assigning import add_to_session
from lms.exams.services.sitting import start_sitting
from lms.kernel.db import reading, unit_of_work
from lms.web.rate_limits import limiter
from tests import factories
from tests.exams.web import Browser, text_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def enter(app, sign_in):
    def open_browser(who):
        client = app.test_client()
        sign_in(client, who)
        return Browser(client)

    return open_browser


@pytest.fixture
def planned(content, learner, now):
    """Plan a session with the learner in it: `planned(code="K7QM2D")` returns its id."""

    def plan(**terms):
        with unit_of_work() as session:
            exam_id = session.scalar(select(Exam.id).where(Exam.code == "gas-theory"))
            row = planning.plan_session(session, exam_id, title="三月场", opens_at=now - MINUTE,
                                        closes_at=now + 120 * MINUTE, terms=SessionTerms(**terms), by=SYSTEM, now=now)
            add_to_session(session, row.id, person_ids=[learner.id], by=SYSTEM, now=now)
            return row.id

    return plan


def begin(now):
    with unit_of_work() as session:
        series = session.scalars(select(ExamAssignment.id)).one()
        return start_sitting(session, series, seat="x" * 24, by=SYSTEM, now=now).id


def sitting():
    reading().rollback()
    return reading().scalars(select(Sitting).execution_options(populate_existing=True)).one()


def test_a_session_with_its_terms_is_planned_and_changed(content, enter):
    trainer = enter(Role.TRAINER)
    exam_id = str(reading().scalar(select(Exam.id).where(Exam.code == "gas-theory")))
    fields = {"exam_id": exam_id, "title": "四月场", "place": "", "opens_at": "2026-04-01T09:00",
              "closes_at": "2026-04-01T11:00", "late_entry": "15", "access_code": "K7QM2D",
              "networks": "10.4.0.0/16\n::1", "one_seat": "y", "notice": "不得携带手机"}
    refused = trainer.post("/exams/sessions/new", data={**fields, "networks": "10.4.0.0/99"})
    assert (refused.status_code, "10.4.0.0/99" in text_of(refused)) == (422, True)
    place = trainer.post("/exams/sessions/new", data=fields).headers["Location"]
    assert "10.4.0.0/16" in text_of(trainer.get(f"{place}/edit"))
    assert trainer.post(f"{place}/edit", data={**fields, "late_entry": "", "one_seat": ""}).status_code == 302
    reading().rollback()
    row = reading().scalars(select(ExamSession)).one()
    assert (row.late_entry, row.access_code, row.networks, row.one_seat, row.notice) == (
        None, "K7QM2D", ["10.4.0.0/16", "::1/128"], False, "不得携带手机"
    )


def test_the_page_before_an_exam_asks_for_the_code_and_shows_the_notice(planned, learner, enter):
    planned(code="K7QM2D", notice="不得携带手机")
    browser = enter(learner)
    page = text_of(browser.get("/exams/gas-theory"))
    assert "不得携带手机" in page
    assert 'name="code"' in page
    assert "K7QM2D" not in page
    assert browser.post("/exams/gas-theory/start", data={"honest": "y", "code": "wrong"}).status_code == 422
    assert browser.post("/exams/gas-theory/start", data={"honest": "y", "code": "k7qm2d"}).status_code == 302


def test_ten_wrong_codes_are_enough_for_a_while_and_for_that_person_alone(planned, learner, enter):
    limiter.reset()
    planned(code="K7QM2D")
    browser = enter(learner)
    tries = [browser.post("/exams/gas-theory/start", data={"honest": "y", "code": f"no{n}"}) for n in range(11)]
    assert [it.status_code for it in tries] == [422] * 10 + [429]
    assert browser.post("/exams/gas-theory/start", data={"honest": "y", "code": "K7QM2D"}).status_code == 429
    assert enter(Role.LEARNER).post("/exams/gas-theory/start", data={"honest": "y"}).status_code == 404
    limiter.reset()


def test_from_another_network_the_door_stays_shut(planned, learner, enter):
    planned(networks=("10.4.0.0/16",))
    assert enter(learner).post("/exams/gas-theory/start", data={"honest": "y"}).status_code == 403
    assert reading().scalars(select(Sitting)).all() == []


def test_the_board_pauses_resumes_extends_and_ends(planned, learner, enter, now):
    session_id = planned()
    sitting_id, trainer = begin(now), enter(Role.TRAINER)
    address = f"/exams/sessions/{session_id}/board"
    assert learner.name in text_of(trainer.get(address))
    trainer.post(address, data={"do": "pause", "sitting": str(sitting_id), "reason": ""})
    assert sitting().paused_at is None
    trainer.post(address, data={"do": "pause", "everybody": "y", "reason": "停电"})
    assert sitting().paused_at >= now
    assert "已暂停" in text_of(trainer.get(address))
    trainer.post(address, data={"do": "resume", "sitting": str(sitting_id)})
    trainer.post(address, data={"do": "extend", "sitting": str(sitting_id), "minutes": "5", "reason": "停电"})
    assert now + 65 * MINUTE < sitting().deadline_at < now + 66 * MINUTE
    asked = trainer.post(address, data={"do": "end", "everybody": "y", "reason": "作弊"})
    assert learner.name in text_of(asked)
    assert sitting().closed_at is None
    trainer.post(address, data={"do": "end", "sitting": str(sitting_id), "reason": "作弊", "sure": "y"})
    assert sitting().close_reason == "作弊"


def test_what_is_not_on_the_board_is_not_reached_from_it(planned, enter, now):
    session_id = planned()
    sitting_id = begin(now)
    far = enter(factories.make_person(roles=[Role.TRAINER], unit=factories.make_unit("far"), everywhere=False))
    data = {"do": "end", "sitting": str(sitting_id), "reason": "x", "sure": "y"}
    assert far.post(f"/exams/sessions/{session_id}/board", data=data).status_code == 302
    assert sitting().closed_at is None
    series = reading().scalars(select(ExamAssignment.id)).one()
    assert far.post(f"/exams/sessions/{session_id}/identity/{series}").status_code == 404
    assert enter(Role.MANAGER).get(f"/exams/sessions/{session_id}/board").status_code == 403


def test_a_second_device_asks_waits_and_goes_on_when_the_invigilator_hands_over(planned, learner, enter, now):
    session_id = planned(one_seat=True)
    sitting_id, trainer, device = begin(now), enter(Role.TRAINER), enter(learner)
    room = f"/exams/sittings/{sitting_id}"
    assert device.post(f"{room}/seat").status_code == 403
    assert "data-token" not in text_of(device.get(room))
    device.post(f"{room}/seat/ask")
    assert device.get(f"{room}/seat").json == {"waiting": True}
    request_id = reading().scalars(select(SeatRequest.id)).one()
    assert f"/exams/seats/{request_id}/give" in text_of(trainer.get(f"/exams/sessions/{session_id}/board"))
    assert device.post(f"/exams/seats/{request_id}/give").status_code == 403
    trainer.post(f"/exams/seats/{request_id}/give")
    assert device.get(f"{room}/seat").json == {"waiting": False}
    assert "data-token" in text_of(device.get(room))


def test_a_ticked_identity_is_kept_with_its_time(planned, learner, enter, now):
    session_id = planned()
    series = reading().scalars(select(ExamAssignment.id)).one()
    trainer = enter(Role.TRAINER)
    trainer.post(f"/exams/sessions/{session_id}/identity/{series}")
    reading().rollback()
    assert reading().scalars(select(IdentityCheck.assignment_id)).all() == [series]
    assert "身份已核对" in text_of(trainer.get(f"/exams/sessions/{session_id}/board?who={series}"))


def test_the_page_in_the_room_tells_what_happens_by_its_token(planned, learner, enter, client, now):
    planned()
    browser = enter(learner)
    browser.post("/exams/gas-theory/start", data={"honest": "y"})
    room = f"/exams/sittings/{sitting().id}"
    token = text_of(browser.get(room)).split('data-token="')[1].split('"')[0]
    said = {"position": 3, "events": [{"seq": 1, "kind": "left", "ago": 2}]}
    assert client.post(f"{room}/events", json=said).status_code == 401
    headers = {"X-Sitting-Token": token}
    assert client.post(f"{room}/events", json=said, headers=headers).status_code == 204
    assert client.post(f"{room}/events", json={"position": 3}, headers=headers).status_code == 422
    reading().rollback()
    assert reading().scalars(select(SittingEvent.kind).where(SittingEvent.kind == "left")).all() == ["left"]
    state = client.get(f"{room}/state", headers=headers).json
    assert (state["epoch"], state["closed"], state["paused"]) == (1, False, False)


def test_how_a_sitting_stands_is_told_alike_by_the_short_cut_and_by_the_whole_way(
    planned, learner, enter, client, monkeypatch
):
    planned()
    browser = enter(learner)
    browser.post("/exams/gas-theory/start", data={"honest": "y"})
    room = f"/exams/sittings/{sitting().id}"
    token = text_of(browser.get(room)).split('data-token="')[1].split('"')[0]
    taken, short = [], StateShortcut.answer

    def watched(self, environ):
        taken.append(short(self, environ))
        return taken[-1]

    def ask(path=f"{room}/state", token=token):
        answer = client.get(path, headers={"X-Sitting-Token": token, "Accept": "application/json"})
        return answer.status_code, {**(answer.json or {}), "now": ""}

    monkeypatch.setattr(StateShortcut, "answer", watched)
    quick = ask()
    assert taken[-1] is not None
    strange = [ask(token="x"), ask(f"/exams/sittings/{uuid4()}/state"), ask("/exams/sittings/7/state")]
    assert [status for status, _body in strange] == [401, 404, 404]
    assert taken[1:] == [None, None, None], "what is wrong is told by the whole way"
    monkeypatch.setattr(StateShortcut, "answer", lambda *_asked: None)
    assert ask() == quick
