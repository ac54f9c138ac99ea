"""What a request carries, whoever wrote it: a script of ours, a form, or somebody who means harm."""

from typing import Any

from flask import request

from lms.kernel.errors import Invalid


def json_object() -> dict[str, Any]:
    """Return the JSON object of the request's body; empty for no JSON, and for JSON that is no object."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def posted() -> dict[str, Any]:
    """Return what a script sent as a JSON object, else the fields of a form, each once."""
    return json_object() or request.form.to_dict()


def whole_number(value: object) -> int:
    """Return a whole number as a form or a script writes it. Raises Invalid for anything else."""
    try:
        return int(str(value))
    except ValueError:
        raise Invalid([]) from None
