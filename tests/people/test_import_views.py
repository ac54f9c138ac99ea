"""The wizard of imports, page by page."""

import io

import pytest

from lms.access.identity import Role
from lms.kernel.jobs import run_due_jobs
from tests.factories import make_post, make_queue
from tests.people.factories import HEADS, post, workbook


def work(app) -> int:
    """Let a worker do what waits; return how many jobs there were."""
    with app.app_context():
        return run_due_jobs()


def text_of(response) -> str:
    return response.get_data(as_text=True)


def test_the_wizard_leads_from_file_to_undo(app, client, sign_in, east):
    with app.app_context():
        make_post("operator")
        make_queue("gas", name="燃气抢修")
    sign_in(client, Role.HR)
    content = workbook(
        [
            ["人员花名册"],
            HEADS,
            ["3101", "陈雨桐", "", "东区中心", "", "", "2026-03-02", "", "", "燃气抢修"],
            ["3102", "周岚", "", "南区", "", "", "2026-03-02"],
        ]
    )
    start = post(client, "/people/imports/new/people", file=(io.BytesIO(content), "花名册.xlsx"))
    assert start.location.endswith("/columns")
    address = start.location.removesuffix("/columns")
    assert "第" in text_of(client.get(start.location))
    assert "data-job" in text_of(client.get(address))
    assert work(app) == 1
    looked = text_of(client.get(address))
    assert "还没有写入任何内容" in looked
    assert "D4" in looked and "南区" in looked
    bad = client.get(f"{address}/bad-rows.csv").get_data().decode("utf-8-sig")
    assert "南区" in bad and "3101" not in bad
    post(client, f"{address}/leave-out", page=address, leave_out="yes")
    assert client.get(f"{address}/progress").json["state"] == "queued"
    work(app)
    assert client.get(f"{address}/progress").json["state"] == "done"
    fingerprint = text_of(client.get(address)).split('name="fingerprint" value="')[1].split('"')[0]
    assert post(client, f"{address}/apply", page=address, fingerprint=fingerprint).status_code == 302
    assert "3101" not in text_of(client.get("/people/"))
    assert post(client, f"{address}/apply", page=address, fingerprint=fingerprint).status_code == 409
    work(app)
    assert "已写入" in text_of(client.get(address))
    assert "3101" in text_of(client.get("/people/"))
    fingerprint = text_of(client.get(f"{address}/undo")).split('name="fingerprint" value="')[1].split('"')[0]
    assert post(client, f"{address}/undo", fingerprint=fingerprint).status_code == 302
    work(app)
    assert "3101" not in text_of(client.get("/people/"))


@pytest.mark.parametrize(
    ("content", "name", "complaint"),
    [
        (b"PK\x03\x04 torn", "a.xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "旧版 .xls"),
        (b"", "a.csv", "a.csv"),
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "a.xlsx"),
    ],
    ids=["torn", "old", "empty", "a picture"],
)
def test_a_file_that_cannot_be_read_says_why(client, sign_in, content, name, complaint):
    sign_in(client, Role.HR)
    answer = post(client, "/people/imports/new/people", file=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert complaint in text_of(answer)
