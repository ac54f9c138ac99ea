"""Suspicion: what sounds forbidden though no forbidden phrase is in it, or sounds said and isn't. A person looks; no
points are lost by it.
"""

from collections.abc import Collection

from ..script.machine import CompiledScript
from ..wording.leaning import Leaner
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity
from ..wording.verdicts import Matter, bundled_verdicts
from .familiar import unfamiliar


def suspicious(script: CompiledScript, names: Collection[str], text: str, *, by_ear: bool = False) -> list[Leaner]:
    """Return the sentences of a reply that resemble examples of forbidden phrases, of these names more than of others,
    or that an inspector would probably fail for such a thing.

    A sentence that plainly advises against something forbidden is none: 「千万别开灯」.
    """
    found = [it for it in script.forbidden_leaning.towards(text) if _closest(script.forbidden, it.text).name in names]
    if not found:
        found = _probably_failed(script, names, text)
    return [it for it in found if not _advises_against(script.forbidden, text, it, by_ear)]


def hardly_said(script: CompiledScript, text: str) -> bool:
    """Tell whether an inspector would probably not accept a reply as saying what it seems to say."""
    return bundled_verdicts().doubted(Matter.SAY, text) and any(unfamiliar(script, text))


def _probably_failed(script: CompiledScript, names: Collection[str], text: str) -> list[Leaner]:
    matter = Matter.MANNER if script.manners.intersection(names) else Matter.HARM
    verdicts = bundled_verdicts()
    worst = verdicts.worst(matter, text) if verdicts.doubted(matter, text) and any(unfamiliar(script, text)) else None
    if worst is None:
        return []
    alike = tuple(it for it in script.forbidden if (it.name in script.manners) is (matter is Matter.MANNER))
    found = Leaner(text[slice(*worst)], *worst, -verdicts.lean(matter, text))
    return [found] if _closest(alike, found.text).name in names else []


def _closest(forbidden: tuple[Phrase, ...], sentence: str) -> Phrase:
    return max(forbidden, key=lambda phrase: phrase.shared_with(sentence))


def _advises_against(forbidden: tuple[Phrase, ...], text: str, sentence: Leaner, by_ear: bool) -> bool:
    heard = (it for phrase in forbidden for it in phrase.heard_in(text, by_ear=by_ear))
    inside = (it for it in heard if sentence.start <= it.start < sentence.end)
    return any(it.polarity is Polarity.NEGATED and not it.weak for it in inside)
