"""What an author looks at, tries and prints of an exam: the published edition, or the draft where it says otherwise."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lms.exams.models import Exam, ExamEdition
from lms.exams.queries.bank import draw_paper
from lms.exams.queries.edition import edition_values, paper_of
from lms.exams.queries.forms import forms_of, items_of_form, published_form
from lms.exams.rules.paper import Item
from lms.exams.rules.terms import Terms, terms_from_json

DRAFT = "draft"


@dataclass(frozen=True)
class Previewed:
    """One of the papers an exam has.

    edition   whose paper it is; None for the draft
    newest    the newest published edition; None when nothing was published yet
    differs   whether the draft says something else than that edition
    """

    terms: Terms
    edition: ExamEdition | None
    newest: ExamEdition | None
    differs: bool


def previewed_of(exam: Exam, wanted: str = "") -> Previewed:
    """Return the paper of an exam that is asked for.

    wanted   "draft", a text of digits for the newest edition, "" for that edition unless the draft differs
    """
    newest = exam.editions[-1] if exam.editions else None
    draft = terms_from_json(exam.draft)
    values = edition_values(exam, draft)
    differs = newest is None or any(getattr(newest, name) != value for name, value in values.items())
    if newest is None or wanted == DRAFT or (differs and not wanted.isdecimal()):
        return Previewed(draft, None, newest, differs)
    return Previewed(replace(paper_of(newest), forms=len(newest.forms) or 1), newest, newest, differs)


def items_to_preview(session: Session, shown: Previewed, *, form: int, seed: str) -> tuple[Item, ...]:
    """Draw the paper, or lay out one of its forms (1..; 0 for none) as that edition keeps it.

    Raises NotEnoughQuestions, and ValueError on a blueprint with flaws.
    """
    if not form:
        return draw_paper(session, shown.terms, seed=seed)
    if shown.edition is not None:
        return items_of_form(*published_form(session, shown.edition, form), seed=seed)
    return items_of_form(shown.terms, forms_of(session, shown.terms)[form - 1], seed=seed)
