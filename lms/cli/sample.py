"""The sample call centre: load it into a database that holds nothing yet."""

import click
from flask_migrate import upgrade
from sqlalchemy import select

from lms.app import create_app
from lms.cli.preparation import holds_people
from lms.desk.sample.loading import load_sample
from lms.kernel import clock
from lms.kernel.db import reading
from question_bank.models import Question


@click.command("sample")
def sample_command() -> None:
    """Make the tables and fill them with the sample call centre."""
    app = create_app()
    with app.app_context():
        upgrade()
        begun = holds_people(app) or reading().scalar(select(Question.id).limit(1)) is not None
        if begun:
            raise click.ClickException(
                "the database already holds people or bundled content: the sample, whose history begins two years ago, "
                "is for an empty one"
            )
        load_sample(clock.now())
    click.echo("The sample call centre is loaded.")
