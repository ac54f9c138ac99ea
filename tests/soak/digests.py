"""The same scores everywhere: every golden digest in fresh processes, under any Python and hash seed."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.installation import ROOT
from tests.simulations import golden

SEEDS = ("0", "1", "4242", "random")


def digest_faults(pythons: Sequence[str]) -> list[str]:
    """Score every plan by every version, with each of these Pythons beside this one and several hash seeds each; print
    what was compared and return what differs.

    pythons   programs; each needs the packages of requirements.txt
    """
    wrong, compared = [], 0
    for python in (sys.executable, *pythons):
        version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
        for seed in SEEDS:
            tables = _tables(python, seed)
            compared += sum(len(plans) - 1 for table in tables.values() for plans in table.values())
            wrong += [f"{version}, hash seed {seed}: {it}"
                      for engine, table in tables.items() for it in golden.differences(engine, table)]
        print(f"{version}: {', '.join(tables)} under hash seeds {', '.join(SEEDS)}", flush=True)
    print(f"{compared} scores compared, {len(wrong)} differ", flush=True)
    return wrong


def _tables(python: str, seed: str) -> dict[str, golden.Table]:
    done = subprocess.run(
        [python, "-m", "tests.simulations.golden"], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    tables: dict[str, golden.Table] = json.loads(done.stdout)
    return tables
