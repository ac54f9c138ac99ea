"""What every page shares: templates and static files, the guard, forms, tables, charts, uploads, errors, headers."""

from flask import Flask

from lms.web import assets, errors, formatting, security, shell


def install_web(app: Flask) -> None:
    """Give the application its templates, static files, filters, error pages, headers and the shell's own routes."""
    assets.install(app)
    formatting.install(app)
    errors.install(app)
    security.install(app)
    shell.install(app)
