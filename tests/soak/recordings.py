"""A call's recording while the web server is killed: chunks come again until acknowledged, as a browser's do."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from random import Random
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from simulations.voice import store
from simulations.voice.models import VoiceChunk, VoiceTrack
from simulations.voice.queries import recordings_of, sound_of
from simulations.voice.services import CONSENT_EDITION, sweep
from tests.load import Connection
from tests.soak.candidates import Desk, until_answered

HEADER = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm\x86\x86A_OPUS\x1f\x43\xb6\x75"  # then the sound
CHUNK = 16_000  # bytes: four seconds of speech
JSON = ("Content-Type", "application/json")
Headers = tuple[tuple[str, str], ...]


@dataclass
class Recorder:
    """One side's track of a call.

    acknowledged   the chunks that the server said are on its disk, in their order
    """

    desk: Desk
    connection: Connection
    headers: Headers
    random: Random
    track: str = ""
    acknowledged: list[bytes] = field(default_factory=list)
    waiting: bytes = b""

    async def begin(self, call_id: str) -> None:
        """Agree, and open a track. One whose opening was answered by nobody is opened again and stays empty."""
        agreed = await self._post("/calls/voice/consent", {"edition": CONSENT_EDITION})
        opened = await self._post(f"/calls/voice/calls/{call_id}/tracks", {"consent": agreed["consent"], "ago_ms": 0})
        self.track = opened["track"]

    async def send(self) -> None:
        """Send the next chunk until it is acknowledged."""
        content = self._next()
        where = f"/calls/voice/tracks/{self.track}"
        answer = await until_answered(
            self.desk, self.connection, "PUT", f"{where}/chunks/{len(self.acknowledged)}", content, self._labelled())
        assert answer.status == HTTPStatus.OK, answer
        assert json.loads(answer.body) == {"sha256": sha256(content).hexdigest(), "next": len(self.acknowledged) + 1}
        self.acknowledged.append(content)
        self.waiting = b""

    async def send_half(self) -> None:
        """Send half of the next chunk on a line of its own, which nobody ends: `send` comes with the whole one."""
        content, line = self._next(), Connection(self.desk.host, self.desk.port)
        line.cookies.update(self.connection.cookies)
        path = f"/calls/voice/tracks/{self.track}/chunks/{len(self.acknowledged)}"
        with suppress(OSError):
            await line.send("PUT", path, content, self._labelled(), upto=len(content) // 2)

    async def finish(self) -> None:
        """Close the track; closing it again, since nobody answered, changes nothing."""
        await self._post(f"/calls/voice/tracks/{self.track}/close", {"chunks": len(self.acknowledged)})
        self.connection.close()

    def _next(self) -> bytes:
        if not self.waiting:
            self.waiting = (b"" if self.acknowledged else HEADER) + self.random.randbytes(CHUNK)
        return self.waiting

    def _labelled(self) -> Headers:
        return (*self.headers, ("Content-Type", "application/octet-stream"),
                ("X-Chunk-SHA256", sha256(self.waiting).hexdigest()))

    async def _post(self, path: str, body: dict[str, object]) -> dict[str, str]:
        sent = json.dumps(body).encode()
        answer = await until_answered(self.desk, self.connection, "POST", path, sent, (*self.headers, JSON))
        assert answer.status == HTTPStatus.OK, answer
        made: dict[str, str] = json.loads(answer.body)
        return made


def lost_sounds(app: Flask, recorders: list[Recorder]) -> Iterator[str]:
    """Yield what is wrong with what was recorded: every acknowledged chunk is there, once, in order, as it was sent;
    the manifest stands in the call's log; and after a sweep nothing else lies in the store.
    """
    with app.app_context():
        for recorder in recorders:
            track = reading().get_one(VoiceTrack, UUID(recorder.track))
            chunks = reading().execute(
                select(VoiceChunk.number, VoiceChunk.sha256).where(VoiceChunk.track_id == track.id)
                .order_by(VoiceChunk.number)).tuples().all()
            sent = [(number, sha256(content).hexdigest()) for number, content in enumerate(recorder.acknowledged)]
            kept = next(it for it in recordings_of(reading(), track.call_id) if it.id == track.id)
            if list(chunks) != sent:
                yield f"track {track.id}: chunks lost, doubled or changed"
            elif sound_of(reading(), track.id).read() != b"".join(recorder.acknowledged):
                yield f"track {track.id}: other bytes on disk"
            if not kept.whole:
                yield f"track {track.id}: its manifest isn't in the call's log"
        reading().rollback()
        with unit_of_work() as session:
            sweep(session, now=clock.now() + 2 * store.UNUSED_FOR)
        rows = set(reading().scalars(select(VoiceChunk.sha256)))
        lying = {path.name for path in Path(app.extensions["settings"].voice_dir).rglob("*") if path.is_file()}
        if lying != rows:
            yield f"{len(lying - rows)} files that no row speaks of, {len(rows - lying)} missing"
