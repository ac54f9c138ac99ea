"""What a second look may do: which rubric fits which call, whose word stands, and how a result moves. Pure."""

from collections.abc import Mapping, Sequence

from simulations import CompiledScript
from simulations.rules import ScoredCheckpoint
from simulations.script.tree import Atom, Name, atoms
from simulations.script.vocabulary import AtomKind


def flaws_of_rubric(played: CompiledScript, corrected: CompiledScript) -> tuple[str, ...]:
    """Return why calls of one script can't be scored by another's rubric; nothing when they can.

    Codes with what they name: `script` (another script altogether), `node:<name>` and `fact:<name>` (a condition looks
    where those calls never were), `field:<name>` (a ticket field those calls never had).
    """
    if played.code != corrected.code:
        return ("script",)
    asked = [atom for check in corrected.checkpoints for atom in atoms(check.condition)]
    nodes = {name.text for atom in asked for name in (atom.since_node, atom.at_node)
             if name and name.key not in played.nodes}
    facts = {name.text for atom in asked for name in (atom.since_fact, *_facts(atom)) if name
             and name.key not in played.facts}
    fields = {it.name.key for it in played.fields}
    missing = {it.name.text for it in corrected.fields if it.name.key not in fields}
    return (*(f"node:{it}" for it in sorted(nodes)), *(f"fact:{it}" for it in sorted(facts)),
            *(f"field:{it}" for it in sorted(missing)))


def _facts(atom: Atom) -> tuple[Name, ...]:
    return atom.names if atom.kind in (AtomKind.READ_BACK, AtomKind.GIVEN) else ()


def words_in_force(
    checkpoints: Sequence[ScoredCheckpoint], words: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """Return people's outcomes for a call counted anew.

    checkpoints   of the new score
    words         checkpoint -> what people decided against the engine; stands, where the checkpoint still is
    before        checkpoint -> its final outcome until now; decides what the new score leaves in doubt

    A doubt that nobody has decided before counts as not met until somebody looks.
    """
    kept = {it.id: words[it.id] for it in checkpoints if it.id in words}
    for it in checkpoints:
        if it.outcome == "doubtful" and it.id not in kept:
            known = before.get(it.id, "doubtful")
            kept[it.id] = known if known != "doubtful" else "not_met"
    return kept


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Return checkpoint -> [before, after] where they differ; "" for one that isn't there.

    >>> changes_between({"关阀": "not_met", "开窗": "met"}, {"关阀": "met", "开窗": "met"})
    {'关阀': ['not_met', 'met']}
    """
    return {
        name: [before.get(name, ""), after.get(name, "")]
        for name in (*before, *(it for it in after if it not in before))
        if before.get(name, "") != after.get(name, "")
    }
