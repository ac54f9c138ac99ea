"""`./floorready soak`: the long form, on both databases."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from lms.kernel.catalogues import compile_catalogues
from tests.installation import Installation
from tests.postgres import start_postgres
from tests.soak.course import SETTINGS, Report, soak

DATABASES = ("sqlite", "postgres")


def main() -> int:
    """Run the soak on each database that was asked for; return 1 when a proof failed."""
    options = _options()
    compile_catalogues()
    failed = 0
    for database in options.database or DATABASES:
        report = _soak_on(database, options)
        kills = ", ".join(f"{part} {number}" for part, number in sorted(report.kills.items()))
        print(f"{database}: {report.saves} saves acknowledged in {report.seconds:.0f} s, {report.tried_again} requests "
              f"tried again; killed: {kills}; {len(report.wrong)} proofs failed")
        for each in report.wrong[:20]:
            print(f"  {each}")
        failed += bool(report.wrong)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="floorready soak", description=__doc__)
    parser.add_argument("--database", action="append", choices=DATABASES, help="one database alone (default: both)")
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--saves", type=int, default=100_000, help="altogether, on each database")
    parser.add_argument("--kill-every", type=int, default=1_000, help="saves between two kills")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _soak_on(database: str, options: argparse.Namespace) -> Report:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floorready-soak-")))
        url = ""
        if database == "postgres":
            url = stack.enter_context(start_postgres(durable=True)).new_database()
        installation = Installation(folder, database_url=url, settings=SETTINGS)
        return soak(installation, candidates=options.candidates, saves=options.saves, kill_every=options.kill_every,
                    seed=options.seed)


if __name__ == "__main__":
    sys.exit(main())
