"""Permits say what the rules say, fast, for any number of people; the checker finds whatever differs."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from lms.access.identity import SYSTEM, Role
from lms.certification.library import COMPLAINT_DESK, GAS_HOTLINE
from lms.certification.models import Certificate, Departure, PermitRow
from lms.certification.queries.floor import count_states, decide_many, endings, explain, people_in_state
from lms.certification.queries.standing import expiring, of_person
from lms.certification.rules.projection import FloorState
from lms.certification.services.editing import require_for_queue
from lms.certification.services.phases import start_phase
from lms.certification.services.projecting import check, rebuild
from lms.certification.services.revoking import revoke_certificate
from lms.certification.services.suspending import lift_suspension, suspend_person
from lms.certification.services.waivers import approve_waiver, request_waiver
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.jobs import run_due_jobs
from lms.people.models import Person, Queue
from lms.people.services.leaving import mark_left
from tests.factories import identity_with, make_person, make_queue, make_unit

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


@pytest.fixture
def floor(certify, gas, now):
    """People in every state of the gas queue."""
    boss, second = (identity_with(Role.MANAGER, person_id=make_person().id) for _ in range(2))
    people = {state: make_person(state.value, queues=[gas]) for state in FloorState if state is not FloorState.NONE}
    people[FloorState.NONE] = make_person("none")
    certify(people[FloorState.YES])
    certify(people[FloorState.SOON], at=now - timedelta(days=340))
    certify(people[FloorState.SUSPENDED])
    later = clock.now()
    with unit_of_work() as session:
        suspend_person(session, people[FloorState.SUSPENDED].id, reason="投诉成立", by=boss, now=later)
        start_phase(session, person_id=people[FloorState.SUPERVISED].id, mentor_id=people[FloorState.YES].id,
                    queue_ids=[gas.id], starts_at=later, ends_at=later + 20 * DAY, minutes_cap=600, by=boss, now=later)
        waiver = request_waiver(session, person_id=people[FloorState.WAIVER].id, queue_id=gas.id, starts_at=later,
                                ends_at=later + 3 * DAY, reason="高峰缺人", by=boss, now=later)
        approve_waiver(session, waiver.id, by=second, now=later)
    return people


def test_every_state_of_the_board_is_told_with_one_cell_for_each_pair(floor, gas):
    other = make_queue("other")
    cells = decide_many(reading(), [it.id for it in floor.values()], [gas.id, other.id], clock.now())
    assert len(cells) == len(floor) * 2
    assert {state: cells[person.id, gas.id].state for state, person in floor.items()} == {it: it for it in floor}
    assert cells[floor[FloorState.SUPERVISED].id, gas.id].mentor_name == "yes"
    assert cells[floor[FloorState.NONE].id, other.id].reasons[0].code == "queue_not_configured"


def test_permits_answer_as_the_rules_do_at_any_time(floor, gas, now):
    people = [it.id for it in floor.values()]
    for days in (-500, -341, -339, -1, 0, 1, 2, 4, 19, 21, 25, 27, 300, 364, 366):
        at = clock.now() + timedelta(days=days)
        cells = decide_many(reading(), people, [gas.id], at)
        for person_id in people:
            decision = explain(reading(), person_id, gas.id, at)
            cell = cells[person_id, gas.id]
            assert (cell.allowed, cell.until) == (decision.allowed, decision.until), (days, person_id)
            assert {it.code for it in cell.reasons} == {it.code for it in decision.reasons}


def test_the_headings_count_what_the_cells_show(floor, gas):
    counted = count_states(reading(), [gas.id], clock.now())[gas.id]
    assert counted == {state: 1 for state in floor if state is not FloorState.NONE}
    for state, person in floor.items():
        found = set(reading().scalars(people_in_state(state, [gas.id], clock.now())))
        assert found == (set() if state is FloorState.NONE else {person.id})
    among = select(Person.id).where(Person.id == floor[FloorState.YES].id)
    assert count_states(reading(), [gas.id], clock.now(), among=among)[gas.id] == {FloorState.YES: 1}


def test_a_page_of_the_board_takes_few_statements_however_many_people(floor, gas):
    statements = []
    listener = lambda *args: statements.append(args[2])  # noqa: E731 - a listener
    people = [it.id for it in floor.values()]
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        decide_many(reading(), people, [gas.id], clock.now())
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert len([it for it in statements if it.startswith("SELECT")]) <= 12


def test_counts_and_endings_keep_to_the_scopes(certify, gas, now):
    here, there = make_unit("here"), make_unit("there")
    mine, theirs = (certify(make_person(unit=unit, queues=[gas])) for unit in (here, there))
    at = clock.now()
    assert count_states(reading(), [gas.id], at, scopes=["/here/"])[gas.id] == {FloorState.YES: 1}
    assert count_states(reading(), [gas.id], at, scopes=[])[gas.id] == {}
    ends = endings(reading(), [gas.id], at, at + 400 * DAY, scopes=["/there/"])
    assert [person_id for _queue, person_id, _at in ends] == [theirs.id]
    assert [it.person_id for it in expiring(reading(), ["/here/"], at, at + 400 * DAY)] == [mine.id]


def test_after_a_change_of_rules_the_board_is_right_before_the_job_has_run_and_after_it(fonts, certify, gas):
    person = certify()
    with unit_of_work() as session:
        require_for_queue(session, gas.id, [GAS_HOTLINE, COMPLAINT_DESK], by=SYSTEM, now=clock.now())
    assert not decide_many(reading(), [person.id], [gas.id], clock.now())[person.id, gas.id].allowed
    run_due_jobs(clock.now())
    assert check(reading()) == []
    assert not decide_many(reading(), [person.id], [gas.id], clock.now())[person.id, gas.id].allowed


def test_everything_that_changes_leaves_nothing_to_correct(floor, gas, certify):
    with unit_of_work() as session:
        now = clock.now()
        certificate = session.scalars(
            select(Certificate).where(Certificate.person_id == floor[FloorState.YES].id)).unique().one()
        revoke_certificate(session, certificate.id, reason="冒名", by=SYSTEM, now=now)
        suspension = suspend_person(session, floor[FloorState.SOON].id, reason="差错", by=SYSTEM, now=now)
        lift_suspension(session, suspension.id, reason="复核无误", by=SYSTEM, now=now + timedelta(seconds=1))
        mark_left(session, floor[FloorState.WAIVER].id, now.date(), by=SYSTEM, now=now)
    assert check(reading()) == []
    certify(floor[FloorState.YES])
    assert check(reading()) == []
    before = set(reading().execute(select(PermitRow.person_id, PermitRow.ends_at, PermitRow.state)).tuples())
    with unit_of_work() as session:
        rebuild(session)
    assert set(reading().execute(select(PermitRow.person_id, PermitRow.ends_at, PermitRow.state)).tuples()) == before


def test_the_checker_finds_a_permit_and_a_certificate_that_were_tampered_with(certify):
    person = certify()
    with unit_of_work() as session:
        session.execute(update(PermitRow).where(PermitRow.allowed.is_(False)).values(allowed=True, basis="certificate"))
    assert [it.what for it in check(reading())] == ["permits"]
    with unit_of_work() as session:
        session.execute(update(Certificate).values(ends_at=clock.now() + 9000 * DAY))
    assert {it.what for it in check(reading())} == {"permits", "certificates gas-hotline"}
    assert {it.person_id for it in check(reading())} == {person.id}


def test_a_mentor_who_leaves_ends_the_phases_they_are_needed_for(floor, gas):
    learner = floor[FloorState.SUPERVISED]
    assert explain(reading(), learner.id, gas.id, clock.now()).allowed
    with unit_of_work() as session:
        mark_left(session, floor[FloorState.YES].id, clock.now().date(), by=SYSTEM, now=clock.now())
    assert not explain(reading(), learner.id, gas.id, clock.now()).allowed
    assert reading().scalars(select(Departure)).one().person_id == floor[FloorState.YES].id


def test_a_learners_home_tells_every_requirement_with_how_far_it_is(certify, gas):
    person = certify(leave_out=2)
    (standing,) = of_person(reading(), person.id, clock.now())
    assert (standing.code, standing.done, standing.missing) == (GAS_HOTLINE, 4, 1)
    (calls,) = [it for it in standing.requirements if not it.met]
    assert (calls.done, calls.needed, calls.best_percent) == (1, 3, 88)
    assert [it[0] for it in standing.queues] == [gas.code]


def test_a_queue_made_after_the_bundled_ones_is_shut_until_it_is_set_up(certify):
    person, new = certify(), make_queue("new")
    assert reading().scalars(select(Queue)).all()
    assert not explain(reading(), person.id, new.id, clock.now()).allowed
