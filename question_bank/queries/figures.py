"""Which questions misbehave: those whose marks may be wrong."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from question_bank.models import Question, QuestionEdition
from question_bank.queries.bank import visible
from question_bank.statistics.models import QuestionFigure
from question_bank.statistics.sample import FEWEST


@dataclass(frozen=True, slots=True)
class Misbehaving:
    """A question in use with a grave hint. flags: words of `statistics.flags.Flag`, the gravest first."""

    code: str
    stem: str
    sittings: int
    flags: tuple[str, ...]


def misbehaving(session: Session, identity: Identity) -> tuple[Misbehaving, ...]:
    """Return the questions in use that somebody should look at before results are used, the worst first."""
    rows = session.execute(
        select(Question.code, QuestionEdition.stem, QuestionFigure.sittings, QuestionFigure.flags)
        .join(QuestionFigure, QuestionFigure.question_id == Question.id)
        .join(QuestionEdition, QuestionEdition.id == QuestionFigure.edition_id)
        .where(
            QuestionFigure.grave.is_(True),
            QuestionFigure.sittings >= FEWEST,
            Question.retired_at.is_(None),
            visible(identity),
        )
        .order_by(QuestionFigure.discrimination, Question.code)
    )
    return tuple(Misbehaving(code, stem, sittings, tuple(flags.split())) for code, stem, sittings, flags in rows)
