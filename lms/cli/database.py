"""Make, migrate and fill the database; the first administrator."""

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from lms.app import create_app
from lms.kernel.db import reading
from lms.people.models import Person


@click.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    with create_app().app_context():
        upgrade()
    click.echo("The database is up to date.")


def holds_people(app: Flask) -> bool:
    """Tell whether anybody is in the database."""
    with app.app_context():
        return reading().scalar(select(Person.id).limit(1)) is not None
