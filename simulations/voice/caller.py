"""How a caller sounds: lines rendered when a script is published, and recordings by trainers, which go first."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import NotFound
from lms.kernel.jobs import enqueue
from lms.records.services import audit
from lms.web.uploads import StoredFile, store_bytes
from simulations import CallState, CompiledScript
from simulations.models import EditionState, ScriptEdition
from simulations.queries import compiled
from simulations.script.tree import Node, wordings
from simulations.voice import synthesis
from simulations.voice.models import CallerVoice, VoiceSource
from simulations.wording.patterns import STAFF_NUMBER_NAMES

RENDER = "voice.render"
RECORDING_LIMIT = 5_000_000  # bytes of a trainer's recording of one line
RECORDING_KINDS = frozenset({"wav", "mp3", "ogg", "webm"})


@dataclass(frozen=True)
class SpokenLine:
    """One line that a caller may say. digest: sha256 of the words; sound: what is played, None for captions alone."""

    node: str
    text: str
    digest: str
    sound: CallerVoice | None = None


def digest_of(text: str) -> str:
    """Return the name of a spoken line: the sha256 of its words."""
    return sha256(text.encode()).hexdigest()


def lines_of(script: CompiledScript) -> list[SpokenLine]:
    """Return every line that a caller of this script may say, once each, in the order of the script.

    A line with the learner's own number in it is left out: nobody can say it beforehand.
    """
    found: dict[str, SpokenLine] = {}
    places: list[tuple[str, str]] = [(node.name.text, text) for node in script.tree.nodes for text in _texts(node)]
    silence = script.settings.silence
    places += [("", text) for text in (silence.effects.says if silence else ())]
    for node, wording in ((node, wording) for node, text in places for wording in wordings(text)):
        if not any(f"{{{name}}}" in wording for name in STAFF_NUMBER_NAMES):
            words = script.filled(wording)
            found.setdefault(words, SpokenLine(node, words, digest_of(words)))
    return list(found.values())


def voices_of(session: Session, code: str, digests: set[str]) -> dict[str, CallerVoice]:
    """Return the sound of lines by their digests: a trainer's for this script first, else a synthesised one."""
    rows = session.scalars(select(CallerVoice).where(CallerVoice.line.in_(digests), CallerVoice.code.in_((code, ""))))
    return {row.line: row for row in sorted(rows, key=lambda row: row.source == VoiceSource.RECORDED)}


def voiced(session: Session, edition: ScriptEdition) -> list[SpokenLine]:
    """Return an edition's lines with their sound."""
    lines = lines_of(compiled(edition))
    voices = voices_of(session, edition.code, {line.digest for line in lines})
    return [SpokenLine(line.node, line.text, line.digest, voices.get(line.digest)) for line in lines]


def voiced_lines(session: Session, code: str, state: CallState) -> list[int]:
    """Return which lines of a call's transcript can be heard."""
    said = {i: digest_of(line.text) for i, line in enumerate(state.lines) if line.who == "caller"}
    voices = voices_of(session, code, set(said.values())) if said else {}
    return [i for i, digest in said.items() if digest in voices]


def sound_of_line(session: Session, code: str, state: CallState, index: int) -> CallerVoice:
    """Return the sound of a line that the caller has said. Raises NotFound for any other, and without a sound."""
    if not 0 <= index < len(state.lines) or state.lines[index].who != "caller":
        raise NotFound
    digest = digest_of(state.lines[index].text)
    found = voices_of(session, code, {digest}).get(digest)
    if found is None:
        raise NotFound
    return found


def missing(session: Session, edition: ScriptEdition) -> list[SpokenLine]:
    """Return the lines of an edition that nobody has recorded or rendered."""
    return [line for line in voiced(session, edition) if line.sound is None]


def render_line(line: SpokenLine) -> tuple[str, str] | None:
    """Render a line and store it; return its address and what made it, None when there is no voice here."""
    made = synthesis.render(line.text)
    return (store_bytes(made.content), made.engine) if made else None


def keep_rendered(session: Session, line: str, sha: str, engine: str, *, now: datetime) -> None:
    """Keep a rendered line for every script that has it."""
    known = select(CallerVoice.id).where(
        CallerVoice.line == line, CallerVoice.code == "", CallerVoice.source == VoiceSource.SYNTHESISED)
    if session.scalar(known) is None:
        session.add(CallerVoice(line=line, source=VoiceSource.SYNTHESISED, sha256=sha, kind="wav", engine=engine,
                                made_at=now))


def ask_for_voices(session: Session) -> int:
    """Queue the rendering of published editions that have lines without a sound; return how many."""
    if not synthesis.is_installed():
        return 0
    editions = session.scalars(
        select(ScriptEdition).where(ScriptEdition.state == EditionState.PUBLISHED).order_by(ScriptEdition.number))
    newest = {edition.code: edition for edition in editions}
    silent = [edition for edition in newest.values() if missing(session, edition)]
    for edition in silent:
        enqueue(session, RENDER, {"edition_id": str(edition.id)})
    return len(silent)


def keep_recording(
    session: Session, edition_id: UUID, digest: str, file: StoredFile, *, by: Identity, now: datetime
) -> None:
    """Let a trainer's recording be a line's sound, in the place of the one before. Raises NotFound for no such line."""
    edition = _edition(session, edition_id, digest)
    _forget(session, edition.code, digest)
    session.add(CallerVoice(line=digest, code=edition.code, source=VoiceSource.RECORDED, sha256=file.sha256,
                            kind=file.kind, engine="", made_by=by.person_id, made_at=now))
    session.flush()
    audit(session, by=by, action="voice.add", subject=f"script:{edition.code}@{edition.number}", now=now,
          changes={digest[:12]: [None, file.sha256]})


def remove_recording(session: Session, edition_id: UUID, digest: str, *, by: Identity, now: datetime) -> None:
    """Take a trainer's recording away; the synthesised voice, if there is one, is heard again. Raises NotFound."""
    edition = _edition(session, edition_id, digest)
    _forget(session, edition.code, digest)
    audit(session, by=by, action="voice.remove", subject=f"script:{edition.code}@{edition.number}", now=now,
          changes={digest[:12]: [digest, None]})


def _forget(session: Session, code: str, digest: str) -> None:
    session.execute(delete(CallerVoice).where(CallerVoice.line == digest, CallerVoice.code == code,
                                              CallerVoice.source == VoiceSource.RECORDED))


def _edition(session: Session, edition_id: UUID, digest: str) -> ScriptEdition:
    edition = session.get(ScriptEdition, edition_id)
    if edition is None or digest not in {line.digest for line in lines_of(compiled(edition))}:
        raise NotFound
    return edition


def _texts(node: Node) -> list[str]:
    """Return what may be said in a node: on entering, after a reply, into a silence."""
    effects = [move.effects for move in node.moves]
    effects += [part.effects for part in (node.other, node.silence) if part]
    return [*(line.text for line in node.lines), *(text for effect in effects for text in effect.says)]
