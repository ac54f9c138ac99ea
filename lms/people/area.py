"""What this area adds to the application: tables, sign-in, tasks, views."""

from flask import Flask

from lms.access.identity import Identity
from lms.kernel.db import unit_of_work
from lms.people import models, tasks  # noqa: F401 - its tables and tasks
from lms.people.queries.zones import zone_of
from lms.people.services.persons import remember_locale
from lms.people.sign_in import install_sign_in
from lms.people.views import accounts, imports, organisation, people, roles  # noqa: F401 - importing them adds routes
from lms.people.views.blueprint import bp
from lms.web.rate_limits import install_rate_limits


def install(app: Flask) -> None:
    """Add this area to the application."""
    settings = app.extensions["settings"]
    install_rate_limits(app, settings)
    install_sign_in(app, settings)
    app.register_blueprint(bp)
    app.extensions["zone_of"] = zone_of
    app.extensions["remember_locale"] = keep_locale


def keep_locale(identity: Identity, locale: str) -> None:
    """Store the language somebody chose on their person."""
    if identity.person_id is not None:
        with unit_of_work() as session:
            remember_locale(session, identity.person_id, locale)
