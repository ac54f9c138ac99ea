"""Use cases of recordings: consent, tracks, chunks, erasing. The sound lies in files, all else in the database."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.kernel.db import session_after_commit
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.records.models import AuditEntry
from lms.records.services import audit
from simulations.models import CallState, SimulatedCall
from simulations.services import note_on_record, since_ring
from simulations.voice import store
from simulations.voice.models import VoiceChunk, VoiceConsent, VoiceTrack
from simulations.voice.rules import (
    CALL_LIMIT,
    CHUNK_LIMIT,
    CHUNKS_LIMIT,
    CONSENT_HOLDS,
    TRACKS_LIMIT,
    is_kept_no_longer,
    kind_of_recording,
    manifest_of,
)

CONSENT_EDITION: Final = "2026-1"
LEARNER: Final = "learner"
SILENT_FOR: Final = timedelta(minutes=10)  # a track that nothing came for in this time is closed
SAME_LISTENING: Final = timedelta(hours=1)
LATE: Final = timedelta(minutes=30)  # after the end of a call nothing more is taken for it

Side = Callable[[Session, SimulatedCall, UUID], str]
_sides: list[Side] = []


def register_side(find: Side) -> None:
    """Let somebody else than the learner record: `find(session, call, person_id)` names their side, "" for none."""
    _sides.append(find)


def side_of(session: Session, call: SimulatedCall, person_id: UUID | None) -> str:
    """Return which side of a call a person is: "learner", another registered one, or "" for a stranger."""
    if person_id is None:
        return ""
    if person_id == call.person_id:
        return LEARNER
    return next((side for find in _sides if (side := find(session, call, person_id))), "")


def consent_words() -> str:
    """Return what somebody agrees to before a microphone is opened; its edition is CONSENT_EDITION."""
    return str(_(
        "I agree that my voice is recorded in this simulated call. The recording serves training and assessment alone: "
        "I, trainers and assessors may listen to it, everyone who does is written down, and it is deleted when its "
        "time is over. I can type instead."))


def agree(session: Session, edition: str, *, by: Identity, now: datetime) -> VoiceConsent:
    """Write down that somebody agrees to be recorded. Raises Conflict when the words have changed meanwhile."""
    if by.person_id is None:
        raise NotFound
    if edition != CONSENT_EDITION:
        raise Conflict("voice.other_words", _("The words of the consent have changed: load the page again."))
    consent = VoiceConsent(person_id=by.person_id, edition=edition, text=consent_words(), agreed_at=now)
    session.add(consent)
    session.flush()
    return consent


def open_track(
    session: Session, call_id: UUID, consent_id: UUID, *, ago_ms: int, by: Identity, now: datetime
) -> VoiceTrack:
    """Begin a recording of one's own side of a call under way.

    ago_ms   how long ago it began, in milliseconds; at most as long as the call

    Raises NotFound for a stranger, Refused without a fresh consent of one's own, Conflict after the call or when
    there are too many.
    """
    call = _locked(session, call_id)
    side = side_of(session, call, by.person_id)
    consent = session.get(VoiceConsent, consent_id)
    if not side or by.person_id is None:
        raise NotFound
    if consent is None or consent.person_id != by.person_id or not consent.agreed_at <= now < (
            consent.agreed_at + CONSENT_HOLDS):
        raise Refused("voice.no_consent", _("Without your consent nothing is recorded."))
    before = session.scalar(
        select(func.count()).where(VoiceTrack.call_id == call_id, VoiceTrack.side == side)) or 0
    if call.state == CallState.ENDED or before >= TRACKS_LIMIT:
        raise Conflict("voice.no_more_tracks", _("Nothing more can be recorded for this call."))
    track = VoiceTrack(
        call_id=call_id, person_id=by.person_id, consent_id=consent_id, side=side, number=before + 1, opened_at=now,
        begins_ms=max(since_ring(call, now) - max(ago_ms, 0), 0),
    )
    session.add(track)
    session.flush()
    return track


def add_chunk(
    session: Session, track_id: UUID, number: int, digest: str, head: bytes, size: int, *, by: Identity, now: datetime
) -> int:
    """Acknowledge a chunk that is on disk already; return the number that comes next. The same one again is taken.

    digest   sha256 of its bytes, its address in the store
    head     how it begins; the first chunk's tells what the recording is
    size     bytes, 1 .. CHUNK_LIMIT

    Raises NotFound for a stranger's track; Conflict for another chunk of the same number, one out of order, or
    after the end; Invalid when it is too large or no Opus recording.
    """
    track = own_track(session, track_id, by)
    call = _locked(session, track.call_id)
    known = session.get(VoiceChunk, (track_id, number)) if number < CHUNKS_LIMIT else None
    if known is not None:
        if known.sha256 != digest:
            raise Conflict("voice.other_chunk", _("Another chunk has this number already."))
        return next_number(session, track_id)
    expected = next_number(session, track_id)
    if track.closed_at is not None or _is_over(call, now):
        raise Conflict("voice.closed", _("This recording is closed."))
    if number != expected or number >= CHUNKS_LIMIT:
        raise Conflict("voice.out_of_order", _("Chunk %(n)s comes next.", n=expected))
    _check_size(session, call, size)
    if number == 0:
        track.kind = kind_of_recording(head)
        if not track.kind:
            raise Invalid([Problem("chunk", _("That is no recording in Opus."))])
    session.add(VoiceChunk(track_id=track_id, number=number, sha256=digest, size=size, received_at=now))
    session.flush()
    return number + 1


def close_track(session: Session, track_id: UUID, chunks: int, *, by: Identity, now: datetime) -> VoiceTrack:
    """End a recording and put its manifest into the call's log; closing it again changes nothing.

    Raises Conflict when not all `chunks` have arrived: the rest is to be sent first.
    """
    track = own_track(session, track_id, by)
    if track.closed_at is None:
        expected = next_number(session, track_id)
        if chunks != expected:
            raise Conflict("voice.out_of_order", _("Chunk %(n)s comes next.", n=expected))
        _close(session, track, now)
    return track


def close_silent(session: Session, *, now: datetime) -> int:
    """Close tracks for which nothing came in a while, as they are; return how many."""
    last = func.max(VoiceChunk.received_at)
    silent = session.scalars(
        select(VoiceTrack).outerjoin(VoiceChunk).where(VoiceTrack.closed_at.is_(None)).group_by(VoiceTrack.id)
        .having(func.coalesce(last, VoiceTrack.opened_at) < now - SILENT_FOR)
    ).all()
    for track in silent:
        _close(session, track, now)
    return len(silent)


def erase_outdated(session: Session, *, days: int, now: datetime) -> int:
    """Erase the sound of recordings whose time is over; return how many."""
    kept = session.execute(
        select(VoiceTrack, SimulatedCall.ended_at).join(SimulatedCall, SimulatedCall.id == VoiceTrack.call_id)
        .where(VoiceTrack.erased_at.is_(None), VoiceTrack.closed_at.is_not(None),
               VoiceTrack.opened_at < now - timedelta(days=days) + LATE)
    ).tuples().all()
    outdated = [track for track, ended in kept if is_kept_no_longer(ended, track.opened_at, days, now=now)]
    _erase(session, outdated, by=SYSTEM, reason=f"{days} days", now=now)
    return len(outdated)


def erase_call(session: Session, call_id: UUID, *, reason: str, by: Identity, now: datetime) -> int:
    """Erase the sound of one call, on request; return how many tracks. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid([Problem("reason", _("Say why."))])
    tracks = session.scalars(select(VoiceTrack).where(
        VoiceTrack.call_id == call_id, VoiceTrack.erased_at.is_(None))).all()
    for track in tracks:
        if track.closed_at is None:
            _close(session, track, now)
    _erase(session, tracks, by=by, reason=reason.strip(), now=now)
    return len(tracks)


def sweep(session: Session, *, now: datetime) -> int:
    """Delete files that no row speaks of, whole or half written, left behind by a crash; return how many."""
    before = now - store.UNUSED_FOR
    found = list(store.lying_about(before=before))
    unused = [digest for digest in found if not re.fullmatch("[0-9a-f]{64}", digest) or not _is_used(session, digest)]
    store.delete([digest for digest in unused if len(digest) == len("0" * 64)])
    return len(unused) + store.delete_unfinished(before=before)


def note_listening(session: Session, track_id: UUID, *, by: Identity, now: datetime) -> None:
    """Write down who listens to somebody else's recording, once an hour."""
    track = session.get_one(VoiceTrack, track_id)
    subject = f"call:{track.call_id}"
    heard = select(AuditEntry.id).where(
        AuditEntry.action == "voice.listen", AuditEntry.subject == subject, AuditEntry.actor_id == by.person_id,
        AuditEntry.at > now - SAME_LISTENING,
    )
    if by.person_id != track.person_id and session.scalar(heard.limit(1)) is None:
        audit(session, by=by, action="voice.listen", subject=subject, now=now)


def own_track(session: Session, track_id: UUID, by: Identity) -> VoiceTrack:
    """Return a track that is the caller's own. Raises NotFound."""
    track = session.get(VoiceTrack, track_id)
    if track is None or track.person_id != by.person_id:
        raise NotFound
    return track


def next_number(session: Session, track_id: UUID) -> int:
    """Return the number of the chunk that comes next."""
    return session.scalar(select(func.count()).where(VoiceChunk.track_id == track_id)) or 0


def _locked(session: Session, call_id: UUID) -> SimulatedCall:
    call = session.scalars(
        select(SimulatedCall).where(SimulatedCall.id == call_id).with_for_update(of=SimulatedCall)
    ).unique().one_or_none()
    if call is None:
        raise NotFound
    return call


def _is_over(call: SimulatedCall, now: datetime) -> bool:
    return call.ended_at is not None and now > call.ended_at + LATE


def _check_size(session: Session, call: SimulatedCall, size: int) -> None:
    taken = session.scalar(
        select(func.sum(VoiceChunk.size)).join(VoiceTrack).where(VoiceTrack.call_id == call.id)) or 0
    if not 0 < size <= CHUNK_LIMIT or taken + size > CALL_LIMIT:
        raise Invalid([Problem("chunk", _("The recording is too large."))])


def _close(session: Session, track: VoiceTrack, now: datetime) -> None:
    chunks = session.execute(
        select(VoiceChunk.number, VoiceChunk.sha256, VoiceChunk.size)
        .where(VoiceChunk.track_id == track.id).order_by(VoiceChunk.number)).tuples().all()
    track.closed_at, track.manifest = now, manifest_of(chunks)
    session.flush()
    note_on_record(session, track.call_id, "audio_track", {
        "track": str(track.id), "side": track.side, "chunks": len(chunks), "sha256": track.manifest,
    }, now=now)


def _erase(session: Session, tracks: Sequence[VoiceTrack], *, by: Identity, reason: str, now: datetime) -> None:
    """Delete the sound after the commit, but for chunks that another recording has too; the hashes stay."""
    for track in tracks:
        track.erased_at = now
        audit(session, by=by, action="voice.erase", subject=f"call:{track.call_id}", reason=reason, now=now,
              changes={"track": [str(track.id), None]})
    session.flush()
    mine = set(session.scalars(select(VoiceChunk.sha256).where(VoiceChunk.track_id.in_([t.id for t in tracks]))))
    unused = [digest for digest in mine if not _is_used(session, digest)]
    session_after_commit(session, lambda: store.delete(unused))


def _is_used(session: Session, digest: str) -> bool:
    return session.scalar(
        select(VoiceChunk.number).join(VoiceTrack)
        .where(VoiceChunk.sha256 == digest, VoiceTrack.erased_at.is_(None)).limit(1)) is not None
