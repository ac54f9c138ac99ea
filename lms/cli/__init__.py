"""The `floorready` command: run an installation, look after it, prove it."""

import logging
from pathlib import Path

import click
from dotenv import load_dotenv

from lms.cli.administrator import create_admin
from lms.cli.backup import backup, restore
from lms.cli.doctor import doctor
from lms.cli.ledger import seal, verify_ledger
from lms.cli.preparation import migrate
from lms.cli.run import run
from lms.cli.sample import sample_command

COMMANDS = (run, migrate, sample_command, create_admin, doctor, verify_ledger, seal, backup, restore)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--env-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Read settings from this file too (NAME=value lines); the environment wins.")
def main(env_file: Path | None) -> None:
    """FloorReady 持证上岗: training, exams, certificates and the gate to the live floor.

    Settings are read from the environment (FLOORREADY_...); `floorready doctor` lists them.
    """
    if env_file is not None:
        load_dotenv(env_file)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


for command in COMMANDS:
    main.add_command(command)
