"""What a request carries: an object, a form, or anything at all."""

import pytest

from lms.kernel.errors import Invalid
from lms.web.posted import json_object, posted, whole_number


@pytest.mark.parametrize(("body", "expected"), [
    (b'{"text": "a"}', {"text": "a"}), (b'[1]', {}), (b'"a"', {}), (b"3", {}), (b"null", {}), (b"{", {}), (b"", {}),
    (b"\xff", {}),
])
def test_only_a_json_object_is_one(app, body, expected):
    with app.test_request_context(method="POST", data=body, content_type="application/json"):
        assert json_object() == posted() == expected


def test_a_form_counts_where_no_object_was_sent(app):
    with app.test_request_context(method="POST", data={"text": "a", "known": "3"}):
        assert posted() == {"text": "a", "known": "3"}


@pytest.mark.parametrize(("value", "expected"), [("3", 3), (3, 3), (" 3 ", 3), ("-1", -1)])
def test_a_whole_number_is_read(value, expected):
    assert whole_number(value) == expected


@pytest.mark.parametrize("value", [None, "", "x", "1.5", [], {}, 1.5])
def test_anything_else_is_no_whole_number(value):
    with pytest.raises(Invalid):
        whole_number(value)
