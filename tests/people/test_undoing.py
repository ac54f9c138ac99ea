"""Undoing an import for a day; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict
from lms.people.models import (
    Account,
    ImportState,
    MentorAssignment,
    Person,
    RoleAssignment,
    RosterImport,
)
from lms.people.services.importing import steps
from tests.factories import make_fact, make_person
from tests.people.factories import HEADS, account_with_password, hand_in, person, records, staff, undo, write

pytestmark = pytest.mark.both_databases


def test_undo_restores_new_changed_left_and_returned(hr, now, place):
    make_person("陈雨桐", staff_no="3001", unit=place, phone="164")
    mentor = make_person("周岚", staff_no="3002", unit=place, roles=[Role.MENTOR])
    account_with_password(mentor)
    learner = make_person("何梦洁", staff_no="3005", unit=place)
    make_person("李想", staff_no="3003", unit=place, state="left")
    with unit_of_work() as session:
        session.add(MentorAssignment(learner_id=learner.id, mentor_id=mentor.id, starts_on=date(2026, 1, 1)))
    before = {key: dict(it) for key, it in records().items()}
    import_id = hand_in(
        [
            HEADS,
            [3001, "陈雨桐", "", "夜班", "", "", "", "", "16400010001", "燃气抢修"],
            [3002, "周岚", "", "", "", "离职"],
            [3003, "李想", "", "", "", "在职"],
            [3004, "新人", "", "早一班", "", "", "2026-03-02"],
        ],
        hr,
        now,
    )
    write(import_id, hr, now, typed=1)
    assert records() != before
    undo(import_id, hr, now + timedelta(hours=1))
    assert records() == before
    assert reading().scalars(select(Account)).one().active
    assert reading().scalars(select(RoleAssignment.role).where(RoleAssignment.person_id == mentor.id)).all() == [
        "mentor"
    ]
    assert reading().scalars(select(MentorAssignment.ends_on)).all() == [None]


def test_undo_leaves_alone_what_was_changed_since_and_says_so(hr, now, place):
    make_person("陈雨桐", staff_no="3001", unit=place, phone="164")
    import_id = hand_in([HEADS, [3001, "陈雨桐", "", "夜班", "", "", "", "", "16400010001"]], hr, now)
    write(import_id, hr, now)
    with unit_of_work() as session:
        session.scalars(select(Person).where(Person.staff_no == "3001")).unique().one().phone = "16400010002"
    run = steps.undo_dry_run(reading(), import_id, by=hr, now=now)
    assert [(it.field, it.now, it.wanted) for it in run.kept] == [("phone", "16400010002", "164")]
    undo(import_id, hr, now)
    found = person("3001")
    assert (found.unit.code, found.phone) == ("pa", "16400010002")


def test_undo_keeps_somebody_new_who_has_records_and_marks_them_left(hr, now):
    import_id = hand_in(
        [
            HEADS,
            [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"],
            [3102, "周岚", "", "早一班", "", "", "2026-03-02"],
        ],
        hr,
        now,
    )
    write(import_id, hr, now)
    make_fact(person("3101"), "exam:gas-theory")
    undo(import_id, hr, now)
    assert person("3101").state == "left"
    assert reading().scalar(select(Person).where(Person.staff_no == "3102")) is None


@pytest.mark.parametrize(("later", "possible"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)])
def test_an_import_can_be_undone_for_a_day(hr, now, later, possible):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"]], hr, now)
    write(import_id, hr, now)
    if possible:
        undo(import_id, hr, now + later)
        assert staff() == {"9001"}
    else:
        with pytest.raises(Conflict):
            undo(import_id, hr, now + later)


def test_an_undo_is_done_once_and_is_no_import_to_be_undone(hr, now):
    import_id = hand_in([HEADS, [3101, "陈雨桐", "", "早一班", "", "", "2026-03-02"]], hr, now)
    write(import_id, hr, now)
    back = undo(import_id, hr, now)
    for again in (import_id, back):
        with pytest.raises(Conflict):
            undo(again, hr, now)
    assert reading().get_one(RosterImport, import_id).state == ImportState.UNDONE
