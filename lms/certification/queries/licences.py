"""Whether somebody holds a certification: asked by courses and exams of their trainers and assessors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certification.queries.cases import load_cases
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.cycles import Standing, StandingState, standing_of


def standing_in(session: Session, person_id: UUID, code: str, at: datetime) -> Standing:
    """Return where a person stands with one certification at an instant; NEVER for unknown people and codes."""
    book = load_rulebook(session)
    known = load_cases(session, book, [person_id]).get(person_id)
    if known is None or code not in book.editions:
        return Standing(code, StandingState.NEVER)
    case = known.case
    standing = standing_of(code, book.editions, case.cycles, case.facts, at=at)
    kept_off = any(span.covers(at) for span in case.away) or any(
        it.span.covers(at) and not it.queue and it.certification in ("", code) for it in case.suspensions)
    return Standing(code, StandingState.REVOKED, standing.cycle) if kept_off else standing


def is_licensed(session: Session, person_id: UUID, code: str, at: datetime) -> bool:
    """Tell whether a person may act as what a certification stands for: held, in force, not suspended, not left."""
    return standing_in(session, person_id, code, at).state is StandingState.IN_FORCE
