"""What runs by itself: sittings past their deadline are closed, resits scheduled, papers marked by corrected keys."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.models import ExamPlan, KeyCorrection
from lms.exams.queries.corrections import sittings_to_mark_again
from lms.exams.queries.keys import corrections_in_force
from lms.exams.services.corrections import MARK_AGAIN, corrections_unfinished, mark_sitting_again
from lms.exams.services.figures import AT_ONCE, refresh_figures, stale_questions
from lms.exams.services.invigilation import forgotten_pauses, resume_sitting
from lms.exams.services.resits import follow_resit, resits_to_follow
from lms.exams.services.rounds import (
    changes_of,
    follow_members,
    make_month,
    rounds_to_follow,
    tell_of_month,
    warn_of_short_bank,
)
from lms.exams.services.settling import ASSIGN_REMEDIAL, assign_remedial
from lms.exams.services.sitting import close_if_over, overdue_sittings
from lms.exams.services.spot_checks import checks_to_start, close_missed, start_check
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from lms.people.models import Person
from lms.people.sign_in import identity_of

LOOK_BACK = timedelta(days=2)  # how long after its approval a correction is looked after


@periodic("exams.close_overdue", every=timedelta(minutes=1))
def close_overdue(now: datetime) -> None:
    """Close every sitting that is over, as of its deadline; each in a transaction of its own. Forgotten pauses end."""
    for sitting_id in forgotten_pauses(reading(), now=now):
        with unit_of_work() as session:
            resume_sitting(session, sitting_id, by=SYSTEM, now=now)
    for sitting_id in overdue_sittings(reading(), now=now):
        with unit_of_work() as session:
            close_if_over(session, sitting_id, now=now)


@periodic("exams.follow_resits", every=timedelta(minutes=10))
def follow_resits(now: datetime) -> None:
    """Put whoever may sit again into the next session, and bring overdue resits before the manager."""
    for assignment_id in resits_to_follow(reading()):
        with unit_of_work() as session:
            follow_resit(session, assignment_id, by=SYSTEM, now=now)


@task(ASSIGN_REMEDIAL)
def assign_what_to_relearn(payload: dict[str, Any], job: RunningJob) -> dict[str, Any]:
    """Assign what a failed sitting wants relearnt."""
    with unit_of_work() as session:
        return {"activities": assign_remedial(session, UUID(payload["sitting_id"]), now=job.now)}


@periodic("exams.keep_plans", every=timedelta(minutes=10))
def keep_plans(now: datetime) -> None:
    """Make the months of monthly plans, follow their people, tell managers; warn of a bank that is too small."""
    for plan_id in reading().scalars(select(ExamPlan.id).where(ExamPlan.paused_at.is_(None))).all():
        with unit_of_work() as session:
            make_month(session, plan_id, now=now)
        with unit_of_work() as session:
            warn_of_short_bank(session, plan_id, now=now)
    for round_id in rounds_to_follow(reading()):
        for people in list(changes_of(reading(), round_id, now=now)):
            with unit_of_work() as session:
                follow_members(session, round_id, people, now=now)
        with unit_of_work() as session:
            tell_of_month(session, round_id, now=now)


@periodic("exams.spot_checks", every=timedelta(minutes=1))
def keep_spot_checks(now: datetime) -> None:
    """Start the checks whose time has come; close the exams of those who didn't begin in time."""
    for check_id in checks_to_start(reading(), now=now):
        with unit_of_work() as session:
            start_check(session, check_id, now=now)
    with unit_of_work() as session:
        close_missed(session, now=now)


@task(MARK_AGAIN)
def mark_by_correction(payload: dict[str, Any], job: RunningJob) -> dict[str, Any]:
    """Mark every closed sitting by an approved correction, each in a transaction of its own; a retry goes on."""
    return mark_all_again(UUID(payload["correction_id"]), now=job.now, progress=job.progress)


@periodic("exams.mark_again_late", every=timedelta(minutes=10))
def mark_again_late(now: datetime) -> None:
    """Mark what was being closed by the old key in the very moment of an approval."""
    for correction_id in corrections_unfinished(reading(), since=now - LOOK_BACK):
        mark_all_again(correction_id, now=now)


def mark_all_again(correction_id: UUID, *, now: datetime, progress: Any = None) -> dict[str, int]:
    """Mark the sittings that aren't marked by a correction yet; return how many there were and how many changed."""
    row = reading().get_one(KeyCorrection, correction_id, populate_existing=True)
    if row.decision is None or corrections_in_force(reading(), [row.edition_id])[row.edition_id].id != row.id:
        return {"sittings": 0, "changed": 0}
    approver = identity_of(reading(), reading().get_one(Person, row.decision.decided_by))
    ids, changed = sittings_to_mark_again(reading(), row), 0
    for done, sitting_id in enumerate(ids, start=1):
        with unit_of_work() as session:
            changed += mark_sitting_again(session, correction_id, sitting_id, by=approver, now=now)
        if progress is not None:
            progress(done, len(ids))
    return {"sittings": len(ids), "changed": changed}


@periodic("exams.refresh_figures", every=timedelta(minutes=10))
def refresh_question_figures(now: datetime) -> None:
    """Work out the figures of questions whose marks changed, some at a time so that nobody waits for a transaction."""
    stale = stale_questions(reading())
    for start in range(0, len(stale), AT_ONCE):
        with unit_of_work() as session:
            refresh_figures(session, stale[start : start + AT_ONCE], now=now)
