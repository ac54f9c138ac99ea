"""Pages of people: lists scope themselves, other parts' people aren't there, what is done is written down."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.people.models import MentorAssignment, Person, Queue, RoleAssignment, Unit
from lms.records.models import AuditEntry
from tests.conftest import NOW
from tests.factories import make_person
from tests.people.factories import account_with_password, post, sign_in_by_form


def text_of(response) -> str:
    return response.get_data(as_text=True)


@pytest.mark.parametrize(
    "role", [Role.MANAGER, Role.HR, Role.MENTOR, Role.TRAINING_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN]
)
def test_the_list_shows_the_readers_part_alone(client, people, of_the_east, role):
    of_the_east(role)
    page = text_of(client.get("/people/"))
    assert "陈雨桐" in page
    assert "沈慧敏" not in page


@pytest.mark.parametrize("what", ["", "/edit", "/queues", "/leave", "/return", "/mentor", "/roles", "/account"])
def test_people_of_another_part_are_not_there(client, people, of_the_east, what):
    of_the_east(Role.HR, Role.TRAINING_ADMIN, Role.SYSTEM_ADMIN)
    here, there = people
    assert client.get(f"/people/{here.id}{what}").status_code == 200
    assert client.get(f"/people/{there.id}{what}").status_code == 404


@pytest.mark.parametrize("search", ["陈", "3001", "cyt", "CY"])
def test_people_are_found_by_name_number_and_initials(client, people, sign_in, search):
    sign_in(client, Role.HR)
    page = text_of(client.get("/people/", query_string={"q": search}))
    assert "陈雨桐" in page
    assert "沈慧敏" not in page


def test_a_search_term_with_wildcards_is_taken_as_it_is(client, people, sign_in):
    sign_in(client, people[1])
    with client.application.app_context(), unit_of_work() as session:
        session.add(RoleAssignment(person_id=people[1].id, role=Role.HR, granted_at=NOW))
    assert "3001" not in text_of(client.get("/people/", query_string={"q": "%"}))


def test_who_has_left_is_listed_only_when_asked_for(app, client, east, sign_in):
    with app.app_context():
        make_person("李想", staff_no="3009", unit=east, state="left")
    sign_in(client, Role.HR)
    assert "李想" not in text_of(client.get("/people/"))
    assert "李想" in text_of(client.get("/people/?state=left"))
    assert "李想" in text_of(client.get("/people/?q=李想"))


def test_the_export_holds_what_the_filter_shows(client, people, sign_in, east):
    sign_in(client, Role.HR)
    table = client.get(f"/people/?unit={east.path}&export=csv").get_data().decode("utf-8-sig")
    assert "陈雨桐" in table
    assert "沈慧敏" not in table


def test_a_person_is_added_changed_and_written_into_the_audit(app, client, people, sign_in, east):
    sign_in(client, Role.HR)
    fields = {
        "staff_no": "3100",
        "name": "何梦洁",
        "unit_id": str(east.id),
        "post_id": "",
        "employment": "full_time",
        "state": "probation",
        "hired_on": "2026-03-02",
        "phone": "164 0001 0100",
        "email": "",
        "name_latin": "",
    }
    added = post(client, "/people/new", **fields)
    assert added.status_code == 302
    post(client, f"{added.location}/edit", **fields | {"name": "何梦婕"})
    with app.app_context():
        person = reading().scalars(select(Person).where(Person.staff_no == "3100")).unique().one()
        assert (person.name, person.phone, person.pinyin_initials, person.name_latin) == (
            "何梦婕",
            "16400010100",
            "hmj",
            "Mengjie He",
        )
        actions = reading().scalars(select(AuditEntry.action).where(AuditEntry.subject == f"person:{person.id}")).all()
        assert actions == ["person.add", "person.change"]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("phone", "12", "5 到 20 位"),
        ("email", "nobody", "不是邮箱"),
        ("name", "陈3", "不含数字"),
        ("staff_no", "3001", "已被占用"),
        ("hired_on", "", "请填写"),
    ],
)
def test_what_is_wrong_with_a_person_stands_at_its_field(client, people, sign_in, east, field, value, complaint):
    sign_in(client, Role.HR)
    fields = {
        "staff_no": "3100",
        "name": "何梦洁",
        "unit_id": str(east.id),
        "employment": "full_time",
        "state": "probation",
        "hired_on": "2026-03-02",
    }
    answer = post(client, "/people/new", **fields | {field: value})
    assert answer.status_code == 422
    assert complaint in text_of(answer)


def test_nobody_is_added_to_another_part(client, people, of_the_east, west):
    of_the_east(Role.HR)
    answer = post(
        client,
        "/people/new",
        staff_no="3100",
        name="何梦洁",
        unit_id=str(west.id),
        employment="full_time",
        state="probation",
        hired_on="2026-03-02",
    )
    assert answer.status_code == 422  # the other part isn't even a choice


def test_leaving_ends_session_and_sign_in_at_once(app, client, people, sign_in):
    here, _there = people
    with app.app_context():
        account_with_password(here)
    their_browser = app.test_client()
    sign_in_by_form(their_browser, "3001")
    assert their_browser.get("/account/sessions").status_code == 200
    sign_in(client, Role.HR)
    assert post(client, f"/people/{here.id}/leave", left_on="2026-03-02", reason="辞职").status_code == 302
    assert their_browser.get("/account/sessions").status_code == 302
    assert sign_in_by_form(their_browser, "3001").status_code == 200
    with app.app_context():
        assert reading().get_one(Person, here.id).left_on == date(2026, 3, 2)


def test_whoever_comes_back_starts_without_roles(app, client, east, sign_in):
    with app.app_context():
        person = make_person("李想", unit=east, state="left", roles=[Role.TRAINER])
    sign_in(client, Role.HR)
    assert post(client, f"/people/{person.id}/return", state="active").status_code == 302
    with app.app_context():
        assert reading().get_one(Person, person.id).state == "active"
        assert reading().scalars(select(RoleAssignment).where(RoleAssignment.person_id == person.id)).all() == []


def test_a_role_is_granted_for_a_part_and_withdrawn_with_a_reason(app, client, people, sign_in, east):
    here, _there = people
    sign_in(client, Role.SYSTEM_ADMIN)
    assert post(client, f"/people/{here.id}/roles", role="manager", unit_id=str(east.id)).status_code == 302
    with app.app_context():
        held = reading().scalars(select(RoleAssignment).where(RoleAssignment.person_id == here.id)).unique().one()
        assert (held.role, held.unit.path) == ("manager", east.path)
    assert post(client, f"/people/roles/{held.id}/withdraw", reason="调岗").status_code == 302
    with app.app_context():
        entry = reading().scalars(select(AuditEntry).where(AuditEntry.action == "role.withdraw")).one()
        assert entry.reason == "调岗"


@pytest.mark.parametrize(("role", "unit"), [("manager", "west"), ("manager", ""), ("system_admin", "east")])
def test_a_training_administrator_of_the_east_gives_nothing_beyond(
    app, client, people, of_the_east, east, west, role, unit
):
    of_the_east(Role.TRAINING_ADMIN)
    here, _there = people
    unit_id = {"east": str(east.id), "west": str(west.id), "": ""}[unit]
    assert post(client, f"/people/{here.id}/roles", role=role, unit_id=unit_id).status_code in (403, 422)
    with app.app_context():
        assert (
            reading().scalar(
                select(func.count()).select_from(RoleAssignment).where(RoleAssignment.person_id == here.id)
            )
            == 0
        )


def test_nobody_changes_roles_of_their_own(client, of_the_east, east):
    me = of_the_east(Role.SYSTEM_ADMIN)
    assert post(client, f"/people/{me.id}/roles", role="hr", unit_id=str(east.id)).status_code == 403


def test_becoming_an_administrator_ends_sessions_so_that_the_second_step_is_asked_for(app, client, people, sign_in):
    here, _there = people
    with app.app_context():
        account_with_password(here)
    browser = app.test_client()
    sign_in_by_form(browser, "3001")
    sign_in(client, Role.SYSTEM_ADMIN)
    post(client, f"/people/{here.id}/roles", role="training_admin", unit_id="")
    assert browser.get("/account/sessions").status_code == 302
    assert sign_in_by_form(browser, "3001").location.startswith("/account/tf-setup")


def test_a_mentor_is_assigned_with_dates_and_the_list_tells_their_workload(app, client, people, sign_in, east):
    here, _there = people
    with app.app_context():
        mentor = make_person("周岚", unit=east, roles=[Role.MENTOR])
    sign_in(client, Role.TRAINING_ADMIN)
    assert "现带 0 人" in text_of(client.get(f"/people/{here.id}/mentor"))
    post(client, f"/people/{here.id}/mentor", mentor_id=str(mentor.id), starts_on="2026-03-02", ends_on="")
    assert "现带 1 人" in text_of(client.get(f"/people/{here.id}/mentor"))
    assert "这段时间" in text_of(
        post(client, f"/people/{here.id}/mentor", mentor_id=str(mentor.id), starts_on="2026-03-09")
    )
    with app.app_context():
        link = reading().scalars(select(MentorAssignment)).one()
    assert post(client, f"/people/mentors/{link.id}/end", page=f"/people/{here.id}/mentor").status_code == 302
    with app.app_context():
        assert reading().scalars(select(MentorAssignment.ends_on)).one() == date(2026, 3, 2)


def test_the_tree_grows_and_codes_stay(app, client, sign_in, east):
    sign_in(client, Role.HR)
    assert (
        post(
            client, f"/people/organisation/units/new?below={east.id}", code="t9", name="早一班", kind="team"
        ).status_code
        == 302
    )
    assert "已被占用" in text_of(
        post(client, f"/people/organisation/units/new?below={east.id}", code="t9", name="早二班", kind="team")
    )
    with app.app_context():
        team = reading().scalars(select(Unit).where(Unit.code == "t9")).one()
        assert team.path == "/east/t9/"
    post(client, f"/people/organisation/units/{team.id}", name="早班", name_en="Early", timezone="Asia/Urumqi")
    post(client, "/people/organisation/queues/new", code="gas", name="燃气抢修")
    post(client, "/people/organisation/posts/new", code="operator", name="话务员")
    with app.app_context():
        assert reading().get_one(Unit, team.id).timezone == "Asia/Urumqi"
        assert reading().scalars(select(Queue.short)).one() == "燃气抢修"


def test_whoever_holds_a_part_cannot_change_what_belongs_to_everybody(client, of_the_east, people, east, west):
    of_the_east(Role.HR)
    assert post(client, "/people/organisation/queues/new", code="gas", name="燃气抢修").status_code == 403
    assert post(client, "/people/organisation/units/new", code="north", name="北区", kind="site").status_code == 403
    assert client.get(f"/people/organisation/units/{west.id}").status_code == 404
