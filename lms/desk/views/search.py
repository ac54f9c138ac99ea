"""The search of the whole site."""

from flask import request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.desk.queries import search as queries
from lms.desk.views.blueprint import bp
from lms.kernel.db import reading
from lms.web.guard import current_identity, page, requires
from lms.web.shell import locale_code


@bp.get("/search")
@requires(Permission.HOME_READ)
def search() -> ResponseReturnValue:
    """Find people, courses, questions and certificates that the reader may see."""
    term = request.args.get("q", "")[: queries.LONGEST]
    found = queries.search(reading(), current_identity(), term, english=locale_code() == "en")
    return page("desk/search.html", term=term.strip(), found=found)
