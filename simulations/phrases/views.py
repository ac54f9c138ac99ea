"""Pages of phrase libraries: all of them, one edition with its bench and the scripts that cite it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires, wants_json
from lms.web.posted import posted, whole_number
from simulations import Diagnostic, PhraseLibrary, load_phrases
from simulations.analysis.bench import hear
from simulations.models import EditionState
from simulations.phrases import queries, services
from simulations.phrases.forms import LibraryForm
from simulations.phrases.models import PhraseEdition
from simulations.presentation import localised
from simulations.script.libraries import parse_library

bp = Blueprint("phrases", __name__, url_prefix="/calls/phrases")


@bp.get("/")
@requires(Permission.SCRIPT_READ)
def index() -> ResponseReturnValue:
    """Every library: the product's, and our own editions."""
    return _index(_form())


def _index(form: LibraryForm) -> str:
    own = queries.editions(reading())
    counted = {it.id: len(_read(it).library.phrases) for it in own}
    return page("calls/phrases/index.html", own=own, counted=counted, bundled=load_phrases(), form=form)


@bp.post("/")
@requires(Permission.SCRIPT_WRITE)
def begin() -> ResponseReturnValue:
    """Begin a library."""
    form = _form()
    if not form.validate_on_submit():
        return _index(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        return _begun(form.name.data or "", form.like.data)
    except Invalid as error:
        form.take(error)
        return _index(form), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.post("/<uuid:edition_id>/next")
@requires(Permission.SCRIPT_WRITE)
def begin_next(edition_id: UUID) -> ResponseReturnValue:
    """Begin the next edition of a library, or go on with the one that is being written."""
    return _begun(_edition(edition_id).name, "")


def _begun(name: str, like: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        edition = services.begin_phrases(session, name, like=like, by=current_identity(), now=request_time())
    return redirect(url_for(".show", edition_id=edition.id))


def _form() -> LibraryForm:
    form = LibraryForm()
    form.like.choices = [("", _("a short example")), *((key, key) for key in sorted(queries.citable(reading())))]
    return form


@bp.get("/bundled/<key>")
@requires(Permission.SCRIPT_READ)
def bundled(key: str) -> ResponseReturnValue:
    """A library that comes with the product."""
    library = load_phrases().get(key)
    if library is None:
        raise NotFound
    return page("calls/phrases/show.html", edition=None, library=library, **_bench(library))


@bp.get("/<uuid:edition_id>")
@requires(Permission.SCRIPT_READ)
def show(edition_id: UUID) -> ResponseReturnValue:
    """One edition: a draft to write on, or what was published."""
    edition = _edition(edition_id)
    checked = _read(edition)
    shown = "edit" if edition.state == EditionState.DRAFT else "show"
    return page(f"calls/phrases/{shown}.html", edition=edition, checked=checked, library=checked.library,
                citing=queries.citing(reading(), checked.library), **_bench(checked.library))


@bp.post("/<uuid:edition_id>")
@requires(Permission.SCRIPT_WRITE)
def keep(edition_id: UUID) -> ResponseReturnValue:
    """Keep a draft's text; the editor sends JSON, a browser without scripts a form."""
    body = posted()
    with unit_of_work() as session:
        edition = services.keep_phrases(
            session, edition_id, str(body.get("text", "")), known=whole_number(body.get("known")),
            by=current_identity(), now=request_time())
    if wants_json():
        return {"number": edition.revision, "title": edition.key}
    flash(_("Kept as version %(n)s.", n=edition.revision), "ok")
    return redirect(url_for(".show", edition_id=edition_id))


@bp.post("/<uuid:edition_id>/check")
@requires(Permission.SCRIPT_WRITE)
def check_text(edition_id: UUID) -> ResponseReturnValue:
    """What is wrong with a text that is being typed; nothing is kept."""
    edition = _edition(edition_id)
    checked = _checked(edition.name, edition.number, str(posted().get("text", ""))[: services.TEXT_LIMIT])
    return {"findings": page("calls/findings.html", checked=checked), "graph": "",
            "marks": [[d.line, d.column, d.end_column, d.severity.value] for d in checked.diagnostics],
            "errors": len(checked.diagnostics), "warnings": 0}


@bp.post("/<uuid:edition_id>/send")
@requires(Permission.SCRIPT_WRITE)
def send(edition_id: UUID) -> ResponseReturnValue:
    """Send a draft to a second person."""
    try:
        with unit_of_work() as session:
            services.send_phrases(session, edition_id, by=current_identity(), now=request_time())
    except Invalid:
        flash(_("The library still has errors; they stand beside the text."), "no")
    else:
        flash(_("Sent. Somebody who did not write on it can publish it now."), "ok")
    return redirect(url_for(".show", edition_id=edition_id))


@bp.post("/<uuid:edition_id>/publish")
@requires(Permission.SCRIPT_WRITE)
def publish(edition_id: UUID) -> ResponseReturnValue:
    """Publish a colleague's draft."""
    try:
        with unit_of_work() as session:
            services.publish_phrases(session, edition_id, by=current_identity(), now=request_time())
    except Invalid:
        flash(_("The library still has errors; they stand beside the text."), "no")
    else:
        flash(_("Published. Scripts may cite it now."), "ok")
    return redirect(url_for(".show", edition_id=edition_id))


@bp.post("/<uuid:edition_id>/drop")
@requires(Permission.SCRIPT_WRITE)
def drop(edition_id: UUID) -> ResponseReturnValue:
    """Put a draft aside."""
    with unit_of_work() as session:
        services.drop_phrases(session, edition_id, by=current_identity(), now=request_time())
    flash(_("Put aside."), "ok")
    return redirect(url_for(".index"))


@dataclass(frozen=True)
class Checked:
    """A library's text as the editor shows it."""

    library: PhraseLibrary
    diagnostics: tuple[Diagnostic, ...]
    is_untouched: bool = False
    mendable: int = 0

    def fix(self, _found: Diagnostic) -> None:
        """There is no ready remedy for a phrase: only its author knows what it should hear."""


def _checked(name: str, number: int, text: str) -> Checked:
    return Checked(*parse_library(name, number, text))


def _read(edition: PhraseEdition) -> Checked:
    return _checked(edition.name, edition.number, edition.text)


def _edition(edition_id: UUID) -> PhraseEdition:
    edition = reading().get(PhraseEdition, edition_id)
    if edition is None:
        raise NotFound
    return edition


def _bench(library: PhraseLibrary) -> dict[str, Any]:
    """Return what the bench shows: the replies that stand in the address, and what of them is heard."""
    replies = request.args.get("replies", "")[:4_000]
    rows = hear(library.phrases, replies) if replies.strip() else None
    return {"replies": replies, "rows": rows, "say": localised()}
