"""Films, pictures and documents of courses: handed in, watched, printed."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from courses.models import CourseUnit
from courses.queries.editions import current_edition
from courses.rules.units import UnitKind
from courses.services.publishing import publish_edition, submit_edition
from lms.access.identity import Identity, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person, Unit
from tests.courses.clips import make_captions, make_film
from tests.courses.lessons import draft_of

pytestmark = pytest.mark.usefixtures("plain_forms")
ENGLISH = {"Accept-Language": "en"}


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
