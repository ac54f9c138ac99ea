"""What nobody has approved yet: sentences of a call that stand in none of the script's examples.

Rules hear words. Whether a sentence that nobody foresaw does what it should, or harm in other words, takes a person.
"""

from collections.abc import Iterator

from ..player.state import CallState
from ..script.machine import SAMPLE_STAFF_NUMBER, CompiledScript
from ..script.tree import Check, atoms
from ..script.vocabulary import AtomKind
from ..wording.reading import read

_OF_WORDS = frozenset({AtomKind.SAY, AtomKind.DISSUADE, AtomKind.NEVER_SAY, AtomKind.GIVEN})


def rests_on_words(check: Check) -> bool:
    """Tell whether what the learner says, freely, decides a checkpoint."""
    return any(atom.kind in _OF_WORDS for atom in atoms(check.condition))


def unfamiliar_sentences(state: CallState) -> int:
    """Return how many sentences of the call nobody has approved."""
    return sum(1 for turn in state.turns for _ in unfamiliar(state.script, turn.text, state.setup.staff_no))


def unfamiliar(script: CompiledScript, reply: str, staff_no: str = SAMPLE_STAFF_NUMBER) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence that, word for word, stands in no example; one's own staff number may.

    Width, script and full stops don't matter; a comma does (不，要开灯 is not 不要开灯).
    """
    for sentence in read(reply).sentences:
        said = sentence.text
        if staff_no != SAMPLE_STAFF_NUMBER:
            said = said.replace(SAMPLE_STAFF_NUMBER, "?").replace(staff_no, SAMPLE_STAFF_NUMBER)
        if (said, sentence.asks) not in script.approved:
            yield sentence.tokens[0].start, sentence.tokens[-1].end
