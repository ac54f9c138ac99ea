"""The phrase bench: which phrases a pasted reply says, which it only touches, and why those don't count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..scoring.near import partly_said
from ..scoring.outcomes import Note, note
from ..script.machine import CompiledScript
from ..script.tree import PhraseLine
from ..wording.patterns import facts_in
from ..wording.phrases import Hearing, Phrase
from ..wording.polarity import Polarity

MOST_REPLIES: Final = 200
_MOST_NEAR: Final = 3
_VERDICTS: Final = {Polarity.AFFIRMED: "said", Polarity.NEGATED: "negated", Polarity.NEUTRAL: "neutral"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One phrase in one reply.

    verdict      said, negated, neutral (heard, and counts for neither) or near (only almost)
    start, end   offsets of the words in the reply
    alternative  the part of the pattern that heard it, "" for near
    why          the reason of neutral, negated and near
    """

    phrase: str
    verdict: str
    start: int
    end: int
    alternative: str
    why: Note | None


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One reply. move: 1-based line of the move it would make at the chosen node, 0 for none."""

    reply: str
    heard: tuple[Heard, ...]
    move: int


def bench(script: CompiledScript, replies: str, *, phrase: str = "", node: str = "") -> tuple[BenchRow, ...]:
    """Put replies, one a line, on the bench.

    phrase   key of the only phrase to look at; every phrase when ""
    node     key of the node whose moves are tried; none when ""

    Lines behind the 200th are left out.
    """
    phrases = [p for key, p in script.phrases.items() if key == phrase or not phrase]
    texts = [line.strip() for line in replies.splitlines() if line.strip()][:MOST_REPLIES]
    return tuple(BenchRow(text, _heard(phrases, text, script.start.name.key == node), _move(script, text, node))
                 for text in texts)


def hear(phrases: Mapping[str, Phrase], replies: str) -> tuple[BenchRow, ...]:
    """Put replies, one a line, before the phrases of a library; those that wait for a script's facts are left out."""
    whole = [phrase for phrase in phrases.values() if not facts_in(phrase.pattern)]
    texts = [line.strip() for line in replies.splitlines() if line.strip()][:MOST_REPLIES]
    return tuple(BenchRow(text, _heard(whole, text, True), 0) for text in texts)


def likeliest(reply: str, phrases: Sequence[PhraseLine]) -> list[str]:
    """Return the names of phrases, first those that share the most characters with a reply."""
    letters = set(reply)
    return [p.name.text for p in sorted(phrases, key=lambda p: -len(letters & set(p.name.text + p.source)))]


def _heard(phrases: list[Phrase], reply: str, opens_call: bool) -> tuple[Heard, ...]:
    sure: list[Heard] = []
    near: list[tuple[int, Heard]] = []
    for phrase in phrases:
        found = phrase.heard_in(reply, opens_call=opens_call)
        sure += [_said(phrase, hearing) for hearing in found]
        if not found:
            near += [
                (weight, Heard(phrase.name, "near", start, end, "", note(code, **dict(params))))
                for weight, start, end, code, params in partly_said(phrase, reply)[:1]
            ]
    near.sort(key=lambda it: -it[0])
    return (*sure, *(heard for _, heard in near[:_MOST_NEAR]))


def _said(phrase: Phrase, hearing: Hearing) -> Heard:
    reason = hearing.judgement.reason
    return Heard(
        phrase.name, _VERDICTS[hearing.polarity], hearing.start, hearing.end, hearing.alternative,
        note(reason) if reason else None,
    )


def _move(script: CompiledScript, reply: str, node: str) -> int:
    here = script.nodes.get(node)
    opens = bool(here) and here is script.start
    made = (m for m in (here.moves if here else ())
            if script.phrases[m.phrase.key].says(reply, negated=m.negated, opens_call=opens))
    first = next(made, None)
    return first.place.line if first else 0
