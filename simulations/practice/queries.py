"""Reads of practice: what a learner's calls say about the next one, their progress, and the case library."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lms.people.models import Person, Queue, QueueMembership
from simulations.analytics.models import CallFigures
from simulations.models import CallReview, CallScoreRow, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.practice.anonymous import anonymous
from simulations.practice.models import CallExample, ExampleState
from simulations.practice.rules import (
    Candidate,
    PlayedCall,
    Recommendation,
    Seen,
    days_in_a_row,
    may_be_example,
    recommend,
    trend,
    weak_points,
)
from simulations.queries import Report, ScriptLine, Try, compiled, counting_total, is_reviewed, tries_of
from simulations.recounting.models import CallResult

LOOKED_AT: Final = 30  # newest calls
A_WEEK: Final = timedelta(days=7)
A_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True)
class Progress:
    """How somebody is getting on. days: in a row up to today; before, now: mean of five calls each, hundredths."""

    calls: int
    this_week: int
    days: int
    before: int | None
    now: int | None


@dataclass(frozen=True)
class NextCall:
    """The recommended call with its script's title."""

    title: str
    recommendation: Recommendation


def known_calls(session: Session, person_id: UUID) -> list[PlayedCall]:
    """Return a person's newest calls whose outcome they may know, newest first.

    An exam call tells nothing before it is decided, not even by what is recommended.
    """
    decided = or_(SimulatedCall.purpose == Purpose.PRACTICE, CallReview.id.is_not(None), CallScoreRow.alone)
    rows = session.execute(
        select(ScriptEdition.code, CallFigures.items, CallReview.overrides)
        .join(SimulatedCall, SimulatedCall.edition_id == ScriptEdition.id)
        .join(CallFigures, CallFigures.call_id == SimulatedCall.id)
        .join(CallScoreRow, CallScoreRow.call_id == SimulatedCall.id)
        .outerjoin(CallReview, CallReview.call_id == SimulatedCall.id)
        .where(SimulatedCall.person_id == person_id, decided)
        .order_by(SimulatedCall.started_at.desc(), SimulatedCall.id.desc()).limit(LOOKED_AT)).tuples()
    return [PlayedCall(code, _seen(items, overrides or {})) for code, items, overrides in rows]


def _seen(items: list[dict[str, Any]], overrides: dict[str, list[str]]) -> tuple[Seen, ...]:
    final = [(item, overrides[item["id"]][1] if item["id"] in overrides else item["outcome"]) for item in items]
    return tuple(
        Seen(item["id"], item["title"], item["critical"], outcome == "met", item["out_of"] - item["points"])
        for item, outcome in final if outcome not in ("not_applicable", "doubtful")
    )


def next_call(session: Session, person_id: UUID, scripts: list[ScriptLine]) -> NextCall | None:
    """Recommend one of the scripts a person may play, None when all went well."""
    own = set(session.scalars(
        select(Queue.code).join(QueueMembership, QueueMembership.queue_id == Queue.id)
        .where(QueueMembership.person_id == person_id)))
    passed = {tried.code for tried in tries_of(session, person_id, limit=None)
              if tried.purpose == Purpose.EXAM and tried.reviewed and tried.passed}
    checkpoints = _checkpoints(session, [script.code for script in scripts])
    candidates = [
        Candidate(it.code, checkpoints.get(it.code, frozenset()), it.difficulty, it.queue in own,
                  it.required and it.code not in passed, it.due_at, it.tries, it.best)
        for it in scripts
    ]
    found = recommend(candidates, weak_points(known_calls(session, person_id)))
    titles = {script.code: script.title for script in scripts}
    return NextCall(titles[found.code], found) if found else None


def _checkpoints(session: Session, codes: list[str]) -> dict[str, frozenset[str]]:
    """Return the checkpoints' ids of each script's newest published edition."""
    editions = session.scalars(
        select(ScriptEdition).where(ScriptEdition.code.in_(codes), ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number))
    newest = {edition.code: edition for edition in editions}
    return {code: frozenset(check.id.text for check in compiled(it).checkpoints) for code, it in newest.items()}


def progress_of(tries: list[Try], *, zone: ZoneInfo, now: datetime) -> Progress:
    """Return how somebody is getting on by their finished calls, newest first; undecided exam calls lend no mark."""
    days = {tried.started_at.astimezone(zone).date() for tried in tries}
    moved = trend([tried.total for tried in tries if tried.purpose == Purpose.PRACTICE or tried.reviewed])
    return Progress(
        len(tries), sum(now - tried.started_at < A_WEEK for tried in tries),
        days_in_a_row(days, now.astimezone(zone).date()), *(moved or (None, None)),
    )


def example_of(session: Session, call_id: UUID) -> CallExample | None:
    """Return a call's place in the case library, if it was ever offered."""
    return session.scalar(select(CallExample).where(CallExample.call_id == call_id))


def good_enough(session: Session, report: Report) -> bool:
    """Tell whether a finished call may be offered as an example."""
    decided = report.call.purpose == Purpose.PRACTICE or is_reviewed(session, report.call.id)
    result, outcomes = report.result or report.review or report.score, report.outcomes
    failed = [item.id for item in report.score.checkpoints
              if item.critical and outcomes[item.id] in ("not_met", "partly", "doubtful")]
    return may_be_example(decided=decided, passed=result.passed, total=result.total, critical_failures=len(failed),
                          doubts=len(report.doubts))


def examples(state: ExampleState) -> Select[CallExample, Person, int]:
    """Return the query of examples in a state, the newest first, with who gave them and what the call came to."""
    return (
        select(CallExample, Person, counting_total()).join(SimulatedCall, SimulatedCall.id == CallExample.call_id)
        .join(Person, Person.id == SimulatedCall.person_id)
        .join(CallScoreRow, CallScoreRow.call_id == SimulatedCall.id)
        .outerjoin(CallReview, CallReview.call_id == SimulatedCall.id)
        .where(CallExample.state == state).order_by(CallExample.offered_at.desc())
    )


def example_counts(session: Session) -> dict[str, int]:
    """Return how many examples are in each state."""
    rows = session.execute(select(CallExample.state, func.count()).group_by(CallExample.state))
    return dict(rows.tuples().all())


@dataclass(frozen=True)
class Fall:
    """Why an example was taken out by itself: the result that is none to learn from. before, after: hundredths."""

    before: int
    after: int
    reason: str


def fall_of(session: Session, example: CallExample) -> Fall | None:
    """Return by which result an example left the library, None when people took it out or it stands there."""
    if example.state != ExampleState.WITHDRAWN or example.withdrawn_at is None:
        return None
    result = session.scalars(
        select(CallResult).where(CallResult.call_id == example.call_id, CallResult.made_at == example.withdrawn_at)
        .order_by(CallResult.number.desc()).limit(1)).unique().first()
    return Fall(result.total_before, result.total, result.reason) if result else None


def fallen(session: Session, *, since: datetime) -> list[tuple[CallExample, Person, Fall]]:
    """Return the examples that left the library by themselves since an instant, the newest first."""
    rows = session.execute(
        select(CallExample, Person).join(SimulatedCall, SimulatedCall.id == CallExample.call_id)
        .join(Person, Person.id == SimulatedCall.person_id)
        .where(CallExample.state == ExampleState.WITHDRAWN, CallExample.withdrawn_at >= since)
        .order_by(CallExample.withdrawn_at.desc())).unique().tuples()
    return [(example, person, fall) for example, person in rows if (fall := fall_of(session, example))]


@dataclass(frozen=True)
class ExampleShown:
    """An example as others read it. lines: (who, what was said), without its operator's name and number."""

    example: CallExample
    title: str
    author: str
    total: int
    lines: tuple[tuple[str, str], ...]
    met: tuple[str, ...]


def example_shown(session: Session, example: CallExample, report: Report) -> ExampleShown:
    """Return an example without its operator; `author` is "" unless they wanted their name to stand there."""
    call, outcomes = example.call, report.outcomes
    person, result = session.get_one(Person, call.person_id), report.result or report.review or report.score
    lines = tuple(
        (line["who"], anonymous(line["text"], name=person.name, staff_no=str(call.setup.get("staff_no", ""))))
        for line in report.transcript)
    return ExampleShown(example, call.edition.title, person.name if example.named else "", result.total, lines,
                        tuple(item.title for item in report.score.checkpoints if outcomes[item.id] == "met"))


