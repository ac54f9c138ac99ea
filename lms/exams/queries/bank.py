"""What the question bank can give a blueprint."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from lms.exams.rules.paper import Candidate, Cell, Item, Part, Supply, draw, supply_of_cells
from lms.exams.rules.terms import Terms
from question_bank import queries as bank
from question_bank.kinds import KindCode
from question_bank.models import EditionState


def candidates_for(session: Session, parts: Sequence[Part]) -> list[list[Candidate]]:
    """Return, for each part of a blueprint, every question it may use: published ones, or the edition it names."""
    drawn = [part for part in parts if part.edition is None]
    picks = [
        bank.Pick(
            point=part.point, subject=part.subject, difficulty=part.difficulty,
            kind=KindCode(part.kind) if part.kind else None, count=part.count,
        )
        for part in drawn
    ]
    named = {key: as_candidate(it) for key, it in named_editions(session, parts).items()}
    pools = iter(bank.candidates(session, picks))
    return [
        [Candidate(str(it.question_id), str(it.edition_id), it.point, it.kind, it.difficulty) for it in next(pools)]
        if part.edition is None else [named[part.edition]] if part.edition in named else []
        for part in parts
    ]


def named_editions(session: Session, parts: Sequence[Part]) -> dict[str, bank.Edition]:
    """Return the editions that lines name, by their id as the blueprint writes it; in whatever state."""
    wanted = [UUID(part.edition) for part in parts if part.edition]
    return {str(key): it for key, it in bank.editions(session, wanted).items()} if wanted else {}


def as_candidate(edition: bank.Edition) -> Candidate:
    """Return an edition as papers know it."""
    return Candidate(str(edition.question_id), str(edition.id), edition.point, edition.kind, edition.difficulty)


def usable(session: Session, named: Collection[bank.Edition]) -> dict[str, Candidate]:
    """Return those of some editions that may be put on a new paper: published, their question in use."""
    retired = bank.retired(session, [it.id for it in named])
    return {
        str(it.id): as_candidate(it)
        for it in named if it.state == EditionState.PUBLISHED and it.id not in retired
    }


def supply_of(session: Session, parts: Sequence[Part]) -> tuple[Supply, ...]:
    """Tell, part by part, what the bank can give a blueprint now."""
    cells = [Cell(it.point, it.kind, it.difficulty, it.questions) for it in bank.cells(session)]
    named = named_editions(session, parts)
    return supply_of_cells(parts, cells, usable(session, list(named.values())) if named else {})


def draw_paper(
    session: Session, terms: Terms, *, seed: str, seen: Collection[str] = frozenset()
) -> tuple[Item, ...]:
    """Draw one paper from the bank. Raises NotEnoughQuestions, ValueError on a blueprint with flaws."""
    return draw(terms.parts, candidates_for(session, terms.parts), seed=seed, seen=seen, in_order=terms.in_order)
