"""The state of a call: everything that has happened, as the fold of its events. Frozen; the scorer reads it too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ..script.machine import CompiledScript
from ..script.tree import Node
from ..script.vocabulary import Action
from ..wording.reading import read
from .events import Event
from .setup import CallSetup

_MS_PER_TOKEN: Final = 230
_BREATH_MS: Final = 300
CALM: Final = 3
LOWEST_MOOD, HIGHEST_MOOD = 1, 5


class Phase(StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript. who: "caller", "me" or "note"; node is where it was said; seq its event.

    at_ms        when it begins to be heard; a caller's second line waits for the first
    speaking_ms  how long the caller takes to say it, an estimate unless prompts are logged
    """

    who: str
    text: str
    at_ms: int
    seq: int
    node: str
    speaking_ms: int = 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """When a caller line was played, by the server's and the client's clock; None while unknown."""

    started_ms: int
    started_client: int | None
    ended_ms: int | None = None
    ended_client: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance event of a turn; start is its offset in the turn's text.

    audio_ms .. audio_to_ms   the stretch of the recording `track` it is
    sure                      False for spoken words until somebody, or a recogniser that is certain, has heard them
    """

    start: int
    at_ms: int
    audio_ms: int | None
    audio_to_ms: int | None = None
    track: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything the learner says before the caller may speak again.

    started_ms, started_client   first key, click or voice onset; None when it wasn't logged
    line                         index of the turn in the transcript
    """

    number: int
    text: str
    mode: str
    node: str
    at_ms: int
    seq: int
    segments: tuple[Segment, ...]
    started_ms: int | None
    started_client: int | None
    client_ms: int | None
    line: int

    @property
    def opens_call(self) -> bool:
        """Tell whether these are the learner's first words."""
        return self.number == 1

    @property
    def by_ear(self) -> bool:
        """Tell whether the turn was spoken, so that it may be met by sound."""
        return self.mode == "voice"

    @property
    def waits(self) -> bool:
        """Tell whether its words are still to be written down by somebody who listens."""
        return any(not segment.sure for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Visit:
    """Entering a node; `line` is the index of the last transcript line of the entry, turns how many were before."""

    node: str
    at_ms: int
    seq: int
    line: int
    turns: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A fact told by the caller; `line` is where in the transcript."""

    fact: str
    at_ms: int
    seq: int
    line: int
    turns: int


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """A console action."""

    action: Action
    target: str
    at_ms: int
    seq: int
    client_ms: int | None
    turns: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A time on hold; `to_ms` None while it lasts."""

    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended.

    by: caller, learner, system; reason: script, trainer, learner, unanswered, silence, time_limit, closed.
    """

    by: str
    node: str
    failed: bool
    reason: str
    at_ms: int


@dataclass(frozen=True)
class CallState:
    """A call at some instant; see each part's own class. Made by `new_call`, changed by `step` alone."""

    script: CompiledScript = field(repr=False)
    setup: CallSetup
    events: tuple[Event, ...] = field(repr=False)
    phase: Phase = Phase.RINGING
    node: str = ""
    mood: int = CALM
    lines: tuple[Line, ...] = ()
    prompts: Mapping[int, Prompt] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    pending: tuple[tuple[str, Segment], ...] = ()
    input_started: tuple[int, int | None] | None = None
    visits: tuple[Visit, ...] = ()
    disclosed: tuple[Disclosure, ...] = ()
    actions: tuple[ActionTaken, ...] = ()
    holds: tuple[Hold, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[tuple[str, int]] = frozenset()
    interruptions: tuple[int, ...] = ()
    outages: tuple[tuple[int, int], ...] = ()
    silences: int = 0
    answered_ms: int | None = None
    speaking_until_ms: int = 0
    active_ms: int = 0
    hang_up_ms: int | None = None
    ended: Ended | None = None
    client_seq: int = 0
    client_bodies: Mapping[int, str] = field(default_factory=dict, repr=False)

    @property
    def now_ms(self) -> int:
        """The instant of the newest event; of a call that has ended, its end."""
        return self.ended.at_ms if self.ended else self.events[-1].server_ms

    @property
    def unheard(self) -> tuple[Turn, ...]:
        """The spoken turns whose words nobody has written down yet."""
        return tuple(turn for turn in self.turns if turn.waits)

    @property
    def current(self) -> Node:
        """The node where the call is; the first one while it rings."""
        return self.script.nodes[self.node] if self.node else self.script.start

    @property
    def known_facts(self) -> frozenset[str]:
        """The facts that the caller has told."""
        return frozenset(d.fact for d in self.disclosed)

    def has_visited(self, node: str) -> bool:
        """Tell whether the call has been in a node."""
        return any(v.node == node for v in self.visits)


def speaking_ms(text: str) -> int:
    """Estimate how long a line takes to say, about 4 characters a second, when no recording says otherwise."""
    tokens = sum(len(s.tokens) for s in read(text).sentences)
    return _BREATH_MS + _MS_PER_TOKEN * tokens


@dataclass(frozen=True, slots=True)
class CallerSays:
    """The caller speaks; `audio_key` finds a rendered voice (sha256 of the text)."""

    text: str
    speaking_ms: int
    audio_key: str


@dataclass(frozen=True, slots=True)
class FactDisclosed:
    """The caller told a fact."""

    name: str


@dataclass(frozen=True, slots=True)
class MoodChanged:
    """The caller's mood, 1 calm to 5 furious."""

    mood: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over; nothing more is accepted."""

    by: str
    ending: str
    failed: bool


@dataclass(frozen=True, slots=True)
class BranchTaken:
    """The dialogue went on by one line of the script.

    kind: move, exit (index counts within the node), other, silence, hang_up; node is the key of the node it stands in.
    """

    kind: str
    node: str
    index: int = 0


Effect = BranchTaken | CallerSays | FactDisclosed | MoodChanged | CallEnded
