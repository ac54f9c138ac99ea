"""Fresh replies: what the engine makes of replies that nobody tuned it to, beside bare keyword matching.

A file has one reply a line: script, checkpoint, met or unmet, the reply, and why; between them tabs; `? ` before a line
marks a known miss. A reply is taken by itself, at the place where the checkpoint can be met: only what its condition
asks of words is judged.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from simulations import CompiledScript, load_library, unfamiliar
from simulations.scoring.suspicion import hardly_said, suspicious
from simulations.script.tree import AllOf, Atom, Check, Condition
from simulations.script.vocabulary import AtomKind, name_key
from simulations.wording.patterns import Choice, Literal
from simulations.wording.phrases import Phrase
from simulations.wording.polarity import Polarity
from simulations.wording.reading import read
from simulations.wording.slots import Found, read_slot


class Heard(NamedTuple):
    """What is made of a reply. surely: it would stand without a person's look."""

    met: bool
    surely: bool = True


Judge = Callable[[CompiledScript, Atom, str], Heard | None]  # None: not a matter of words


@dataclass(frozen=True)
class Reply:
    """One line of the file. met: what an inspector says; known: the engine is known to take it otherwise."""

    script: str
    checkpoint: str
    met: bool
    text: str
    why: str
    known: bool = False


@dataclass(frozen=True)
class Judged:
    """A reply with what the engine and bare keywords make of it.

    surely      no doubt was raised by the words beside it, or by what they resemble
    approved    somebody has approved each sentence
    """

    reply: Reply
    check: Check
    heard: bool
    surely: bool
    approved: bool
    by_keywords: bool

    @property
    def right(self) -> bool:
        """Whether the engine agrees with the inspector."""
        return self.heard is self.reply.met

    @property
    def unnoticed(self) -> bool:
        """Whether a critical checkpoint passed that an inspector fails, and nothing about the words gave it away."""
        return self.check.critical and self.heard and self.surely and not self.reply.met

    @property
    def stands(self) -> bool:
        """Whether a critical checkpoint passes without a person's look."""
        return self.check.critical and self.heard and self.surely and self.approved


def replies_in(path: Path) -> Iterator[Reply]:
    """Read a file. Raises ValueError for a line that isn't one."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.removeprefix("? ").split("\t")]
        if len(parts) < 4 or parts[2] not in ("met", "unmet"):
            raise ValueError(f"{path.name}:{number}: script, checkpoint, met or unmet, reply, why")
        yield Reply(parts[0], parts[1], parts[2] == "met", parts[3], " ".join(parts[4:]), line.startswith("? "))


def judged(reply: Reply) -> Judged:
    """Judge one reply. Raises KeyError for a script or checkpoint that isn't bundled, ValueError for a checkpoint that
    no words can meet.
    """
    script = next((it.script for it in load_library().scripts if it.code == reply.script), None)
    check = next((it for it in script.checkpoints if it.id.key == name_key(reply.checkpoint)), None) if script else None
    if script is None or check is None:
        raise KeyError(f"{reply.script} {reply.checkpoint}")
    heard = _holds(check.condition, script, reply.text, by_engine)
    keywords = _holds(check.condition, script, reply.text, by_keywords)
    if heard is None or keywords is None:
        raise ValueError(f"{reply.script} {reply.checkpoint}: not a matter of words")
    approved = not any(unfamiliar(script, reply.text))
    return Judged(reply, check, heard.met, heard.surely, approved, keywords.met)


def _holds(condition: Condition, script: CompiledScript, text: str, judge: Judge) -> Heard | None:
    if isinstance(condition, Atom):
        return judge(script, condition, text)
    parts = [found for it in condition.parts if (found := _holds(it, script, text, judge)) is not None]
    if not parts:
        return None
    met = [it for it in parts if it.met]
    if isinstance(condition, AllOf):
        return Heard(len(met) == len(parts), all(it.surely for it in parts))
    return Heard(bool(met), any(it.surely for it in met))


def by_engine(script: CompiledScript, atom: Atom, text: str) -> Heard | None:
    """Judge the words as the engine does."""
    names = [it.key for it in atom.names]
    if atom.kind in (AtomKind.SAY, AtomKind.DISSUADE):
        negated = atom.kind is AtomKind.DISSUADE
        wanted = Polarity.NEGATED if negated else Polarity.AFFIRMED
        hearings = [script.phrases[key].heard_in(text, opens_call=True) for key in names]
        good = [[it for it in heard if it.polarity is wanted] for heard in hearings]
        met = all(script.phrases[key].says(text, negated=negated, opens_call=True) for key in names)
        sure = all(any(not it.weak for it in heard) for heard in good)
        return Heard(met, sure and not hardly_said(script, text))
    if atom.kind is AtomKind.NEVER_SAY:
        heard = [it for key in names for it in script.phrases[key].heard_in(text, opens_call=atom.first)]
        broken = any(it.polarity is Polarity.AFFIRMED for it in heard)
        return Heard(not broken, not suspicious(script, names, text))
    if atom.kind is AtomKind.READ_BACK:
        sentences = read(text).sentences
        return Heard(all(
            read_slot(script.slot_kind(key), script.facts[key], sentences, by_ear=False).found is Found.RIGHT
            for key in names
        ))
    if atom.kind is AtomKind.GIVEN:
        return Heard(all(any(phrase.says(text) for phrase in _asking_for(script, key)) for key in names))
    return None


def by_keywords(script: CompiledScript, atom: Atom, text: str) -> Heard | None:
    """Judge by keywords alone, the floor: all words of any alternative stand somewhere in the reply."""
    if atom.kind in (AtomKind.SAY, AtomKind.DISSUADE):
        return Heard(all(_has_words(script.phrases[it.key].pattern, text) for it in atom.names))
    if atom.kind is AtomKind.NEVER_SAY:
        return Heard(not any(_has_words(script.phrases[it.key].pattern, text) for it in atom.names))
    if atom.kind is AtomKind.READ_BACK:
        return Heard(all(script.facts[it.key] in text for it in atom.names))
    if atom.kind is AtomKind.GIVEN:
        asked = (_asking_for(script, name.key) for name in atom.names)
        return Heard(all(any(_has_words(it.pattern, text) for it in phrases) for phrases in asked))
    return None


def _asking_for(script: CompiledScript, fact: str) -> list[Phrase]:
    """Return the phrases at which the caller tells a fact."""
    return [
        script.phrases[move.phrase.key] for node in script.tree.nodes for move in node.moves
        if any(given.key == fact for given in move.effects.gives)
    ]


def _has_words(pattern: Choice, text: str) -> bool:
    def stands(item: object) -> bool:
        if isinstance(item, Literal):
            return item.text in text
        return any(all(map(stands, it.items)) for it in item.options) if isinstance(item, Choice) else True

    return stands(pattern)


def told(results: list[Judged]) -> str:
    """Return the figures: each script, then all, then the same by keywords alone.

    unnoticed        critical checkpoints wrongly passed where nothing in the words raised a doubt
    stand            of these, those that would count without a person's look: somebody approved each sentence
    a person looks   critical checkpoints passed, rightly or not, that a person confirms first, of all that passed
    """
    lines = [f"{'':22}{'replies':>8}{'right':>12}{'false passes':>14}{'false failures':>16}{'unnoticed':>11}"
             f"{'stand':>7}{'a person looks':>16}"]
    for code in dict.fromkeys(it.reply.script for it in results):
        lines.append(_line(code, [it for it in results if it.reply.script == code], keywords=False))
    lines.append(_line("all", results, keywords=False))
    lines.append(_line("bare keywords", results, keywords=True))
    return "\n".join(lines)


def _line(name: str, results: list[Judged], *, keywords: bool) -> str:
    count: Counter[str] = Counter()
    for it in results:
        got = it.by_keywords if keywords else it.heard
        count["right"] += got is it.reply.met
        count["passes"] += got and not it.reply.met
        count["failures"] += not got and it.reply.met
        wrong = it.check.critical and got and not it.reply.met
        count["unnoticed"] += wrong and (keywords or it.surely)
        count["stand"] += wrong and (keywords or it.stands)
        count["passed"] += it.check.critical and got
        count["looked"] += it.check.critical and got and not (keywords or it.stands)
    right = f"{count['right']} ({100 * count['right'] // len(results)} %)"
    looked = f"{count['looked']} of {count['passed']}"
    return (f"{name:22}{len(results):>8}{right:>12}{count['passes']:>14}{count['failures']:>16}"
            f"{count['unnoticed']:>11}{count['stand']:>7}{looked:>16}")


def misses(results: list[Judged]) -> list[str]:
    """Return every reply that the engine takes otherwise than an inspector."""
    return [
        f"{'FALSE PASS' if it.heard else 'not heard'}{' (critical)' if it.check.critical else ''}"
        f"{'' if it.surely else ' (noticed)'}\t{it.reply.script}"
        f"\t{it.reply.checkpoint}\t{it.reply.text}\t{it.reply.why}"
        for it in results if not it.right
    ]


def reply_faults(path: Path) -> list[str]:
    """Judge a file of replies, print the figures and every miss; return the critical false passes that stand."""
    results = [judged(reply) for reply in replies_in(path)]
    print(told(results), *misses(results), sep="\n", flush=True)
    return [f"critical false pass: {it.reply.text}" for it in results if it.stands and not it.reply.met]
