"""The gate's address, as a telephone system sees it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.api.models import ApiKey
from lms.api.services import revoke_key
from lms.certification.library import COMPLAINT_DESK, GAS_HOTLINE
from lms.certification.models import PermitRow
from lms.certification.services.editing import require_for_queue
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.services.leaving import mark_left, mark_returned
from lms.records.models import Outcome
from lms.records.queries import facts_of
from tests.api.conftest import make_key
from tests.factories import identity_with, make_fact, make_person, make_queue

pytestmark = pytest.mark.both_databases
SECOND = timedelta(seconds=1)


def until_of(person):
    return reading().scalar(select(PermitRow.until).where(PermitRow.person_id == person.id, PermitRow.allowed))


def test_a_certified_person_may_go_live_and_the_answer_says_until_when_and_why(ask, certify):
    person = certify()
    response = ask(person.staff_no)
    body = response.get_json()
    assert response.status_code == 200
    assert (body["person"], body["queue"], body["allowed"]) == (person.staff_no, "gas", True)
    assert body["until"] == "2027-03-02T16:00:00+00:00"
    assert body["reasons"] == [{"code": "certified", "text": "持有证书：燃气热线话务员。"}]


@pytest.mark.parametrize(("offset", "allowed"), [(-SECOND, True), (timedelta(), False), (SECOND, False)],
                         ids=["a second before", "at the instant", "a second after"])
def test_the_gate_closes_at_the_instant_without_any_job(ask, certify, offset, allowed):
    person = certify()
    clock.set_travel(until_of(person) + offset)
    assert ask(person.staff_no, at=(until_of(person) + offset).isoformat()).get_json()["allowed"] is allowed


@pytest.mark.parametrize(("staff_no", "queue", "code"),
                         [("nobody", "gas", "unknown_person"), (None, "no-such-queue", "unknown_queue")])
def test_an_unknown_person_or_queue_is_404_with_the_same_body(ask, certify, staff_no, queue, code):
    person = certify()
    response = ask(staff_no or person.staff_no, queue)
    body = response.get_json()
    assert response.status_code == 404
    assert set(body) == {"person", "queue", "at", "allowed", "until", "reasons"}
    assert (body["allowed"], body["until"], body["reasons"][0]["code"]) == (False, None, code)


def test_strict_mode_answers_by_status_alone(ask, certify, gas):
    person, beginner = certify(), make_person(queues=[gas])
    yes, no = ask(person.staff_no, strict=1), ask(beginner.staff_no, strict=1)
    assert (yes.status_code, yes.data) == (204, b"")
    assert no.status_code == 403
    assert ask("nobody", strict=1).status_code == 403
    assert ask(person.staff_no, "no-such-queue", strict=1).status_code == 403


def test_a_beginner_is_told_what_is_missing(ask, gas):
    body = ask(make_person(queues=[gas]).staff_no).get_json()
    assert (body["allowed"], body["reasons"]) == (
        False, [{"code": "certificate_missing", "text": "还没有证书：燃气热线话务员。"}])


def test_a_queue_that_asks_for_nothing_is_shut(ask, certify):
    bare = make_queue("bare")
    body = ask(certify().staff_no, "bare", with_key=make_key(bare)).get_json()
    assert (body["allowed"], body["reasons"][0]["code"]) == (False, "queue_not_configured")


def test_leaving_shuts_the_gate_in_the_same_transaction_and_coming_back_opens_it(ask, certify, now):
    person = certify()
    with unit_of_work() as session:
        mark_left(session, person.id, now.date(), by=SYSTEM, now=clock.now())
    assert ask(person.staff_no).get_json()["reasons"][0]["code"] == "left"
    with unit_of_work() as session:
        mark_returned(session, person.id, by=SYSTEM, now=clock.now())
    assert ask(person.staff_no).get_json()["allowed"] is True


def test_a_leaver_is_refused_even_if_the_permit_was_not_rewritten(ask, certify):
    person = certify()
    with unit_of_work() as session:
        from lms.people.models import Person  # noqa: PLC0415 - written past every service, as a faulty import would

        row = session.get_one(Person, person.id)
        row.state, row.left_on = "left", clock.now().date()
    assert ask(person.staff_no).get_json()["allowed"] is False


def test_asking_with_a_time_answers_for_that_time(ask, certify, now):
    person = certify()
    assert ask(person.staff_no, at=(now - timedelta(days=1)).isoformat()).get_json()["allowed"] is False
    assert ask(person.staff_no, at="2026-04-01T09:00:00+08:00").get_json()["allowed"] is True
    assert ask(person.staff_no, at="2026-04-01T09:00:00 08:00").status_code == 200, "a + left unescaped"


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01T00:00:00Z", "2026-03-02T09:00:00", "0001-01-01T00:00:00Z",
                                "9999-12-31T23:59:59Z", "x" * 500])
def test_a_time_that_is_none_is_422(ask, certify, at):
    response = ask(certify().staff_no, at=at)
    assert (response.status_code, response.get_json()["error"]["code"]) == (422, "at_invalid")
    assert response.get_json()["allowed"] is False


def test_the_past_can_be_asked_as_it_was_known_then_or_as_it_is_known_now(ask, certify, now):
    person = certify()
    passed = next(it for it in facts_of(reading(), person.id) if it.activity == "exam:gas-theory")
    clock.set_travel(now + timedelta(days=20))
    make_fact(person, "exam:gas-theory", Outcome.FAILED, score=60, at=passed.occurred_at, supersedes=passed.id)
    moment = (now + timedelta(days=1)).isoformat()
    assert ask(person.staff_no, at=moment, known="then").get_json()["allowed"] is True
    assert ask(person.staff_no, at=moment, known="now").get_json()["allowed"] is False
    assert ask(person.staff_no, at=moment, known="maybe").status_code == 422


def test_a_new_requirement_of_the_queue_counts_at_once_before_any_job_has_run(ask, certify, gas):
    person = certify()
    with unit_of_work() as session:
        require_for_queue(session, gas.id, [GAS_HOTLINE, COMPLAINT_DESK], by=SYSTEM, now=clock.now())
    body = ask(person.staff_no).get_json()
    assert (body["allowed"], body["reasons"][0]["code"]) == (False, "certificate_missing")


@pytest.mark.parametrize("with_key", ["", "frk_wrong", "\x00", "密钥"])
def test_without_a_valid_key_there_is_no_answer(client, certify, with_key):
    headers = {"X-API-Key": with_key.encode().decode("latin-1").replace("\x00", "%00")}
    response = client.get(f"/api/v1/gate/people/{certify().staff_no}/queues/gas", headers=headers)
    assert (response.status_code, response.get_json()["allowed"]) == (401, False)


def test_a_key_answers_only_for_its_queues(ask, certify):
    elsewhere = make_queue("elsewhere")
    response = ask(certify().staff_no, with_key=make_key(elsewhere))
    assert (response.status_code, response.get_json()["error"]["code"]) == (403, "key_scope")
    assert ask(certify().staff_no, with_key=make_key(all_queues=True)).status_code == 200


def test_a_revoked_or_expired_key_is_refused_at_once(ask, key, certify, gas, now):
    person = certify()
    short = make_key(gas, expires_at=now + timedelta(hours=1))
    assert ask(person.staff_no, with_key=short).status_code == 200
    clock.set_travel(now + timedelta(hours=1))
    assert ask(person.staff_no, with_key=short).status_code == 401
    with unit_of_work() as session:
        row = session.scalars(select(ApiKey).where(ApiKey.hint == key[:9])).one()
        revoke_key(session, row.id, by=identity_with(person_id=person.id), now=clock.now())
    assert ask(person.staff_no).status_code == 401


def test_a_key_is_kept_only_as_its_hash_and_its_use_is_noted(ask, key, certify):
    ask(certify().staff_no)
    row = reading().scalars(select(ApiKey)).one()
    assert key not in str(vars(row))
    assert row.last_used_at is not None


def test_the_answer_comes_in_the_language_asked_for(client, key, certify):
    response = client.get(f"/api/v1/gate/people/{certify().staff_no}/queues/gas",
                          headers={"X-API-Key": key, "Accept-Language": "en"})
    assert response.get_json()["reasons"][0]["text"] == "Certified: Gas Hotline Operator."


def test_the_gate_leaves_no_cookie(ask, certify):
    assert "Set-Cookie" not in ask(certify().staff_no).headers
