"""Golden digests: what every bundled plan scores, by every version of the engine.

`python -m tests.simulations.golden` prints them as JSON; `--write` renews the file of the engine at work. Files of
released versions are never written again.
"""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from simulations.engines import callable_versions, engine_of, released

GOLDEN = Path(__file__).parent / "golden"
Table = dict[str, dict[str, str]]  # script -> {"script": its digest, plan: the digest of what it scores}


def digests(version: str) -> Table:
    """Play every plan of a version's own library by that version."""
    engine = engine_of(version).module
    runs = import_module(f"{engine.__name__}.plan_runs")
    return {
        bundled.code: {"script": bundled.script.digest}
        | {plan.name: engine.score(bundled.script, runs.play_plan(bundled.script, plan).events).digest
           for plan in bundled.plans}
        for bundled in engine.load_library().scripts
    }


def kept(version: str) -> Table:
    """Return the golden digests of a version."""
    table: Table = json.loads((GOLDEN / f"{version}.json").read_text("utf-8"))
    return table


def differences(version: str, found: Table) -> list[str]:
    """Return every plan whose digest is another; of the engine at work, scripts whose text changed since are new."""
    wrong = []
    for code, expected in kept(version).items():
        got = found.get(code, {})
        if version not in released() and got.get("script") != expected["script"]:
            continue
        wrong += [f"{version} {code} {plan}" for plan in expected.keys() | got.keys()
                  if got.get(plan) != expected.get(plan)]
    return sorted(wrong)


def main() -> int:
    """Print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        for version in callable_versions():
            path = GOLDEN / f"{version}.json"
            if version not in released() or not path.exists():
                table = json.dumps(digests(version), ensure_ascii=False, indent=1)
                path.write_text(table + "\n", "utf-8")
        return 0
    sys.stdout.write(json.dumps({version: digests(version) for version in callable_versions()}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
