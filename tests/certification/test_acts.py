"""Waivers, reminders, founding grants and drafts at their boundaries."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.access.identity import SYSTEM, Role
from lms.certification.models import Certificate, CertificationEdition, Waiver, WaiverState
from lms.certification.queries.licences import is_licensed
from lms.certification.rules.drafts import Draft, DraftProblem, activity_ref, draft_findings
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Validity
from lms.certification.rules.waivers import AHEAD, LONGEST, QUOTA, WaiverProblem, waiver_problems
from lms.certification.services.editing import publish, require_for_queue
from lms.certification.services.founding import approve_grant, propose_grant
from lms.certification.services.issuing import reconsider
from lms.certification.services.projecting import check
from lms.certification.services.reminding import remind
from lms.certification.services.suspending import suspend_person
from lms.certification.services.waivers import approve_waiver, request_waiver
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, Refused
from lms.notifications.models import Notification
from tests.certification.histories import ZONE, calls, course, local, other, theory
from tests.factories import identity_with, make_person

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
NOON = local("2026-03-02 12:00")


def problems(starts=NOON, ends=NOON + DAY, reason="缺人", approved=()):
    return waiver_problems(starts, ends, reason, approved, now=NOON, zone=ZONE)


@pytest.mark.parametrize(("fields", "found"), [
    ({}, []),
    ({"ends": NOON + LONGEST}, []),
    ({"ends": NOON + LONGEST + SECOND}, [WaiverProblem.TOO_LONG]),
    ({"ends": NOON}, [WaiverProblem.ENDS_FIRST]),
    ({"starts": NOON - DAY, "ends": NOON}, [WaiverProblem.OVER]),
    ({"starts": NOON - DAY, "ends": NOON + SECOND}, []),
    ({"starts": NOON + AHEAD, "ends": NOON + AHEAD + DAY}, []),
    ({"starts": NOON + AHEAD + SECOND, "ends": NOON + AHEAD + DAY}, [WaiverProblem.TOO_FAR_AHEAD]),
    ({"reason": "  "}, [WaiverProblem.NO_REASON]),
    ({"approved": [NOON - DAY] * (QUOTA - 1)}, []),
    ({"approved": [NOON - DAY] * QUOTA}, [WaiverProblem.QUOTA_USED]),
    ({"approved": [local("2025-12-31 23:59")] * QUOTA}, []),
    ({"approved": [local("2026-01-01 00:00")] * QUOTA}, [WaiverProblem.QUOTA_USED]),
], ids=str)
def test_what_speaks_against_a_waiver(fields, found):
    assert problems(**fields) == found


@pytest.mark.both_databases
def test_the_tables_themselves_want_two_people_for_a_waiver(gas, now):
    person, boss = make_person(), make_person()
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(Waiver(person_id=person.id, queue_id=gas.id, starts_at=now, ends_at=now + DAY, reason="缺人",
                           state=WaiverState.APPROVED, requested_by=boss.id, requested_at=now, decided_by=boss.id,
                           decided_at=now))


def test_nobody_asks_for_or_decides_a_waiver_of_their_own(gas, now):
    person, boss, second = (make_person() for _ in range(3))
    ask = {"person_id": person.id, "queue_id": gas.id, "starts_at": now, "ends_at": now + DAY, "reason": "缺人"}
    with pytest.raises(Refused), unit_of_work() as session:
        request_waiver(session, by=identity_with(Role.MANAGER, person_id=person.id), now=now, **ask)
    with unit_of_work() as session:
        waiver = request_waiver(session, by=identity_with(person_id=boss.id), now=now, **ask)
    for unfit in (boss, person):
        with pytest.raises(Refused), unit_of_work() as session:
            approve_waiver(session, waiver.id, by=identity_with(person_id=unfit.id), now=now)
    with unit_of_work() as session:
        approve_waiver(session, waiver.id, by=identity_with(person_id=second.id), now=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        approve_waiver(session, waiver.id, by=identity_with(person_id=second.id), now=now)


def reminders(person):
    rows = reading().scalars(select(Notification).where(Notification.person_id == person.id,
                                                        Notification.slug == "certificate-ending"))
    return [it.params["days"] for it in rows]


def test_reminders_go_out_30_7_and_1_days_before_the_end_each_once(certify):
    person = certify()
    ends = reading().scalar(select(Certificate.ends_at))
    told = []
    for left in (31 * DAY, 30 * DAY + SECOND, 30 * DAY, 30 * DAY, 8 * DAY, 7 * DAY, 7 * DAY, 25 * SECOND, SECOND,
                 timedelta(), -DAY):
        clock.set_travel(ends - left)
        with unit_of_work() as session:
            remind(session, now=ends - left)
        told.append(sorted(reminders(person)))
    assert told[:3] == [[], [], [30]]
    assert told[3:7] == [[30], [30], [7, 30], [7, 30]]
    assert told[7:] == [[1, 7, 30]] * 4


def test_whoever_renewed_is_not_reminded(certify):
    person = certify()
    ends = reading().scalar(select(Certificate.ends_at))
    clock.set_travel(ends - 20 * DAY)
    certify(person, at=ends - 20 * DAY)
    with unit_of_work() as session:
        assert remind(session, now=ends - 5 * DAY) == 0


def test_a_founding_licence_counts_until_its_last_day_and_a_suspension_stops_it(gas, now):
    assessor = make_person()
    one, two = (identity_with(Role.TRAINING_ADMIN, person_id=make_person().id) for _ in range(2))
    with unit_of_work() as session:
        kind = session.scalar(select(CertificationEdition.certification_id).join(CertificationEdition.certification)
                              .where(CertificationEdition.certification.has(code="assessor")))
        grant = propose_grant(session, person_id=assessor.id, certification_id=kind,
                              last_day=local("2026-08-31 00:00").date() + DAY, reason="首任", by=one, now=now)
        with pytest.raises(Refused):
            approve_grant(session, grant.id, by=one, now=now)
        approve_grant(session, grant.id, by=two, now=now)
    ends = local("2026-09-01 00:00")
    assert is_licensed(reading(), assessor.id, "assessor", ends - SECOND)
    assert not is_licensed(reading(), assessor.id, "assessor", ends)
    assert not is_licensed(reading(), assessor.id, "trainer", now)
    with unit_of_work() as session:
        suspend_person(session, assessor.id, reason="评分争议", by=one, now=now + DAY)
    assert not is_licensed(reading(), assessor.id, "assessor", now + DAY)
    assert check(reading()) == []


def draft(*requirements, **fields):
    return Draft(**{"code": "own", "name": "自设", "name_en": "", "letters": "OW", "description": "",
                    "validity": Validity(12), "requirements": requirements, **fields})


def found(one, asks=None, taken=(), is_new=True):
    return [it.problem for it in draft_findings(one, asks=asks or {}, taken_letters=taken, is_new=is_new)]


@pytest.mark.parametrize(("one", "problem"), [
    (draft(course()), None),
    (draft(course(), code="Own"), DraftProblem.CODE), (draft(course(), code="gas"), DraftProblem.CODE_TAKEN),
    (draft(course(), letters="o"), DraftProblem.LETTERS), (draft(course(), letters="RQ"), DraftProblem.LETTERS_TAKEN),
    (draft(course(), name=" "), DraftProblem.NO_NAME), (draft(), DraftProblem.NOTHING_ASKED),
    (draft(*[course(str(n)) for n in range(21)]), DraftProblem.TOO_MANY),
    (draft(theory(101)), DraftProblem.REQUIREMENT), (draft(calls(0)), DraftProblem.REQUIREMENT),
    (draft(course(afresh=False)), DraftProblem.NEVER_RENEWED),
    (draft(course(), other("nobody")), DraftProblem.UNKNOWN_CERTIFICATION),
    (draft(course(), other("own")), DraftProblem.CIRCLE), (draft(course(), other("far")), DraftProblem.CIRCLE),
    (draft(course(), other("gas")), None),
], ids=lambda it: str(it)[:40])
def test_what_is_wrong_with_a_draft(one, problem):
    asks = {"gas": set(), "far": {"near"}, "near": {"own"}}
    assert found(one, asks, {"RQ"}) == ([problem] if problem else [])


@pytest.mark.parametrize(("kind", "typed", "ref"), [
    (RequirementKind.THEORY, "gas-theory", "exam:gas-theory"), (RequirementKind.THEORY, " exam:x ", "exam:x"),
    (RequirementKind.CALLS, "gas-leak-01", "call:gas-leak-01"), (RequirementKind.CERTIFICATION, "basic", "basic")])
def test_a_code_is_understood_with_or_without_its_prefix(kind, typed, ref):
    assert activity_ref(kind, typed) == ref


def test_a_queue_never_ends_up_asking_for_nothing(gas, now):
    with pytest.raises(Invalid), unit_of_work() as session:
        require_for_queue(session, gas.id, [], by=SYSTEM, now=now)
    with pytest.raises(Invalid), unit_of_work() as session:
        require_for_queue(session, gas.id, ["no-such"], by=SYSTEM, now=now)


def test_an_easier_edition_issues_to_those_who_have_done_enough_already(certify, now):
    person = certify(leave_out=3)
    easier = Draft("gas-hotline", "燃气热线话务员", "Gas Hotline Operator", "RQ", "", Validity(12),
                   (Requirement("t", RequirementKind.THEORY, ("exam:gas-theory",), 80),))
    with unit_of_work() as session:
        kind = session.scalar(select(CertificationEdition.certification_id).join(CertificationEdition.certification)
                              .where(CertificationEdition.certification.has(code="gas-hotline")))
        publish(session, easier, certification_id=kind, by=SYSTEM, now=now + DAY)
        reconsider(session, person.id, by=SYSTEM, now=now + DAY)
    assert reading().scalar(select(func.count()).select_from(Certificate)) == 1
    assert check(reading()) == []
