"""What this area adds to the application: keys, the gate, the page that manages keys."""

from flask import Flask

from lms.api import models  # noqa: F401 - its tables
from lms.api.shortcut import GateShortcut
from lms.api.views import gate, keys


def install(app: Flask) -> None:
    """Add this area to the application."""
    app.register_blueprint(gate.bp)
    app.register_blueprint(keys.bp)
    app.wsgi_app = GateShortcut(app, app.wsgi_app)  # type: ignore[method-assign]  # the way WSGI layers are added
