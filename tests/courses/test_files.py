"""Films, captions, documents and pictures: looked into before anything is kept."""

from io import BytesIO

import pytest
from flask import g
from werkzeug.datastructures import FileStorage

from courses.captions import check_captions, read_captions
from courses.files import take_captions, take_document, take_film, take_picture
from courses.videos import look_into
from lms.kernel.errors import Invalid
from lms.kernel.settings import get_settings
from tests.courses.clips import make_captions, make_film

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
WAVE = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x08\0\0\0" + b"\0" * 8


@pytest.fixture
def english(context):
    """The messages as they stand in the code."""
    g.locale = "en"


def upload(content: bytes, name: str) -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)


def kept() -> list[str]:
    folder = get_settings().media_dir
    return [path.name for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_film_is_what_its_content_says():
    film = look_into(BytesIO(make_film(seconds=3)), "clip.webm")
    assert (film.kind, film.duration_ms, film.width, film.height, film.codec) == ("webm", 3000, 160, 90, "VP8")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"this is no film" * 100, "clip.mp4", "is not a film"),
        (PNG, "clip.webm", "is not a film"),
        (b"", "clip.mp4", "is not a film"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 500, "clip.mp4", "is not a film"),
        (make_film()[:40], "clip.webm", "is not a film"),
        (make_film()[:1200], "clip.webm", "cut off"),
        (WAVE, "clip.mp4", "sound but no picture"),
        (b"MZ" + make_film(), "clip.webm", "its content says otherwise"),
    ],
    ids=["text", "picture", "nothing", "only a beginning", "only a header", "cut off", "sound", "something before it"],
)
@pytest.mark.usefixtures("english")
def test_a_video_that_is_no_video_is_told_at_its_field_and_nothing_is_kept(content, name, says):
    before = kept()
    with pytest.raises(Invalid) as refused:
        take_film(upload(content, name))
    (problem,) = refused.value.problems
    assert problem.where == "film"
    assert says in problem.text
    assert name in problem.text
    assert kept() == before


@pytest.mark.usefixtures("english")
def test_a_film_is_kept_with_its_length_whatever_its_name():
    info = take_film(upload(make_film(), "夜间来电.mp4"))
    assert (info["kind"], info["duration_ms"], info["filename"]) == ("webm", 2000, "夜间来电.mp4")
    assert info["sha256"] in kept()


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("take", [take_film, take_captions, take_document, take_picture])
def test_choosing_nothing_is_told(take):
    with pytest.raises(Invalid):
        take(None)
    with pytest.raises(Invalid):
        take(upload(b"", ""))


def test_captions_are_read_into_timed_lines():
    cues = check_captions(make_captions(), "clip.vtt")
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (0, 1000, "话务员：您好，请讲。"), (1000, 2000, "来电人：有味道！")]


@pytest.mark.parametrize(
    ("source", "cues"),
    [
        ("WEBVTT\r\n\r\n01:00:00.500 --> 01:00:01.000 align:start\r\n一\r\n二\r\n", [(3_600_500, 3_601_000, "一 二")]),
        ("WEBVTT\n\nNOTE not a caption\n\n00:05.000 --> 00:04.000\n倒着的\n", []),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\n没有这样的秒\n", []),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\n后\n\n00:01.000 --> 00:02.000\n先\n",
         [(1000, 2000, "先"), (2000, 3000, "后")]),
    ],
    ids=["hours and two lines", "backwards", "no such second", "out of order"],
)
def test_only_captions_with_a_possible_time_are_taken(source, cues):
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in read_captions(source)] == cues


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("字幕".encode("gbk"), "is not UTF-8"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nsrt\n", "is not a WebVTT file"),
        (b"WEBVTTX\n", "is not a WebVTT file"),
        (b"WEBVTT\n\nno times\n", "no caption with a time"),
    ],
    ids=["GBK", "SubRip", "something like it", "empty"],
)
@pytest.mark.usefixtures("english")
def test_captions_that_are_none_are_told_and_not_kept(content, says):
    before = kept()
    with pytest.raises(Invalid, match=says):
        take_captions(upload(content, "clip.vtt"))
    assert kept() == before


@pytest.mark.usefixtures("english")
def test_documents_are_pdfs_and_pictures_are_pictures():
    assert take_document(upload(b"%PDF-1.7\n%%EOF", "规程.pdf"))["kind"] == "pdf"
    with pytest.raises(Invalid):
        take_document(upload(b"PK\x03\x04", "规程.pdf"))
    assert take_picture(upload(PNG, "现场 Photo 1.PNG"))[0] == "photo-1.png"
    with pytest.raises(Invalid):
        take_picture(upload(b"<svg onload='x()'/>", "a.svg"))
