"""The `floorready` command: run an installation, look after it, prove it."""

import logging

import click

from lms.cli.administrator import create_admin
from lms.cli.backup import backup, restore
from lms.cli.database import migrate
from lms.cli.doctor import doctor
from lms.cli.ledger import seal, verify_ledger
from lms.cli.run import run
from lms.cli.sample import sample_command

COMMANDS = (run, migrate, sample_command, create_admin, doctor, verify_ledger, seal, backup, restore)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """FloorReady 持证上岗: training, exams, certificates and the gate to the live floor.

    Settings are read from the environment (FLOORREADY_...); `floorready doctor` lists them.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


for command in COMMANDS:
    main.add_command(command)
