"""Photos: hostile files, consent, who may look and that it is put down, erasing when somebody leaves."""

import contextlib
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import ExamAssignment, ExamSession
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.settings import get_settings
from lms.people.models import PersonPhoto
from lms.people.rules.photo import Portrait, portrait
from lms.people.services import photos
from lms.people.services.leaving import mark_left
from lms.records.models import AuditEntry
from tests import factories
from tests.exams.rows import make_exam
from tests.exams.web import Browser

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def picture(width=300, height=400, kind="JPEG", mode="RGB", **more):
    made = BytesIO()
    Image.new(mode, (width, height), "teal" if mode != "P" else 3).save(made, kind, **more)
    return made.getvalue()


def keep(person):
    with unit_of_work() as session:
        photos.keep_photo(session, person.id, portrait(picture()), consented=True, by=SYSTEM, now=clock.now())


def kept(person):
    reading().rollback()
    return reading().scalar(select(func.count()).select_from(PersonPhoto).where(PersonPhoto.person_id == person.id))


def looks(person):
    reading().rollback()
    entry = (
        select(func.count())
        .select_from(AuditEntry)
        .where(AuditEntry.action == "photo.read", AuditEntry.subject == f"person:{person.id}")
    )
    return reading().scalar(entry)


def test_what_is_kept_is_a_small_jpeg_of_ours_without_metadata():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    made = portrait(picture(4000, 3000, exif=exif))
    with Image.open(BytesIO(made.content)) as again:
        assert (again.format, again.size, dict(again.getexif())) == ("JPEG", (600, 800), {})
    assert b"secret" not in made.content and (made.width, made.height) == (600, 800)
    assert isinstance(portrait(picture(mode="RGBA", kind="PNG")), Portrait)


def bomb():
    """A PNG that says it has 60,000 x 60,000 pixels."""
    data = bytearray(picture(kind="PNG"))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg onload=alert(1)></svg>",
        b"GIF89a" + b"\0" * 99,
        picture(kind="GIF"),
        picture(kind="BMP"),
        picture(119, 400),
        picture()[:900],
        bomb(),
        b"\xff" * 8_000_001,
        picture(kind="WEBP", save_all=True, append_images=[Image.new("RGB", (300, 400), "red")], duration=100),
    ],
    ids=[
        "nothing",
        "a head",
        "svg",
        "a broken gif",
        "gif",
        "bmp",
        "too narrow",
        "cut off",
        "a bomb",
        "too many bytes",
        "moving",
    ],
)
@pytest.mark.parametrize("lenient", [False, True], ids=["strict decoder", "lenient decoder"])
def test_what_is_no_photo_is_refused(data, lenient, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)  # as the printer of certificates sets it
    with pytest.raises(ValueError):
        portrait(data)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: picture(6000, 5001, "PNG", "1"), "too many or too few pixels"),
        (lambda: picture() + bytes(8_000_000) + b"\xff\xd9", "too many bytes"),
    ],
    ids=["30,006,000 pixels", "8 million bytes behind a picture"],
)
def test_a_whole_picture_beyond_the_limits_is_refused_before_it_is_opened(make, why):
    with pytest.raises(ValueError, match=why):
        portrait(make())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_file_is_a_photo_or_is_refused_and_nothing_else(kind, data):
    damaged = bytearray(picture(150, 150, kind))
    for _hit in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        assert len(portrait(bytes(damaged)).content) <= 200_000


def test_hr_hands_it_in_with_consent_and_the_person_sees_and_erases_it(app, client, context, sign_in):
    person = factories.make_person("陈雨桐")
    sign_in(client, Role.HR)
    hr, address = Browser(client), f"/people/{person.id}/photo"

    def send(**more):
        return hr.post(
            address, data={"photo": (BytesIO(picture()), "face.jpg"), **more}, content_type="multipart/form-data"
        )

    assert (send().status_code, kept(person)) == (422, 0)
    assert (send(consent="y").status_code, kept(person)) == (302, 1)
    for _again in range(2):
        assert hr.get(f"{address}.jpg").mimetype == "image/jpeg"
    assert looks(person) == 1
    own = app.test_client()
    sign_in(own, person)
    mine = Browser(own)
    assert mine.get(f"{address}.jpg").status_code == 200 and looks(person) == 1
    assert mine.post(address, data={"consent": "y"}).status_code in (403, 404)
    assert (mine.post(f"{address}/delete").status_code, kept(person)) == (302, 0)
    assert mine.get(f"{address}.jpg").status_code == 404


@pytest.mark.parametrize(
    "role", [Role.MANAGER, Role.TRAINER, Role.TRAINING_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.MENTOR]
)
def test_nobody_else_sees_it_on_the_people_page(client, context, sign_in, role):
    person = factories.make_person()
    keep(person)
    sign_in(client, role)
    assert Browser(client).get(f"/people/{person.id}/photo.jpg").status_code in (403, 404)


@pytest.mark.parametrize(
    ("at", "status"),
    [(-HOUR - timedelta(seconds=1), 404), (-HOUR, 200), (13 * HOUR, 200), (14 * HOUR, 404)],
    ids=["before the hour before", "an hour before", "after the end", "twelve hours after the end"],
)
def test_invigilators_see_it_around_the_session_of_whoever_sits_there(client, context, sign_in, now, at, status):
    person, stranger, exam = factories.make_person(), factories.make_person(), make_exam()
    opens_at = now + DAY
    for it in (person, stranger):
        keep(it)
    with unit_of_work() as session:
        planned = ExamSession(
            exam_id=exam.id, title="场次", opens_at=opens_at, closes_at=opens_at + 2 * HOUR, created_at=now
        )
        session.add(planned)
        session.flush()
        theirs, elsewhere = (
            ExamAssignment(person_id=it.id, exam_id=exam.id, session_id=room, assigned_at=now, opens_at=now)
            for it, room in ((person, planned.id), (stranger, None))
        )
        session.add_all([theirs, elsewhere])
    clock.set_travel(opens_at + at)
    sign_in(client, Role.TRAINER)
    browser, base = Browser(client), f"/exams/sessions/{planned.id}"
    assert browser.get(f"{base}/photo/{theirs.id}.jpg").status_code == status
    assert ("photo/" in browser.get(f"{base}/board?who={theirs.id}").get_data(as_text=True)) == (status == 200)
    assert browser.get(f"{base}/photo/{elsewhere.id}.jpg").status_code == 404
    assert looks(person) == (status == 200) and looks(stranger) == 0


def test_it_is_erased_when_the_person_leaves_or_when_the_installations_days_are_over(session, now, monkeypatch):
    first, second = factories.make_person(), factories.make_person()
    for person in (first, second):
        keep(person)
    with unit_of_work() as work:
        mark_left(work, first.id, now.date(), by=SYSTEM, now=now)
    monkeypatch.setattr(get_settings(), "photo_days", 10)
    with unit_of_work() as work:
        mark_left(work, second.id, now.date(), by=SYSTEM, now=now)
    assert (kept(first), kept(second)) == (0, 1)
    for days, left in ((10, 1), (11, 0)):
        with unit_of_work() as work:
            photos.erase_outdated(work, now=now + days * DAY)
        assert kept(second) == left
