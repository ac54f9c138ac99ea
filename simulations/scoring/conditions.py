"""Conditions over a call: atoms by kind, 且 as all, 或 as the best."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from ..player.state import CallState
from ..script.tree import AllOf, Atom, Condition
from ..script.vocabulary import AtomKind
from .actions import judge_action
from .deeds import judge_answered, judge_hang_up, judge_hold, judge_interruptions
from .outcomes import Finding, Outcome, by_share
from .spoken import judge_never, judge_said
from .told import judge_fields, judge_given, judge_read_back

_JUDGES: Final[Mapping[AtomKind, Callable[[Atom, CallState], Finding]]] = {
    AtomKind.NEVER_SAY: judge_never,
    AtomKind.READ_BACK: judge_read_back,
    AtomKind.GIVEN: judge_given,
    AtomKind.FIELDS: judge_fields,
    AtomKind.ACTION: judge_action,
    AtomKind.ANSWERED: judge_answered,
    AtomKind.HOLD: judge_hold,
    AtomKind.INTERRUPT: judge_interruptions,
    AtomKind.CALLER_HANGS_UP: judge_hang_up,
}


def judge(condition: Condition, state: CallState, *, explain: bool = True) -> Finding:
    """Judge a condition in a call, under way or ended.

    explain   look for near misses in the words and for the sentence that would have scored; exits and live hints
              ask many times a call and need neither
    """
    if isinstance(condition, Atom):
        if condition.kind in (AtomKind.SAY, AtomKind.DISSUADE):
            return judge_said(condition, state, explain=explain)
        return _JUDGES[condition.kind](condition, state)
    found = [judge(part, state, explain=explain) for part in condition.parts]
    if isinstance(condition, AllOf):
        found = _earned(condition, found)
    applicable = [f for f in found if f.outcome is not Outcome.NOT_APPLICABLE]
    if not applicable:
        return found[0]
    if isinstance(condition, AllOf):
        return _all_of(applicable)
    return max(applicable, key=lambda f: (f.share, not f.doubtful, not f.weak))


def _earned(condition: AllOf, found: list[Finding]) -> list[Finding]:
    """Let a prohibition earn nothing by being kept while nothing is done of what is asked for beside it."""
    forbids = [isinstance(part, Atom) and part.kind is AtomKind.NEVER_SAY for part in condition.parts]
    asked = [f for f, forbidding in zip(found, forbids, strict=True) if not forbidding]
    if not asked or any(f.share for f in asked):
        return found
    return [
        replace(f, outcome=Outcome.NOT_MET, share=Fraction(0)) if forbidding else f
        for f, forbidding in zip(found, forbids, strict=True)
    ]


def holds(condition: Condition, state: CallState) -> bool:
    """Tell whether an exit's condition holds now."""
    return judge(condition, state, explain=False).outcome is Outcome.MET


def _all_of(found: list[Finding]) -> Finding:
    share = sum((f.share for f in found), Fraction(0)) / len(found)
    return Finding(
        by_share(share),
        share,
        tuple(e for f in found for e in f.evidence),
        tuple(e for f in found for e in f.near_misses),
        tuple(p for f in found for p in f.parts),
        tuple(a for f in found for a in f.advice),
        tuple(dict.fromkeys(a for f in found for a in f.adjustments)),
        any(f.doubtful for f in found),
        any(f.weak for f in found),
        any(f.untrusted for f in found),
        all(f.ahead or f.outcome is Outcome.MET for f in found),
    )
