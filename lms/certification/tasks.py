"""Work done later: printing, rebuilding permits after a rule changed, reminders."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.certification.queries.rulebook import rule_version
from lms.certification.services.documents import produce_document
from lms.certification.services.editing import REBUILD_TASK
from lms.certification.services.issuing import PRINT_TASK, reconsider
from lms.certification.services.projecting import concerned, rebuild
from lms.certification.services.reminding import remind
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from lms.records.models import LedgerHead

STEP: Final = 50  # people a transaction, so that others get their turn


@task(PRINT_TASK)
def print_certificate(payload: dict[str, Any], job: RunningJob) -> dict[str, Any]:
    """Print and sign one certificate. payload: certificate_id."""
    return {"state": produce_document(UUID(payload["certificate_id"]), now=job.now).value}


@task(REBUILD_TASK)
def rebuild_after_a_change(payload: dict[str, Any], job: RunningJob) -> dict[str, Any]:
    """Reconsider everybody under the changed rules and write down their permits anew. payload: version."""
    if rule_version(reading()) != payload["version"]:
        return {"people": 0}  # changed again: that change's own job does it
    people = sorted({*concerned(reading()), *reading().scalars(select(LedgerHead.person_id))})
    for start in range(0, len(people), STEP):
        with unit_of_work() as session:
            for person_id in people[start : start + STEP]:
                reconsider(session, person_id, by=SYSTEM, now=job.now)
            rebuild(session, people[start : start + STEP])
        job.progress(min(start + STEP, len(people)), len(people))
    return {"people": len(people)}


@periodic("certification.remind", every=timedelta(minutes=30))
def remind_of_endings(now: datetime) -> None:
    """Tell people that a certificate ends in 30, 7 or 1 days. The gate itself closes at the instant, without this."""
    with unit_of_work() as session:
        remind(session, now=now)
