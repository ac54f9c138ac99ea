"""Verdicts: what an inspector would say of a reply, guessed from thousands of inspected ones.

A guess makes no score. What an inspector would probably fail is shown to a person, with the quote.

Each gram of a reply has a weight, learnt by an averaged perceptron over the bundled replies
(`python -m simulations.engines.learn`); a reply's lean is the mean weight of its grams. Whole numbers only, so that
every machine leans alike.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Final, NamedTuple

from .reading import Sentence, read

FILE: Final = "verdicts.tsv"
_ROUNDS: Final = 8
_LEAST: Final = 3  # examples that must have a gram
_MARGIN: Final = 120  # hundredths: how clearly an example has to be right before it teaches nothing more


class Matter(StrEnum):
    """What a checkpoint asks of words: to say something, to do no harm by them, or to stay polite."""

    SAY = "say"
    HARM = "harm"
    MANNER = "manner"


DOUBTED: Final = -10  # hundredths: what leans less is left alone


class Inspected(NamedTuple):
    """A reply with an inspector's word on it."""

    matter: Matter
    met: bool
    text: str


@dataclass(frozen=True)
class Verdicts:
    """What was learnt.

    weights   by matter and gram, hundredths for (positive) or against
    source    digest of the inspected replies it was learnt from
    """

    weights: Mapping[tuple[Matter, str], int]
    source: str = ""

    @classmethod
    def learnt(cls, examples: Iterable[Inspected]) -> "Verdicts":
        """Learn from inspected replies; their order doesn't matter."""
        ordered = sorted(set(examples), key=lambda it: sha256(repr(it).encode()).digest())
        spoken = [(it.met, [(it.matter, gram) for gram in sorted(grams(it.text))]) for it in ordered]
        count = Counter(key for _met, keys in spoken for key in keys)
        lessons = [(met, kept) for met, keys in spoken if (kept := [key for key in keys if count[key] >= _LEAST])]
        weights: defaultdict[tuple[Matter, str], int] = defaultdict(int)
        weighted: defaultdict[tuple[Matter, str], int] = defaultdict(int)
        time = 1
        for _round in range(_ROUNDS):
            for met, keys in lessons:
                lean = sum(weights[key] for key in keys) * (1 if met else -1)
                if lean * 1000 <= _MARGIN * len(keys):
                    for key in keys:
                        weights[key] += 1 if met else -1
                        weighted[key] += time if met else -time
                time += 1
        means = ((key, 100 * (weights[key] * time - weighted[key]) // time) for key in weights)
        return cls({key: mean for key, mean in means if mean})

    def lean(self, matter: Matter, text: str) -> int:
        """Return how a reply leans: below 0 an inspector would rather fail it. 0 for words never seen."""
        return self._mean(matter, grams(text))

    def worst(self, matter: Matter, text: str) -> tuple[int, int] | None:
        """Return start and end of the sentence that leans most to failing; None without words."""
        sentences = read(text).sentences
        if not sentences:
            return None
        found = min(sentences, key=lambda it: self._mean(matter, frozenset(_grams(it))))
        return found.tokens[0].start, found.tokens[-1].end

    def doubted(self, matter: Matter, text: str) -> bool:
        """Tell whether an inspector would probably fail a reply."""
        return self.lean(matter, text) <= DOUBTED

    def _mean(self, matter: Matter, said: frozenset[str]) -> int:
        return sum(self.weights.get((matter, gram), 0) for gram in said) // max(1, len(said))

    def as_text(self) -> str:
        """Return the source, then the weights as lines of matter, gram and weight."""
        lines = (f"{matter}\t{gram}\t{weight}\n" for (matter, gram), weight in sorted(self.weights.items()))
        return "".join((f"{self.source}\n", *lines))

    @classmethod
    def from_text(cls, text: str) -> "Verdicts":
        """Return what `as_text` wrote."""
        source, *lines = text.split("\n")
        rows = (line.split("\t") for line in lines if line)
        return cls({(Matter(matter), gram): int(weight) for matter, gram, weight in rows}, source)


@cache
def bundled_verdicts() -> Verdicts:
    """Load what was learnt from the bundled replies."""
    return Verdicts.from_text((files(__package__) / FILE).read_text("utf-8"))


@lru_cache(maxsize=4096)
def grams(text: str) -> frozenset[str]:
    """Return the tokens, pairs, and pairs across one token of a reply's sentences; any number is one token."""
    return frozenset(gram for sentence in read(text).sentences for gram in _grams(sentence))


def _grams(sentence: Sentence) -> Iterator[str]:
    words = ["^", *_words(sentence), "?" if sentence.asks else "$"]
    yield from words
    yield from (f"{a} {b}" for a, b in zip(words, words[1:], strict=False))
    yield from (f"{a} _ {b}" for a, b in zip(words, words[2:], strict=False))


def _words(sentence: Sentence) -> Iterator[str]:
    before = ""
    for token in sentence.tokens:
        word = "#" if token.kind == "d" else "," if token.is_break else token.text
        if word != "#" or before != "#":
            yield word
        before = word
