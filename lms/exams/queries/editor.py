"""What the editor of a blueprint shows: its lines against the bank, and what may be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.exams.queries.bank import supply_of
from lms.exams.rules.paper import Part, flaws
from lms.exams.titles import reads_english
from question_bank import queries as bank


@dataclass(frozen=True)
class Line:
    """One line of a blueprint in the editor. available, short: None while the blueprint has flaws."""

    part: Part
    topic: str
    available: int | None
    short: int | None


@dataclass(frozen=True)
class Topic:
    """A subject or knowledge point that a line may ask for; `depth` indents it."""

    value: str
    name: str
    depth: int
    published: int


def lines_of(session: Session, parts: Sequence[Part]) -> tuple[Line, ...]:
    """Return the lines of a blueprint with what the bank has for them."""
    supplies = [] if flaws(parts) else list(supply_of(session, parts))
    return tuple(
        Line(
            part, f"subject:{part.subject}" if part.subject else f"point:{part.point}" if part.point else "",
            supplies[index].available if supplies else None, supplies[index].short if supplies else None,
        )
        for index, part in enumerate(parts)
    )


def choices_for_parts(session: Session) -> tuple[Topic, ...]:
    """Return the subjects and knowledge points a line may ask for, in the order of their tree."""
    return tuple(
        Topic(
            f"point:{it.code}" if it.parent else f"subject:{it.code}",
            it.name_en if it.name_en and reads_english() else it.name, it.depth, it.published,
        )
        for it in bank.points(session)
    )
