"""The pages: who may open them, what learners and trainers see, and what bad input is told."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import select

from courses.models import CourseAssignment, CourseEdition, CourseEvent, CourseNote, CourseTest, CourseUnit
from courses.queries.editions import course_by_code, current_edition, open_edition
from courses.rules.units import UnitKind
from courses.services import load_bundled, testing
from courses.services.assigning import assign_course
from courses.services.editing import add_unit, start_draft
from courses.services.publishing import publish_edition, submit_edition
from lms.access.identity import SYSTEM, Identity, Role
from lms.kernel import clock
from lms.kernel.db import new_id, reading, unit_of_work
from lms.people.models import Person, Unit
from question_bank import kinds, queries
from question_bank.services.loading import load_bundled as load_questions
from simulations.queries import Try
from tests.courses.clips import make_captions, make_film
from tests.courses.lessons import call, make_course, page, quiz
from tests.factories import make_person, make_unit

ENGLISH = {"Accept-Language": "en"}
TRAINING = (Role.TRAINER, Role.TRAINING_ADMIN)
READING = (*TRAINING, Role.REVIEWER, Role.MANAGER, Role.AUDITOR)
PAGES = {
    "/courses/": tuple(Role),
    "/courses/gas": tuple(Role),
    "/courses/gas/units/one": tuple(Role),
    "/courses/manage": READING,
    "/courses/manage/gas": READING,
    "/courses/manage/gas/people": READING,
    "/courses/manage/gas/assign": (*TRAINING, Role.MANAGER),
    "/courses/manage/new": TRAINING,
}


@pytest.fixture(autouse=True)
def _forms_without_tokens(app):
    """Let the tests post plainly; the token has a test of its own below."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def course(app):
    with app.app_context():
        return make_course("gas", page("one"), page("two"))


def draft_of(app, now, kind=UnitKind.PAGE):
    """Begin a draft with one more unit of some kind; return the ids of edition and unit."""
    with app.app_context():
        person = make_person("编者", roles=[Role.TRAINER])
        by = Identity(person.id, person.name, person.staff_no)
        with unit_of_work() as session:
            edition = start_draft(session, course_by_code(session, "gas"), by=by, now=now)
            unit = add_unit(session, edition.id, kind=kind, title="新单元", by=by, now=now)
        return edition.id, unit.id


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_which_page(client, sign_in, course, role):
    sign_in(client, role)
    opened = {address: client.get(address).status_code for address in PAGES}
    assert opened == {
        address: (302 if address == "/courses/gas" else 200) if role in roles else 403
        for address, roles in PAGES.items()
    }


def test_visitors_are_sent_to_sign_in(client, course):
    assert {client.get(address).status_code for address in PAGES} == {302}


def test_the_learner_goes_on_where_they_were(client, sign_in, course):
    sign_in(client, Role.LEARNER)
    answer = client.get("/courses/gas")
    assert answer.location == "/courses/gas/units/one"
    assert client.get("/courses/gas/units/two").location == "/courses/gas"
    assert client.get("/courses/nothing").status_code == 404
    assert client.get("/courses/gas/units/nothing").status_code == 404


def test_a_whole_course_is_studied_through_the_pages(app, client, sign_in, course, now):
    sign_in(client, Role.LEARNER)
    for second, unit in ((0, "one"), (60, "two")):
        report, done = f"/courses/gas/units/{unit}/progress", f"/courses/gas/units/{unit}/done"
        with clock.travel(now + timedelta(seconds=second)):
            opened = client.post(report, json={"seen_ms": 9_000, "position": 0})
            assert (opened.json["seen_ms"], opened.json["left"], opened.json["lack"]) == (0, 10, "seconds")
            assert client.post(done).location == f"/courses/gas/units/{unit}"
        with clock.travel(now + timedelta(seconds=second + 11)):
            assert client.post(report, json={"seen_ms": 10_000, "position": 900}).json["met"] is True
            onwards = client.post(done).location
    assert onwards == "/courses/"
    assert "已学完" in client.get("/courses/").text
    shown = client.get("/courses/gas/units/one").text
    assert "回看" in shown
    assert "data-done-button" not in shown


@pytest.mark.parametrize("body", [
    None, [], "x", {"seen_ms": "x"}, {"seen_ms": -1}, {"seen_ms": 10**12}, {"seen_ms": 1, "position": -5},
    {"seen_ms": 1, "played": [[1]]}, {"seen_ms": 1, "played": [["a", "b"]]}, {"seen_ms": 1, "played": 7},
    {"seen_ms": float("inf")},
])
def test_a_report_that_is_none_is_refused_and_nothing_written(app, client, sign_in, course, body):
    sign_in(client, Role.LEARNER)
    answer = client.post("/courses/gas/units/one/progress", json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    with app.app_context():
        assert reading().scalar(select(CourseEvent.id)) is None


def test_reports_carry_the_pages_token(app, client, sign_in, course):
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, Role.LEARNER)
    assert client.post("/courses/gas/units/one/progress", json={"seen_ms": 0}).status_code == 400
    token = client.get("/courses/gas/units/one").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post("/courses/gas/units/one/progress", json={"seen_ms": 0}, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_a_locked_unit_takes_no_report(client, sign_in, course):
    sign_in(client, Role.LEARNER)
    answer = client.post("/courses/gas/units/two/progress", json={"seen_ms": 0}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "unit.locked")


def test_notes_are_ones_own(app, client, sign_in, course):
    with app.app_context():
        owner = make_person("陈雨桐")
        owner_id = owner.id
    sign_in(client, owner)
    quote = "最初的六十秒 " * 60
    client.post("/courses/gas/units/one/notes", data={"text": "先指令后地址", "quote": quote})
    assert client.post("/courses/gas/units/one/notes", data={"text": " "}).status_code == 302
    with app.app_context():
        (note,) = reading().scalars(select(CourseNote)).all()
    assert (note.person_id, len(note.quote)) == (owner_id, 300)
    assert "先指令后地址" in client.get("/courses/gas/units/one").text
    other = client.application.test_client()
    sign_in(other, Role.LEARNER)
    assert "先指令后地址" not in other.get("/courses/gas/units/one").text
    assert other.post(f"/courses/notes/{note.id}/delete").status_code == 404
    assert client.post(f"/courses/notes/{note.id}/delete").status_code == 302
    assert "先指令后地址" not in client.get("/courses/gas/units/one").text


def test_a_test_is_taken_inside_the_player(app, client, sign_in, now):
    with app.app_context():
        make_course("quizzes", quiz("quiz"))
        with unit_of_work() as session:
            load_questions(session, now=now)
    sign_in(client, Role.LEARNER)
    assert "开始小测" in client.get("/courses/quizzes/units/quiz").text
    client.post("/courses/quizzes/units/quiz/tests")
    shown = client.get("/courses/quizzes/units/quiz").text
    test_id = shown.split("/courses/tests/")[1][:36]
    assert shown.count('class="ct-q"') == 5
    stranger = client.application.test_client()
    sign_in(stranger, Role.LEARNER)
    assert stranger.post(f"/courses/tests/{test_id}", data={}).status_code == 404
    client.post(f"/courses/tests/{test_id}", data={})
    assert "还没通过" in client.get("/courses/quizzes/units/quiz").text
    client.post("/courses/quizzes/units/quiz/tests")
    client.post(f"/courses/tests/{_open_test(app)}", data=_right_answers(app))
    assert "通过" in client.get("/courses/quizzes/units/quiz").text
    assert "第 1 版" in client.get("/courses/").text


def _open_test(app):
    with app.app_context():
        return reading().scalars(select(CourseTest.id).where(CourseTest.submitted_at.is_(None))).one()


def _right_answers(app):
    with app.app_context():
        test = reading().scalars(select(CourseTest).where(CourseTest.submitted_at.is_(None))).one()
        found = queries.editions(reading(), [UUID(item["edition_id"]) for item in test.items])
        editions = {str(key): edition for key, edition in found.items()}
        form = {}
        for number, item in enumerate(test.items, start=1):
            edition = editions[item["edition_id"]]
            answer = kinds.key_answer(edition.kind, edition.content)
            if edition.kind == "blank":
                form |= {f"q{number}.{place}": text for place, text in enumerate(answer)}
            else:
                form[f"q{number}"] = str(answer).lower() if isinstance(answer, bool) else answer
        return form


def test_every_unit_of_the_bundled_courses_has_its_page(app, client, sign_in, now):
    with app.app_context(), unit_of_work() as session:
        load_bundled(session, now=now)
    sign_in(client, Role.TRAINER)
    with app.app_context():
        pages = [(edition.id, unit.code) for edition in reading().scalars(select(CourseEdition)).unique()
                 for unit in edition.units]
    assert len(pages) == 24
    for edition_id, code in pages:
        assert client.get(f"/courses/manage/editions/{edition_id}/units/{code}").status_code == 200
    sign_in(client, Role.LEARNER)
    for headers in ({}, ENGLISH):
        shown = client.get("/courses/gas-leak/units/properties", headers=headers).text
        assert shown.count('<svg class="pic"') == 2
        assert ("安全管理部门" in shown) is not bool(headers)


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


@pytest.mark.parametrize(
    ("kind", "slot", "content", "name", "says"),
    [
        (UnitKind.VIDEO, "film", b"no film" * 99, "clip.mp4", "不是视频"),
        (UnitKind.VIDEO, "film", b"", "", "请先选择文件"),
        (UnitKind.VIDEO, "captions", b"1\n00:00:01,000", "clip.vtt", "不是 WebVTT"),
        (UnitKind.DOCUMENT, "document", b"PK\x03\x04", "a.pdf", "a.pdf"),
        (UnitKind.PAGE, "picture", b"<svg/>", "a.svg", "a.svg"),
    ],
    ids=["a video that is no video", "no file", "SubRip", "no PDF", "SVG"],
)
def test_a_bad_file_is_told_at_its_field_and_nothing_is_stored(app, client, sign_in, course, now, kind, slot, content,
                                                              name, says):
    _edition, unit_id = draft_of(app, now, kind)
    sign_in(client, Role.TRAINER)
    answer = client.post(f"/courses/manage/units/{unit_id}/{slot}", data={slot: (BytesIO(content), name)})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'id="{slot}-error"' in answer.text
    with app.app_context():
        unit = reading().get(CourseUnit, unit_id)
        assert (unit.file, unit.captions) == (None, None)


def test_a_film_is_uploaded_published_watched_and_answers_range_requests(app, client, sign_in, course, now):
    edition_id, unit_id = draft_of(app, now, UnitKind.VIDEO)
    sign_in(client, Role.TRAINER)
    film = make_film(seconds=2)
    upload = {"film": (BytesIO(film), "夜间来电.webm")}
    assert client.post(f"/courses/manage/units/{unit_id}/film", data=upload).status_code == 302
    captions = {"captions": (BytesIO(make_captions()), "夜间来电.vtt")}
    assert client.post(f"/courses/manage/units/{unit_id}/captions", data=captions).status_code == 302
    outsider = client.application.test_client()
    sign_in(outsider, Role.LEARNER)
    assert outsider.get(f"/courses/units/{unit_id}/film").status_code == 404
    with app.app_context(), unit_of_work() as session:
        submit_edition(session, edition_id, by=Identity(make_id(session, "甲"), "甲"), now=now)
        publish_edition(session, edition_id, by=Identity(make_id(session, "乙"), "乙"), now=now)
    whole = outsider.get(f"/courses/units/{unit_id}/film")
    assert (whole.status_code, whole.data, whole.mimetype) == (200, film, "video/webm")
    part = outsider.get(f"/courses/units/{unit_id}/film", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, film[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(film)}"
    assert outsider.get(f"/courses/units/{unit_id}/film", headers={"Range": f"bytes={len(film)}-"}).status_code == 416
    assert outsider.get(f"/courses/units/{unit_id}/captions.vtt").data == make_captions()
    assert outsider.get(f"/courses/units/{unit_id}/document").status_code == 404
    for code in ("one", "two"):
        _read(outsider, code, now)
        now += timedelta(seconds=30)
    shown = outsider.get("/courses/gas/units/video-1").text
    assert "来电人：有味道！" in shown
    with clock.travel(now):
        outsider.post("/courses/gas/units/video-1/progress", json={"seen_ms": 0})
    with clock.travel(now + timedelta(seconds=2)):
        watched = outsider.post("/courses/gas/units/video-1/progress", json={"seen_ms": 2000, "played": [[0, 1900]]})
        assert (watched.json["played_percent"], watched.json["met"]) == (95, True)


def _read(client, code, now):
    with clock.travel(now):
        client.post(f"/courses/gas/units/{code}/progress", json={"seen_ms": 0})
    with clock.travel(now + timedelta(seconds=11)):
        client.post(f"/courses/gas/units/{code}/progress", json={"seen_ms": 10_000})
        client.post(f"/courses/gas/units/{code}/done")


def make_id(session, name):
    """Return the id of a person made in an open unit of work."""
    unit = session.scalars(select(Unit).limit(1)).one()
    now = clock.now()
    person = Person(staff_no=f"x{name}", name=name, unit_id=unit.id, hired_on=now.date(), created_at=now)
    session.add(person)
    session.flush()
    return person.id


def test_an_uploaded_picture_is_shown_in_its_text(app, client, sign_in, course, now):
    _edition, unit_id = draft_of(app, now)
    sign_in(client, Role.TRAINER)
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    client.post(f"/courses/manage/units/{unit_id}/picture", data={"picture": (BytesIO(png), "现场 1.png")})
    editor = client.get(f"/courses/manage/units/{unit_id}").text
    assert "![](1.png)" in editor
    address = client.post(
        f"/courses/manage/editions/{_edition}/preview", json={"text": "![图](1.png)"}).json["html"].split('src="')[1]
    assert client.get(address.split('"')[0]).data == png
    outsider = client.application.test_client()
    sign_in(outsider, Role.LEARNER)
    assert outsider.get(address.split('"')[0]).status_code == 404


@pytest.mark.usefixtures("fonts")
def test_a_document_is_opened_and_a_text_printed(app, client, sign_in, course, now):
    _edition, unit_id = draft_of(app, now, UnitKind.DOCUMENT)
    sign_in(client, Role.TRAINER)
    upload = {"document": (BytesIO(b"%PDF-1.7\n%%EOF"), "规程.pdf")}
    client.post(f"/courses/manage/units/{unit_id}/document", data=upload)
    opened = client.get(f"/courses/units/{unit_id}/document")
    assert (opened.mimetype, opened.data) == ("application/pdf", b"%PDF-1.7\n%%EOF")
    assert client.get(f"/courses/units/{unit_id}/sheet.pdf").status_code == 404
    client.post(f"/courses/manage/units/{unit_id}/files/file/remove")
    assert client.get(f"/courses/units/{unit_id}/document").status_code == 404
    with app.app_context():
        text = current_edition(reading(), course.id).units[0]
    printed = client.get(f"/courses/units/{text.id}/sheet.pdf")
    assert (printed.mimetype, printed.data[:5]) == ("application/pdf", b"%PDF-")


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


@pytest.mark.parametrize("address", [
    "/courses/manage/nothing", f"/courses/manage/editions/{new_id()}", f"/courses/manage/units/{new_id()}",
    f"/courses/units/{new_id()}/film", f"/courses/pictures/{new_id()}",
    f"/courses/manage/assignments/{new_id()}/withdraw",
])
def test_what_is_not_there_is_not_found(client, sign_in, course, address):
    sign_in(client, Role.TRAINING_ADMIN)
    assert client.get(address).status_code == 404


def test_the_players_pages_hold_nothing_inline(app, client, sign_in, now):
    with app.app_context(), unit_of_work() as session:
        load_bundled(session, now=now)
    sign_in(client, Role.LEARNER)
    for address in ("/courses/", "/courses/service-norms/units/courtesy", "/courses/phone-etiquette/units/answering"):
        html = client.get(address).text
        assert " style=" not in html
        assert "<script>" not in html
        assert "onclick" not in html


def test_a_call_that_was_played_well_enough_finishes_its_unit(app, client, sign_in, monkeypatch, now):
    with app.app_context():
        make_course("calls", call("leak"))
    sign_in(client, Role.LEARNER)
    assert "尚未发布" in client.get("/courses/calls/units/leak").text
    with clock.travel(now):
        assert client.post("/courses/calls/units/leak/calls").location == "/courses/calls/units/leak"
    assert "还没有一通来电" in client.get("/courses/calls/units/leak").text
    played = Try(new_id(), "gas-leak-01", "夜间漏气", "practice", now + timedelta(seconds=9), 8_000, True, False)
    monkeypatch.setattr(testing, "tries_of", lambda *_asked: [played])
    with clock.travel(now + timedelta(seconds=60)):
        client.post("/courses/calls/units/leak/calls")
    assert "您已学完" in client.get("/courses/calls/units/leak").text
