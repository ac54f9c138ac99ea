"""What voices need by themselves: closing what fell silent, erasing what was kept long enough, rendering lines."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from lms.kernel.settings import get_settings
from simulations.models import ScriptEdition
from simulations.voice import caller, services

EVERY = 10  # lines between two signs of life


@periodic("voice.close_silent", every=timedelta(minutes=10))
def close_silent(now: datetime) -> None:
    """Close tracks whose browser is gone."""
    with unit_of_work() as session:
        services.close_silent(session, now=now)


@periodic("voice.erase_outdated", every=timedelta(hours=6))
def erase_outdated(now: datetime) -> None:
    """Erase recordings whose time is over, and files that belong to nothing."""
    with unit_of_work() as session:
        services.erase_outdated(session, days=get_settings().voice_days, now=now)
        services.sweep(session, now=now)


@task(caller.RENDER)
def render(payload: dict[str, Any], job: RunningJob) -> Mapping[str, Any]:
    """Render the lines of an edition that have no sound yet."""
    edition = reading().get_one(ScriptEdition, UUID(payload["edition_id"]))
    silent = caller.missing(reading(), edition)
    rendered = 0
    for number, line in enumerate(silent, 1):
        made = caller.render_line(line)
        if made is None:
            continue
        with unit_of_work() as session:
            caller.keep_rendered(session, line.digest, *made, now=job.now)
        rendered += 1
        if number % EVERY == 0:
            job.progress(number, len(silent))
    return {"lines": len(silent), "rendered": rendered}


@periodic("voice.ask_for_voices", every=timedelta(minutes=10))
def ask_for_voices(now: datetime) -> None:
    """Let callers of new scripts, and of all of them once a voice is installed, get theirs."""
    with unit_of_work() as session:
        caller.ask_for_voices(session)
