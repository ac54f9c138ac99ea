"""Prove the ledger of training facts, and sign the day."""

import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from lms.app import create_app
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.settings import get_settings
from lms.records.models import LedgerSeal
from lms.records.queries import verify_ledger as verify
from lms.records.services import seal_day


@click.command("verify-ledger")
def verify_ledger() -> None:
    """Recompute every hash, link and seal of the training ledger. Status 1 when something was tampered with."""
    with create_app().app_context():
        found = verify(reading())
    click.echo(f"{found.facts} facts in {found.chains} chains, {found.seals} seals")
    for each in found.breaks:
        click.echo(f"  broken: {each.code} at fact {each.sequence} of person {each.person_id or '-'}", err=True)
    if not found.holds:
        raise SystemExit(1)
    click.echo("The ledger holds.")


@click.command()
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write the seal to this file, to keep it somewhere else.")
def seal(target: Path | None) -> None:
    """Sign the heads of all chains for yesterday (the worker does it every day by itself)."""
    with create_app().app_context():
        now = clock.now()
        here = now.astimezone(ZoneInfo(get_settings().time_zone))
        with unit_of_work() as session:
            made = seal_day(session, now=now, today=here.replace(hour=0, minute=0, second=0, microsecond=0))
        newest = made or reading().scalars(select(LedgerSeal).order_by(LedgerSeal.day.desc()).limit(1)).first()
        if newest is None:
            raise click.ClickException("there is no seal")
        word = "Sealed" if made else "Sealed before"
        click.echo(f"{word}: {newest.day}, {newest.chains} chains, {newest.facts} facts")
        click.echo(f"  digest {newest.digest}\n  key    {newest.key_id}")
        if target is not None:
            write_seal(newest, target)


def write_seal(row: LedgerSeal, target: Path) -> None:
    """Write a seal as JSON: what an auditor needs to compare it with the ledger later. Raises OSError."""
    parts = {
        "day": row.day.isoformat(), "sealed_at": row.sealed_at.isoformat(), "facts": row.facts, "heads": row.heads,
        "previous_digest": row.previous_digest, "digest": row.digest, "signature": row.signature, "key_id": row.key_id,
    }
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.write_text(json.dumps(parts, indent=1), encoding="utf-8")
    fresh.replace(target)
