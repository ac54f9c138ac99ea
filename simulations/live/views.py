"""Pages of live calls: the trainer's list and prompter, the learner's console, the observer's page."""

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.people.queries.people import people_in
from lms.people.sign_in import identity_of
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.posted import json_object
from lms.web.security import allow_connection
from simulations import EventRefused, visible
from simulations.live import queries, services
from simulations.live.forms import InvitationForm
from simulations.live.models import LiveCall
from simulations.live.prompter import prompter_before, prompter_of
from simulations.live.rules import Part, Stage, part_of
from simulations.live.tickets import write_ticket
from simulations.models import Purpose, SimulatedCall
from simulations.queries import compiled, replayed
from simulations.services import play, since_ring
from simulations.voice.services import CONSENT_EDITION, consent_words

bp = Blueprint("live", __name__, url_prefix="/calls/live")
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
ASKED = {Part.TRAINER: Permission.LIVE_LEAD, Part.LEARNER: Permission.CALL_PLAY, Part.OBSERVER: Permission.CALL_READ}
GONE = (Stage.CANCELLED, Stage.LAPSED)


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.LIVE_LEAD)
def index() -> ResponseReturnValue:
    """My live calls, and the invitation to a new one."""
    form = InvitationForm()
    form.code.choices = [(code, f"{title} · {code}") for code, title in queries.playable(reading())]
    form.code.data = form.code.data or request.args.get("code")
    if form.validate_on_submit():
        try:
            return redirect(url_for(".room", live_id=_invite(form)))
        except Invalid as error:
            form.take(error)
    people = people_in(reading(), scopes_of(current_identity(), Permission.LIVE_LEAD))
    lines = queries.live_calls_of(reading(), _me(), at=request_time())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
    return page("calls/live_index.html", form=form, people=people, lines=lines), status


@bp.get("/<uuid:live_id>")
@requires(Permission.LIVE_JOIN)
def room(live_id: UUID) -> ResponseReturnValue:
    """The live call, as its trainer, learner or observer sees it."""
    live, part = _member(live_id)
    here = services.stage(live, request_time())
    if here is Stage.OVER:
        return redirect(url_for("calls.report", call_id=live.call_id))
    learner = reading().get_one(Person, live.learner_id)
    shown = {"live": live, "edition": live.edition, "learner": learner, "stage": here.value, "part": part.value,
             "purpose": live.purpose, "ice": get_settings().ice_servers or "[]",
             "agreement": {"edition": CONSENT_EDITION, "text": consent_words(), "days": get_settings().voice_days}}
    if here in GONE:
        return page("calls/live_gone.html", **shown)
    allow_connection(_socket_address().rpartition("/")[0])
    if part is Part.LEARNER:
        return page("calls/console.html", call=live.call, **shown)
    return page("calls/live.html", **shown)


@bp.get("/<uuid:live_id>/state")
@requires(Permission.LIVE_JOIN)
def state(live_id: UUID) -> ResponseReturnValue:
    """What this person's page may show now."""
    live, part = _member(live_id)
    return _state_json(live, part)


@bp.post("/<uuid:live_id>/ready")
@requires(Permission.LIVE_JOIN)
def ready(live_id: UUID) -> ResponseReturnValue:
    """The learner sits at the console and hears the phone."""
    _live, part = _member(live_id)
    if part is not Part.LEARNER:
        raise NotFound
    with unit_of_work() as session:
        live = services.sit_down(session, live_id, now=request_time())
    return _state_json(live, part)


@bp.post("/<uuid:live_id>/ring")
@requires(Permission.LIVE_LEAD)
def ring(live_id: UUID) -> ResponseReturnValue:
    """Let the phone ring."""
    _lead(live_id)
    with unit_of_work() as session:
        live = services.ring(session, live_id, by=current_identity(), now=request_time())
    return _state_json(live, Part.TRAINER)


@bp.post("/<uuid:live_id>/leads")
@requires(Permission.LIVE_LEAD)
def lead(live_id: UUID) -> ResponseReturnValue:
    """Do one act of the trainer as the caller."""
    live, body = _lead(live_id), json_object()
    try:
        act = services.Lead(str(body["kind"]), dict(body["data"]))
    except (TypeError, KeyError, ValueError):
        return {"error": {"code": "malformed"}}, HTTPStatus.UNPROCESSABLE_ENTITY
    refused = ""
    try:
        with unit_of_work() as session:
            services.lead(session, live_id, act, now=request_time())
    except EventRefused as error:
        refused = error.code
    return _state_json(live, Part.TRAINER, refused), HTTPStatus.CONFLICT if refused else HTTPStatus.OK


@bp.post("/<uuid:live_id>/cancel")
@requires(Permission.LIVE_LEAD)
def cancel(live_id: UUID) -> ResponseReturnValue:
    """Call the invitation off."""
    _lead(live_id)
    with unit_of_work() as session:
        services.call_off(session, live_id, by=current_identity(), now=request_time())
    return redirect(url_for(".index"))


@bp.post("/<uuid:live_id>/ticket")
@requires(Permission.LIVE_JOIN)
def ticket(live_id: UUID) -> ResponseReturnValue:
    """Hand out the way to the sockets: an address, and a ticket that opens one socket within half a minute."""
    live, part = _member(live_id)
    text = write_ticket(
        current_app.config["SECRET_KEY"], room=str(live.id), person=str(_me()), part=part,
        origin=request.host_url.rstrip("/"), now_ms=round(clock.now().timestamp() * 1000),
    )
    return {"address": _socket_address(), "ticket": text}


def _me() -> UUID:
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return person_id


def _member(live_id: UUID) -> tuple[LiveCall, Part]:
    """Return a live call and what the reader is in it; NotFound for everybody else, and for who may no longer."""
    live = reading().get(LiveCall, live_id)
    part = part_of(live, _me()) if live else None
    if live is None or part is None:
        raise NotFound
    learner = reading().get_one(Person, live.learner_id)
    reach(current_identity(), ASKED[part], subject_of(learner))
    return live, part


def subject_of(learner: Person) -> Subject:
    """Return whom a live call is about."""
    return Subject(learner.id, learner.unit.path)


def _lead(live_id: UUID) -> LiveCall:
    live, part = _member(live_id)
    if part is not Part.TRAINER:
        raise NotFound
    return live


def _invite(form: InvitationForm) -> UUID:
    learner, observer = _person(form.learner.data or "", "learner"), None
    if learner.id != _me() and not allows(current_identity(), Permission.LIVE_LEAD, subject_of(learner)):
        raise Invalid([Problem("learner", _("Nobody has this staff number."))])
    if form.observer.data:
        observer = _person(form.observer.data, "observer")
        if not allows(identity_of(reading(), observer), Permission.CALL_READ, subject_of(learner)):
            raise Invalid([Problem("observer", _("This person may not read the learner's calls."))])
    with unit_of_work() as session:
        live = services.invite(
            session, form.code.data, learner=learner, observer=observer, purpose=Purpose(form.purpose.data),
            by=current_identity(), now=request_time(),
        )
    return live.id


def _person(staff_no: str, where: str) -> Person:
    """Return a person by staff number, which may be followed by their name. Raises Invalid."""
    number = staff_no.split()[0] if staff_no.split() else ""
    found = reading().scalars(select(Person).where(Person.staff_no == number)).unique().one_or_none()
    if found is None:
        raise Invalid([Problem(where, _("Nobody has this staff number."))])
    return found


def _state_json(live: LiveCall, part: Part, refused: str = "") -> dict[str, Any]:
    """Return what a page may show: the prompter goes to the trainer alone."""
    live = reading().get_one(LiveCall, live.id)
    now = request_time()
    body: dict[str, Any] = {"refused": refused, "call": None}
    if live.call is not None:
        body |= _call_json(live.call, part)
    elif part is Part.TRAINER:
        body["prompter"] = prompter_before(compiled(live.edition)).as_json()
    here = services.stage(reading().get_one(LiveCall, live.id), now)
    if here is Stage.OVER:
        body["report"] = url_for("calls.report", call_id=live.call_id)
    elif here in GONE:
        body["report"] = url_for(".room", live_id=live.id)
    return {**body, "stage": here.value}


def _call_json(call: SimulatedCall, part: Part) -> dict[str, Any]:
    """Return what a page may show of a call that rang; what happens by itself is written down when it is due."""
    now, after = request_time(), replayed(reading(), call)
    if queries.is_due(after, call, now):
        with unit_of_work() as session:
            after = play(session, call.id, None, now=now)
    body: dict[str, Any] = {"run": url_for("calls.resume", call_id=call.id), "call_id": str(call.id)}
    if part is not Part.LEARNER:
        body["call"] = visible(after, since_ring(call, now)).as_json()
    if part is Part.TRAINER and after.ended is None:
        body["prompter"] = prompter_of(after).as_json()
    return body


def _socket_address() -> str:
    """Return where browsers reach the sockets: behind a proxy beside the site, else at their own port of this host."""
    settings, scheme = get_settings(), "wss" if request.is_secure else "ws"
    name, _colon, port = request.host.rpartition(":")
    host, port = (name, port) if _colon and port.isdigit() else (request.host, "")
    if not HOST.fullmatch(host):
        raise NotFound
    if settings.trusted_proxies:
        return f"{scheme}://{host}{':' + port if port else ''}/sockets"
    return f"{scheme}://{host}:{settings.sockets_port}/sockets"
