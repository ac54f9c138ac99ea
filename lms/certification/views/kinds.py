"""Certifications and their editions, and what queues ask for."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.certification import wording
from lms.certification.forms import EditionForm, QueueForm, requirement_data
from lms.certification.models import CertificationEdition
from lms.certification.queries import impact, listing
from lms.certification.queries.rulebook import Rulebook, as_requirement, load_rulebook
from lms.certification.queries.words import activities_named, requirement_words
from lms.certification.rules.cycles import edition_at
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Ending, RenewalPolicy
from lms.certification.services.editing import problems_of, publish, require_for_queue
from lms.certification.views.blueprint import bp
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _
from lms.people.wording import local_name
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/certificates/kinds/")
@requires(Permission.CERTIFICATION_READ)
def certifications() -> ResponseReturnValue:
    """Every certification with what it asks for, and every queue with what it asks for."""
    book, now = load_rulebook(reading()), request_time()
    kinds = []
    for named in book.certifications.values():
        edition = edition_at(book.editions[named.code], now)
        kinds.append((named, edition, _titles(book, edition.requirements if edition else ()),
                      book.opened_by(named.code, now)))
    queues = [(name, [book.named(code) for code in book.queues[queue_id].required_at(now)])
              for queue_id, name in book.queue_names.items()]
    return page("certification/certifications.html", kinds=kinds, queues=queues)


@bp.get("/certificates/kinds/<code>")
@requires(Permission.CERTIFICATION_READ)
def certification(code: str) -> ResponseReturnValue:
    """One certification and all its editions."""
    row, editions = listing.certification_of(reading(), code)
    book = load_rulebook(reading())
    shown = [(edition, list(zip(edition.requirements, _titles(book, map(as_requirement, edition.requirements)),
                                strict=True))) for edition in editions]
    return page("certification/certification.html", row=row, editions=shown, wording=wording, kinds=RequirementKind,
                ending=Ending, renewal=RenewalPolicy, queues=book.opened_by(code, request_time()))


@bp.route("/certificates/kinds/new", methods=["GET", "POST"])
@requires(Permission.CERTIFICATION_WRITE)
def new_certification() -> ResponseReturnValue:
    """Make a certification."""
    return _edit(EditionForm(), "", None)


@bp.route("/certificates/kinds/<code>/edit", methods=["GET", "POST"])
@requires(Permission.CERTIFICATION_WRITE)
def edit(code: str) -> ResponseReturnValue:
    """Publish the next edition of a certification."""
    row, editions = listing.certification_of(reading(), code)
    latest = editions[0] if editions else None
    data = {**_edition_data(latest), "code": row.code, "letters": row.letters, "name": row.name,
            "name_en": row.name_en, "description": row.description}
    return _edit(EditionForm(data=data if request.method == "GET" else None), code, row.id)


@bp.route("/certificates/queues/<uuid:queue_id>", methods=["GET", "POST"])
@requires(Permission.CERTIFICATION_WRITE)
def queue(queue_id: UUID) -> ResponseReturnValue:
    """What one queue asks for; shows whom a change would touch before it is made."""
    row = listing.queue_of(reading(), queue_id)
    book, now = load_rulebook(reading()), request_time()
    form = QueueForm()
    form.certifications.choices = [(it.code, local_name(it.name, it.name_en)) for it in book.certifications.values()]
    effect = None
    if request.method == "GET":
        form.certifications.data = list(book.queues[queue_id].required_at(now))
    elif form.validate():
        codes = form.certifications.data or []
        if form.confirmed.data:
            with unit_of_work() as session:
                require_for_queue(session, queue_id, codes, by=current_identity(), now=now,
                                  reason=form.reason.data or "")
            flash(_("Saved. The gate asks for it from this instant on."), "ok")
            return redirect(url_for(".certifications"))
        effect = impact.of_queue(reading(), queue_id, codes, now)
    return page("certification/queue.html", form=form, queue=row, effect=effect), _status(form, effect)


def _edit(form: EditionForm, code: str, certification_id: UUID | None) -> ResponseReturnValue:
    effect = None
    if request.method == "POST" and form.validate():
        try:
            draft = form.draft(code)
            if form.confirmed.data:
                with unit_of_work() as session:
                    publish(session, draft, certification_id=certification_id, note=form.note.data or "",
                            by=current_identity(), now=request_time())
                flash(_("Published."), "ok")
                return redirect(url_for(".certification", code=draft.code))
            problems = problems_of(reading(), draft, certification_id)
            form.take(problems)
            effect = None if problems else impact.of_edition(reading(), draft, request_time())
        except Invalid as error:
            form.take(error)
        except ValueError:
            form.form_errors.append(_("A fixed day of the year needs 12 months or more."))
    return page("certification/edit.html", form=form, code=code, effect=effect), _status(form, effect)


def _edition_data(edition: CertificationEdition | None) -> dict[str, Any]:
    if edition is None:
        return {}
    return {
        "months": edition.months, "ending": edition.ending, "fixed_month": edition.fixed_month,
        "fixed_day": edition.fixed_day, "renewal": edition.renewal, "window_days": edition.window_days,
        "requirements": [requirement_data(as_requirement(it)) for it in edition.requirements],
    }


def _status(form: Any, effect: object) -> HTTPStatus:
    failed = request.method == "POST" and effect is None
    return HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK


def _titles(book: Rulebook, requirements: Iterable[Requirement]) -> list[str]:
    asked = list(requirements)
    named = activities_named(reading(), asked)
    return [requirement_words(book, it, named).title for it in asked]
