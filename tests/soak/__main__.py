"""`./floorready soak [PROOF ...]`: the long proofs, on both databases.

kills      candidates save 100,000 answers while every process is killed in turn
exam-day   500 candidates begin within a minute, work, lose the network, change seats and hand in together
fuzz       every importer (questions, rosters, shifts, leave, heads) reads damaged files for so many minutes, and
           writes all of a file or nothing; --importer paper names one of them
import     10,000 questions come in from one spreadsheet
scripts    every line of every bundled call script spoilt in every way; random walks take every branch and all end
digests    every plan scored by every version of the engine, in fresh processes, under the Pythons of --python too
calls      calls are played and recorded while the web server is killed; each resumes where it was and scores as if
           undisturbed, and no acknowledged piece of its recording is lost
rooms      live calls in many rooms, a trainer and a learner in each: once in peace, once while sockets and web server
           are killed
replies    a file of replies (--replies) with an inspector's word on each: how many the engine takes rightly
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from lms.access.identity import Identity
from lms.kernel.catalogues import compile_catalogues
from tests.installation import Installation
from tests.postgres import PostgresServer, start_postgres
from tests.simulations.mutations import script_faults
from tests.soak.calls import calls_under_fire
from tests.soak.course import SETTINGS, soak
from tests.soak.digests import digest_faults
from tests.soak.exam_day import exam_day
from tests.soak.fuzz import IMPORTERS, QUESTIONS, fuzz
from tests.soak.imports import bank_of_its_own, half_imports, large_import
from tests.soak.live_rooms import rooms_at_once
from tests.soak.replies import reply_faults
from tests.soak.rosters import FORMS, an_organisation, half_rosters

DATABASES = ("sqlite", "postgres")


def main() -> int:
    """Run the proofs on each database that was asked for; return 1 when one failed."""
    options = _options()
    compile_catalogues()
    failed = 0
    for proof in options.proof or [it for it in PROOFS if it != "replies" or options.replies]:
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
    parser.add_argument("--candidates", type=int, action="append",
                        help="default: 50 for kills, 500 for exam-day; given again, exam-day passes once more")
    parser.add_argument("--saves", type=int, default=100_000, help="kills: altogether, on each database")
    parser.add_argument("--kill-every", type=int, default=1_000, help="kills: saves between two kills")
    parser.add_argument("--minutes", type=float, default=6, help="exam-day: working time; fuzz: each importer")
    parser.add_argument("--importer", action="append", choices=IMPORTERS, help="fuzz: this one alone (default: all)")
    parser.add_argument("--each", type=int, default=25, help="fuzz: damaged files of a form through the whole import")
    parser.add_argument("--kill-seconds", type=float, default=30, help="exam-day: seconds between kills; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", action="append", default=[], help="digests: another Python with our packages")
    parser.add_argument("--calls", type=int, default=40, help="calls: how many, on each database")
    parser.add_argument("--at-once", type=int, default=20, help="calls: how many together; four of them with a kill")
    parser.add_argument("--rooms", type=int, default=20, help="rooms: how many at once")
    parser.add_argument("--lines", type=int, default=40, help="rooms: what is said in each, both sides together")
    parser.add_argument("--replies", type=Path, help="replies: the file, one reply a line")
    return parser.parse_args()


def kills(database: str, options: argparse.Namespace) -> list[str]:
    """Let candidates save while processes are killed; return what is wrong."""
    with installed(database) as (installation, _server):
        report = soak(installation, candidates=(options.candidates or [50])[0], saves=options.saves,
                      kill_every=options.kill_every, seed=options.seed)
    killed = ", ".join(f"{part} {number}" for part, number in sorted(report.kills.items()))
    print(f"{database}: {report.saves} saves acknowledged in {report.seconds:.0f} s, {report.tried_again} requests "
          f"tried again; killed: {killed}; {len(report.wrong)} proofs failed", flush=True)
    return report.wrong


def day(database: str, options: argparse.Namespace) -> list[str]:
    """Let exam days pass, of ever more candidates when that was asked for; return what is wrong."""
    wrong: list[str] = []
    for candidates in options.candidates or [500]:
        with installed(database) as (installation, server):
            passed = exam_day(installation, candidates=candidates, minutes=options.minutes,
                              kill_every=options.kill_seconds, seed=options.seed, postgres=server)
        print(passed.told(database), flush=True)
        wrong += passed.wrong
    return wrong


def fuzzing(database: str, options: argparse.Namespace) -> list[str]:
    """Damage files of every form; return what is wrong."""
    wrong: list[str] = []
    importers, each = options.importer or IMPORTERS, options.each
    questions = [it for it in QUESTIONS if it in importers]
    people = [it for it in importers if it not in QUESTIONS]
    with TemporaryDirectory(prefix="floorready-fuzz-") as folder:
        for importer in importers if database == DATABASES[0] else ():
            found = fuzz(importer, Path(folder), Random(f"{options.seed}{importer}"), seconds=options.minutes * 60)
            print(found.told(), flush=True)
            wrong += found.wrong
    with banked(database) as trainer:
        brought, half = half_imports(trainer, Random(options.seed), each=each, importers=questions)
        written, torn = half_rosters(an_organisation(), Random(options.seed), each=each) if people else (0, [])
    print(f"{database}: {each * len(questions)} damaged files of questions imported, {brought} of them written, "
          f"{len(half)} wrong; {each * len(FORMS) if people else 0} of people, {written} of them written, "
          f"{len(torn)} wrong", flush=True)
    return wrong + half + torn


def large(database: str, _options: argparse.Namespace) -> list[str]:
    """Bring 10,000 questions in; return what is wrong."""
    with banked(database) as trainer:
        told, wrong = large_import(trainer)
    print(f"{database}: {told}", flush=True)
    return wrong


@contextmanager
def banked(database: str) -> Iterator[Identity]:
    """Give a trainer with a question bank on a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="floorready-soak-")))
        url = stack.enter_context(start_postgres()).new_database() if database == "postgres" else ""
        yield stack.enter_context(bank_of_its_own(folder, url))[1]


@contextmanager
def installed(database: str) -> Iterator[tuple[Installation, PostgresServer | None]]:
    """Give an installation on a database of its own, durable as in production, not yet started; and its server."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="floorready-soak-")))
        server = stack.enter_context(start_postgres(durable=True)) if database == "postgres" else None
        url = server.new_database() if server else ""
        yield Installation(folder, database_url=url, settings=SETTINGS), server


def scripts(database: str, _options: argparse.Namespace) -> list[str]:
    """Spoil scripts and walk through them, once: no database takes part; return what is wrong."""
    return script_faults() if database == DATABASES[0] else []


def digests(database: str, options: argparse.Namespace) -> list[str]:
    """Compare scores, once: no database takes part; return what differs."""
    return digest_faults(options.python) if database == DATABASES[0] else []


def calls(database: str, options: argparse.Namespace) -> list[str]:
    """Play calls while the web server is killed; return what is wrong."""
    with installed(database) as (installation, _server):
        report = calls_under_fire(installation, calls=options.calls, seed=options.seed, at_once=options.at_once)
    print(f"{database}: {report.told()}", flush=True)
    return report.wrong


def rooms(database: str, options: argparse.Namespace) -> list[str]:
    """Hold many live calls at once, in peace and under fire; return what is wrong."""
    wrong: list[str] = []
    for kills in ((), ("sockets", "web", "sockets")):
        with installed(database) as (installation, _server):
            report = rooms_at_once(
                installation, rooms=options.rooms, lines=options.lines, seed=options.seed, kills=kills)
        print(f"{database}: {report.in_words()}", flush=True)
        wrong += report.wrong
    return wrong


def replies(database: str, options: argparse.Namespace) -> list[str]:
    """Judge a file of replies, once; return the false passes of critical checkpoints."""
    if options.replies is None:
        return ["replies needs a file: --replies FILE"]
    return reply_faults(options.replies) if database == DATABASES[0] else []


PROOFS: Final[Mapping[str, Callable[[str, argparse.Namespace], list[str]]]] = {
    "kills": kills, "exam-day": day, "fuzz": fuzzing, "import": large, "scripts": scripts,
    "digests": digests, "calls": calls, "rooms": rooms, "replies": replies,
}


if __name__ == "__main__":
    sys.exit(main())
