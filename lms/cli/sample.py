"""The sample call centre: load it, and give its accounts passwords that nobody knew before."""

import click

from lms.app import create_app
from lms.cli.preparation import holds_people
from lms.desk.sample.loading import load_sample
from lms.kernel import clock


@click.command("sample")
def sample_command() -> None:
    """Fill an empty database with the sample call centre."""
    app = create_app()
    if holds_people(app):
        raise click.ClickException("the database already holds people: the sample is for an empty one")
    with app.app_context():
        load_sample(clock.now())
    click.echo("The sample call centre is loaded.")
