"""Suspicion: what sounds forbidden though no forbidden phrase is in it. A person looks; nothing is lost by it."""

from collections.abc import Collection

from ..script.machine import CompiledScript
from ..wording.leaning import Leaner
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity


def suspicious(script: CompiledScript, names: Collection[str], text: str, *, by_ear: bool = False) -> list[Leaner]:
    """Return the sentences of a reply that resemble examples of forbidden phrases, of these names more than of others.

    A sentence that plainly advises against something forbidden is none: 「千万别开灯」.
    """
    forbidden = script.forbidden
    return [
        it for it in script.forbidden_leaning.towards(text)
        if _closest(forbidden, it.text).name in names and not _advises_against(forbidden, text, it, by_ear)
    ]


def _closest(forbidden: tuple[Phrase, ...], sentence: str) -> Phrase:
    return max(forbidden, key=lambda phrase: phrase.shared_with(sentence))


def _advises_against(forbidden: tuple[Phrase, ...], text: str, sentence: Leaner, by_ear: bool) -> bool:
    heard = (it for phrase in forbidden for it in phrase.heard_in(text, by_ear=by_ear))
    inside = (it for it in heard if sentence.start <= it.start < sentence.end)
    return any(it.polarity is Polarity.NEGATED and not it.weak for it in inside)
