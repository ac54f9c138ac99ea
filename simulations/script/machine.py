"""A compiled script: the checked state machine that the player runs and the scorer reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..wording.characters import plain
from ..wording.everyday import EVERYDAY
from ..wording.leaning import Leaning
from ..wording.patterns import STAFF_NUMBER_NAMES
from ..wording.phrases import Phrase
from ..wording.reading import read
from ..wording.slots import SlotKind, kind_of
from ..wording.verdicts import Matter
from .settings import Settings
from .tree import Check, Field, Node, Script, atoms
from .vocabulary import AtomKind, Dimension

SAMPLE_STAFF_NUMBER = "3276"


@dataclass(frozen=True, slots=True)
class Rubric:
    """How points become a verdict. pass_mark in hundredths of 100; floors in percent of a dimension's points."""

    pass_mark: int
    floors: tuple[tuple[Dimension, int], ...]


@dataclass(frozen=True)
class CompiledScript:
    """A script without errors. Two scripts are equal when their trees are; places and layout don't count.

    digest   sha256 of the canonical text and of the libraries it cites: what a call pins
    """

    tree: Script
    settings: Settings
    digest: str
    text: str = field(compare=False, repr=False)
    phrases: Mapping[str, Phrase] = field(compare=False, repr=False)
    facts: Mapping[str, str] = field(compare=False, repr=False)

    @property
    def code(self) -> str:
        """The script's short name, unique in a library."""
        return self.settings.code

    @property
    def title(self) -> str:
        """What trainers call it; it may tell what the call is about."""
        return self.settings.title

    @property
    def queue(self) -> str:
        """The queue's code."""
        return self.settings.queue

    @property
    def difficulty(self) -> int:
        """1 (easy) to 5."""
        return self.settings.difficulty

    @property
    def checkpoints(self) -> tuple[Check, ...]:
        """The checkpoints in order."""
        return self.tree.checks

    @property
    def fields(self) -> tuple[Field, ...]:
        """The ticket's fields with their answers."""
        return self.tree.fields

    @property
    def time_limit_ms(self) -> int | None:
        """Limit of the whole call, from the answer."""
        return self.settings.time_limit_ms

    @property
    def ring_ms(self) -> int:
        """Milliseconds from one ring to the next."""
        return self.settings.ring_ms

    @property
    def max_rings(self) -> int:
        """Rings before the caller gives up."""
        return self.settings.max_rings

    @property
    def transfer_targets(self) -> tuple[str, ...]:
        """Where this console can transfer to."""
        return self.settings.transfer_targets

    @property
    def rubric(self) -> Rubric:
        """The script's own pass mark and floors."""
        return Rubric(self.settings.pass_mark, self.settings.floors)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Nodes by key; the first is where the call begins."""
        return {node.name.key: node for node in self.tree.nodes}

    @property
    def start(self) -> Node:
        """Where the call begins."""
        return self.tree.nodes[0]

    def filled(self, text: str, staff_no: str = SAMPLE_STAFF_NUMBER) -> str:
        """Put facts and the staff number into a caller line, a model reply or an answer."""
        return fill(text, self.facts, staff_no)

    def answer(self, ticket_field: Field) -> str:
        """Return the right value of a ticket field."""
        return self.filled(ticket_field.answer)

    @cached_property
    def forbidden(self) -> tuple[Phrase, ...]:
        """The phrases that no checkpoint's rule allows to be said."""
        rules = (atom for check in self.checkpoints for atom in atoms(check.condition))
        keys = dict.fromkeys(name.key for atom in rules if atom.kind is AtomKind.NEVER_SAY for name in atom.names)
        return tuple(self.phrases[key] for key in keys)

    @cached_property
    def forbidden_leaning(self) -> Leaning:
        """What the examples of forbidden phrases have that other examples, model replies and everyday talk don't."""
        return Leaning.between((text for it in self.forbidden for text in it.positive), self.right_replies)

    @cached_property
    def approved(self) -> frozenset[tuple[str, bool]]:
        """The sentences that stand in a right reply, with whether they ask: what somebody has found good to say."""
        return frozenset((it.text, it.asks) for text in self.right_replies for it in read(text).sentences)

    @cached_property
    def right_replies(self) -> tuple[str, ...]:
        """Everyday talk, examples of what isn't forbidden, and model replies."""
        unwanted = {phrase.name for phrase in self.forbidden}
        right = [*EVERYDAY, *(text for phrase in self.forbidden for text in phrase.negative)]
        right += [text for key, phrase in self.phrases.items() if key not in unwanted for text in phrase.positive]
        moves = (move for node in self.tree.nodes for move in node.moves)
        right += [self.filled(move.reply) for move in moves if move.negated or move.phrase.key not in unwanted]
        return tuple(dict.fromkeys(right))

    @cached_property
    def manners(self) -> frozenset[str]:
        """The forbidden phrases that are a matter of courtesy."""
        polite = (check for check in self.checkpoints if matter_of(check) is Matter.MANNER)
        rules = (atom for check in polite for atom in atoms(check.condition) if atom.kind is AtomKind.NEVER_SAY)
        return frozenset(name.key for atom in rules for name in atom.names)

    def slot_kind(self, fact: str) -> SlotKind:
        """Tell how a fact is compared: by the ticket field that records it, else by its shape."""
        value = self.facts[fact]
        recorded = next((f.kind.value for f in self.fields if mentions(f.answer) == [fact]), None)
        return kind_of(fact, value, recorded)


def matter_of(check: Check) -> Matter:
    """Tell what a checkpoint asks of words."""
    kinds = {atom.kind for atom in atoms(check.condition)}
    if AtomKind.NEVER_SAY not in kinds or kinds & {AtomKind.SAY, AtomKind.DISSUADE, AtomKind.GIVEN}:
        return Matter.SAY
    return Matter.MANNER if check.dimension is Dimension.COURTESY else Matter.HARM


def fill(text: str, facts: Mapping[str, str], staff_no: str = SAMPLE_STAFF_NUMBER) -> str:
    """Replace `{name}`; unknown names stay as they are."""
    pieces, at = [], 0
    while (opened := text.find("{", at)) >= 0 and (closed := text.find("}", opened)) >= 0:
        key = plain(text[opened + 1 : closed])
        value = staff_no if key in STAFF_NUMBER_NAMES else facts.get(key, text[opened : closed + 1])
        pieces += [text[at:opened], value]
        at = closed + 1
    return "".join((*pieces, text[at:]))


def mentions(text: str) -> list[str]:
    """Return the keys of the facts that a text mentions, in order."""
    found, at = [], 0
    while (opened := text.find("{", at)) >= 0 and (closed := text.find("}", opened)) >= 0:
        key = plain(text[opened + 1 : closed])
        if key not in STAFF_NUMBER_NAMES:
            found.append(key)
        at = closed + 1
    return found
