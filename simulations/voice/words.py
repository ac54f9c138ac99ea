"""From sound to words: a recogniser where there is one, people otherwise."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.kernel.errors import NotFound, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, Unit
from simulations import EventRefused
from simulations.models import CallScoreRow, CallState, Purpose, SimulatedCall
from simulations.queries import replayed
from simulations.services import keep_score, note_on_record
from simulations.voice import queries
from simulations.voice.models import RecognisedSpeech, VoiceTrack
from simulations.voice.services import LEARNER

LONGEST: Final = 500  # characters taken of a recogniser's answer
_SERVERS_OWN: Final = frozenset({"recogniser", "confidence"})


@dataclass(frozen=True)
class Heard:
    """What a recogniser made of a stretch of sound. confidence: 0 to 1."""

    text: str
    confidence: float
    recogniser: str


def check_spoken(session: Session, call: SimulatedCall, kind: str, data: Mapping[str, Any]) -> None:
    """Refuse a learner's move that claims a recogniser's word, or sound that isn't a recording of this very call.

    Raises EventRefused.
    """
    if kind == "utterance" and _SERVERS_OWN & data.keys():
        raise EventRefused("server_only")
    if kind == "utterance" and data.get("mode") == "voice" and "track" not in data:
        raise EventRefused("bad_value")
    if "track" in data:
        track = track_of(session, call.id, str(data["track"]))
        if track is None or track.person_id != call.person_id:
            raise EventRefused("bad_value")


def track_of(session: Session, call_id: UUID, track_id: str) -> VoiceTrack | None:
    """Return a call's track by the words a client uses for it."""
    try:
        track = session.get(VoiceTrack, UUID(track_id))
    except ValueError:
        return None
    return track if track is not None and track.call_id == call_id else None


def recognise(command: str, sound: Path, from_ms: int, to_ms: int, *, seconds: int) -> Heard | None:
    """Ask the recogniser's command; None when it fails, takes longer than `seconds`, or hears nothing.

    It is called with the file, from and to in milliseconds, and prints JSON: {"text": "..", "confidence": 0.93}.
    """
    words = shlex.split(command)
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's own command
            [*words, str(sound), str(from_ms), str(to_ms)], capture_output=True, timeout=seconds, check=True,
            stdin=subprocess.DEVNULL)
        answer = json.loads(done.stdout[:100_000])
        text, confidence = str(answer["text"]).strip()[:LONGEST], float(answer.get("confidence", 0))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Heard(text, min(max(confidence, 0.0), 1.0), Path(words[0]).name[:80]) if text else None


def listen(
    session: Session, track: VoiceTrack, from_ms: int, to_ms: int, *, command: str, seconds: int
) -> Heard | None:
    """Return what the recogniser makes of a stretch of a track; what it said of it before, if it did."""
    known = session.get(RecognisedSpeech, (track.id, from_ms, to_ms))
    if known is not None:
        return Heard(known.text, known.confidence / 1000, known.recogniser)
    with NamedTemporaryFile(suffix=f".{track.kind}") as file:
        file.write(queries.sound_of(session, track.id).read())
        file.flush()
        return recognise(command, Path(file.name), from_ms, to_ms, seconds=seconds)


def keep_heard(session: Session, track_id: UUID, from_ms: int, to_ms: int, heard: Heard, *, now: datetime) -> Heard:
    """Keep a recogniser's word, so that asking again gives the same; the first one stands."""
    known = session.get(RecognisedSpeech, (track_id, from_ms, to_ms))
    if known is None:
        known = RecognisedSpeech(
            track_id=track_id, from_ms=from_ms, to_ms=to_ms, text=heard.text, recogniser=heard.recogniser,
            confidence=round(heard.confidence * 1000), heard_at=now)
        session.add(known)
        session.flush()
    return Heard(known.text, known.confidence / 1000, known.recogniser)


@dataclass(frozen=True)
class SpokenTurn:
    """A turn whose words are to be written down.

    text                what the call went on by: the reply that was picked, or what the learner typed
    track               the recording, "" when there is none to listen to
    from_ms .. to_ms    where in it
    """

    number: int
    at_ms: int
    before: str
    text: str
    track: str
    from_ms: int
    to_ms: int


def unheard(session: Session, call: SimulatedCall) -> list[SpokenTurn]:
    """Return the turns of a call that wait for their words, with what the caller said before each."""
    state = replayed(session, call)
    found = []
    for turn in state.unheard:
        first, last = turn.segments[0], turn.segments[-1]
        said = [line.text for line in state.lines[: turn.line] if line.who == "caller"]
        found.append(SpokenTurn(turn.number, turn.at_ms, said[-1] if said else "", turn.text, first.track,
                                first.audio_ms or 0, last.audio_to_ms or first.audio_ms or 0))
    return found


def waiting_for_words(scopes: tuple[str, ...], *, not_of: UUID | None) -> Select[SimulatedCall, Person]:
    """Return the query of calls for the record whose words nobody wrote down yet, the oldest first."""
    scored = exists().where(CallScoreRow.call_id == SimulatedCall.id)
    return (
        select(SimulatedCall, Person)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(SimulatedCall.purpose == Purpose.EXAM, SimulatedCall.state == CallState.ENDED, ~scored,
               SimulatedCall.person_id != not_of, or_(*(Unit.path.startswith(scope) for scope in scopes)))
        .order_by(SimulatedCall.ended_at)
    )


def unwritten_of(session: Session, person_id: UUID) -> list[SimulatedCall]:
    """Return a person's finished calls that wait for their words, the newest first."""
    scored = exists().where(CallScoreRow.call_id == SimulatedCall.id)
    return list(session.scalars(
        select(SimulatedCall)
        .where(SimulatedCall.person_id == person_id, SimulatedCall.state == CallState.ENDED, ~scored)
        .order_by(SimulatedCall.ended_at.desc())).unique())


def spoken_calls(session: Session, by: Identity) -> int:
    """Return how many calls for the record wait for an assessor to write down their words."""
    query = waiting_for_words(by.scopes(Role.ASSESSOR), not_of=by.person_id).order_by(None)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def waits_for_words(session: Session, call: SimulatedCall) -> bool:
    """Tell whether a call has ended and has no score yet, since spoken words are to be written down."""
    return call.state == CallState.ENDED and session.scalar(
        select(CallScoreRow.id).where(CallScoreRow.call_id == call.id).limit(1)) is None


def write_down(session: Session, call_id: UUID, texts: Mapping[int, str], *, by: Identity, now: datetime) -> int:
    """Put heard words in the place of spoken turns; return how many still wait. With the last the call is scored.

    texts   turn number -> its words; turns that are blank, or wait no longer, are left as they are

    Raises NotFound while the call goes on, Refused for the learner's own call for the record.
    """
    call = session.get(SimulatedCall, call_id)
    if call is None or call.state != CallState.ENDED:
        raise NotFound
    if call.person_id == by.person_id and call.purpose == Purpose.EXAM:
        raise Refused("call.own", _("Nobody writes down a call of their own that counts."))
    state = replayed(session, call)
    role = LEARNER if call.person_id == by.person_id else "assessor"
    for number in sorted({turn.number for turn in state.unheard} & texts.keys()):
        if texts[number].strip():
            state = note_on_record(session, call_id, "transcribed", {
                "turn": number, "text": texts[number].strip(), "by": role}, now=now)
    if not state.unheard and waits_for_words(session, call):
        keep_score(session, call, state, now=now)
    return len(state.unheard)
