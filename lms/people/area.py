"""What this area adds to the application: tables, sign-in, tasks, views."""

from flask import Flask

from lms.access.identity import Identity
from lms.kernel.db import unit_of_work
from lms.people import models, tasks  # noqa: F401 - its tables and tasks
from lms.people.queries.zones import zone_of
from lms.people.services.leaving import on_leaving
from lms.people.services.persons import remember_locale
from lms.people.services.photos import erase_of_leaver
from lms.people.sign_in import install_sign_in
from lms.people.views import (  # noqa: F401 - importing them adds routes
    accounts,
    imports,
    organisation,
    people,
    photos,
    roles,
)
from lms.people.views.blueprint import bp
from lms.web.rate_limits import install_rate_limits


def install(app: Flask) -> None:
    """Add this area to the application."""
    settings = app.extensions["settings"]
    install_rate_limits(app, settings)
    install_sign_in(app, settings)
    app.register_blueprint(bp)
    app.extensions["zone_of"] = zone_of
    on_leaving(erase_of_leaver)
    app.extensions["remember_locale"] = keep_locale


def keep_locale(identity: Identity, locale: str) -> None:
    """Store the language somebody chose on their person."""
    if identity.person_id is not None:
        with unit_of_work() as session:
            remember_locale(session, identity.person_id, locale)
