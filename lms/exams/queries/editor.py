"""What the editor of a blueprint shows: its lines against the bank, what may be chosen, questions to put on a paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.queries.bank import named_editions, supply_of
from lms.exams.rules.named import Standing, standing
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.exams.titles import reads_english
from lms.kernel.searching import folded
from question_bank import queries as bank
from question_bank.models import EditionState, Question, QuestionEdition
from question_bank.queries.bank import visible
from question_bank.showing import plain_words

MOST_FOUND: Final = 30


@dataclass(frozen=True)
class Named:
    """A question that a line names by its edition. newer: the edition published since, None without one."""

    edition_id: str
    code: str
    number: int
    kind: str
    stem: str
    standing: Standing
    newer: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of a blueprint in the editor, with what the bank has for it."""

    part: Part
    topic: str
    available: int
    short: int
    named: Named | None


@dataclass(frozen=True)
class Topic:
    """A subject or knowledge point that a line may ask for; `depth` indents it."""

    value: str
    name: str
    depth: int
    published: int


@dataclass(frozen=True)
class Found:
    """A published question that may be put on a paper; points in hundredths of a mark."""

    edition_id: str
    code: str
    number: int
    kind: str
    stem: str
    points: int


def lines_of(session: Session, parts: Sequence[Part]) -> tuple[Line, ...]:
    """Return the lines of a blueprint with what the bank has for them."""
    supplies = supply_of(session, parts)
    named = named_of(session, parts)
    return tuple(
        Line(
            part, f"subject:{part.subject}" if part.subject else f"point:{part.point}" if part.point else "",
            supplies[index].available, supplies[index].short, named[part.edition] if part.edition else None,
        )
        for index, part in enumerate(parts)
    )


def by_section(terms: Terms, lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    """Return the lines of each section, in order."""
    return tuple(
        tuple(line for line in lines if line.part.section == index) for index in range(len(terms.sections))
    )


def named_of(session: Session, parts: Sequence[Part]) -> dict[str, Named]:
    """Return, by edition, the questions that lines name, and whether they may be used."""
    editions = named_editions(session, parts)
    retired = bank.retired(session, [it.id for it in editions.values()])
    newest = bank.published(session, {it.code for it in editions.values() if it.state != EditionState.PUBLISHED})
    found = {}
    for part in parts:
        if part.edition and part.edition not in found:
            it = editions.get(part.edition)
            found[part.edition] = (
                Named(part.edition, "", 0, "", "", Standing.UNKNOWN) if it is None
                else _named(it, it.id in retired, newest.get(it.code))
            )
    return found


def _named(it: bank.Edition, retired: bool, newest: bank.Edition | None) -> Named:
    stands = standing(published=it.state == EditionState.PUBLISHED, retired=retired, newer=newest is not None)
    return Named(str(it.id), it.code, it.number, it.kind, _words(it), stands,
                 str(newest.id) if newest is not None and stands is Standing.NEWER else None)


def _words(it: bank.Edition) -> str:
    return plain_words(str(it.content.get("stem", "")), rich=bool(it.content.get("rich")))


def find_questions(session: Session, words: str, reader: Identity) -> tuple[Found, ...]:
    """Return published questions to put on a paper: those of the codes given, else those that hold every word.

    words    codes, or words in any order, separated by spaces or commas; at most 30 questions are found by words
    """
    asked = [it for it in re.split(r"[\s,，、;；]+", words.strip()) if it]
    if not asked:
        return ()
    by_code = bank.published(session, asked)
    query = (
        select(QuestionEdition.id).join(Question, Question.id == QuestionEdition.question_id)
        .where(QuestionEdition.state == EditionState.PUBLISHED, Question.retired_at.is_(None), visible(reader))
    )
    if by_code:
        allowed = set(session.scalars(query.where(Question.code.in_(by_code))))
        return tuple(_found(by_code[code]) for code in dict.fromkeys(asked)
                     if code in by_code and by_code[code].id in allowed)
    holds = and_(*(QuestionEdition.searched.contains(folded(it), autoescape=True) for it in asked))
    ids: Sequence[UUID] = session.scalars(query.where(holds).order_by(Question.code).limit(MOST_FOUND)).all()
    editions = bank.editions(session, ids)
    return tuple(_found(editions[it]) for it in ids)


def _found(it: bank.Edition) -> Found:
    return Found(str(it.id), it.code, it.number, it.kind, _words(it), it.points)


def choices_for_parts(session: Session) -> tuple[Topic, ...]:
    """Return the subjects and knowledge points a line may ask for, in the order of their tree."""
    return tuple(
        Topic(
            f"point:{it.code}" if it.parent else f"subject:{it.code}",
            it.name_en if it.name_en and reads_english() else it.name, it.depth, it.published,
        )
        for it in bank.points(session)
    )
