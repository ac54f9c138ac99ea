"""What corrected facts would do to certificates and the floor, before they are appended."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certification.queries.cases import KnownPerson, load_cases
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.cycles import settle, undermined
from lms.certification.rules.floor import Case, decide_floor_access
from lms.records.corrections import Consequence
from lms.records.rules import Fact, in_force


def of_facts(session: Session, corrections: Iterable[Fact], at: datetime) -> tuple[Consequence, ...]:
    """Return what appending these facts at `at` would do, person by person; those for whom nothing changes are absent.

    corrections   facts as they would be appended, each superseding one in force
    """
    by_person: dict[UUID, list[Fact]] = {}
    for fact in corrections:
        by_person.setdefault(fact.person_id, []).append(fact)
    book = load_rulebook(session)
    cases = load_cases(session, book, list(by_person))
    found = [_of_person(book, known, by_person[person_id], at) for person_id, known in cases.items()]
    return tuple(sorted((it for it in found if it.touches), key=lambda it: it.name))


def _of_person(book: Rulebook, known: KnownPerson, corrections: list[Fact], at: datetime) -> Consequence:
    case = known.case
    facts = in_force([*case.facts, *corrections])
    cycles = {code: list(of) for code, of in case.cycles.items()}
    fallen = undermined(book.editions, cycles, facts, now=at)
    for cycle in fallen:
        cycles[cycle.code] = [cycle if it.number == cycle.number else it for it in cycles[cycle.code]]
    issued = settle(book.editions, cycles, facts, now=at, zone=known.zone)
    for cycle in issued:
        cycles.setdefault(cycle.code, []).append(cycle)
    after = replace(case, cycles=cycles, facts=tuple(facts))
    opened, shut = _queues(book, case, after, at)
    return Consequence(
        known.id, known.name, _names(book, (it.code for it in issued)), _names(book, (it.code for it in fallen)),
        opened, shut,
    )


def _queues(book: Rulebook, before: Case, after: Case, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    opened: list[str] = []
    shut: list[str] = []
    for queue_id, rule in book.queues.items():
        was = decide_floor_access(before, rule, book.editions, at=at).allowed
        will = decide_floor_access(after, rule, book.editions, at=at).allowed
        if was != will:
            (shut if was else opened).append(book.queue_names[queue_id].name)
    return tuple(opened), tuple(shut)


def _names(book: Rulebook, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(book.certifications[book.id_of(code)].name for code in codes)
