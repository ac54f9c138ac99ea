"""The desk's pages."""

from lms.desk.views import audit, board, files, home, jobs, search, style  # noqa: F401 - importing them adds their routes
from lms.desk.views.blueprint import bp

BLUEPRINTS = (bp,)
