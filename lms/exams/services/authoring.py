"""Write an exam and publish an edition of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.queries.rulebook import load_rulebook
from lms.exams.models import Exam, ExamEdition, ExamPlan, ExamPurpose, SpotCheck
from lms.exams.queries.bank import draw_paper, supply_of
from lms.exams.queries.edition import edition_values
from lms.exams.queries.editor import named_of
from lms.exams.queries.forms import forms_of, forms_to_json
from lms.exams.rules import paper
from lms.exams.rules.named import Standing
from lms.exams.rules.purposes import follows
from lms.exams.rules.sections import section_flaws
from lms.exams.rules.terms import Terms, terms_flaws, terms_from_json, terms_to_json
from lms.exams.words.codes import PLAN_FLAWS, SECTION_FLAWS, STANDINGS, TERMS_FLAWS
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit


def create_exam(
    session: Session, *, code: str, title: str, title_en: str = "", purpose: ExamPurpose, unit_id: UUID | None = None,
    terms: Terms, source: str = "own", by: Identity, now: datetime,
) -> Exam:
    """Begin an exam as a draft. Raises Conflict when the code is taken."""
    if session.scalar(select(Exam.id).where(Exam.code == code)):
        raise Conflict("exam.code_taken", _("There is an exam with the code %(code)s already.", code=code))
    exam = Exam(
        code=code, title=title, title_en=title_en, purpose=purpose, unit_id=unit_id, source=source,
        draft=terms_to_json(terms), created_at=now, changed_at=now,
    )
    session.add(exam)
    session.flush()
    audit(session, by=by, action="exam.create", subject=f"exam:{code}", now=now)
    return exam


def save_draft(
    session: Session, exam_id: UUID, *, title: str, title_en: str, purpose: ExamPurpose, terms: Terms, by: Identity,
    now: datetime,
) -> Exam:
    """Keep what an editor wrote; nothing that candidates see changes before it is published.

    Raises Invalid for a purpose that can't be this exam's: certificates, plans or spot checks rest on the other.
    """
    exam = _exam(session, exam_id)
    if purpose != exam.purpose:
        _refuse_purpose(session, exam, purpose)
    after = terms_to_json(terms)
    changes = {
        name: [before, new]
        for name, before, new in _differences(exam, title, title_en, purpose, after)
        if before != new
    }
    exam.title, exam.title_en, exam.purpose, exam.draft, exam.changed_at = title, title_en, purpose, after, now
    if changes:
        audit(session, by=by, action="exam.edit", subject=f"exam:{exam.code}", changes=changes, now=now)
    return exam


def _refuse_purpose(session: Session, exam: Exam, purpose: ExamPurpose) -> None:
    """Refuse a purpose that contradicts what rests on the exam already."""
    ref = f"exam:{exam.code}"
    book = load_rulebook(session)
    newest = (editions[-1] for editions in book.editions.values() if editions)
    asked = any(ref in requirement.activities for edition in newest for requirement in edition.requirements)
    if asked and not follows(purpose).certifies:
        raise Invalid([Problem("purpose", _("A certificate asks for this exam, so its results can't be for the record "
                                            "alone."))])
    rests = select(ExamPlan.id).where(ExamPlan.exam_id == exam.id).union(
        select(SpotCheck.id).where(SpotCheck.exam_id == exam.id))
    if session.execute(rests.limit(1)).first() is not None:
        raise Invalid([Problem("purpose", _("Monthly plans or spot checks use this exam; make another one."))])


def _differences(
    exam: Exam, title: str, title_en: str, purpose: str, draft: dict[str, Any]
) -> Sequence[tuple[str, object, object]]:
    names = sorted({*exam.draft, *draft})
    return [
        ("title", exam.title, title), ("title_en", exam.title_en, title_en), ("purpose", exam.purpose, str(purpose)),
        *((name, exam.draft.get(name), draft.get(name)) for name in names),
    ]


def publish_edition(session: Session, exam_id: UUID, *, by: Identity, now: datetime) -> ExamEdition:
    """Make the draft the edition that sittings started from now on use.

    Raises Invalid with everything that is wrong or that the bank can't supply, Conflict when nothing changed.
    """
    exam = _exam(session, exam_id)
    terms = terms_from_json(exam.draft)
    problems = problems_of(session, terms)
    if problems:
        raise Invalid(problems, "exam.not_publishable")
    last = latest_edition(session, exam_id)
    values = edition_values(exam, terms) | {
        "forms": forms_to_json(forms_of(session, terms)) if terms.forms > 1 else []
    }
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        raise Conflict("exam.nothing_changed", _("Nothing has changed since edition %(n)s.", n=last.number))
    edition = ExamEdition(
        exam_id=exam.id, number=last.number + 1 if last else 1, published_at=now, published_by=by.person_id, **values
    )
    session.add(edition)
    session.flush()
    audit(session, by=by, action="exam.publish", subject=f"exam:{exam.code}", now=now,
          changes={"edition": [last.number if last else None, edition.number]})
    return edition


def problems_of(session: Session, terms: Terms) -> list[Problem]:
    """Return what keeps terms from being published: flaws, and what the bank can't supply."""
    problems = [Problem(flaw.value, str(TERMS_FLAWS[flaw])) for flaw in terms_flaws(terms)]
    problems += [
        Problem("sections" if index is None else f"sections-{index}", str(SECTION_FLAWS[flaw]))
        for flaw, index in section_flaws(terms.sections, terms.parts)
    ]
    flaws = paper.flaws(terms.parts)
    problems += [
        Problem("parts" if flaw.part is None else f"parts-{flaw.part}", str(PLAN_FLAWS[flaw.code])) for flaw in flaws
    ]
    problems += _named_problems(session, terms.parts)
    if not flaws:
        problems += [
            Problem(
                f"parts-{it.part}",
                _("The bank has %(have)s of the %(want)s questions this line asks for.",
                  have=it.granted, want=it.wanted),
            )
            for it in supply_of(session, terms.parts)
            if it.short and terms.parts[it.part].edition is None
        ]
    return problems


def _named_problems(session: Session, parts: Sequence[paper.Part]) -> list[Problem]:
    """Return, question by question, why an edition that a line names can't be put on a new paper."""
    named = named_of(session, parts)
    return [
        Problem(f"parts-{index}", _("Question %(code)s can't be on the paper: %(why)s.",
                                    code=named[part.edition].code or "?", why=STANDINGS[named[part.edition].standing]))
        for index, part in enumerate(parts)
        if part.edition and named[part.edition].standing is not Standing.USABLE
    ]


def fix_draft(session: Session, exam_id: UUID, *, seed: str, by: Identity, now: datetime) -> Exam:
    """Make the draft a fixed paper: exactly the questions that its blueprint draws by this seed, in that order.

    Raises NotEnoughQuestions when the bank can't fill it, ValueError on a blueprint with flaws.
    """
    exam = _exam(session, exam_id)
    terms = terms_from_json(exam.draft)
    items = draw_paper(session, terms, seed=seed)
    parts = tuple(
        paper.Part(1, it.points, edition=it.candidate.edition, section=terms.parts[it.part].section) for it in items
    )
    exam.draft, exam.changed_at = terms_to_json(replace(terms, parts=parts)), now
    audit(session, by=by, action="exam.fix_paper", subject=f"exam:{exam.code}", now=now,
          changes={"seed": [None, seed], "questions": [None, len(parts)]})
    return exam


def deal_forms(session: Session, exam_id: UUID, *, by: Identity, now: datetime) -> Exam:
    """Let a draft's forms be dealt anew."""
    exam = _exam(session, exam_id)
    terms = terms_from_json(exam.draft)
    exam.draft, exam.changed_at = terms_to_json(replace(terms, forms_seed=terms.forms_seed % 1_000_000 + 1)), now
    audit(session, by=by, action="exam.deal_forms", subject=f"exam:{exam.code}", now=now,
          changes={"forms_seed": [terms.forms_seed, exam.draft["forms_seed"]]})
    return exam


def retire_exam(session: Session, exam_id: UUID, *, reason: str, by: Identity, now: datetime) -> None:
    """Take an exam out of use; running sittings end as they would have, records stay."""
    exam = _exam(session, exam_id)
    if exam.retired_at is None:
        exam.retired_at = now
        audit(session, by=by, action="exam.retire", subject=f"exam:{exam.code}", reason=reason, now=now)


def latest_edition(session: Session, exam_id: UUID) -> ExamEdition | None:
    """Return the newest published edition, None when nothing was published yet."""
    return session.scalars(
        select(ExamEdition).where(ExamEdition.exam_id == exam_id).order_by(ExamEdition.number.desc()).limit(1)
    ).first()


def _exam(session: Session, exam_id: UUID) -> Exam:
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise NotFound
    return exam
