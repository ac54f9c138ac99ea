"""The first administrator of a clean installation."""

import click
from flask_migrate import upgrade

from lms.app import create_app
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.kernel.errors import DomainError
from lms.people.account_store import SHORTEST_PASSWORD
from lms.people.services.accounts import create_first_admin


@click.command("create-admin")
@click.option("--staff-no", prompt="Staff number", help="The name to sign in with.")
@click.option("--name", prompt="Name", help="The administrator's name.")
@click.option("--organisation", prompt="Organisation", help="The organisation's name, the root of its tree.")
@click.password_option(help=f"At least {SHORTEST_PASSWORD} characters; asked for when left out.")
def create_admin(staff_no: str, name: str, organisation: str, password: str) -> None:
    """Make the first administrator, who then invites everybody else. Refused once there is an account."""
    with create_app().app_context():
        upgrade()
        try:
            with unit_of_work() as session:
                create_first_admin(session, staff_no=staff_no, name=name, organisation_name=organisation,
                                   password=password, now=clock.now())
        except DomainError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{name} can sign in as {staff_no}.")
