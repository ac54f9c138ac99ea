"""The pages of second looks: a correction proposed, seen and approved; an appeal raised and decided."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import run_due_jobs
from lms.people.models import Person
from simulations import services
from simulations.models import ScriptEdition
from simulations.recounting import previews
from simulations.recounting.models import CallAppeal, RubricCorrection
from tests.conftest import NOW
from tests.factories import identity_with, make_person
from tests.simulations.factories import make_edition, play_out
from tests.simulations.test_second_looks import HARDER


@pytest.fixture
def call(app):
    """A good call for the record, confirmed without its ticket an hour later; the clock stands two hours on."""
    with app.app_context():
        make_edition()
        played = play_out(make_person("陈雨桐"))
        assessor = make_person("高文博", roles=[Role.ASSESSOR])
        with unit_of_work() as session:
            services.review_call(session, played.id, overrides={"工单": "not_met"}, reason="号码写错", remark="",
                                 by=identity_with(Role.ASSESSOR, person_id=assessor.id), now=NOW + timedelta(hours=1))
        clock.set_travel(NOW + timedelta(hours=2))
        return played


def token_of(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def only(app, model):
    with app.app_context():
        return reading().scalars(select(model)).unique().one()


def test_a_rubric_is_corrected_by_two_people_who_saw_whom_it_touches(app, client, sign_in, call):
    with app.app_context():
        edition = make_edition(HARDER, number=2)
        first = reading().scalar(select(ScriptEdition.id).where(ScriptEdition.number == 1))
    sign_in(client, Role.TRAINER)
    token = token_of(client.get("/calls/corrections/new/gas-leak-01").text)
    sent = {"csrf_token": token, "edition_id": str(first), "corrected_id": str(first), "reason": "及格线写低了"}
    assert client.post("/calls/corrections/new/gas-leak-01", data=sent).status_code == 422
    made = client.post("/calls/corrections/new/gas-leak-01", data={**sent, "corrected_id": str(edition.id)})
    own = client.get(made.location).text
    assert "陈雨桐" in own and "/approve" not in own
    sign_in(client, Role.TRAINER)
    page = client.get(made.location, headers={"Accept-Language": "en"}).text
    assert "0 would pass, 1 would no longer pass" in page
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)[1]
    data = {"csrf_token": token_of(page), "seen": seen, "reason": "核过"}
    assert client.post(f"{made.location}/approve", data=data).status_code == 302
    with app.app_context():
        run_due_jobs(clock.now())
    assert "90 → 90" in client.get(made.location).text
    assert only(app, RubricCorrection).decision.seen["calls"] == 1
    assert "及格线写低了" in client.get("/calls/corrections").text


def test_a_learner_appeals_and_another_assessor_decides(app, client, sign_in, call):
    with app.app_context():
        person = reading().get_one(Person, call.person_id)
    sign_in(client, person)
    page = client.get(f"/calls/runs/{call.id}/report").text
    assert "系统评分：100" in page and "系统判定：达成" in page and "还有 1 处可以更好" in page
    sent = client.post(f"/calls/runs/{call.id}/appeal", data={"csrf_token": token_of(page), "text": "工单是对的"})
    assert sent.status_code == 302
    assert "工单是对的" in client.get(f"/calls/runs/{call.id}/report").text
    address = f"/calls/appeals/{only(app, CallAppeal).id}"
    assert client.get(address).status_code == 403
    sign_in(client, Role.ASSESSOR)
    assert address in client.get("/calls/appeals").text
    page = client.get(address).text
    assert "系统评分：100" in page
    assert "系统评分：100" in client.get(f"/calls/runs/{call.id}/review").text
    assert "号码写错" in page
    data = {"csrf_token": token_of(page), "outcome": "upheld", "reason": "四项都对", "outcome-工单": ""}
    assert client.post(address, data=data).status_code == 422
    assert client.post(address, data={**data, "outcome-工单": "met"}).status_code == 302
    sign_in(client, person)
    report = client.get(f"/calls/runs/{call.id}/report").text
    assert "四项都对" in report and "90 → 100" in report


def test_a_score_that_stands_by_itself_is_read_and_not_reviewed_again(app, client, sign_in, monkeypatch):
    monkeypatch.setattr(services, "stands_by_itself", lambda **_given: True)
    with app.app_context():
        make_edition()
        call_id = play_out(make_person("陈雨桐")).id
    sign_in(client, Role.ASSESSOR)
    page = client.get(f"/calls/runs/{call_id}/review").text
    assert "系统评分已直接入档" in page and "outcome-关阀" not in page


def test_what_many_calls_would_come_to_is_counted_by_a_worker_before_anybody_approves(
        app, client, sign_in, call, monkeypatch):
    monkeypatch.setattr(previews, "IN_REQUEST", 0)
    with app.app_context():
        assessor, waiting_id = make_person("方旭"), play_out(make_person("王思远")).id
        assessor_id, edition = assessor.id, make_edition(HARDER, number=2)
        first = reading().scalar(select(ScriptEdition.id).where(ScriptEdition.number == 1))
    sign_in(client, Role.TRAINER)
    token = token_of(client.get("/calls/corrections/new/gas-leak-01").text)
    address = client.post("/calls/corrections/new/gas-leak-01", data={
        "csrf_token": token, "edition_id": str(first), "corrected_id": str(edition.id), "reason": "及格线写低了",
    }).location
    sign_in(client, Role.TRAINER)
    page = client.get(address).text
    data = {"csrf_token": token_of(page), "seen": "", "reason": "核过"}
    assert f"{address}/progress" in page and "/approve" not in page
    assert client.get(f"{address}/progress").json["state"] == "queued"
    assert client.post(f"{address}/approve", data=data).status_code == 409
    with app.app_context():
        run_due_jobs(clock.now())
        with unit_of_work() as session:
            services.review_call(session, waiting_id, overrides={}, reason="", remark="", now=NOW + timedelta(hours=3),
                                 by=identity_with(Role.ASSESSOR, person_id=assessor_id))
    stale = client.get(address).text
    assert "测算之后又有通话结束或评定" in stale and "/approve" not in stale
    assert client.post(f"{address}/preview", data=data).status_code == 302
    with app.app_context():
        run_due_jobs(clock.now())
    page = client.get(address).text
    assert "陈雨桐" in page
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)[1]
    assert client.post(f"{address}/approve", data={**data, "seen": seen}).status_code == 302
    assert only(app, RubricCorrection).decision.seen["calls"] == 2
