"""What pages need to know of voices."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.web.guard import current_identity
from simulations.models import SimulatedCall
from simulations.voice import queries, services
from simulations.voice.services import CONSENT_EDITION, consent_words


def replay_context(session: Session, call: SimulatedCall) -> dict[str, Any]:
    """Return what a report shows of a call's recordings; nothing of them to whoever may not listen."""
    person = session.get_one(Person, call.person_id)
    subject, asking = Subject(call.person_id, person.unit.path), current_identity()
    if not services.side_of(session, call, asking.person_id) and not allows(asking, Permission.VOICE_LISTEN, subject):
        return {"recordings": [], "places": {}, "listeners": [], "erase": ""}
    recordings = queries.recordings_of(session, call.id)
    kept = any(recording.erased_at is None for recording in recordings)
    may_erase = kept and allows(asking, Permission.VOICE_ERASE, subject)
    return {
        "recordings": recordings,
        "places": queries.places_of(session, call) if recordings else {},
        "listeners": queries.listeners_of(session, call.id) if recordings else [],
        "erase": url_for("voice.erase", call_id=call.id) if may_erase else "",
    }


def voice_context() -> dict[str, Any]:
    """Return the consent, and the addresses that the console records to; CALL and TRACK stand for their numbers."""
    settings = get_settings()
    base = url_for("voice.agree").rpartition("/")[0]
    return {
        "consent": {"text": consent_words(), "edition": CONSENT_EDITION, "days": settings.voice_days},
        "voice_urls": {"tracks": f"{base}/calls/CALL/tracks", "track": f"{base}/tracks/TRACK",
                       "lines": f"{base}/calls/CALL/lines", "spoken": f"{base}/calls/CALL/spoken"},
        "recogniser": bool(settings.recogniser),
    }
