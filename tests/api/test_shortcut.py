"""The short cut answers as the whole way does, and leaves to it what it can't answer."""

from datetime import timedelta

import pytest

from lms.access.identity import SYSTEM
from lms.api.shortcut import GateShortcut
from lms.certification.library import GAS_HOTLINE, SERVICE_DESK
from lms.certification.services.editing import require_for_queue
from lms.certification.services.suspending import suspend_person
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from tests.factories import make_person

pytestmark = pytest.mark.both_databases


@pytest.fixture
def counted(app, monkeypatch):
    """Count the answers that took the short cut."""
    taken = []
    whole = GateShortcut.answer

    def answer(self, environ):
        found = whole(self, environ)
        taken.append(found is not None)
        return found

    monkeypatch.setattr(GateShortcut, "answer", answer)
    return taken


def test_the_same_question_gets_the_same_answer_both_ways(ask, certify, gas, counted):
    certified, suspended = certify(), certify(make_person(queues=[gas]))
    with unit_of_work() as session:
        suspend_person(session, suspended.id, reason="投诉成立", by=SYSTEM, now=clock.now(),
                       ends_at=clock.now() + timedelta(days=3))
    at = (clock.now() + timedelta(days=1)).isoformat()
    for person in (certified, suspended):
        for more in ({}, {"strict": 1}):
            first, second = (ask(person.staff_no, at=at, **more) for _ in range(2))
            assert (first.status_code, first.data) == (second.status_code, second.data)
    assert counted.count(True) >= 4, "what was told once takes the short cut from then on"


def test_whoever_never_earned_anything_is_refused_both_ways_until_something_opens_the_queue(
    ask, certify, gas, counted
):
    certify()
    novice = make_person(queues=[gas])
    at = (clock.now() + timedelta(days=1)).isoformat()
    first, second = (ask(novice.staff_no, at=at) for _ in range(2))
    assert counted[-2:] == [False, True]
    assert first.data == second.data
    assert [it["code"] for it in second.json["reasons"]] == ["certificate_missing"]
    certify(novice)
    assert ask(novice.staff_no, at=at).json["allowed"]


def test_a_change_of_rules_reaches_whoever_never_earned_anything_at_the_next_question(ask, certify, gas, counted):
    certify()
    novice = make_person(queues=[gas])
    for _ in range(2):
        ask(novice.staff_no)
    with unit_of_work() as session:
        require_for_queue(session, gas.id, [GAS_HOTLINE, SERVICE_DESK], by=SYSTEM, now=clock.now(),
                          reason="两证上岗")
    answer = ask(novice.staff_no, at=(clock.now() + timedelta(days=1)).isoformat())
    assert not counted[-1]
    assert len(answer.json["reasons"]) == 2


@pytest.mark.parametrize(("staff_no", "queue", "more"), [
    ("nobody", "gas", {}), (None, "no-such", {}), (None, "gas", {"at": "soon"}), (None, "gas", {"known": "then"}),
    (None, "gas", {"at": ["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"]})])
def test_what_a_permit_doesnt_answer_takes_the_whole_way(ask, certify, counted, staff_no, queue, more):
    person = certify()
    for _ in range(3):
        ask(staff_no or person.staff_no, queue, **more)
    assert not any(counted)


def test_odd_addresses_are_answered_like_everything_else(client, key, counted):
    for path in ("/api/v1/gate/people/", "/api/v1/gate/people/1/queues/", "/api/v1/gate/people/1/queues/a/b",
                 "/api/v1/gate/people//queues/gas", "/api/v1/gate/people/%E9%99%88/queues/%FF"):
        assert client.get(path, headers={"X-API-Key": key}).status_code == 404
    assert not any(counted)


def test_other_methods_are_refused(client, key):
    assert client.post("/api/v1/gate/people/1/queues/gas", headers={"X-API-Key": key}).status_code in (400, 405)
