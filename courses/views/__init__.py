"""Pages of courses."""

from flask import Blueprint

bp = Blueprint("courses", __name__)

from courses.views import (  # noqa: E402 - they add their routes to the blueprint above
    assigning,  # noqa: F401
    catalogue,  # noqa: F401
    editing,  # noqa: F401
    files,  # noqa: F401
    learning,  # noqa: F401
    people,  # noqa: F401
    publishing,  # noqa: F401
    studying,  # noqa: F401
    testing,  # noqa: F401
    words,  # noqa: F401
)
