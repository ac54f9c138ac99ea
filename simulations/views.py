"""Pages of simulated calls: the learner's list, the console, the report, the assessor's review, and scripts."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from lms.access.door import reach
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.posted import json_object
from lms.web.tables import paginate
from simulations import CallState, EventRefused, services, visible
from simulations.analysis.changes import changes
from simulations.forms import ReviewForm, ScriptForm
from simulations.lists import SCRIPTS, WAITING
from simulations.live.queries import invitations_of
from simulations.models import CallState as Kept
from simulations.models import EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.practice.forms import OfferForm
from simulations.practice.queries import example_of, good_enough, next_call, progress_of
from simulations.presentation import localised, marks_chart, report_context, said_anew
from simulations.queries import (
    compiled,
    editions,
    is_reviewed,
    newest_numbers,
    queue_names,
    report_of,
    scripts_for,
    tries_of,
    waiting_for_review,
)
from simulations.recounting.forms import AppealForm
from simulations.recounting.queries import appeal_of, appeals_until
from simulations.voice.caller import voiced_lines
from simulations.voice.showing import replay_context, voice_context
from simulations.voice.words import check_spoken, unwritten_of, waits_for_words
from simulations.waiting import for_assessor, for_trainer

bp = Blueprint("calls", __name__, url_prefix="/calls")
SHOWN = 100  # calls of one's own on the first page


@bp.get("/")
@requires(Permission.CALL_PLAY)
def index() -> ResponseReturnValue:
    """What I have to play, may practise, and have played."""
    person_id = _me()
    scripts, tries = scripts_for(reading(), person_id), tries_of(reading(), person_id, limit=None)
    return page("calls/index.html", scripts=scripts, tries=tries[:SHOWN], earlier=max(0, len(tries) - SHOWN),
                next=next_call(reading(), person_id, scripts),
                progress=progress_of(tries, zone=display_zone(), now=request_time()),
                unwritten=unwritten_of(reading(), person_id),
                invitations=invitations_of(reading(), person_id, at=request_time()))


@bp.get("/<code>")
@requires(Permission.CALL_PLAY)
def show(code: str) -> ResponseReturnValue:
    """One script: what it is about, my tries, and the two ways to answer it."""
    edition = services.published_edition(reading(), code)
    if edition is None:
        raise NotFound
    tries = tries_of(reading(), _me(), code)
    return page("calls/show.html", edition=edition, tries=tries, chart=marks_chart(tries[::-1]))


@bp.get("/<code>/console/<any(practice, exam):purpose>")
@requires(Permission.CALL_PLAY)
def console(code: str, purpose: str) -> ResponseReturnValue:
    """The console before the phone rings: going online unlocks the sound."""
    edition = services.published_edition(reading(), code)
    if edition is None:
        raise NotFound
    return page("calls/console.html", edition=edition, purpose=purpose, call=None, **voice_context())


@bp.post("/<code>/runs")
@requires(Permission.CALL_PLAY)
def start(code: str) -> ResponseReturnValue:
    """Go online: the phone rings from this instant."""
    body = json_object()
    purpose = Purpose.EXAM if body.get("purpose") == "exam" else Purpose.PRACTICE
    modes = (("voice",) if body.get("voice") is True else ()) + (
        ("type",) if purpose is Purpose.EXAM else ("type", "choose"))
    with unit_of_work() as session:
        call = services.start_call(
            session, code, purpose=purpose, modes=modes, by=current_identity(), now=request_time()
        )
    return answer(call.id, None)


@bp.get("/runs/<uuid:call_id>")
@requires(Permission.CALL_PLAY)
def resume(call_id: UUID) -> ResponseReturnValue:
    """Back to a call under way; a finished one shows its report."""
    call = _own(call_id)
    if call.state == Kept.ENDED:
        return redirect(url_for(".report", call_id=call_id))
    return page("calls/console.html", edition=call.edition, purpose=call.purpose, call=call, **voice_context())


@bp.get("/runs/<uuid:call_id>/state")
@requires(Permission.CALL_PLAY)
def state(call_id: UUID) -> ResponseReturnValue:
    """What the console may show now; whatever was due has happened."""
    _own(call_id)
    return answer(call_id, None)


@bp.post("/runs/<uuid:call_id>/events")
@requires(Permission.CALL_PLAY)
def act(call_id: UUID) -> ResponseReturnValue:
    """Take one move of the learner."""
    _own(call_id)
    body = json_object()
    try:
        move = services.Move(
            str(body["kind"]), dict(body.get("data") or {}), int(body["client_ms"]), int(body["client_seq"])
        )
    except (TypeError, KeyError, ValueError, OverflowError):
        return {"error": {"code": "malformed"}}, HTTPStatus.UNPROCESSABLE_ENTITY
    return answer(call_id, move)


@bp.get("/runs/<uuid:call_id>/report")
@requires(Permission.CALL_READ)
def report(call_id: UUID) -> ResponseReturnValue:
    """The report of a finished call, like a good coach's."""
    call = _readable(call_id)
    if call.state != Kept.ENDED:
        return redirect(url_for(".resume", call_id=call_id))
    if waits_for_words(reading(), call):
        return page("calls/unheard.html", call=call, own=call.person_id == current_identity().person_id)
    own_exam = call.purpose == Purpose.EXAM and call.person_id == current_identity().person_id
    locked = own_exam and not is_reviewed(reading(), call_id)
    own, found = call.person_id == current_identity().person_id, report_of(reading(), call)
    return page(
        "calls/report.html", locked=locked, example=example_of(reading(), call_id), offer_form=OfferForm(),
        good_enough=not locked and good_enough(reading(), found), appeal=appeal_of(reading(), call_id),
        until=appeals_until(reading(), call, at=request_time()) if own else None, appeal_form=AppealForm(),
        **replay_context(reading(), call), **report_context(found, locked=locked),
    )


@bp.get("/review")
@requires(Permission.CALL_CONFIRM)
def waiting() -> ResponseReturnValue:
    """Calls that wait for an assessor, oldest first."""
    table = WAITING.state(request.args)
    query = waiting_for_review(
        current_identity().scopes(Role.ASSESSOR), not_of=current_identity().person_id
    )
    return page("calls/waiting.html", state=table, waits=for_assessor(reading(), current_identity()),
                calls=paginate(reading(), query, table))


@bp.get("/runs/<uuid:call_id>/review")
@requires(Permission.CALL_CONFIRM)
def review(call_id: UUID) -> ResponseReturnValue:
    """One page for the assessor: report, evidence, confirm or override."""
    call = _reviewable(call_id)
    return _review_page(call, ReviewForm(), {}, HTTPStatus.OK)


@bp.post("/runs/<uuid:call_id>/review")
@requires(Permission.CALL_CONFIRM)
def decide(call_id: UUID) -> ResponseReturnValue:
    """Confirm or override; that makes the training fact."""
    call, form = _reviewable(call_id), ReviewForm()
    overrides = _overrides(request.form)
    if not form.validate_on_submit():
        return _review_page(call, form, overrides, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with unit_of_work() as session:
            made = services.review_call(
                session, call_id, overrides=overrides, reason=form.reason.data or "", remark=form.remark.data or "",
                by=current_identity(), now=request_time(),
            )
    except Invalid as invalid:
        form.take(invalid.problems)
        return _review_page(_reviewable(call_id), form, overrides, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("Passed: recorded.") if made.passed else _("Not passed: recorded."), "ok")
    return redirect(url_for(".waiting"))


@bp.get("/scripts")
@requires(Permission.SCRIPT_READ)
def scripts() -> ResponseReturnValue:
    """Every script and its editions."""
    table = SCRIPTS.state(request.args)
    found = paginate(reading(), editions(), table)
    codes = {it.code for it in found.rows}
    return page("calls/scripts.html", state=table, editions=found, queues=queue_names(reading()),
                newest=newest_numbers(reading(), codes), waits=for_trainer(reading(), current_identity()),
                played=newest_numbers(reading(), codes, EditionState.PUBLISHED))


@bp.route("/scripts/new", methods=["GET", "POST"])
@requires(Permission.SCRIPT_WRITE)
def new_script() -> ResponseReturnValue:
    """Check a script and keep it as a draft; every error stands at its line and column."""
    form, diagnostics, status = ScriptForm(), None, HTTPStatus.OK
    if form.validate_on_submit():
        diagnostics = services.check_script(reading(), form.text.data or "").diagnostics
        if form.keep.data and not any(found.severity == "error" for found in diagnostics):
            with unit_of_work() as session:
                edition = services.save_draft(
                    session, form.text.data or "", by=current_identity(), now=request_time()
                )
            return redirect(url_for(".script", edition_id=edition.id))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.keep.data else HTTPStatus.OK
    return page("calls/new_script.html", form=form, diagnostics=diagnostics, say=localised()), status


@bp.get("/scripts/<uuid:edition_id>")
@requires(Permission.SCRIPT_READ)
def script(edition_id: UUID) -> ResponseReturnValue:
    """One edition: its text, checkpoints and who published it."""
    edition = reading().get(ScriptEdition, edition_id)
    if edition is None:
        raise NotFound
    base = services.published_edition(reading(), edition.code) if edition.state == EditionState.DRAFT else None
    return page("calls/script.html", edition=edition, script=compiled(edition), base=base,
                overtaken=newest_numbers(reading(), [edition.code])[edition.code] > edition.number,
                may_publish=services.may_publish(reading(), edition, current_identity()),
                changes=changes(compiled(base), compiled(edition)) if base else ())


@bp.post("/scripts/<uuid:edition_id>/publish")
@requires(Permission.SCRIPT_WRITE)
def publish(edition_id: UUID) -> ResponseReturnValue:
    """Publish a colleague's draft."""
    with unit_of_work() as session:
        services.publish_script(session, edition_id, by=current_identity(), now=request_time())
    flash(_("Published."), "ok")
    return redirect(url_for(".script", edition_id=edition_id))


def _me() -> UUID:
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return person_id


def _own(call_id: UUID) -> SimulatedCall:
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    reach(current_identity(), Permission.CALL_PLAY, Subject(call.person_id))
    return call


def _readable(call_id: UUID, permission: Permission = Permission.CALL_READ) -> SimulatedCall:
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    person = reading().get_one(Person, call.person_id)
    reach(current_identity(), permission, Subject(call.person_id, person.unit.path))
    return call


def _reviewable(call_id: UUID) -> SimulatedCall:
    call = _readable(call_id, Permission.CALL_CONFIRM)
    if call.state != Kept.ENDED or call.purpose != Purpose.EXAM or waits_for_words(reading(), call):
        raise NotFound
    return call


def answer(call_id: UUID, move: services.Move | None, *, trusted: bool = False) -> ResponseReturnValue:
    """Play the move and answer with what the console may show; a refused move leaves what was due before it.

    trusted   the server made the move of what its own recogniser heard
    """
    refused = None
    with unit_of_work() as session:
        try:
            if move is not None and not trusted:
                check_spoken(session, session.get_one(SimulatedCall, call_id), move.kind, move.data)
            after = services.play(session, call_id, move, now=request_time())
        except EventRefused as error:
            refused = error.code
            after = services.play(session, call_id, None, now=request_time())
    return _state_json(call_id, after, refused), HTTPStatus.CONFLICT if refused else HTTPStatus.OK


def _state_json(call_id: UUID, after: CallState, refused: str | None) -> dict[str, object]:
    call = reading().get_one(SimulatedCall, call_id)
    shown = visible(after, services.since_ring(call, request_time())).as_json()
    done = url_for("calls.report", call_id=call_id) if shown["ended"] else None
    return {"id": str(call_id), "resume": url_for("calls.resume", call_id=call_id), "report": done, "refused": refused,
            "state": shown, "voices": voiced_lines(reading(), call.edition.code, after)}


def _overrides(form: MultiDict[str, str]) -> dict[str, str]:
    prefix = "outcome-"
    return {key.removeprefix(prefix): value for key, value in form.items() if key.startswith(prefix) and value}


def _review_page(
    call: SimulatedCall, form: ReviewForm, overrides: dict[str, str], status: HTTPStatus
) -> ResponseReturnValue:
    found = report_of(reading(), call)
    decided = is_reviewed(reading(), call.id)  # by an assessor, or by itself where the script is calibrated
    verdict = (found.result or found.review or found.score) if decided else services.verdict_of(
        reading(), call, overrides)
    words = None if decided else overrides
    return page("calls/review.html", form=form, overrides=overrides, verdict=verdict, decided=decided,
                pieces=None if decided else said_anew(found),
                **replay_context(reading(), call),
                **report_context(found, locked=False, words=words)), status
