"""The description of the API is true: every route stands in it, every answer fits it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lms.certification.rules.floor import ReasonCode
from tests.factories import make_person

ROOT = Path(__file__).parents[2]
DESCRIPTION = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))
SCHEMAS = DESCRIPTION["components"]["schemas"]


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Tell whether a value fits the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return fits(value, SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "oneOf" in schema:
        return sum(fits(value, one) for one in schema["oneOf"]) == 1
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    python = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    if not any(isinstance(value, python[kind]) for kind in kinds):
        return False
    if isinstance(value, dict):
        known = schema["properties"]
        return set(schema["required"]) <= set(value) <= set(known) and all(
            fits(inner, known[name]) for name, inner in value.items())
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(fits(inner, schema["items"]) for inner in value)
    return True


def test_every_route_of_the_api_is_described_and_nothing_else(app):
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()
              if rule.rule.startswith("/api/")}
    assert routes == set(DESCRIPTION["paths"])


def test_every_reason_there_is_stands_in_the_description():
    assert set(SCHEMAS["Reason"]["properties"]["code"]["enum"]) == {it.value for it in ReasonCode}


@pytest.mark.parametrize(("more", "status"), [
    ({}, 200), ({"strict": 1}, 204), ({"staff_no": "nobody"}, 404), ({"queue": "none"}, 404),
    ({"staff_no": "nobody", "strict": 1}, 403), ({"beginner": True, "strict": 1}, 403), ({"beginner": True}, 200),
    ({"at": "soon"}, 422), ({"known": "maybe"}, 422), ({"with_key": "frk_no"}, 401)], ids=str)
def test_every_answer_fits_the_description(ask, certify, gas, more, status):
    more = dict(more)
    staff_no = more.pop("staff_no", None) or (
        make_person(queues=[gas]) if more.pop("beginner", False) else certify()).staff_no
    response = ask(staff_no, more.pop("queue", "gas"), **more)
    assert response.status_code == status
    described = DESCRIPTION["paths"]["/api/v1/gate/people/{staff_no}/queues/{queue}"]["get"]["responses"][str(status)]
    if "content" in described:
        assert fits(response.get_json(), described["content"]["application/json"]["schema"])
    else:
        assert response.data == b""


def test_a_body_that_lacks_something_doesnt_fit():
    answer = {"person": "1", "queue": "gas", "at": "2026", "allowed": True, "until": None,
              "reasons": [{"code": "certified", "text": "x"}]}
    assert fits(answer, SCHEMAS["Answer"])
    for name in answer:
        assert not fits({key: value for key, value in answer.items() if key != name}, SCHEMAS["Answer"])
    assert not fits({**answer, "name": "陈雨桐"}, SCHEMAS["Answer"])
    assert not fits({**answer, "reasons": []}, SCHEMAS["Answer"])
