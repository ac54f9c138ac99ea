"""Why a checkpoint was missed: one reason out of what the scorer noted. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from simulations.scoring.score import CheckpointScore


class Missed(StrEnum):
    """Why, the most telling first."""

    FORBIDDEN = "forbidden"  # said what must never be said
    NEGATED = "negated"  # said the opposite
    CLAIMED = "claimed"  # said that it was done, and didn't do it
    WRONG_DIGIT = "wrong_digit"
    INTERRUPTED = "interrupted"
    LATE = "late"
    MISPLACED = "misplaced"  # said or done where it doesn't count
    WRONG_ENTRY = "wrong_entry"  # written, but not the right thing
    ENDED = "ended"  # the call ended otherwise than it should
    NEAR = "near"  # almost the words
    EMPTY = "empty"  # a field left empty
    NEVER = "never"


_BY_CODE: Final[Mapping[str, Missed]] = {
    "forbidden": Missed.FORBIDDEN,
    "negated": Missed.NEGATED, "affirmed": Missed.NEGATED, "said_otherwise": Missed.NEGATED,
    "claimed_only": Missed.CLAIMED,
    "wrong_digit": Missed.WRONG_DIGIT, "wrong_length": Missed.WRONG_DIGIT,
    "late": Missed.LATE, "answered_late": Missed.LATE, "told_late": Missed.LATE,
    "elsewhere": Missed.MISPLACED, "too_early": Missed.MISPLACED, "before_told": Missed.MISPLACED,
    "wrong_component": Missed.WRONG_ENTRY, "extra_component": Missed.WRONG_ENTRY, "wrong_words": Missed.WRONG_ENTRY,
    "wrong_value": Missed.WRONG_ENTRY, "wrong_target": Missed.WRONG_ENTRY,
    "interrupted": Missed.INTERRUPTED, "held": Missed.LATE,
    "ended_learner": Missed.ENDED, "ended_unanswered": Missed.ENDED, "ended_silence": Missed.ENDED,
    "ended_time_limit": Missed.ENDED, "ended_closed": Missed.ENDED, "caller_slammed": Missed.ENDED,
    "empty_field": Missed.EMPTY,
    "nothing_said": Missed.NEVER, "not_told": Missed.NEVER, "not_read_back": Missed.NEVER,
}  # fmt: skip


def why_missed(codes: Iterable[str]) -> Missed:
    """Return the most telling reason among a missed checkpoint's codes; no code at all means it never came.

    >>> why_missed(["part_said", "late"])
    <Missed.LATE: 'late'>
    >>> why_missed([])
    <Missed.NEVER: 'never'>
    """
    found = {_BY_CODE.get(code, Missed.NEAR) for code in codes}
    return next((reason for reason in Missed if reason in found), Missed.NEVER)


def codes_of(item: CheckpointScore) -> list[str]:
    """Return the codes of what stood against a checkpoint: near misses, wrong parts, forbidden words."""
    against = [proof.note.code for proof in item.evidence if proof.note.code == "forbidden"]
    wrong = [part.note.code for part in item.parts if not part.met]
    return [*against, *(miss.note.code for miss in item.near_misses), *wrong]
