"""Assigning courses: to whom, by when, and what happens to those who leave."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from courses.activity import CourseActivity
from courses.models import AssignmentState, Course, CourseAssignment
from courses.queries.assigning import touched_by
from courses.queries.catalogue import find_by_points, search, units_that_teach
from courses.services import load_bundled
from courses.services.assigning import assign_course, close_for_leaver, withdraw_assignment
from lms.access.identity import SYSTEM
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.notifications.models import Notification
from lms.people.models import PersonState
from lms.records import activities
from tests.courses.lessons import make_course, page
from tests.factories import make_person, make_unit

pytestmark = pytest.mark.usefixtures("context")
DAY = timedelta(days=1)


@pytest.fixture
def course():
    return make_course("gas", page("one"), page("two"))


def assign(now, *people, code="gas", **fields):
    with unit_of_work() as session:
        return assign_course(session, code, person_ids=[person.id for person in people], by=SYSTEM, now=now, **fields)


def open_ones():
    return reading().scalars(select(CourseAssignment).where(CourseAssignment.state == AssignmentState.OPEN)).all()


@pytest.mark.both_databases
def test_assigning_twice_changes_nothing_but_an_earlier_due_date(course, now):
    person = make_person()
    assert assign(now, person, due_at=now + 5 * DAY) == 1
    assert assign(now, person) == 0
    assert assign(now, person, due_at=now + 9 * DAY) == 0
    assert [it.due_at for it in open_ones()] == [now + 5 * DAY]
    assign(now, person, due_at=now + 2 * DAY)
    assert [it.due_at for it in open_ones()] == [now + 2 * DAY]


def test_everybody_assigned_is_told_once(course, now):
    person = make_person()
    assign(now, person, reason="新员工入职")
    assign(now, person)
    (told,) = reading().scalars(select(Notification)).all()
    assert (told.slug, told.link, told.person_id) == ("course-assigned", "/courses/gas", person.id)


def test_whoever_left_is_passed_over(course, now):
    assert assign(now, make_person(state=PersonState.LEFT)) == 0


@pytest.mark.parametrize(("code", "unit", "error"), [("nothing", "", NotFound), ("gas", "nine", NotFound),
                                                    ("empty", "", Conflict)])
def test_only_what_is_published_can_be_assigned(course, now, code, unit, error):
    with unit_of_work() as session:
        session.add(Course(code="empty", created_at=now))
    with pytest.raises(error):
        assign(now, make_person(), code=code, unit_code=unit)


def test_an_assignment_is_taken_back_once(course, now):
    assign(now, make_person())
    (assignment,) = open_ones()
    with unit_of_work() as session:
        withdraw_assignment(session, assignment.id, reason="转岗", by=SYSTEM, now=now)
    assert open_ones() == []
    with pytest.raises(Conflict), unit_of_work() as session:
        withdraw_assignment(session, assignment.id, by=SYSTEM, now=now)


def test_leaving_closes_every_assignment_of_that_person_alone(course, now):
    leaver, stayer = make_person(), make_person()
    assign(now, leaver, stayer)
    with unit_of_work() as session:
        close_for_leaver(session, leaver.id, now, SYSTEM, now)
    assert [it.person_id for it in open_ones()] == [stayer.id]


def test_before_it_is_done_one_sees_whom_it_touches(course, now):
    site = make_unit("hz")
    team, other = make_unit("t1", parent=site), make_unit("elsewhere")
    first, second = make_person(unit=team), make_person(unit=team)
    outsider = make_person(unit=other)
    make_person(unit=team, state=PersonState.LEFT)
    assign(now, second)
    touched = touched_by(reading(), course.id, [site.path], unit_id=team.id, staff_nos=[outsider.staff_no, "9999"])
    assert [person.id for person in touched.fresh] == [first.id]
    assert [person.id for person in touched.already] == [second.id]
    assert touched.unknown == (outsider.staff_no, "9999")


def test_a_resit_finds_the_units_that_teach_what_was_missed(now):
    with unit_of_work() as session:
        load_bundled(session, now=now)
    units = units_that_teach(reading())
    assert find_by_points(units, ["gas/dispatch"]) == ["gas-leak#dispatch"]
    assert find_by_points(units, ["service/records", "gas/nonresidential", "gas/dispatch"]) == [
        "gas-leak#dispatch", "service-norms#records"]
    assert find_by_points(units, ["service"])[:2] == ["service-norms#courtesy", "service-norms#greeting"]
    assert find_by_points(units, ["gas/nothing"]) == []
    assert find_by_points(units, []) == []


@pytest.mark.both_databases
def test_courses_are_activities_that_can_be_named_linked_assigned_and_found(course, now):
    activities.register(CourseActivity())
    person = make_person()
    assert activities.describe(reading(), "course:gas").title == "课程 gas"
    unit = activities.describe(reading(), "course:gas#two")
    assert (unit.title, unit.link) == ("单元 two", "/courses/gas/units/two")
    assert activities.describe(reading(), "course:nothing").link is None
    for _again in range(2):
        with unit_of_work() as session:
            assert activities.assign(session, "course:gas#two", person_id=person.id, due_at=None, reason="补考",
                                     by=SYSTEM, now=now)
    assert [(it.unit_code, it.reason) for it in open_ones()] == [("two", "补考")]


def test_courses_are_found_by_words_of_their_title_and_their_code(course):
    assert [hit.code for hit in search(reading(), "课程")] == ["gas"]
    assert [hit.link for hit in search(reading(), "GAS")] == ["/courses/gas"]
    assert search(reading(), "%") == search(reading(), " ") == ()
