"""An exam on paper: the paper, the answer sheet and the key of one draw, as PDF."""

from collections.abc import Mapping
from typing import Any, Final

from flask import make_response
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.access.permissions import Permission
from lms.exams.models import Exam
from lms.exams.queries.printed import printed_paper
from lms.exams.rules.forms import LETTERS
from lms.exams.rules.paper import NotEnoughQuestions
from lms.exams.views import bp
from lms.exams.views.door import exam_to_read, exam_to_write
from lms.exams.views.drafts import asked_form, asked_paper, asked_seed, items_asked_for, not_filled
from lms.kernel.db import reading
from lms.kernel.settings import get_settings
from lms.web.guard import requires
from lms.web.pdf import render_pdf
from lms.web.uploads import stored_path
from question_bank.kinds import KindCode
from question_bank.showing import words_html

LISTENED: Final = frozenset({KindCode.AUDIO, KindCode.DICTATION})


@bp.get("/papers/<code>/paper.pdf")
@requires(Permission.EXAM_READ)
def print_paper(code: str) -> ResponseReturnValue:
    """Print the paper that the preview shows under the same number."""
    return _printed(exam_to_read(code), "paper")


@bp.get("/papers/<code>/answer-sheet.pdf")
@requires(Permission.EXAM_READ)
def print_answer_sheet(code: str) -> ResponseReturnValue:
    """Print the sheet on which that paper is answered."""
    return _printed(exam_to_read(code), "answer-sheet")


@bp.get("/papers/<code>/key.pdf")
@requires(Permission.EXAM_WRITE)
def print_key(code: str) -> ResponseReturnValue:
    """Print the key of that paper; for those who write exams alone."""
    return _printed(exam_to_write(code), "key")


def _printed(exam: Exam, what: str) -> ResponseReturnValue:
    seed, shown = asked_seed(), asked_paper(exam)
    terms = shown.terms
    try:
        items = items_asked_for(shown, seed)
    except (NotEnoughQuestions, ValueError):
        return not_filled(exam)
    sections = printed_paper(reading(), terms, items, seed=f"preview:{seed}")
    form = asked_form(terms)
    number = f"{exam.code}-{LETTERS[form - 1]}-{seed}" if form else f"{exam.code}-{seed}"
    images: dict[str, bytes] = {}

    def words(view: Mapping[str, Any]) -> Markup:
        return words_html(str(view["stem"]), rich=bool(view.get("rich")), reach=lambda digest: _picture(digest, images))

    paper = {
        "organisation": get_settings().organisation_name, "title": shown.edition.title if shown.edition else exam.title,
        "number": number, "edition": shown.edition.number if shown.edition else None,
        "form": LETTERS[form - 1] if form else "",
        "minutes": terms.duration_minutes, "full_mark": sum(section.points for section in sections),
        "pass_percent": terms.pass_percent, "sections": sections,
        "listening": any(one.kind in LISTENED for section in sections for one in section.questions),
    }
    response = make_response(
        render_pdf(f"print/exam/{what}.html", "print/exam/exam.css", images=images, paper=paper, words=words)
    )
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{exam.code}-{what}.pdf"'
    return response


def _picture(digest: str, images: dict[str, bytes]) -> str:
    images[digest] = stored_path(digest).read_bytes()
    return f"image:{digest}"
