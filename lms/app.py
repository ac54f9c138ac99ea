"""The application: wiring only."""

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.kernel import i18n, jobs, secrets
from lms.kernel.db import db
from lms.kernel.settings import Settings
from lms.web import install_web
from lms.web.guard import current_identity, init_guard, request_time

PACKAGE = Path(__file__).parent
MOST_CONNECTIONS = 18  # to the database a process keeps; most of many threads wait for something else
csrf = CSRFProtect()
migrate = Migrate()

# Every area that has tables, tasks or pages; its module `area` offers `install(app)`.
AREAS = (
    "lms.records",
    "lms.notifications",
    "lms.people",
    "lms.knowledge",
    "lms.certification",
    "question_bank",
    "simulations",
    "lms.exams",
    "courses",
    "lms.desk",
    "lms.api",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (the environment's by default)."""
    settings = settings or Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask("lms", template_folder=str(template_folder()), static_folder="web/static")
    app.extensions["settings"] = settings
    app.config.update(configuration(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PACKAGE / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    Bootstrap5(app)
    i18n.babel.init_app(app, locale_selector=i18n.choose_locale)
    init_guard(app)
    install_web(app)
    app.jinja_env.globals.update(
        identity=current_identity, request_time=request_time, Permission=Permission,
        may=lambda permission, subject=None: allows(current_identity(), permission, subject),
    )
    app.extensions["jobs"] = jobs.REGISTER
    for name in AREAS:
        import_module(f"{name}.area").install(app)
    return app


def template_folder() -> Path:
    """Return where templates lie: beside the package in a checkout, inside it in an installed program."""
    beside = PACKAGE.parent / "templates"
    return beside if (beside / "base.html").exists() else PACKAGE / "templates"


def configuration(settings: Settings) -> dict[str, object]:
    """Return what Flask and its extensions want to know, derived from our settings."""
    return {
        "SECRET_KEY": secrets.secret_key(settings),
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": min(settings.web_threads, MOST_CONNECTIONS), "max_overflow": 10},
        "MAX_CONTENT_LENGTH": settings.upload_limit_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": settings.default_locale,
        "BABEL_DEFAULT_TIMEZONE": settings.time_zone,
        "BABEL_TRANSLATION_DIRECTORIES": ";".join([str(i18n.TRANSLATIONS)] * len(i18n.domains())),
        "BABEL_DOMAIN": ";".join(i18n.domains()) or "messages",
        "BOOTSTRAP_SERVE_LOCAL": True,
        "TESTING": settings.testing,
    }
