"""Sign-ins as use cases; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Identity, Role, RoleGrant
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.people.models import Account, MentorAssignment, Person, RoleAssignment, Unit
from lms.people.services import accounts, leaving, mentors, roles
from lms.people.sign_in import identity_of
from tests.factories import make_person, make_unit

pytestmark = pytest.mark.both_databases
FIRST = {"staff_no": "1001", "name": "周岚", "organisation_name": "平安客服", "password": "Guihua-2026-xiang"}


def first_admin(now, **changed):
    with unit_of_work() as session:
        return accounts.create_first_admin(session, **FIRST | changed, now=now)


def leave(person, left_on, now, by=SYSTEM):
    with unit_of_work() as session:
        leaving.mark_left(session, person.id, left_on, by=by, now=now)


def test_the_first_administrator_brings_the_top_of_the_tree(session, now):
    person = reading().get_one(Person, first_admin(now))
    assert (person.unit.path, person.unit.name, person.name_latin, person.pinyin_initials) == (
        "/hq/",
        "平安客服",
        "Lan Zhou",
        "zl",
    )
    assert identity_of(reading(), person).scopes(Role.SYSTEM_ADMIN) == ("/",)
    assert not reading().scalars(select(Account)).one().must_change_password


def test_there_is_one_first_administrator(session, now):
    first_admin(now)
    with pytest.raises(Conflict):
        first_admin(now, staff_no="1002")


@pytest.mark.parametrize(
    "wrong", [{"password": "short"}, {"staff_no": "no spaces"}, {"name": " "}, {"organisation_name": ""}]
)
def test_the_first_administrator_is_checked(session, now, wrong):
    with pytest.raises(Invalid):
        first_admin(now, **wrong)
    reading().rollback()
    assert reading().scalars(select(Unit)).all() == []


def test_a_person_has_one_sign_in(session, now):
    person = make_person(staff_no="3001")
    with unit_of_work() as writing:
        accounts.create_account(writing, person.id, by=SYSTEM, now=now)
    with pytest.raises(Conflict), unit_of_work() as writing:
        accounts.create_account(writing, person.id, by=SYSTEM, now=now)


def test_whoever_left_gets_no_sign_in(session, now):
    person = make_person(state="left")
    with pytest.raises(Conflict), unit_of_work() as writing:
        accounts.create_account(writing, person.id, by=SYSTEM, now=now)


def test_one_time_passwords_are_readable_and_never_alike():
    made = {accounts.one_time_password() for _slip in range(200)}
    assert len(made) == 200
    assert all(not set("01loi") & set(it) and len(it) == 14 for it in made)


def test_nobody_resets_their_own_sign_in_as_an_administrator(session, now):
    person_id = first_admin(now)
    me = Identity(person_id, "周岚", "1001", "/hq/", frozenset({RoleGrant(Role.SYSTEM_ADMIN, "/")}))
    for act in (accounts.reset_password, accounts.reset_second_factor):
        with pytest.raises(Refused), unit_of_work() as writing:
            act(writing, person_id, by=me, now=now)


@pytest.mark.parametrize(
    ("left_on", "allowed"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 3), False),
        (date(2025, 6, 2), True),
        (date(2025, 6, 1), False),
    ],
    ids=["today", "tomorrow", "the first day", "before the first day"],
)
def test_a_last_day_lies_between_the_first_and_today(session, now, left_on, allowed):
    person = make_person(hired_on=date(2025, 6, 2))
    if allowed:
        leave(person, left_on, now)
        assert reading().get_one(Person, person.id).left_on == left_on
    else:
        with pytest.raises(Invalid):
            leave(person, left_on, now)


@pytest.mark.parametrize(
    ("left_on", "left_at"),
    [
        (date(2026, 3, 1), "2026-03-01T16:00:00+00:00"),
        (date(2026, 3, 2), "2026-03-02T01:00:00+00:00"),
    ],
    ids=["yesterday: its end in Shanghai", "today: now"],
)
def test_hooks_learn_when_somebody_left(session, now, monkeypatch, left_on, left_at):
    told = []
    monkeypatch.setattr(leaving, "_leaving", [lambda s, person_id, at, by, when: told.append(at.isoformat())])
    leave(make_person(), left_on, now)
    assert told == [left_at]


def test_a_hook_that_fails_keeps_the_leaving_from_happening(session, now, monkeypatch):
    def refuse(*_args):
        raise Conflict("permit.stuck")

    monkeypatch.setattr(leaving, "_leaving", [refuse])
    person = make_person()
    with pytest.raises(Conflict):
        leave(person, date(2026, 3, 2), now)
    reading().rollback()
    assert reading().get_one(Person, person.id).state == "active"


def test_leaving_ends_mentoring_on_both_sides(session, now):
    learner, mentor = make_person(), make_person(roles=[Role.MENTOR])
    with unit_of_work() as writing:
        mentors.assign_mentor(
            writing, learner_id=learner.id, mentor_id=mentor.id, starts_on=date(2026, 1, 1), by=SYSTEM, now=now
        )
    leave(mentor, date(2026, 3, 1), now)
    assert reading().scalars(select(MentorAssignment.ends_on)).one() == date(2026, 3, 1)


def test_nobody_leaves_twice_and_only_leavers_return(session, now):
    person = make_person()
    leave(person, date(2026, 3, 2), now)
    with pytest.raises(Conflict):
        leave(person, date(2026, 3, 2), now)
    with unit_of_work() as writing:
        leaving.mark_returned(writing, person.id, by=SYSTEM, now=now + timedelta(hours=1))
    with pytest.raises(Conflict), unit_of_work() as writing:
        leaving.mark_returned(writing, person.id, by=SYSTEM, now=now + timedelta(hours=1))


def test_the_last_administrator_neither_leaves_nor_loses_the_role(session, now):
    person_id = first_admin(now)
    other = make_person(roles=[Role.SYSTEM_ADMIN])
    held = {
        row.person_id: row.id
        for row in reading().scalars(select(RoleAssignment).where(RoleAssignment.role == Role.SYSTEM_ADMIN)).unique()
    }
    with unit_of_work() as writing:
        roles.withdraw_role(writing, held[other.id], by=SYSTEM, now=now)
    with pytest.raises(Conflict), unit_of_work() as writing:
        roles.withdraw_role(writing, held[person_id], by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        leave(reading().get_one(Person, person_id), date(2026, 3, 2), now)


def test_whoever_left_holds_no_role_whatever_the_table_says(session, now):
    person = make_person(roles=[Role.HR])
    leave(person, date(2026, 3, 2), now)
    assert identity_of(reading(), reading().get_one(Person, person.id)).grants == frozenset()


@pytest.mark.parametrize(
    ("starts", "ends", "problem"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "ends_on"),
        (date(2026, 3, 2), date(2026, 3, 2), None),
        (date(2026, 3, 2), None, None),
    ],
)
def test_a_mentor_is_assigned_between_two_days(session, now, starts, ends, problem):
    learner, mentor = make_person(), make_person(roles=[Role.MENTOR])
    given = {
        "learner_id": learner.id,
        "mentor_id": mentor.id,
        "starts_on": starts,
        "ends_on": ends,
        "by": SYSTEM,
        "now": now,
    }
    if problem:
        with pytest.raises(Invalid) as refused, unit_of_work() as writing:
            mentors.assign_mentor(writing, **given)
        assert [it.where for it in refused.value.problems] == [problem]
    else:
        with unit_of_work() as writing:
            mentors.assign_mentor(writing, **given)
        with pytest.raises(Conflict), unit_of_work() as writing:
            mentors.assign_mentor(writing, **given)


def test_only_who_has_the_role_is_a_mentor_and_nobody_their_own(session, now):
    learner, plain = make_person(), make_person()
    for mentor in (plain, learner):
        with pytest.raises(Invalid), unit_of_work() as writing:
            mentors.assign_mentor(
                writing, learner_id=learner.id, mentor_id=mentor.id, starts_on=now.date(), by=SYSTEM, now=now
            )


def test_a_role_is_held_once_for_a_place(session, now):
    person, unit = make_person(), make_unit()
    for unit_id in (unit.id, None):
        with unit_of_work() as writing:
            roles.grant_role(writing, person.id, Role.TRAINER, unit_id, by=SYSTEM, now=now)
        with pytest.raises(Conflict), unit_of_work() as writing:
            roles.grant_role(writing, person.id, Role.TRAINER, unit_id, by=SYSTEM, now=now)


def test_what_isnt_there_is_not_found(session, now):
    missing = make_unit().id
    for act in (accounts.reset_password, accounts.unlock, accounts.create_account):
        with pytest.raises(NotFound), unit_of_work() as writing:
            act(writing, missing, by=SYSTEM, now=now)
