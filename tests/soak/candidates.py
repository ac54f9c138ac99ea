"""Candidates at work: they save, are refused while a server is down, try again, and count what was acknowledged."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from uuid import UUID

from tests.load import Answer, Connection
from tests.soak.scene import Candidate

PAUSE = 0.05  # seconds before a refused request is tried again
TRIES = 1200  # of one request: a minute
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Saved:
    """One save that the server said is on disk. body: canonical JSON of the answer."""

    sitting_id: UUID
    item: int
    sequence: int
    body: str


@dataclass
class Desk:
    """What all candidates share: the address of the server, and what was acknowledged to them."""

    host: str
    port: int
    acknowledged: list[Saved] = field(default_factory=list)
    tried_again: int = 0
    on_saved: Callable[[], None] = lambda: None


async def sit(desk: Desk, candidate: Candidate, saves: int, random: Random) -> None:
    """Save `saves` answers one after the other: any answers at first, the right one to every question at the end."""
    connection = Connection(desk.host, desk.port)
    positions = sorted(candidate.keys)
    for sequence in range(1, saves + 1):
        left = saves - sequence
        at_last = left < len(positions)
        item = positions[len(positions) - 1 - left] if at_last else random.choice(positions)
        answer = candidate.keys[item] if at_last else f"draft {sequence}"
        await _save(desk, connection, candidate, item, sequence, answer)
    connection.close()


async def _save(
    desk: Desk, connection: Connection, candidate: Candidate, item: int, sequence: int, answer: object
) -> None:
    body = json.dumps({"saves": [{"item": item, "seq": sequence, "answer": answer}]}).encode()
    headers = (("X-Sitting-Token", candidate.token), ("Content-Type", "application/json"))
    path = f"/exams/sittings/{candidate.sitting_id}/answers"
    reply = await until_answered(desk, connection, "POST", path, body, headers)
    receipt = json.loads(reply.body)["saved"][0]
    assert reply.status == 200, reply
    assert (receipt["item"], receipt["seq"], receipt["verdict"]) == (item, sequence, "counted"), receipt
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    desk.acknowledged.append(Saved(candidate.sitting_id, item, sequence, text))
    desk.on_saved()


async def hand_in_twice(desk: Desk, candidate: Candidate) -> None:
    """Hand the sitting in from two tabs at once, however often the server falls meanwhile."""
    room = f"/exams/sittings/{candidate.sitting_id}"

    async def tab() -> None:
        connection = Connection(desk.host, desk.port)
        connection.cookies.update(candidate.cookies)
        shown = await until_answered(desk, connection, "GET", room)
        if shown.status == 200:
            token = CSRF.search(shown.body)
            assert token is not None, shown.body[:500]
            form = f"csrf_token={token[1].decode()}&token={candidate.token}".encode()
            kind = (("Content-Type", "application/x-www-form-urlencoded"),)
            await until_answered(desk, connection, "POST", f"{room}/submit", form, kind)
        connection.close()

    await asyncio.gather(tab(), tab())


async def until_answered(
    desk: Desk, connection: Connection, method: str, path: str, body: bytes = b"",
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Send a request again and again until a living server has answered it. TimeoutError after a minute."""
    for _try in range(TRIES):
        try:
            reply = await connection.request(method, path, body, headers)
        except (OSError, asyncio.IncompleteReadError):
            connection.close()
        else:
            if reply.status != HTTPStatus.SERVICE_UNAVAILABLE:
                assert reply.status < HTTPStatus.INTERNAL_SERVER_ERROR, f"{method} {path}: {reply}"
                return reply
        desk.tried_again += 1
        await asyncio.sleep(PAUSE)
    raise TimeoutError(f"{method} {path} was never answered")
