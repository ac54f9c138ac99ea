"""Home: one page a role, each answering that role's first question."""

from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.desk.views.blueprint import bp
from lms.web.guard import page, requires


@bp.get("/")
@requires(Permission.HOME_READ)
def home() -> ResponseReturnValue:
    """Show the home page of whoever asks."""
    return page("desk/home.html")
