"""Forms of a paper against the bank: how hard their questions have proved, the forms drawn, who gets which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.exams.models import ExamAssignment, ExamEdition, Sitting
from lms.exams.queries.bank import as_candidate, candidates_for
from lms.exams.queries.edition import paper_of
from lms.exams.rules.forms import (
    FEWEST_RESPONSES,
    LETTERS,
    Form,
    Strength,
    draw_forms,
    expected_facility,
    form_for,
    largest_difference,
    naive_forms,
    strength,
)
from lms.exams.rules.paper import Candidate, Item, laid_out
from lms.exams.rules.terms import Terms
from lms.people.models import Person
from question_bank import queries as bank
from question_bank.statistics.models import QuestionFigure


@dataclass(frozen=True)
class FormLine:
    """One form: its letter, what it is expected to give, how many of its questions another form has too."""

    number: int
    letter: str
    strength: Strength
    shared: int


@dataclass(frozen=True)
class FormsView:
    """The forms of a draft. difference, by_chance: hundredths of a mark between the means, levelled and as dealt.

    measured   questions whose facility comes from answers, of `questions` in all
    """

    lines: tuple[FormLine, ...]
    difference: float
    by_chance: float
    measured: int
    questions: int


def forms_of(session: Session, terms: Terms) -> tuple[Form, ...]:
    """Draw the forms of a paper. Raises NotEnoughQuestions, ValueError on a blueprint with flaws."""
    pools = candidates_for(session, terms.parts)
    facility, _measured = facilities(session, [it for pool in pools for it in pool])
    return draw_forms(terms.parts, pools, facility, count=terms.forms, seed=str(terms.forms_seed))


def facilities(session: Session, candidates: Iterable[Candidate]) -> tuple[dict[str, float], set[str]]:
    """Return question -> expected share of its marks, and the questions for which answers say so."""
    rows = session.execute(
        select(QuestionFigure.question_id, QuestionFigure.facility, QuestionFigure.sittings)
        .where(QuestionFigure.sittings >= FEWEST_RESPONSES, QuestionFigure.facility.is_not(None))
    )
    known = {str(question): (facility, sittings) for question, facility, sittings in rows}
    found = {}
    for it in candidates:
        share, responses = known.get(it.question, (None, 0))
        found[it.question] = expected_facility(it.difficulty, share=share, responses=responses)
    return found, known.keys() & found.keys()


def forms_view(session: Session, terms: Terms) -> FormsView:
    """Return the forms of a draft with what they are expected to give. Raises as `forms_of` does."""
    pools = candidates_for(session, terms.parts)
    facility, measured = facilities(session, [it for pool in pools for it in pool])
    seed = str(terms.forms_seed)
    forms = draw_forms(terms.parts, pools, facility, count=terms.forms, seed=seed)
    naive = naive_forms(terms.parts, pools, count=terms.forms, seed=seed)
    asked = [{it.question for part in form for it in part} for form in forms]
    strengths = [strength(terms.parts, form, facility) for form in forms]
    lines = tuple(
        FormLine(
            index + 1, LETTERS[index], told,
            len(asked[index] & set().union(*(other for place, other in enumerate(asked) if place != index))),
        )
        for index, told in enumerate(strengths)
    )
    every = set().union(*asked)
    return FormsView(
        lines, largest_difference(strengths),
        largest_difference([strength(terms.parts, form, facility) for form in naive]),
        len(every & measured), len(every),
    )


def forms_to_json(forms: Sequence[Form]) -> list[list[list[str]]]:
    """Write forms as an edition keeps them."""
    return [[[it.edition for it in part] for part in form] for form in forms]


def items_of_form(terms: Terms, form: Form, *, seed: str) -> tuple[Item, ...]:
    """Put a form in order for one person: sections as they are, mixed by the person's own seed inside them."""
    chosen = [(index, it) for index, part in enumerate(form) for it in part]
    return laid_out(terms.parts, chosen, seed=seed, in_order=terms.in_order)


def published_form(session: Session, edition: ExamEdition, number: int) -> tuple[Terms, Form]:
    """Return a form (1..) of an edition, with the terms that lay it out."""
    stored: list[list[str]] = edition.forms[number - 1]
    editions = bank.editions(session, [UUID(it) for part in stored for it in part])
    return paper_of(edition), tuple(tuple(as_candidate(editions[UUID(it)]) for it in part) for part in stored)


def form_to_sit(
    session: Session, edition: ExamEdition, assignment: ExamAssignment, *, other_paper: bool, seed: str
) -> int:
    """Return the form (1..) that somebody is to sit next: by turn in their session's list, not one seen before.

    other_paper   whether what was seen in earlier attempts is to be avoided
    seed          of the sitting: decides where there is no session
    """
    earlier = select(Sitting.form).where(
        Sitting.assignment_id == assignment.id, Sitting.edition_id == edition.id, Sitting.form.is_not(None)
    )
    seen = {it for it in session.scalars(earlier) if it} if other_paper else set()
    place, turn = 0, seed
    if assignment.session_id is not None:
        place, turn = _place(session, assignment), str(assignment.session_id)
    return form_for(place, forms=len(edition.forms), seen=seen, seed=turn)


def _place(session: Session, assignment: ExamAssignment) -> int:
    """Return where somebody stands in their session's list by staff number, 0.."""
    own = select(Person.staff_no).where(Person.id == assignment.person_id).scalar_subquery()
    sat = select(Sitting.assignment_id).where(Sitting.session_id == assignment.session_id)
    return session.scalar(
        select(func.count()).select_from(ExamAssignment).join(Person, Person.id == ExamAssignment.person_id)
        .where(or_(ExamAssignment.session_id == assignment.session_id, ExamAssignment.id.in_(sat)),
               Person.staff_no < own)
    ) or 0
