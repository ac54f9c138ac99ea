"""Prove the ledger of training facts, and sign the day."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.settings import get_settings
from lms.records import seals
from lms.records.models import LedgerSeal
from lms.records.queries import verify_ledger as verify
from lms.records.services import seal_day


@click.command("verify-ledger")
@click.option("--copies", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder of seals kept elsewhere: each must still be in the ledger, with all that it sealed.")
def verify_ledger(copies: Path | None) -> None:
    """Recompute every hash, link and seal of the training ledger. Status 1 when something was tampered with."""
    try:
        kept = seals.read_copies(copies) if copies else []
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    with create_app().app_context():
        found = verify(one_snapshot(), kept)
    click.echo(f"{found.facts} facts in {found.chains} chains, {found.seals} seals, compared with {len(kept)} copies")
    for each in found.breaks:
        click.echo(f"  broken: {each.code} at fact {each.sequence} of person {each.person_id or '-'}", err=True)
    if not found.holds:
        raise SystemExit(1)
    click.echo("The ledger holds.")


def one_snapshot() -> Session:
    """Return a session that sees the ledger as it is now, while others go on writing."""
    session = reading()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


@click.command()
def seal() -> None:
    """Sign the heads of all chains for yesterday (the worker does it every day by itself) and write the copies."""
    with create_app().app_context():
        now = clock.now()
        here = now.astimezone(ZoneInfo(get_settings().time_zone))
        with unit_of_work() as session:
            made = seal_day(session, now=now, today=here.replace(hour=0, minute=0, second=0, microsecond=0))
        newest = reading().scalars(select(LedgerSeal).order_by(LedgerSeal.day.desc()).limit(1)).one()
        seals.write_copies(newest)
        word = "Sealed" if made else "Sealed before"
        click.echo(f"{word}: {newest.day}, {newest.chains} chains, {newest.facts} facts")
        click.echo(f"  digest {newest.digest}\n  key    {newest.key_id}")
        for folder in seals.folders():
            click.echo(f"  copy   {folder / f'{newest.day}.json'}")
