"""The pages on which trainers write, publish and assign courses."""

import pytest
from sqlalchemy import select

from courses.models import CourseAssignment, CourseUnit
from courses.queries.editions import current_edition, open_edition
from courses.services.assigning import assign_course
from lms.access.identity import SYSTEM, Role
from lms.kernel.db import reading, unit_of_work
from tests.courses.lessons import draft_of
from tests.factories import make_person, make_unit

pytestmark = pytest.mark.usefixtures("plain_forms")
ENGLISH = {"Accept-Language": "en"}


def test_a_trainer_copies_edits_hands_in_and_another_one_publishes(app, client, sign_in, course):
    sign_in(client, Role.TRAINER)
    edition = client.post("/courses/manage/gas/draft").location
    with app.app_context():
        unit = open_edition(reading(), course.id).units[0]
    editor = client.get(f"/courses/manage/units/{unit.id}").text
    seen = editor.split('name="seen"')[1].split('value="')[1].split('"')[0]
    form = {"seen": seen, "title": "第一节", "minutes": "6", "seconds": "5", "text": "**新**的正文", "required": "y"}
    assert client.post(f"/courses/manage/units/{unit.id}", data=form).status_code == 302
    conflict = client.post(f"/courses/manage/units/{unit.id}", data=form | {"title": "另一个"})
    assert (conflict.status_code, "刚才被别人改过" in conflict.text) == (422, True)
    preview = client.post(f"{edition}/preview", json={"text": "::: say\n请讲。\n:::\n<script>x</script>"})
    assert preview.json["html"].startswith('<div class="say"><p>请讲。</p>')
    assert "<script>" not in preview.json["html"]
    assert "第一节" in client.get(edition).text
    assert client.post(f"{edition}/submit", data={"changes": "第一节重写"}).status_code == 302
    assert "须由另一位同事发布" in client.get(edition).text
    assert client.post(f"{edition}/publish").status_code == 403
    second = client.application.test_client()
    sign_in(second, Role.REVIEWER)
    shown = second.get(edition).text
    assert "第一节重写" in shown
    assert "**新**的正文" in shown
    assert second.post(f"{edition}/return", data={"remark": ""}).status_code == 422
    assert second.post(f"{edition}/publish").location == "/courses/manage/gas"
    assert second.post(f"{edition}/publish").status_code == 409
    with app.app_context():
        assert current_edition(reading(), course.id).units[0].title == "第一节"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("title", "", "title"), ("minutes", "0", "minutes"), ("minutes", "abc", "minutes"), ("seconds", "9999", "seconds"),
     ("points", "gas/nothing", "gas/nothing"), ("points", "Ünïcode!", "points")],
)
def test_bad_fields_of_a_unit_are_told_where_they_stand_and_not_saved(app, client, sign_in, course, now, field, value,
                                                                     says):
    _edition, unit_id = draft_of(app, now)
    sign_in(client, Role.TRAINER)
    form = {"title": "新题目", "minutes": "6", "seconds": "5", "text": "正文", "points": "", field: value}
    answer = client.post(f"/courses/manage/units/{unit_id}", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    with app.app_context():
        assert reading().get(CourseUnit, unit_id).title == "新单元"


def test_a_course_is_assigned_after_showing_whom_it_touches(app, client, sign_in, course):
    with app.app_context():
        first, second = make_person("赵一"), make_person("钱二")
        numbers = f"{first.staff_no}，{second.staff_no}\n9999"
    sign_in(client, Role.TRAINER)
    form = {"staff_nos": numbers, "due_on": "2026-03-06", "reason": "入职"}
    shown = client.post("/courses/manage/gas/assign", data=form).text
    assert "将指派给 2 人" in shown
    assert "9999" in shown
    with app.app_context():
        assert reading().scalar(select(CourseAssignment.id)) is None
    mark = shown.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    assert client.post("/courses/manage/gas/assign", data=form | {"confirmed": "another"}).status_code == 200
    assert client.post("/courses/manage/gas/assign", data=form | {"confirmed": mark}).status_code == 302
    with app.app_context():
        assert {it.due_at.isoformat() for it in reading().scalars(select(CourseAssignment))} == {
            "2026-03-06T16:00:00+00:00"}
    people = client.get("/courses/manage/gas/people").text
    assert "赵一" in people
    assert client.get("/courses/manage/gas/people?export=csv").data.decode("utf-8-sig").count("\r\n") == 3


def test_an_assignment_is_taken_back_only_where_one_may_assign(app, client, sign_in, course, now):
    with app.app_context():
        site, other = make_unit("hz"), make_unit("nj")
        person = make_person("赵一", unit=site)
        near = make_person("近处班长", roles=[Role.MANAGER], unit=site, everywhere=False)
        far = make_person("远处班长", roles=[Role.MANAGER], unit=other, everywhere=False)
        with unit_of_work() as session:
            assign_course(session, "gas", person_ids=[person.id], by=SYSTEM, now=now)
        assignment = reading().scalars(select(CourseAssignment.id)).one()
    sign_in(client, far)
    assert client.post(f"/courses/manage/assignments/{assignment}/withdraw").status_code == 404
    assert "赵一" not in client.get("/courses/manage/gas/people").text
    sign_in(client, near)
    assert "赵一" in client.get("/courses/manage/gas/people").text
    assert client.get(f"/courses/manage/assignments/{assignment}/withdraw").status_code == 200
    assert client.post(f"/courses/manage/assignments/{assignment}/withdraw", data={"reason": "转岗"}).status_code == 302
    with app.app_context():
        assert reading().get(CourseAssignment, assignment).state == "withdrawn"


def test_a_sites_trainer_writes_the_sites_courses_alone(app, client, sign_in, course):
    with app.app_context():
        site = make_unit("hz")
        trainer = make_person("站点培训师", roles=[Role.TRAINER], unit=site, everywhere=False)
        site_id = str(site.id)
        stranger = make_person("外站培训师", roles=[Role.TRAINER], unit=make_unit("nj"), everywhere=False)
    sign_in(client, trainer)
    assert client.get("/courses/manage/gas").status_code == 200
    assert client.post("/courses/manage/gas/draft").status_code == 404
    with app.app_context():
        source = str(current_edition(reading(), course.id).id)
    form = {"title": "杭州燃气", "code": "gas-hz", "copy_of": source, "owner": site_id}
    assert client.post("/courses/manage/new", data=form | {"owner": ""}).status_code == 422
    own = client.post("/courses/manage/new", data=form)
    assert own.status_code == 302
    assert client.post("/courses/manage/gas-hz/draft").location == own.location
    assert "gas-hz" in client.get("/courses/manage").text
    sign_in(client, stranger)
    assert "gas-hz" not in client.get("/courses/manage").text
    assert client.get("/courses/manage/gas-hz").status_code == 404
    assert client.get(own.location).status_code == 404


@pytest.mark.parametrize("code", ["manage", "Gas", "gas leak", "-gas", "units", "燃气", "gas"])
def test_a_new_course_needs_a_usable_code_of_its_own(client, sign_in, course, code):
    sign_in(client, Role.TRAINER)
    answer = client.post("/courses/manage/new", data={"title": "课程", "code": code, "copy_of": "", "owner": ""})
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


def test_a_draft_is_thrown_away_after_saying_what_goes(app, client, sign_in, course, now):
    edition_id, _unit = draft_of(app, now)
    sign_in(client, Role.TRAINER)
    address = f"/courses/manage/editions/{edition_id}/discard"
    assert "新单元" in client.get(address).text
    assert client.post(address).status_code == 302
    with app.app_context():
        assert open_edition(reading(), course.id) is None


def test_units_of_a_draft_are_added_moved_and_removed(app, client, sign_in, course, now):
    edition_id, unit_id = draft_of(app, now)
    sign_in(client, Role.TRAINER)
    units = f"/courses/manage/editions/{edition_id}/units"
    assert client.post(units, data={"kind": "test", "title": "小测"}).status_code == 302
    assert client.post(units, data={"kind": "dance", "title": "x"}).location == f"/courses/manage/editions/{edition_id}"
    client.post(f"/courses/manage/units/{unit_id}/move/up")
    client.post(f"/courses/manage/units/{unit_id}/move/up")
    with app.app_context():
        codes = [unit.code for unit in open_edition(reading(), course.id).units]
    assert codes == ["page-1", "one", "two", "test-1"]
    client.post(f"/courses/manage/units/{unit_id}/remove")
    assert client.get(f"/courses/manage/units/{unit_id}").status_code == 404
    cover = {"title": "燃气（修订）", "minutes": "30", "summary": "新简介"}
    assert client.post(f"/courses/manage/editions/{edition_id}/cover", data=cover).status_code == 302
    assert "新简介" in client.get("/courses/manage/gas").text or "燃气（修订）" in client.get(
        f"/courses/manage/editions/{edition_id}").text
