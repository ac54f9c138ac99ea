"""Statistics of exams and of questions: for trainers, reviewers and auditors, within their part of the organisation."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_pgettext
from sqlalchemy import select

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.exams.models import Exam
from lms.exams.queries import statistics as queries
from lms.exams.queries.question_statistics import author_of_question, question_statistics
from lms.exams.views import bp
from lms.exams.views.door import exam_to_read
from lms.exams.views.statistics_charts import items_chart, totals_chart
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _l
from lms.web.exports import export_rows
from lms.web.guard import current_identity, page, requires
from lms.web.tables import Column, Filter, Page, Table, TableState, paginate_list
from question_bank.queries.bank import detail
from question_bank.statistics.flags import Flag
from question_bank.statistics.sample import Grade, grade_of, may_see
from question_bank.statistics.wording import FLAG_NAMES, PAPER_HINTS, names_of, say
from question_bank.wording import KIND_NAMES


@dataclass(frozen=True)
class Line:
    """A question in the table. shown: whether its figures may be seen by whoever asks."""

    item: queries.Item
    shown: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.item.figures, name) if self.shown else None


def _of(name: str, scale: float = 1.0, digits: int = 1) -> Any:
    def value(line: Line) -> float | None:
        found = getattr(line, name)
        return None if found is None else round(found * scale, digits)

    return value


ITEMS = Table(
    "exam_items", title=_l("Questions"), search_hint=_l("Text or code"), default_sort="code", per_page=20,
    columns=(
        Column("code", _l("Question"), always=True, sortable_in_lists=True, value=lambda it: it.item.edition.code),
        Column("number", _l("Edition"), numeric=True, hidden=True, value=lambda it: it.item.edition.number),
        Column("stem", _l("Question text"), always=True, value=lambda it: str(it.item.edition.content.get("stem", ""))),
        Column("kind", lazy_pgettext("questions", "Kind"), hidden=True,
               value=lambda it: str(KIND_NAMES[it.item.edition.kind])),
        Column("sittings", _l("Sittings"), numeric=True, sortable_in_lists=True,
               value=lambda it: it.item.figures.sittings),
        Column("facility", _l("Facility"), numeric=True, sortable_in_lists=True, value=_of("facility", 1, 3)),
        Column("guess", _l("Guess score"), numeric=True, hidden=True, sortable_in_lists=True,
               value=lambda it: None if it.item.guess is None else round(it.item.guess, 3)),
        Column("deviation", _l("Standard deviation"), numeric=True, hidden=True, sortable_in_lists=True,
               value=_of("deviation", 0.01, 2)),
        Column("discrimination", _l("Discrimination index"), numeric=True, sortable_in_lists=True,
               value=_of("discrimination")),
        Column("efficiency", _l("Discriminative efficiency"), numeric=True, sortable_in_lists=True,
               value=_of("efficiency")),
        Column("intended", _l("Intended weight"), numeric=True, hidden=True, sortable_in_lists=True,
               value=_of("intended", 1, 2)),
        Column("effective", _l("Effective weight"), numeric=True, hidden=True, sortable_in_lists=True,
               value=_of("effective", 1, 2)),
        Column("alpha_without", _l("Alpha without it"), numeric=True, hidden=True, sortable_in_lists=True,
               value=_of("alpha_without", 1, 3)),
        Column("hints", _l("Hints"), always=True,
               value=lambda it: names_of(hint.flag for hint in it.item.hints) if it.shown else ""),
    ),
    filters=(
        Filter("flag", _l("Hint"), options=lambda: list(FLAG_NAMES.items()),
               keeps=lambda line, value: line.shown and any(it.flag == value for it in line.item.hints)),
    ),
)


@bp.get("/papers/<code>/statistics")
@requires(Permission.STATISTICS_READ)
def statistics(code: str) -> ResponseReturnValue:
    """Show how an exam and its questions did, in one session or in all; first attempts unless asked otherwise."""
    exam, session = exam_to_read(code), reading()
    asked = _asked(exam)
    found = queries.exam_statistics(session, asked)
    author = queries.author_of(session, exam.id, current_identity().person_id)
    state = ITEMS.state(request.args)
    lines = [Line(it, may_see(it.figures.sittings, author=author)) for it in found.items]
    if state.export:
        return _exported(lines, state, code)
    shown = may_see(found.sittings, author=author)
    return page(
        "exams/statistics.html", exam=exam, found=found, asked=asked, shown=shown, grade=grade_of(found.sittings),
        Grade=Grade, state=state, rows=_page(lines, state), sessions=queries.by_session(session, asked),
        totals=totals_chart(found) if shown else None,
        map=items_chart([it.item for it in lines if it.shown]) if shown else None, say=say, paper_hints=PAPER_HINTS,
    )


def _asked(exam: Exam) -> queries.Asked:
    try:
        chosen = UUID(request.args.get("session", ""))
    except ValueError:
        chosen = None
    paths = scopes_of(current_identity(), Permission.STATISTICS_READ)
    return queries.Asked(exam.id, paths, chosen, first_only=request.args.get("attempts") != "all")


def _page(lines: list[Line], state: TableState) -> Page:
    return paginate_list(lines, state, matches=_matches)


def _matches(line: Line, term: str) -> bool:
    edition = line.item.edition
    return term.lower() in edition.code.lower() or term in str(edition.content.get("stem", ""))


def _exported(lines: list[Line], state: TableState, code: str) -> ResponseReturnValue:
    kept = _page(lines, replace(state, page=1, per_page=max(len(lines), 1)))
    return export_rows(
        [str(column.label) for column in ITEMS.columns],
        ([column.of(line) for column in ITEMS.columns] for line in kept.rows),
        kind=state.export, filename=f"statistics-{code}",
    )


@bp.get("/statistics/questions/<code>")
@requires(Permission.STATISTICS_READ)
def question_statistics_page(code: str) -> ResponseReturnValue:
    """Show how a question did over all exams: by edition with its answers, by exam."""
    session, identity = reading(), current_identity()
    question = detail(session, code, identity)
    if question is None:
        raise NotFound
    first_only = request.args.get("attempts") != "all"
    found = question_statistics(
        session, question.id, scopes_of(identity, Permission.STATISTICS_READ), first_only=first_only
    )
    exams = {it.id: it for it in session.scalars(select(Exam).where(Exam.id.in_([it.exam_id for it in found.exams])))}
    author = author_of_question(session, question.id, identity.person_id)
    return page(
        "exams/question_statistics.html", question=question, found=found, exams=exams, first_only=first_only,
        may_see=lambda number: may_see(number, author=author), grade_of=grade_of, Grade=Grade, say=say, Flag=Flag,
        kind_names=KIND_NAMES,
    )
