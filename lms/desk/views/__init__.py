"""The desk's pages."""

from importlib.util import find_spec

from lms.desk.views import jobs, style  # noqa: F401 - importing them registers routes
from lms.desk.views.blueprint import bp

if find_spec("lms.certification.queries.standing") and find_spec("lms.certification.queries.certificates"):
    from lms.desk.views import audit, board, files, home, search  # noqa: F401
BLUEPRINTS = (bp,)
