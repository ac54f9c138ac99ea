"""Leaning: which of two sets of examples does a sentence resemble more?

It decides nothing. What leans towards the forbidden without any forbidden phrase in it is shown to a person; a sentence
that leans the other way, or to neither, is left alone.

>>> leaning = Leaning.between(("这个不归我管", "您自己想办法"), ("我给您想办法", "这个归我管，您放心"))
>>> [quote.text for quote in leaning.towards("那个不归我们管的")]
['那个不归我们管的']
>>> leaning.towards("我来给您想个办法")
()
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .reading import Sentence, read

_SMOOTHING = 5  # an example nobody gave counts as a fifth of one
_SCALE = 1000
_MARGIN = 1000  # what a gram weighs that only the wanted set has


class Leaner(NamedTuple):
    """A sentence that leans; start and end are offsets in the reply, strength in thousandths a gram."""

    text: str
    start: int
    end: int
    strength: int


@dataclass(frozen=True)
class Leaning:
    """What each character, pair and pair across one character speaks for.

    weights   by gram, from -1000 to 1000: whole numbers, so that every machine leans alike
    known     the grams of each sentence of the other set: these lean nowhere
    """

    weights: Mapping[str, int]
    known: frozenset[frozenset[str]] = frozenset()

    @classmethod
    def between(cls, wanted: Iterable[str], others: Iterable[str]) -> "Leaning":
        """Weigh grams by how much more often they stand in one set of examples than in the other."""
        known = _sentences(others)
        of_wanted, size = _counted(_sentences(wanted))
        of_others, other_size = _counted(known)
        weights = {}
        for gram in of_wanted.keys() | of_others.keys():
            here = (of_wanted[gram] * _SMOOTHING + 1) * (other_size + 1)
            there = (of_others[gram] * _SMOOTHING + 1) * (size + 1)
            weight = _SCALE * (here - there) // (here + there)
            never_here, never_there = not of_wanted[gram], not of_others[gram]
            weights[gram] = min(weight, 0) if never_here else max(weight, 0) if never_there else weight
        return cls(weights, frozenset(known))

    def towards(self, text: str) -> tuple[Leaner, ...]:
        """Return the sentences of a reply that lean clearly towards the wanted set."""
        found = []
        for sentence in read(text).sentences:
            said = grams(sentence)
            strength = sum(self.weights.get(gram, 0) for gram in said)
            if strength > _MARGIN and said not in self.known:
                start, end = sentence.tokens[0].start, sentence.tokens[-1].end
                found.append(Leaner(text[start:end], start, end, strength))
        return tuple(found)


def grams(sentence: Sentence) -> frozenset[str]:
    """Return the tokens, neighbours, and neighbours but one of a sentence; numbers speak for nothing."""
    words = [token.text for token in sentence.tokens if token.kind in ("c", "w")]
    pairs = (f"{a} {b}" for a, b in zip(words, words[1:], strict=False))
    apart = (f"{a} _ {b}" for a, b in zip(words, words[2:], strict=False))
    return frozenset((*words, *pairs, *apart))


def all_grams(texts: Iterable[str]) -> frozenset[str]:
    """Return the grams of all sentences of these texts."""
    return frozenset().union(*_sentences(texts))


def _sentences(texts: Iterable[str]) -> list[frozenset[str]]:
    return [grams(sentence) for text in texts for sentence in read(text).sentences]


def _counted(sentences: list[frozenset[str]]) -> tuple[Counter[str], int]:
    return Counter(gram for sentence in sentences for gram in sentence), len(sentences)
