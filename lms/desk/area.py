"""What this area adds to the application: home pages, the floor board, files, search, the style page."""

from flask import Flask

from lms.desk import shell, views


def install(app: Flask) -> None:
    """Add this area to the application."""
    shell.install(app)
    for blueprint in views.BLUEPRINTS:
        app.register_blueprint(blueprint)
