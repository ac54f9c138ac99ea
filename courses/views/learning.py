"""A learner's courses, and the player."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from courses.captions import read_captions
from courses.files import captions_text
from courses.forms import NoteForm
from courses.queries.attempts import attempt_of, attempt_page
from courses.queries.learning import available, due, my_courses
from courses.queries.player import OutlineState, PlayerPage, notes_of, pictures_of, player_page, resume_at
from courses.rules.units import UnitKind
from courses.views import bp
from courses.views.who import learner_id
from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _
from lms.web.guard import page, request_time, requires
from lms.web.richtext import render
from simulations.queries import tries_of
from simulations.services import published_edition


@bp.get("/")
@requires(Permission.COURSE_STUDY)
def mine() -> ResponseReturnValue:
    """What I am learning, what is due, what else there is."""
    session, now = reading(), request_time()
    person_id = learner_id()
    alone = [it for it in due(session, person_id, now) if it.unit_code]
    return page("courses/mine.html", courses=my_courses(session, person_id, now), relearn=alone,
                others=available(session, person_id))


@bp.get("/<code>")
@requires(Permission.COURSE_STUDY)
def resume(code: str) -> ResponseReturnValue:
    """Go on where I was."""
    unit = resume_at(reading(), learner_id(), code)
    if unit is None:
        raise NotFound
    return redirect(url_for(".study", code=code, unit_code=unit))


@bp.get("/<code>/units/<unit_code>")
@requires(Permission.COURSE_STUDY)
def study(code: str, unit_code: str) -> ResponseReturnValue:
    """One unit in the player."""
    shown = player_page(reading(), learner_id(), code, unit_code)
    if shown is None:
        raise NotFound
    if shown.outline[shown.here - 1].state is OutlineState.LOCKED:
        flash(_("“%(title)s” opens when the units before it are done.", title=shown.unit.title), "soon")
        return redirect(url_for(".resume", code=code))
    return page("courses/player.html", p=shown, note_form=NoteForm(), **unit_context(shown))


def unit_context(shown: PlayerPage) -> dict[str, object]:
    """Return what the player's page needs for the kind of its unit."""
    session, person_id, unit = reading(), learner_id(), shown.unit
    context: dict[str, object] = {
        "notes": notes_of(session, person_id, shown.edition.course_id, unit.code),
        "html": render(unit.text, pictures_of(session, shown.edition.id), think=_("Think about it")),
    }
    if unit.kind == UnitKind.VIDEO and unit.captions:
        context["cues"] = read_captions(captions_text(unit.captions))
    if unit.kind == UnitKind.CALL:
        context["script"] = published_edition(session, unit.script)
        context["tries"] = tries_of(session, person_id, unit.script, limit=5)
    if unit.kind == UnitKind.TEST and shown.attempts:
        row = attempt_of(session, shown.attempts[0].id, person_id)
        context["test"] = attempt_page(session, row[0]) if row else None
    return context
