"""`./floorready bench [NAME ...] [--json]`."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lms.kernel.catalogues import compile_catalogues
from tests.bench import calls, journeys, measures, paper, questions
from tests.bench.figures import Figure, as_json, table
from tests.bench.stage import Stage

MEASURES: Mapping[str, Callable[[Stage], list[Figure]]] = {  # in this order: the board's 20,000 people come last
    "memory": measures.memory, "gate": measures.gate, "saves": measures.saves, "sitting": journeys.sitting,
    "home": journeys.home, "questions": questions.questions, "import": questions.imports, "paper": paper.paper,
    "calls": calls.calls, "certificates": measures.certificates,
    "board": journeys.board,
}


def main() -> int:
    """Measure what was asked for, everything by default, and print it beside its floor."""
    parser = argparse.ArgumentParser(prog="floorready bench", description="Measure, each figure beside its floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(MEASURES)}; default: all")
    parser.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long one measurement goes on (default: 8)")
    parser.add_argument("--sample", type=Path, help="data folder of a stopped sample, to save time")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(MEASURES))
    if unknown:
        parser.error(f"no measure is called {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    figures = _measure(set(options.names) or set(MEASURES), options.seconds, options.sample)
    print(table(figures))
    if options.json:
        print(as_json(figures))
    return 0


def _measure(names: set[str], seconds: float, sample: Path | None) -> list[Figure]:
    logging.disable(logging.WARNING)
    compile_catalogues()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="floorready-bench-") as folder:
        stage = Stage(Path(folder), seconds=seconds, sample=sample)
        with stage.running():
            for name, measure in MEASURES.items():
                if name in names:
                    print(f"measuring {name} ...", file=sys.stderr, flush=True)
                    figures += measure(stage)
    return figures


if __name__ == "__main__":
    sys.exit(main())
