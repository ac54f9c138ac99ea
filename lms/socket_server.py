"""The sockets of live calls, in a process of their own: a socket lasts as long as a call and would hold a web thread.

It reads no database and keeps nothing: whoever comes shows a one-time ticket of the site. Killed at any moment it
loses nothing that was acknowledged; pages come back with a new ticket, and look at the site meanwhile.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from lms.kernel import clock
from lms.kernel.secrets import secret_key
from lms.kernel.settings import Settings
from simulations.live.rooms import LONGEST_MESSAGE, BadMessage, Note, Rooms, Seat
from simulations.live.rules import TICKET_SECONDS, opens
from simulations.live.tickets import read_ticket

log = logging.getLogger(__name__)
MOST_SOCKETS = 2_000
HEARTBEAT = 15.0  # seconds between pings: who doesn't answer is gone
LONGEST_STAY = 600.0  # seconds; then the page asks the site for a new ticket, which looks at its rights again
GOODBYE = 1.0  # seconds that a page may take to say goodbye
SLOW = 5.0  # seconds that a page may take to take a message
ELSEWHERE, COME_AGAIN = 4000, 4001  # close codes: the same person opened another page; the stay is over


@dataclass
class Page:
    """One open socket; whoever wants it closed lets its stay run out, so that it closes itself and nobody waits."""

    socket: web.WebSocketResponse
    stay: asyncio.Timeout
    code: int = COME_AGAIN

    def show_out(self, code: int) -> None:
        """Let the page go at once, with this code."""
        self.code = code
        self.stay.reschedule(asyncio.get_running_loop().time())


class Sockets:
    """Every open socket, and the tickets that were used."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.since_ms = _unix_ms()
        self.used: dict[str, int] = {}
        self.rooms = Rooms()
        self.open: dict[Seat, Page] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """Return what answers the browsers."""
        app = web.Application(client_max_size=1024)
        app.router.add_get("/sockets", self.answer)
        app.on_shutdown.append(self.close_all)
        return app

    def admit(self, request: web.Request) -> Seat:
        """Return the seat that a request's ticket is for. HTTPForbidden, HTTPServiceUnavailable when full."""
        ticket = read_ticket(self.secret, request.query.get("ticket", ""))
        now = _unix_ms()
        origin = request.headers.get("Origin", "")
        if ticket is None or ticket.nonce in self.used or not opens(
            ticket, origin=origin, now_ms=now, since_ms=self.since_ms
        ):
            raise web.HTTPForbidden
        if len(self.open) >= MOST_SOCKETS:
            raise web.HTTPServiceUnavailable
        self.used = {nonce: at for nonce, at in self.used.items() if now - at <= 2_000 * TICKET_SECONDS}
        self.used[ticket.nonce] = now
        return Seat(ticket.room, ticket.person, ticket.part)

    async def answer(self, request: web.Request) -> web.WebSocketResponse:
        """Be one page's socket until it goes."""
        seat = self.admit(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST_MESSAGE, compress=False,
                                      timeout=GOODBYE)
        await socket.prepare(request)
        stay = asyncio.timeout(LONGEST_STAY)
        page = Page(socket, stay)
        try:
            async with stay:
                self.open[seat] = page
                self._enter(seat)
                await self.listen(seat, socket)
        except TimeoutError:
            await socket.close(code=page.code)
        finally:
            self.open.pop(seat, None)
            self.tell(self.rooms.leave(seat))
        return socket

    def _enter(self, seat: Seat) -> None:
        earlier, notes = self.rooms.enter(seat)
        for other in earlier:
            if other in self.open:
                self.open[other].show_out(ELSEWHERE)
        self.tell(notes)

    async def listen(self, seat: Seat, socket: web.WebSocketResponse) -> None:
        """Pass on what a page says; a page that says what none of ours does, or too much, is shown out."""
        seat.allowance.at = monotonic()
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
                return
            if not seat.allowance.takes(monotonic()):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"too many messages")
                return
            try:
                notes = self.rooms.pass_on(seat, message.data)
            except BadMessage as error:
                log.info("a socket was closed: %s", error)
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)
                return
            self.tell(notes)

    def tell(self, notes: list[Note]) -> None:
        """Send messages; who is slow or gone misses them, and looks at the site sooner or later anyway."""
        for note in notes:
            task = asyncio.create_task(self._send(note.to, note.body))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _send(self, seat: Seat, body: dict[str, Any]) -> None:
        page = self.open.get(seat)
        if page is not None and not page.socket.closed:
            with suppress(ConnectionError, RuntimeError, TimeoutError):
                await asyncio.wait_for(page.socket.send_json(body), SLOW)

    async def close_all(self, _app: web.Application) -> None:
        """Say goodbye to every page before the process ends; they come back by themselves."""
        for page in list(self.open.values()):
            page.show_out(WSCloseCode.GOING_AWAY)


def _unix_ms() -> int:
    return round(clock.now().timestamp() * 1000)


def serve() -> None:
    """Be the sockets' process until told to stop. SystemExit when the port is taken."""
    settings = Settings()
    app = Sockets(secret_key(settings)).application()
    try:
        web.run_app(app, host=settings.host, port=settings.sockets_port, print=None, access_log=None,
                    shutdown_timeout=2.0, handler_cancellation=True)
    except OSError as error:
        log.error("live calls have no sockets: port %s: %s (FLOORREADY_SOCKET_PORT)", settings.sockets_port, error)
        raise SystemExit(1) from error
