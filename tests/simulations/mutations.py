"""Ways of spoiling one line of a script, and what must come of it: a located diagnostic or a still valid script."""

from collections.abc import Iterator

from simulations import load_library
from simulations.analysis.fixes import apply, fix_for
from simulations.analysis.walks import quick_test, random_test
from simulations.script.compiler import compile_script

# name of the mutation -> what becomes of the line; None drops it
MUTATIONS = {
    "deleted": lambda line: None,
    "doubled": lambda line: f"{line}\n{line}",
    "cut": lambda line: line[: len(line) // 2],
    "beheaded": lambda line: line[1:],
    "reversed": lambda line: line[::-1],
    "bracketed": lambda line: line.replace("(", "((", 1) + ")",
    "without signs": lambda line: line.translate(str.maketrans("", "", ":=|>-[]()")),
    "traditional": lambda line: line.translate(str.maketrans("剧对话点", "劇對話點")),
    "with strange characters": lambda line: f"{line[:3]}\u202e\ud7ff\x00{line[3:]}",
}


def mutants(every: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (what was done, text) for every n-th mutant over all lines of all bundled scripts."""
    number = 0
    for bundled in load_library().scripts:
        lines = bundled.text.splitlines()
        for i, line in enumerate(lines):
            for name, mutate in MUTATIONS.items():
                number += 1
                if number % every:
                    continue
                new = mutate(line)
                kept = lines[:i] + ([] if new is None else [new]) + lines[i + 1 :]
                yield f"{bundled.code} line {i + 1} {name}", "\n".join(kept) + "\n"


def fault_of(text: str) -> str | None:
    """Return what is wrong with how a mutant is taken, None when it is taken as it should be."""
    compilation = compile_script(text, load_library().phrases)
    lines = text.splitlines()
    if compilation.script is None and not compilation.errors:
        return "no script and no error"
    for found in compilation.diagnostics:
        if not 1 <= found.line <= max(len(lines), 1):
            return f"{found.code} at line {found.line} of {len(lines)}"
        if not 1 <= found.column <= found.end_column:
            return f"{found.code} at column {found.column} to {found.end_column}"
        if not found.message("zh_CN") or not found.message("en"):
            return f"{found.code} says nothing"
        fix = fix_for(found, text, compilation.tree)
        if fix is not None and apply(fix, text) == text:
            return f"{found.code}: the fix changes nothing"
    return None


def script_faults(walks: int = 200) -> list[str]:
    """Spoil every line in every way and walk through every script; say what was done and return what is wrong."""
    wrong, spoilt = [], 0
    for name, text in mutants():
        spoilt += 1
        fault = fault_of(text)
        wrong += [f"{name}: {fault}"] if fault else []
    for bundled in load_library().scripts:
        quick, long = quick_test(bundled.script), random_test(bundled.script, walks=walks, seed=1)
        wrong += [f"{bundled.code}: never takes {branch.key}" for branch in quick.untaken]
        wrong += [f"{bundled.code}: {long.unended} walks of {walks} don't end"] if long.unended else []
    print(f"{spoilt} spoilt scripts, {len(load_library().scripts)} scripts walked, {len(wrong)} faults", flush=True)
    return wrong
