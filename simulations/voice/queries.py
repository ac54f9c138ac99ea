"""Reads of recordings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.models import Person
from lms.records.models import AuditEntry
from simulations.models import SimulatedCall
from simulations.queries import log_of, replayed
from simulations.voice import store
from simulations.voice.models import VoiceChunk, VoiceTrack
from simulations.voice.rules import manifest_of


@dataclass(frozen=True)
class Recording:
    """One track as pages show it.

    begins_ms   where it begins on the call clock
    size        bytes
    whole       its chunks are those of its manifest, and the call's log holds that manifest
    """

    id: UUID
    side: str
    person: str
    kind: str
    begins_ms: int
    size: int
    open: bool
    whole: bool
    erased_at: datetime | None


def recordings_of(session: Session, call_id: UUID) -> list[Recording]:
    """Return the recordings of a call, in the order in which they began."""
    rows = session.execute(
        select(VoiceTrack, Person.name).join(Person, Person.id == VoiceTrack.person_id)
        .where(VoiceTrack.call_id == call_id).order_by(VoiceTrack.begins_ms, VoiceTrack.id)).tuples().all()
    if not rows:
        return []
    logged = {str(event.data["track"]): event.data["sha256"] for event in log_of(session, call_id)
              if event.kind == "audio_track"}
    found = []
    for track, name in rows:
        chunks = _chunks(session, track.id)
        whole = track.manifest == manifest_of(chunks) == logged.get(str(track.id))
        found.append(Recording(track.id, track.side, name, track.kind, track.begins_ms,
                               sum(size for _n, _d, size in chunks), track.closed_at is None, whole, track.erased_at))
    return found


def places_of(session: Session, call: SimulatedCall) -> dict[int, int]:
    """Return where spoken words begin on the call clock, by the instant at which their turn reached the log, in ms."""
    begins = {str(track_id): ms for track_id, ms in session.execute(
        select(VoiceTrack.id, VoiceTrack.begins_ms).where(VoiceTrack.call_id == call.id)).tuples()}
    if not begins:
        return {}
    spoken = [segment for turn in replayed(session, call).turns for segment in turn.segments if segment.track in begins]
    return {segment.at_ms: begins[segment.track] + (segment.audio_ms or 0) for segment in spoken}


def sound_of(session: Session, track_id: UUID) -> store.Joined:
    """Return a track's sound as one file."""
    return store.Joined([(digest, size) for _number, digest, size in _chunks(session, track_id)])


@dataclass(frozen=True)
class Listening:
    """Somebody listened to a recording."""

    name: str
    at: datetime


def listeners_of(session: Session, call_id: UUID) -> list[Listening]:
    """Return who listened to a call's recordings and when, the newest first; the person's own listening isn't kept."""
    rows = session.execute(
        select(Person.name, AuditEntry.at).join(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.action == "voice.listen", AuditEntry.subject == f"call:{call_id}")
        .order_by(AuditEntry.at.desc()).limit(100)).tuples()
    return [Listening(name, at) for name, at in rows]


def _chunks(session: Session, track_id: UUID) -> list[tuple[int, str, int]]:
    rows = session.execute(
        select(VoiceChunk.number, VoiceChunk.sha256, VoiceChunk.size)
        .where(VoiceChunk.track_id == track_id).order_by(VoiceChunk.number)).tuples()
    return list(rows)
