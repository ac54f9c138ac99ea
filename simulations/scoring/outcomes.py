"""What scoring says of a checkpoint: outcomes, evidence, near misses, parts and advice. Codes, never sentences."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Outcome(StrEnum):
    """达成 部分 未达成 存疑 不适用."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    DOUBTFUL = "doubtful"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Note:
    """A code with the values its sentence names; `notes.note_text` turns it into a sentence."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


def note(code: str, **params: object) -> Note:
    """Make a note.

    >>> note("late", seconds=72)
    Note(code='late', params=(('seconds', '72'),))
    """
    return Note(code, tuple(sorted((key, str(value)) for key, value in params.items())))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote from the call.

    quote         the sentence that holds the words; `quote_start` its offset in the turn's text
    turn          number of the learner's turn, 0 for what wasn't said (an action)
    start, end    the words themselves, offsets in the turn's text
    at_ms         on the call clock;  audio_ms in the recording, if there is one
    rule          the phrase, fact or action and the alternative that met it
    weak          rests on a sound or an uncertain scope
    """

    quote: str
    quote_start: int
    turn: int
    start: int
    end: int
    at_ms: int
    audio_ms: int | None
    rule: str
    note: Note
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One fact of a read-back or one field of the ticket."""

    label: str
    met: bool
    expected: str
    got: str
    note: Note


@dataclass(frozen=True, slots=True)
class Advice:
    """What would have scored.

    kind: say, press, fill, wait, answer, listen, avoid; text is the sentence to say or fill in.
    """

    kind: str
    text: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance that was made; printed with the score. `checkpoint` is filled in by the scorer."""

    checkpoint: str
    code: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition came to.

    outcome     MET, PARTLY, NOT_MET or NOT_APPLICABLE
    share       how much of it was met, 0..1
    doubtful    both polarities were said
    weak        met only by weak matches
    untrusted   the clocks disagree and it matters
    ahead       can still be met while the call goes on
    """

    outcome: Outcome
    share: Fraction
    evidence: tuple[Evidence, ...] = ()
    near_misses: tuple[Evidence, ...] = ()
    parts: tuple[Part, ...] = ()
    advice: tuple[Advice, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    doubtful: bool = False
    weak: bool = False
    untrusted: bool = False
    ahead: bool = field(default=True)


def by_share(share: Fraction) -> Outcome:
    """Return the outcome that a share stands for."""
    if share >= 1:
        return Outcome.MET
    return Outcome.PARTLY if share > 0 else Outcome.NOT_MET


def nothing_said(at_ms: int, rule: str) -> Finding:
    """Return the finding of a rule about speech when the learner never spoke: silence earns nothing."""
    silent = Evidence("", 0, 0, 0, 0, at_ms, None, rule, note("nothing_said"))
    return Finding(Outcome.NOT_MET, Fraction(0), (), (silent,), ahead=False)


def yes_or_no(met: bool, evidence: tuple[Evidence, ...], advice: Advice, *, ahead: bool) -> Finding:
    """Return the finding of a question that is met or not; evidence becomes a near miss when it isn't."""
    share = Fraction(int(met))
    if met:
        return Finding(Outcome.MET, share, evidence, ahead=ahead)
    return Finding(Outcome.NOT_MET, share, (), evidence, advice=(advice,), ahead=ahead)
