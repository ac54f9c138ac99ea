"""What happens before an installation starts: tables, content, the way in."""

import sys

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from lms.app import create_app
from lms.certification.signing import prepare_keys
from lms.cli.examination import is_loopback
from lms.desk.bundled import load_bundled_content
from lms.desk.sample.loading import is_sample, load_sample
from lms.desk.sample.sign_ins import SignIn, renew_passwords
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.settings import Settings
from lms.people.models import Person
from lms.web.pdf_fonts import prepare_fonts

WIDTH = 8  # columns of a staff number in the list of sign-ins


@click.command()
def migrate() -> None:
    """Bring tables and bundled content up to this version, for installations that run in parts."""
    app = create_app()
    with app.app_context():
        upgrade()
    add_content(app, app.extensions["settings"])
    click.echo("Tables and bundled content are up to date.")


def prepare(settings: Settings, *, sample: bool | None) -> bool:
    """Migrate, fill an empty database if wanted, print the way in; tell whether this is the sample call centre.

    sample   load the sample, don't, or (None) ask
    """
    app = create_app(settings)
    with app.app_context():
        upgrade()
    if not holds_people(app) and (choose() if sample is None else sample):
        click.echo("Loading the sample call centre ...")
        with app.app_context():
            load_sample(clock.now())
    add_content(app, settings)
    sign_ins = open_sample(app, settings)
    announce(settings, sign_ins, empty=not holds_people(app))
    return bool(sign_ins)


def holds_people(app: Flask) -> bool:
    """Tell whether anybody is in the database."""
    with app.app_context():
        return reading().scalar(select(Person.id).limit(1)) is not None


def add_content(app: Flask, settings: Settings) -> None:
    """Add bundled content that is new, and make keys and fonts that aren't there."""
    with app.app_context(), unit_of_work() as session:
        load_bundled_content(session, now=clock.now())
    prepare_keys(settings)
    prepare_fonts(settings.data_dir.resolve())


def choose() -> bool:
    """Ask whether to load the sample; without a terminal to ask at, load it."""
    if not sys.stdin.isatty():
        return True
    click.echo("The database is empty. The sample call centre has 240 people of every role, courses, exams, calls\n"
               "and two years of history; all of it is invented. A clean start needs a first administrator.")
    return click.confirm("Load the sample call centre?", default=True)


def open_sample(app: Flask, settings: Settings) -> tuple[SignIn, ...]:
    """Give the sample's accounts new passwords; none on a database of one's own. ClickException off loopback."""
    with app.app_context():
        if not is_sample(reading()):
            return ()
        if not is_loopback(settings.host):
            raise click.ClickException("the sample call centre has accounts that anybody knows of: "
                                       f"it is kept to this machine and won't listen on {settings.host}")
        return renew_passwords(clock.now())


def announce(settings: Settings, sign_ins: tuple[SignIn, ...], *, empty: bool) -> None:
    """Print where the site is and how to get in."""
    click.secho(f"\nFloorReady 持证上岗: http://{settings.host}:{settings.port}/", bold=True)
    if sign_ins:
        click.echo("Sign in as one of these; the passwords are new at every start:")
    for each in sign_ins:
        click.echo(f"  {each.staff_no:<{WIDTH}} {each.password}   {each.title} {each.name}")
    if sign_ins:
        click.echo("Administrators need no second factor here; everywhere else they do (FLOORREADY_SECOND_FACTOR).")
    if empty:
        click.echo("Nobody can sign in yet. Make the first administrator: floorready create-admin")
    click.echo("Stop with Ctrl-C.\n")
