"""What a candidate sees of a result, and from when: score, own answers, key, explanation, each by its own rule.

Whether the exam was passed is always told as soon as it is marked: what follows depends on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class When(StrEnum):
    """When one thing is shown."""

    AT_ONCE = "at_once"  # as soon as the sitting is marked
    AFTER_SESSION = "after_session"  # once the session's window is over; at once without a session
    FROM = "from"  # from a stated instant on
    NEVER = "never"


class Shown(StrEnum):
    """What may be shown."""

    SCORE = "score"
    ANSWERS = "answers"
    KEY = "key"
    EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True)
class Rule:
    """When one thing is shown; `start` is the instant of FROM, None with the others."""

    when: When = When.AT_ONCE
    start: datetime | None = None

    @property
    def sound(self) -> bool:
        """Whether the rule names an instant exactly where it needs one."""
        return (self.when is When.FROM) == (self.start is not None)


@dataclass(frozen=True, slots=True)
class Release:
    """The rules of an exam, one for each thing."""

    score: Rule = field(default_factory=Rule)
    answers: Rule = field(default_factory=Rule)
    key: Rule = field(default_factory=Rule)
    explanation: Rule = field(default_factory=Rule)

    def rule(self, thing: Shown) -> Rule:
        """Return the rule for one thing."""
        rule: Rule = getattr(self, thing.value)
        return rule


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether something is open, and the instant from which it is or will be (None: never, or not known yet)."""

    open: bool
    since: datetime | None


def opening(rule: Rule, *, marked_at: datetime | None, session_ends_at: datetime | None, at: datetime) -> Opening:
    """Tell whether something is shown at `at`.

    marked_at         when the sitting's result stood; None while answers are being marked: nothing is shown then
    session_ends_at   the end of the session's window, None without a session
    """
    if marked_at is None or rule.when is When.NEVER:
        return Opening(False, None)
    start = {When.AFTER_SESSION: session_ends_at, When.FROM: rule.start}.get(rule.when)
    since = marked_at if start is None else max(start, marked_at)
    return Opening(since <= at, since)


def openings(
    release: Release, *, marked_at: datetime | None, session_ends_at: datetime | None, at: datetime
) -> dict[Shown, Opening]:
    """Return for each thing whether it is shown at `at`."""
    return {
        thing: opening(release.rule(thing), marked_at=marked_at, session_ends_at=session_ends_at, at=at)
        for thing in Shown
    }


def release_from_json(stored: Mapping[str, Any]) -> Release:
    """Read stored rules; what isn't named is shown at once. Raises ValueError or TypeError on anything unknown."""
    return Release(**{Shown(name).value: _rule_from_json(rule) for name, rule in stored.items()})


def _rule_from_json(stored: Mapping[str, str | None]) -> Rule:
    start = stored.get("start")
    return Rule(When(stored["when"] or ""), datetime.fromisoformat(start) if start else None)


def release_to_json(release: Release) -> dict[str, dict[str, str | None]]:
    """Write rules as they are stored."""
    return {
        thing.value: {"when": rule.when.value, "start": rule.start.isoformat() if rule.start else None}
        for thing in Shown
        if (rule := release.rule(thing))
    }
