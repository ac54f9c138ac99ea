"""The desk's pages."""

from lms.desk.views.blueprint import bp
from lms.desk.views import home, style  # noqa: F401 - importing them registers their routes

BLUEPRINTS = (bp,)
