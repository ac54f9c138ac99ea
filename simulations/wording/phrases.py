"""A named phrase and where it is heard."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from .characters import plain
from .leaning import all_grams
from .lexicon import QUESTION_WORDS
from .matching import Match, find
from .patterns import Choice, Searchable, facts_in, parse_pattern, searchable, with_facts
from .polarity import Judgement, Polarity, judge
from .reading import Sentence, read


@dataclass(frozen=True, eq=False)
class Phrase:
    """A pattern with a name, its examples and how it is used.

    positive, negative   replies that must and must not match, as their author wrote them
    asks                 a question by nature, so that being asked doesn't neutralise it
    asking               the alternatives that are, where not all are: of what is forbidden, each question proves itself
    leans_negative       only ever dissuaded from or forbidden
    usual                words that often turn a meaning, not here: its own examples have them (要是更喘，马上打120)
    expression           the source with facts filled in

    Two phrases are equal when they hear the same.
    """

    name: str
    pattern: Choice
    source: str
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    asks: bool = False
    leans_negative: bool = False
    expression: str = ""
    asking: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()

    @classmethod
    def of(cls, name: str, source: str, **more: Any) -> "Phrase":
        """Make a phrase from its text. Raises PatternError."""
        return cls(plain(name), parse_pattern(source), source, **more)

    def filled(self, facts: Mapping[str, str]) -> "Phrase":
        """Return the phrase with the facts' values in place of `{name}`. Raises KeyError."""
        wanted = sorted(facts_in(self.pattern))
        if not wanted:
            return self
        expression = f"{self.source} {[(name, facts[name]) for name in wanted]}"
        return replace(self, pattern=with_facts(self.pattern, facts), expression=expression)

    @cached_property
    def _identity(self) -> tuple[str, str, bool, bool, frozenset[str], frozenset[str]]:
        return self.name, self.expression or self.source, self.asks, self.leans_negative, self.asking, self.usual

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @cached_property
    def searchable(self) -> tuple[Searchable, ...]:
        """The pattern made ready for searching."""
        return _prepared(self.source) if not self.expression else searchable(self.pattern)

    def shared_with(self, text: str) -> int:
        """Return how many grams a text has of this phrase's positive examples."""
        return len(all_grams((text,)) & self._example_grams)

    @cached_property
    def _example_grams(self) -> frozenset[str]:
        return all_grams(self.positive)

    def heard_in(self, text: str, *, opens_call: bool = False, by_ear: bool = False) -> tuple["Hearing", ...]:
        """Return everything that one reply says of this phrase, in order of speech.

        opens_call   the reply holds the learner's first words
        by_ear       the reply was spoken and may be met by sound
        """
        return _hear(self, text, opens_call, by_ear)

    def says(self, text: str, *, negated: bool = False, opens_call: bool = False, by_ear: bool = False) -> bool:
        """Tell whether the reply's last word on this phrase is an affirmation (or, if asked, a negation)."""
        settled = [
            h.polarity
            for h in self.heard_in(text, opens_call=opens_call, by_ear=by_ear)
            if h.polarity is not Polarity.NEUTRAL
        ]
        return bool(settled) and settled[-1] is (Polarity.NEGATED if negated else Polarity.AFFIRMED)

    def only_asked(self, text: str) -> bool:
        """Tell whether the reply would say the phrase if it weren't a question."""
        return any(h.judgement.reason == "question" for h in self.heard_in(text)) and replace(self, asks=True).says(
            text
        )

    def proven_to_ask(self, text: str) -> "Phrase":
        """Return the phrase as one that this question says: all of it, or what was heard of it if it is unwanted."""
        if not self.leans_negative:
            return replace(self, asks=True)
        heard = (h.alternative for h in self.heard_in(text) if h.judgement.reason == "question")
        return replace(self, asking=self.asking.union(heard))

    def settled(self, sentence: Sentence, matches: tuple[Match, ...]) -> list["Hearing"]:
        """Judge overlapping matches as one: decided before neutral, exact before by ear, then the tightest."""
        clusters: list[list[Match]] = []
        end = -1
        for match in matches:
            if match.first <= end:
                clusters[-1].append(match)
            else:
                clusters.append([match])
            end = max(end, match.last)
        return [self._of_cluster(sentence, cluster) for cluster in clusters]

    def _of_cluster(self, sentence: Sentence, cluster: list[Match]) -> "Hearing":
        judged = [
            (
                judge(
                    sentence,
                    m,
                    asks_by_nature=self.asks or m.alternative in self.asking or (not self.leans_negative and _asks(m)),
                    leans_negative=self.leans_negative,
                    usual=self.usual,
                ),
                m,
            )
            for m in cluster
        ]
        judgement, match = min(
            judged, key=lambda jm: (jm[0].polarity is Polarity.NEUTRAL, jm[1].weak, jm[1].gap, jm[1].first, jm[1].last)
        )
        return Hearing(
            judgement,
            sentence.tokens[match.first].start,
            sentence.tokens[match.last].end,
            match.alternative,
            by_sound=match.weak,
        )


@lru_cache(maxsize=16_384)
def _hear(phrase: Phrase, text: str, opens_call: bool, by_ear: bool) -> tuple["Hearing", ...]:
    """Hear one reply; calls are folded and scripts compiled again and again, so the answers are kept."""
    heard: list[Hearing] = []
    for number, sentence in enumerate(read(text).sentences):
        matches = find(phrase.searchable, sentence, starts_call=opens_call and number == 0, by_ear=by_ear)
        heard.extend(phrase.settled(sentence, matches))
    return tuple(heard)


@lru_cache(maxsize=2_048)
def _prepared(source: str) -> tuple[Searchable, ...]:
    return searchable(parse_pattern(source))


def _asks(match: Match) -> bool:
    return bool(QUESTION_WORDS.search(match.alternative))


@dataclass(frozen=True, slots=True)
class Hearing:
    """One place where a phrase was heard; start and end are offsets in the reply as it was said."""

    judgement: Judgement
    start: int
    end: int
    alternative: str
    by_sound: bool

    @property
    def polarity(self) -> Polarity:
        """Affirmed, negated or neutral."""
        return self.judgement.polarity

    @property
    def weak(self) -> bool:
        """Resting on a sound or on an uncertain scope."""
        return self.by_sound or self.judgement.weak
