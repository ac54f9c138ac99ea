"""`./floorready soak [PROOF ...]`: the long proofs, on both databases.

kills      candidates save 100,000 answers while every process is killed in turn
exam-day   500 candidates begin within a minute, work, lose the network, change seats and hand in together
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from lms.kernel.catalogues import compile_catalogues
from tests.installation import Installation
from tests.postgres import start_postgres
from tests.soak.course import SETTINGS, soak
from tests.soak.exam_day import exam_day

DATABASES = ("sqlite", "postgres")


def main() -> int:
    """Run the proofs on each database that was asked for; return 1 when one failed."""
    options = _options()
    compile_catalogues()
    failed = 0
    for proof in options.proof or PROOFS:
        for database in options.database or DATABASES:
            wrong = PROOFS[proof](database, options)
            for each in wrong[:20]:
                print(f"  {each}", flush=True)
            failed += bool(wrong)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="floorready soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof", nargs="*", choices=[*PROOFS, []], help="all by default")
    parser.add_argument("--database", action="append", choices=DATABASES, help="one database alone (default: both)")
    parser.add_argument("--candidates", type=int, help="default: 50 for kills, 500 for exam-day")
    parser.add_argument("--saves", type=int, default=100_000, help="kills: altogether, on each database")
    parser.add_argument("--kill-every", type=int, default=1_000, help="kills: saves between two kills")
    parser.add_argument("--minutes", type=float, default=6, help="exam-day: working time")
    parser.add_argument("--kill-seconds", type=float, default=30, help="exam-day: seconds between kills; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def kills(database: str, options: argparse.Namespace) -> list[str]:
    """Let candidates save while processes are killed; return what is wrong."""
    with installed(database) as installation:
        report = soak(installation, candidates=options.candidates or 50, saves=options.saves,
                      kill_every=options.kill_every, seed=options.seed)
    killed = ", ".join(f"{part} {number}" for part, number in sorted(report.kills.items()))
    print(f"{database}: {report.saves} saves acknowledged in {report.seconds:.0f} s, {report.tried_again} requests "
          f"tried again; killed: {killed}; {len(report.wrong)} proofs failed", flush=True)
    return report.wrong


def day(database: str, options: argparse.Namespace) -> list[str]:
    """Let an exam day pass; return what is wrong."""
    with installed(database) as installation:
        passed = exam_day(installation, candidates=options.candidates or 500, minutes=options.minutes,
                          kill_every=options.kill_seconds, seed=options.seed)
    print(passed.told(database), flush=True)
    return passed.wrong


@contextmanager
def installed(database: str) -> Iterator[Installation]:
    """Give an installation on a database of its own, durable as in production; not yet started."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floorready-soak-")))
        url = ""
        if database == "postgres":
            url = stack.enter_context(start_postgres(durable=True)).new_database()
        yield Installation(folder, database_url=url, settings=SETTINGS)


PROOFS: Final[Mapping[str, Callable[[str, argparse.Namespace], list[str]]]] = {"kills": kills, "exam-day": day}


if __name__ == "__main__":
    sys.exit(main())
