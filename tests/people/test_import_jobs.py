"""Imports read and written by a worker: what was confirmed is what is written, once, by whoever may still write it."""

from datetime import date

import pytest

from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.jobs import Job, JobState, run_due_jobs, run_job
from lms.people.models import ImportKind, RosterImport
from lms.people.services.importing import later, steps
from lms.people.services.leaving import mark_left
from tests.factories import make_person
from tests.people.factories import HEADS, hand_in, options, staff

pytestmark = pytest.mark.both_databases
NEW = [3101, "陈雨桐", "", "早一班", "", "", date(2026, 3, 2)]
HOURS = ["队列", "星期", "时段", "人数"]


def kept(import_id):
    reading().rollback()
    return reading().get_one(RosterImport, import_id, populate_existing=True)


def looked_at(rows, hr, now, kind=ImportKind.PEOPLE):
    """Hand a file in and let a worker judge it; return the import's id."""
    import_id = hand_in(rows, hr, now, kind=kind)
    with unit_of_work() as session:
        later.queue_check(session, import_id, by=hr)
    run_due_jobs()
    return import_id


def confirm(import_id, hr, typed=None):
    """Confirm what was looked at; return the job that will write it."""
    with unit_of_work() as session:
        fingerprint = later.checked_run(session.get_one(RosterImport, import_id)).fingerprint
        later.queue_writing(session, import_id, fingerprint=fingerprint, typed=typed, by=hr)
    return kept(import_id).job_id


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (ImportKind.PEOPLE, [HEADS, NEW, [3102, "周岚", "", "午班", "", "", "2026-03-02"], [3103, "龘䶮"]]),
        (ImportKind.HEADS, [HOURS, ["gas", "1", "9", "4"], ["gas", "八", "9", "4"]]),
    ],
    ids=["people", "heads"],
)
def test_what_a_worker_judged_is_what_a_dry_run_says(hr, now, kind, rows):
    import_id = looked_at(rows, hr, now, kind)
    assert later.checked_run(kept(import_id)) == steps.dry_run(reading(), import_id, by=hr, now=now)


def test_nothing_is_written_before_the_worker_wrote_it(hr, now):
    import_id = looked_at([HEADS, NEW], hr, now)
    confirm(import_id, hr)
    assert staff() == {"9001"}
    run_due_jobs()
    assert staff() == {"9001", "3101"}
    assert kept(import_id).state == "applied"


def test_people_who_changed_since_they_were_looked_at_are_not_overwritten(hr, now, place):
    import_id = looked_at([HEADS, NEW], hr, now)
    confirm(import_id, hr)
    make_person("陈雨桐", staff_no="3101", unit=place)
    run_due_jobs()
    row = kept(import_id)
    assert row.state == "open"
    assert later.refusal_of(reading(), row)
    (change,) = later.checked_run(row).plan.changes
    assert change.before is not None  # judged afresh, against what stands now


def test_whoever_left_meanwhile_writes_nothing(hr, now):
    import_id = looked_at([HEADS, NEW], hr, now)
    confirm(import_id, hr)
    with unit_of_work() as session:
        mark_left(session, hr.person_id, now.date(), by=hr, now=now, reason="离职")
    run_due_jobs()
    assert kept(import_id).state == "open"
    assert staff() == set()


def test_a_job_delivered_again_writes_nothing_twice_and_still_succeeds(hr, now):
    import_id = looked_at([HEADS, NEW], hr, now)
    job_id = confirm(import_id, hr)
    run_due_jobs()
    with unit_of_work() as session:
        session.get_one(Job, job_id).state = JobState.WAITING
    assert run_job(job_id)
    assert later.refusal_of(reading(), kept(import_id)) == ""
    assert len(steps.changes_of(reading(), import_id)) == 1


def test_the_brake_holds_before_the_job_and_in_it(hr, now, place):
    for number in range(10):
        make_person(staff_no=str(3000 + number), unit=place)
    rows = [HEADS, *([str(3000 + number), "陈雨桐"] for number in range(8)), ["9001", "沈慧敏"]]
    import_id = hand_in(rows, hr, now)
    options(import_id, hr, complete=True)
    with unit_of_work() as session:
        later.queue_check(session, import_id, by=hr)
    run_due_jobs()
    with pytest.raises(Invalid) as refused:
        confirm(import_id, hr)
    assert refused.value.code == "import.brake"
    confirm(import_id, hr, typed=2)
    run_due_jobs()
    assert len(staff()) == 9


def test_one_import_is_worked_on_once_at_a_time(hr, now):
    import_id = looked_at([HEADS, NEW], hr, now)
    confirm(import_id, hr)
    with pytest.raises(Conflict) as refused:
        confirm(import_id, hr)
    assert refused.value.code == "import.working"


def test_columns_chosen_anew_leave_an_older_check_behind(hr, now):
    import_id = hand_in([HEADS, NEW], hr, now)
    with unit_of_work() as session:
        later.queue_check(session, import_id, by=hr)
        older = session.get_one(RosterImport, import_id).job_id
        later.queue_check(session, import_id, by=hr)
    assert run_job(older)
    assert later.checked_run(kept(import_id)) is None


def test_undoing_is_written_by_a_worker_too(hr, now):
    import_id = looked_at([HEADS, NEW], hr, now)
    confirm(import_id, hr)
    run_due_jobs()
    written_at = kept(import_id).applied_at
    run = steps.undo_dry_run(reading(), import_id, by=hr, now=written_at)
    with unit_of_work() as session:
        later.queue_undoing(session, import_id, fingerprint=run.fingerprint, by=hr, now=written_at)
    assert staff() == {"9001", "3101"}
    run_due_jobs()
    assert staff() == {"9001"}
    assert kept(import_id).state == "undone"
