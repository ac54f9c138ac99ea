"""The blueprint that every page of people hangs on."""

from types import SimpleNamespace
from typing import Any, Final

from flask import Blueprint

from lms.people import wording

bp: Final = Blueprint("people", __name__)


@bp.context_processor
def words() -> dict[str, Any]:
    """Give the pages their words for states, roles and kinds of employment."""
    known = SimpleNamespace(states=wording.STATES, looks=wording.STATE_LOOKS, roles=wording.ROLES,
                            employments=wording.EMPLOYMENTS)
    return {"words": known, "local_name": wording.local_name}
