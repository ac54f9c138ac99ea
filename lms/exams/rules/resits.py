"""The ladder after a failed exam, and the next step on it.

failed > wait > assigned retraining done > other paper > cap on the score > the manager's decision.

While answers wait for a person's marks nothing else happens. A resit may have a deadline, counted in calendar days from
when waiting is over; whoever lets it pass stands before the manager as if the attempts were used up.

A *series* is one assignment of one exam to one person: a renewal a year later is another series and starts anew. The
waiting time is counted in calendar days where the person works: with one day, an exam failed on Monday at any hour
may be taken again from Tuesday 00:00. When the attempts are used up, the series waits for a manager, who grants more
attempts or ends it; nobody is ever dismissed by this rule.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ResitPolicy:
    """What follows a failed attempt.

    attempts      sittings allowed in all, the first included, 1..10
    wait_days     calendar days between a failed sitting and the next, 0..365
    retrain       whether the remedial units assigned after a failure must be completed first
    other_paper   whether a resit is drawn from questions the person has not seen, as far as the bank allows
    cap_percent   highest score a resit can count, in whole percent; None for no cap
    schedule      whether a person is put into the exam's next session once the resit is possible
    deadline_days calendar days in which a resit must be begun once waiting is over, 1..365; None for no deadline
    """

    attempts: int = 3
    wait_days: int = 1
    retrain: bool = True
    other_paper: bool = True
    cap_percent: int | None = None
    schedule: bool = True
    deadline_days: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 10 or not 0 <= self.wait_days <= 365:
            raise ValueError("attempts are 1 to 10, days to wait 0 to 365")
        if self.cap_percent is not None and not 1 <= self.cap_percent <= 100:
            raise ValueError("a cap is 1 to 100 percent")
        if self.deadline_days is not None and not 1 <= self.deadline_days <= 365:
            raise ValueError("a deadline is 1 to 365 days")

    def cap_hinders(self, pass_percent: int) -> bool:
        """Tell whether the cap lies below the pass mark, so that no resit could ever pass."""
        return self.cap_percent is not None and self.cap_percent < pass_percent


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sitting of the series: its number (1..), whether it passed, when it ended (None while it runs), if marked."""

    number: int
    ended_at: datetime | None
    passed: bool = False
    marked: bool = True


class DecisionKind(StrEnum):
    """What a manager decides when the attempts are used up."""

    MORE_ATTEMPTS = "more_attempts"
    END = "end"


@dataclass(frozen=True, slots=True)
class Decision:
    """A manager's decision on the series; `attempts` more, 1 or more, when it grants some; a deadline starts anew."""

    kind: DecisionKind
    attempts: int = 0
    at: datetime | None = None


class Step(StrEnum):
    """What a person does next about one exam."""

    SIT = "sit"
    CONTINUE = "continue"
    MARKING = "marking"  # answers wait for a person's marks
    WAIT = "wait"
    RETRAIN = "retrain"
    DECISION = "decision"
    PASSED = "passed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step, with the reasons.

    not_before    the earliest instant of the next sitting as far as waiting goes; None when there is none
    attempt       number of the sitting that runs or comes next; 0 when none does
    allowed       sittings allowed in all, granted ones included
    open_tasks    remedial activities still to be completed
    other_paper   whether the next sitting avoids questions already seen
    cap_percent   cap on the next sitting's score
    due_at        the first instant at which the next sitting begins too late; None without a deadline
    overdue       the deadline has passed: that is why a decision is due
    """

    step: Step
    not_before: datetime | None = None
    attempt: int = 0
    allowed: int = 0
    open_tasks: tuple[str, ...] = ()
    other_paper: bool = False
    cap_percent: int | None = None
    due_at: datetime | None = None
    overdue: bool = False

    @property
    def may_sit(self) -> bool:
        """Whether the person may start now."""
        return self.step is Step.SIT


def next_step(
    policy: ResitPolicy,
    attempts: Sequence[Attempt],
    *,
    at: datetime,
    zone: tzinfo,
    open_tasks: Collection[str] = (),
    decisions: Sequence[Decision] = (),
    once: bool = False,
) -> NextStep:
    """Return what a person does next in one series of an exam, and from when.

    attempts     the series so far, in any order
    at           the instant asked about
    zone         the time zone of the person's site, in which days are counted
    open_tasks   remedial activities assigned and not completed at `at`
    decisions    managers' decisions on this series
    once         the exam's purpose knows no resits: the first result ends the series
    """
    ordered = sorted(attempts, key=lambda it: it.number)
    allowed = policy.attempts + sum(it.attempts for it in decisions if it.kind is DecisionKind.MORE_ATTEMPTS)
    if any(it.passed for it in ordered):
        return NextStep(Step.PASSED, allowed=allowed)
    if any(it.ended_at is None for it in ordered):
        return NextStep(Step.CONTINUE, attempt=ordered[-1].number, allowed=allowed)
    if any(not it.marked for it in ordered):
        return NextStep(Step.MARKING, allowed=allowed)
    if any(it.kind is DecisionKind.END for it in decisions):
        return NextStep(Step.ENDED, allowed=allowed)
    if not ordered:
        return NextStep(Step.SIT, attempt=1, allowed=1 if once else allowed)
    if once:
        return NextStep(Step.ENDED, allowed=1)
    if len(ordered) >= allowed:
        return NextStep(Step.DECISION, allowed=allowed)
    failed_at = max(it.ended_at for it in ordered if it.ended_at is not None)
    earliest = earliest_resit(failed_at, policy.wait_days, zone)
    tasks = tuple(open_tasks) if policy.retrain else ()
    due_at = resit_due(earliest, policy.deadline_days, decisions, zone)
    if due_at is not None and due_at <= at:
        return NextStep(Step.DECISION, allowed=allowed, due_at=due_at, overdue=True)
    step = Step.WAIT if at < earliest else Step.RETRAIN if tasks else Step.SIT
    return NextStep(step, earliest, len(ordered) + 1, allowed, tasks, policy.other_paper, policy.cap_percent, due_at)


def resit_due(
    earliest: datetime, deadline_days: int | None, decisions: Sequence[Decision], zone: tzinfo
) -> datetime | None:
    """Return the first instant at which a resit begins too late: local midnight after `deadline_days` calendar days.

    They are counted from the day on which waiting is over, or on which a manager granted more attempts after that.
    """
    if deadline_days is None:
        return None
    granted = [it.at for it in decisions if it.kind is DecisionKind.MORE_ATTEMPTS and it.at is not None]
    return earliest_resit(max([earliest, *granted]), deadline_days, zone)


def earliest_resit(failed_at: datetime, wait_days: int, zone: tzinfo) -> datetime:
    """Return the first instant of a resit: local midnight, `wait_days` calendar days after the day of failing.

    Without waiting days it is the instant of failing itself.
    """
    if wait_days == 0:
        return failed_at
    day = failed_at.astimezone(zone).date() + timedelta(days=wait_days)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight.astimezone(failed_at.tzinfo)
