"""Files handed in: the bytes decide, nothing half stays."""

import hashlib
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from lms.kernel.errors import Invalid, NotFound
from lms.kernel.settings import get_settings
from lms.web.uploads import kind_of, open_stored, receive_upload, stored_path

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
MP4 = b"\0\0\0\x18ftypmp42" + b"0" * 20
ZIP = b"PK\x03\x04" + b"0" * 20


def handed(content: bytes, name: str = "a.png") -> FileStorage:
    """Return a file as a form hands it in."""
    return FileStorage(BytesIO(content), filename=name)


def left_over() -> list[str]:
    """Return the names of unfinished files in the store."""
    folder = get_settings().media_dir
    return [path.name for path in folder.iterdir() if path.is_file()] if folder.exists() else []


def test_a_file_is_kept_under_the_hash_of_its_content(context: Flask) -> None:
    stored = receive_upload(handed(PNG, "C:\\fakepath\\照片.PNG"), max_bytes=100, kinds={"png"})
    assert stored.sha256 == hashlib.sha256(PNG).hexdigest()
    assert (stored.size, stored.kind, stored.filename, stored.media_type) == (28, "png", "照片.PNG", "image/png")
    with open_stored(stored.sha256) as file:
        assert file.read() == PNG


def test_the_same_content_is_kept_once(context: Flask) -> None:
    first = receive_upload(handed(PNG), max_bytes=100, kinds={"png"})
    second = receive_upload(handed(PNG, "b.png"), max_bytes=100, kinds={"png"})
    assert first.sha256 == second.sha256
    assert left_over() == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.png", "empty"),
        (b"<html>", "a.png", "content says otherwise"),
        (PNG, "a.mp4", "content says otherwise"),
        (b"MZ\x90\0", "film.mp4", "content says otherwise"),
        (b"a,b\0c", "a.csv", "content says otherwise"),
    ],
    ids=["empty", "a page called picture", "a picture called film", "a program called film", "bytes called csv"],
)
def test_a_file_that_is_not_what_it_says_is_refused(app: Flask, content: bytes, name: str, said: str) -> None:
    kinds = {"mp4", "csv"} if not name.endswith("png") else {"png"}
    with app.test_request_context(headers={"Accept-Language": "en"}), pytest.raises(Invalid) as caught:
        receive_upload(handed(content, name), max_bytes=100, kinds=kinds, where="film")
    assert caught.value.problems[0].where == "film"
    assert said in caught.value.problems[0].text


@pytest.mark.parametrize(("limit", "taken"), [(28, True), (27, False)], ids=["at the limit", "a byte over"])
def test_the_limit_counts_the_bytes(context: Flask, limit: int, taken: bool) -> None:
    if taken:
        assert receive_upload(handed(PNG), max_bytes=limit, kinds={"png"}).size == limit
        return
    with pytest.raises(Invalid):
        receive_upload(handed(PNG), max_bytes=limit, kinds={"png"})
    assert left_over() == []


def test_nothing_chosen_is_said_so(context: Flask) -> None:
    with pytest.raises(Invalid):
        receive_upload(FileStorage(BytesIO(b""), filename=""), max_bytes=10, kinds={"png"})


@pytest.mark.parametrize(
    ("head", "name", "kinds", "kind"),
    [
        (MP4, "a.mp4", {"mp4"}, "mp4"), (MP4, "a.bin", {"mp4", "png"}, "mp4"),
        (ZIP, "a.xlsx", {"xlsx", "docx"}, "xlsx"),
        (ZIP, "a.bin", {"xlsx", "docx"}, None), ("姓名,工号".encode("gb18030"), "a.csv", {"csv"}, "csv"),
        ("姓名".encode("utf-16"), "a.csv", {"csv"}, "csv"), (b"text", "a.jpeg", {"jpg"}, None),
        (b"::q::", "a.gift", {"txt"}, "txt"),
    ],
)
def test_kinds_are_told_by_content_then_by_name(head: bytes, name: str, kinds: set[str], kind: str | None) -> None:
    assert kind_of(head, name, kinds) == kind


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "g" * 64, "A" * 64, "a" * 63])
def test_only_a_hash_reaches_into_the_store(context: Flask, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        stored_path(digest)


def test_what_is_not_stored_is_not_found(context: Flask) -> None:
    with pytest.raises(NotFound):
        open_stored("a" * 64)
