"""The shell: errors as pages or JSON, headers, reports, language, addresses."""

import json

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from lms.access.identity import Role
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.web import errors
from lms.web.assets import asset
from lms.web.security import POLICY, parse_report
from lms.web.shell import is_local, query


@pytest.mark.parametrize("status", sorted(errors.PAGES))
def test_every_error_page_says_what_happened_what_was_kept_and_what_to_do(app: Flask, status: int) -> None:
    with app.test_request_context(headers={"Accept": "text/html", "Accept-Language": "zh-CN"}):
        body, answered = errors.answer(status, "code", "说明", reference="7F3A")
    assert answered == status
    for words in ("保留了什么", "怎么办", "说明", str(status)):
        assert words in body


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound(), 404), (Refused("no"), 403), (Conflict("twice"), 409), (Invalid([Problem("B7", "错")]), 422)],
)
def test_a_refusing_use_case_becomes_a_page_or_json(app: Flask, error: Exception, status: int) -> None:
    for accept, marks in (("text/html", "<!doctype html>"), ("application/json", '"code"')):
        with app.test_request_context(headers={"Accept": accept}):
            response = app.make_response(app.handle_user_exception(error))
        assert response.status_code == status
        assert marks in response.get_data(as_text=True)


def test_problems_are_listed_with_their_place(app: Flask) -> None:
    with app.test_request_context(headers={"Accept": "application/json"}):
        response = app.make_response(app.handle_user_exception(Invalid([Problem("B7", "号码少一位")], code="roster")))
    assert response.json == {"error": {"code": "roster", "message": "号码少一位",
                                       "problems": [{"where": "B7", "text": "号码少一位"}]}}


def test_an_unknown_page_is_not_found_in_the_readers_language(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "There is no such page" in response.text


def test_our_own_fault_shows_a_number_and_no_detail(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context(headers={"Accept": "text/html"}):
        body, status, _headers = errors.on_unexpected(RuntimeError("secret detail"))
    assert status == 500
    assert "secret detail" not in body
    assert "secret detail" in caplog.text


def test_an_unusual_status_borrows_the_nearest_page(app: Flask) -> None:
    with app.test_request_context(headers={"Accept": "text/html"}):
        assert errors.answer(418, "teapot")[1] == 418
        with pytest.raises(Exception, match="418"):
            abort(418)


def test_pages_carry_the_strict_policy_and_are_asked_for_again(client: FlaskClient) -> None:
    response = client.get("/nowhere")
    assert response.headers["Content-Security-Policy"] == POLICY.format(nonce="", connect="")
    assert "unsafe" not in POLICY
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_may_be_kept_under_their_fingerprint_only(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = asset("css/theme.css")
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "max-age=31536000" not in client.get("/static/css/theme.css").headers.get("Cache-Control", "")
    with app.test_request_context(), pytest.raises(FileNotFoundError):
        asset("css/theem.css")


def test_a_report_of_the_policy_is_recorded_without_a_token(app: Flask, client: FlaskClient) -> None:
    app.extensions["csp_reports"].clear()
    report = {"csp-report": {"violated-directive": "style-src", "document-uri": "http://x/" + "a" * 999}}
    assert client.post("/csp-report", data=json.dumps(report), content_type="application/csp-report").status_code == 204
    assert app.extensions["csp_reports"][0]["violated-directive"] == "style-src"
    assert len(app.extensions["csp_reports"][0]["document-uri"]) == 300
    app.extensions["csp_reports"].clear()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"csp-report": 1}', b"\xff\xfe", b'"x"'])
def test_a_report_that_is_none_is_empty(body: bytes) -> None:
    assert parse_report(body) == {}


@pytest.mark.parametrize(
    ("target", "local"),
    [("/", True), ("/board?x=1", True), ("//evil.example", False), ("/\\evil", False), ("https://evil.example", False),
     ("javascript:alert(1)", False), ("", False), ("/a\\b", False)],
)
def test_only_our_own_addresses_are_gone_back_to(target: str, local: bool) -> None:
    assert is_local(target) is local


def token_of(client: FlaskClient) -> str:
    """Return the token against forgery that the shell's page carries."""
    return client.get("/nowhere").text.split('name="csrf-token" content="')[1].split('"')[0]


def test_the_language_is_kept_in_a_cookie(client: FlaskClient) -> None:
    response = client.post("/language", data={"locale": "en", "next": "//evil.example", "csrf_token": token_of(client)})
    assert response.location == "/"
    assert 'lang="en"' in client.get("/nowhere", headers={"Accept-Language": "zh-CN"}).text


def test_an_unknown_language_is_refused(client: FlaskClient) -> None:
    assert client.post("/language", data={"locale": "tlh", "csrf_token": token_of(client)}).status_code == 400


def test_a_form_without_a_token_explains_itself(client: FlaskClient) -> None:
    response = client.post("/language", data={"locale": "en"}, headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 400
    assert "放得太久" in response.text


def test_addresses_change_one_parameter_and_keep_the_others(app: Flask, client: FlaskClient, sign_in) -> None:
    sign_in(client, Role.TRAINER)
    with app.test_request_context("/style?a=1&b=2&b=3"):
        assert query(a=None, c="4") == "/style?b=2&b=3&c=4"
    assert client.get("/style").status_code == 200


def test_the_style_page_shows_the_errors_of_its_form(client: FlaskClient, sign_in) -> None:
    sign_in(client, Role.LEARNER)
    token = client.get("/style").text.split('name="csrf-token" content="')[1].split('"')[0]
    response = client.post("/style", data={"csrf_token": token, "pass_mark": "120"})
    assert response.status_code == 200
    assert response.text.count('class="err"') >= 2
