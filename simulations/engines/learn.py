"""`python -m simulations.engines.learn`: learn from the inspected replies what inspectors let pass.

With `--prove` it says, of replies held back in turn, how many that pass wrongly are noticed and how many are doubted
for nothing; nothing is written.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from simulations import CompiledScript, load_library
from simulations.script.machine import matter_of
from simulations.script.vocabulary import name_key
from simulations.wording.verdicts import FILE, Inspected, Matter, Verdicts

INSPECTED: Final = Path(__file__).parent / "inspected"
WEIGHTS: Final = Path(__file__).parent.parent / "wording" / FILE
_FOLDS: Final = 5


def inspected() -> list[Inspected]:
    """Read `inspected/<script>.tsv`: checkpoint, met or unmet, the reply, why. Raises ValueError for a line that isn't
    one, KeyError for a script or checkpoint that isn't bundled.
    """
    scripts = {it.code: it.script for it in load_library().scripts}
    return [it for path in sorted(INSPECTED.glob("*.tsv")) for it in _read(path, scripts[path.stem])]


def _read(path: Path, script: CompiledScript) -> Iterator[Inspected]:
    matters = {check.id.key: matter_of(check) for check in script.checkpoints}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        parts = line.split("\t")
        if len(parts) != 4 or parts[1] not in ("met", "unmet"):
            raise ValueError(f"{path.name}:{number}: checkpoint, met or unmet, reply, why")
        yield Inspected(matters[name_key(parts[0])], parts[1] == "met", parts[2])


def source() -> str:
    """Return the digest of the inspected replies."""
    return sha256(b"".join(path.read_bytes() for path in sorted(INSPECTED.glob("*.tsv")))).hexdigest()


def harmless() -> list[Inspected]:
    """Return what scripts have operators say: it does no harm and is polite."""
    said = {text for it in load_library().scripts for text in it.script.right_replies}
    return [Inspected(matter, True, text) for text in sorted(said) for matter in (Matter.HARM, Matter.MANNER)]


def prove(examples: list[Inspected]) -> Iterator[str]:
    """Yield a line for each matter: what is noticed and what is doubted for nothing, learnt from the other replies."""
    ordered = sorted(examples, key=lambda it: sha256(it.text.encode()).digest())
    judged: list[tuple[Inspected, bool]] = []
    for fold in range(_FOLDS):
        held = ordered[fold::_FOLDS]
        texts = {it.text for it in held}
        verdicts = Verdicts.learnt([*(it for it in ordered if it.text not in texts), *harmless()])
        judged += [(it, verdicts.doubted(it.matter, it.text)) for it in held]
    for matter in Matter:
        wrong = [doubted for it, doubted in judged if it.matter is matter and not it.met]
        right = [doubted for it, doubted in judged if it.matter is matter and it.met]
        yield (f"{matter:8}{sum(wrong):>5} of {len(wrong)} failed ones doubted"
               f" ({100 * sum(wrong) // len(wrong)} %), {sum(right):>4} of {len(right)} right ones"
               f" ({100 * sum(right) // len(right)} %)")


def main() -> None:
    """Learn and write the weights, or prove what they are worth."""
    examples = inspected()
    if "--prove" in sys.argv[1:]:
        sys.stdout.writelines(f"{line}\n" for line in prove(examples))
        return
    verdicts = replace(Verdicts.learnt([*examples, *harmless()]), source=source())
    WEIGHTS.write_text(verdicts.as_text(), "utf-8")
    sys.stdout.write(f"{len(examples)} replies, {len(verdicts.weights)} weights\n")


if __name__ == "__main__":
    main()
