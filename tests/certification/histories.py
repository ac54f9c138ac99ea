"""Facts, rules and certificates for tests of the pure rules; each states only what matters."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.certification.rules.cycles import Edition
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Validity
from lms.records.rules import Fact

ZONE = "Asia/Shanghai"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PERSON = UUID(int=7)
_sequence = count(1)


def local(text: str, zone: str = ZONE) -> datetime:
    """Return the instant of a local time such as `2026-03-02 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def fact(activity: str, at: datetime, score: int | None = None, *, recorded_at: datetime | None = None,
         outcome: str = "passed", supersedes: UUID | None = None) -> Fact:
    """Return a fact; score in whole marks of 100."""
    number = next(_sequence)
    return Fact(id=UUID(int=1000 + number), person_id=PERSON, sequence=number, activity=activity, edition="1",
                outcome=outcome, score=None if score is None else score * 100,
                out_of=None if score is None else 10000, occurred_at=at, recorded_at=recorded_at or at,
                supersedes=supersedes)


def course(code: str = "gas-leak", **more: object) -> Requirement:
    return Requirement(f"course-{code}", RequirementKind.COURSE, (f"course:{code}",), **more)  # type: ignore[arg-type]


def theory(percent: int = 80, **more: object) -> Requirement:
    return Requirement("theory", RequirementKind.THEORY, ("exam:gas-theory",), percent, **more)  # type: ignore[arg-type]


def calls(number: int = 3, percent: int = 80, **more: object) -> Requirement:
    return Requirement("calls", RequirementKind.CALLS, (), percent, number, **more)  # type: ignore[arg-type]


def other(code: str) -> Requirement:
    return Requirement(f"has-{code}", RequirementKind.CERTIFICATION, (code,))


def rule(*requirements: Requirement, code: str = "gas", number: int = 1, months: int = 12,
         published_at: datetime = LONG_AGO, **validity: object) -> Edition:
    """Return an edition of a certification's rule."""
    return Edition(code, number, published_at, Validity(months, **validity), requirements)  # type: ignore[arg-type]
