"""The sentence that would have scored: a model reply, a proven example, or one put together from the facts."""

from collections.abc import Iterable, Sequence

from ..script.checks_names import all_atoms
from ..script.machine import CompiledScript
from ..script.vocabulary import AtomKind
from ..wording.polarity import Polarity
from .outcomes import Advice, Evidence


def sentence_for(script: CompiledScript, missing: Sequence[str], *, negated: bool, staff_no: str) -> tuple[Advice, ...]:
    """Return one sentence for all missing phrases if a model reply has them all, else one for each.

    Never a reply that says what the script forbids: some model replies are bad on purpose.
    """
    if not missing:
        return ()
    replies = [
        (i == 0, script.filled(move.reply, staff_no)) for i, node in enumerate(script.tree.nodes) for move in node.moves
    ]
    unwanted = [
        script.phrases[name.key]
        for atom in all_atoms(script.tree)
        if atom.kind in (AtomKind.NEVER_SAY, AtomKind.DISSUADE)
        for name in atom.names
    ]

    def says(key: str, text: str, opens: bool) -> bool:
        return script.phrases[key].says(text, negated=negated, opens_call=opens) and not any(
            hearing.polarity is Polarity.AFFIRMED
            for phrase in unwanted
            for hearing in phrase.heard_in(text, opens_call=opens)
        )

    for opens, text in replies:
        if all(says(key, text, opens) for key in missing):
            return (Advice("say", text),)
    found: list[Advice] = []
    for key in missing:
        candidates = [text for opens, text in replies if says(key, text, opens)]
        candidates += [text for text in script.phrases[key].positive if says(key, text, True)]
        if candidates:
            found.append(Advice("say", candidates[0]))
    return tuple(dict.fromkeys(found))


def read_back_sentence(facts: Iterable[tuple[str, str]]) -> Advice:
    """Return a read-back of these facts, in English when all their names are."""
    told = list(facts)
    if all(name.isascii() for name, _ in told):
        listed = ", ".join(f"{name} {value}" for name, value in told)
        return Advice("say", f"Let me check: {listed}, is that right?")
    return Advice("say", f"跟您核对一下：{'，'.join(name + value for name, value in told)}，对吗？")


def avoid(evidence: Sequence[Evidence]) -> tuple[Advice, ...]:
    """Return what to leave unsaid."""
    words = dict.fromkeys(e.quote[e.start - e.quote_start : e.end - e.quote_start] for e in evidence)
    return (Advice("avoid", "、".join(words)),)
