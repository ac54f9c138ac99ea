"""A small load generator: raw HTTP/1.1 over kept-alive loopback connections, one asyncio loop, little CPU."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

TICKS = os.sysconf("SC_CLK_TCK")
LINE_END = b"\r\n"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers.get(b'location', b'').decode()} {self.body[:300]!r}>"


class Connection:
    """One kept-alive connection of one user, with its cookies."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.cookies: dict[bytes, bytes] = {}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """Send one request and read its whole answer. ConnectionError when the server is gone."""
        await self.send(method, path, body, headers, upto=len(body))
        answer = await self._read()
        if answer.headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return answer

    async def send(
        self, method: str, path: str, body: bytes, headers: Sequence[tuple[str, str]], *, upto: int
    ) -> None:
        """Send a request, of its body the first `upto` bytes, and wait for no answer."""
        if self._writer is None or self._writer.is_closing() or (self._reader and self._reader.at_eof()):
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._writer.write(self._head(method, path, body, headers) + body[:upto])

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        if self._writer is not None:
            self._writer.close()
        self._writer = None

    def _head(self, method: str, path: str, body: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{n.decode()}={v.decode()}" for n, v in self.cookies.items()))
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode()

    async def _read(self) -> Answer:
        assert self._reader is not None
        head = await self._reader.readuntil(LINE_END * 2)
        first, *lines = head[:-4].split(LINE_END)
        headers: dict[bytes, bytes] = {}
        for line in lines:
            name, _, value = line.partition(b":")
            name, value = name.lower(), value.strip()
            if name == b"set-cookie":
                self._keep_cookie(value)
            headers[name] = value
        status = int(first.split(b" ", 2)[1])
        if headers.get(b"transfer-encoding") == b"chunked":
            return Answer(status, headers, await self._read_chunks())
        length = int(headers.get(b"content-length", b"0"))
        return Answer(status, headers, await self._reader.readexactly(length) if length else b"")

    async def _read_chunks(self) -> bytes:
        assert self._reader is not None
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readline()
        return b"".join(parts)

    def _keep_cookie(self, value: bytes) -> None:
        name, _, rest = value.partition(b"=")
        content = rest.partition(b";")[0]
        if b"max-age=0" in value.lower() or not content:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = content


class ExhaustedError(Exception):
    """There is nothing left to do the operation with; what was done until now counts."""


@dataclass
class Timing:
    """How long each operation took, and how long they took together."""

    seconds: float = 0.0
    each: list[float] = field(default_factory=list)  # seconds
    cpu: float = 0.0  # CPU seconds of the server's processes

    def add(self, other: "Timing") -> None:
        """Take what was timed at another time in."""
        self.seconds += other.seconds
        self.each += other.each
        self.cpu += other.cpu

    @property
    def rate(self) -> float:
        """Operations a second."""
        return len(self.each) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the server an operation."""
        return 1000 * self.cpu / len(self.each)

    def percentile(self, percent: float) -> float:
        """Milliseconds within which `percent` of the operations were done."""
        ordered = sorted(self.each)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


User = Callable[[int], Callable[[], Awaitable[None]]]  # user number -> one operation, done again and again


def drive(
    user: User, *, users: int, seconds: float, pids: Sequence[int], warm_up: float = 1.0, pace: float = 0
) -> Timing:
    """Let `users` do their operation again and again for `seconds`; return the timing without the warm-up.

    pids   processes of the server, whose CPU time is counted
    pace   seconds from one operation of a user to the next, as people work; 0: the next as soon as one is answered
    """
    return asyncio.run(_drive(user, users, seconds, pids, warm_up, pace))


async def _drive(
    user: User, users: int, seconds: float, pids: Sequence[int], warm_up: float, pace: float
) -> Timing:
    operations = [user(number) for number in range(users)]
    await _repeat(operations, max(warm_up, 2 * pace), Timing(), pace)
    timing = Timing()
    before = cpu_seconds(pids)
    await _repeat(operations, seconds, timing, pace)
    timing.cpu = cpu_seconds(pids) - before
    return timing


async def _repeat(
    operations: Sequence[Callable[[], Awaitable[None]]], seconds: float, timing: Timing, pace: float
) -> None:
    begin = perf_counter()
    end = begin + seconds

    async def work(number: int, operation: Callable[[], Awaitable[None]]) -> None:
        due = begin + pace * number / len(operations)  # people don't begin all in the same instant
        while due < end:
            await asyncio.sleep(due - perf_counter())
            start = perf_counter()
            if start >= end:
                return
            try:
                await operation()
            except ExhaustedError:
                return
            timing.each.append(perf_counter() - start)
            due = max(due + pace, perf_counter())

    await asyncio.gather(*(work(number, operation) for number, operation in enumerate(operations)))
    timing.seconds = perf_counter() - begin


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the CPU time, user and system, that living processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def family(pid: int) -> list[int]:
    """Return a process and everything that descends from it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, queue = [], [pid]
    while queue:
        found.append(each := queue.pop())
        queue += parents.get(each, [])
    return found


def proportional_megabytes(pids: Sequence[int]) -> float:
    """Return the memory of processes, shared pages split among their holders (PSS), in megabytes of 10^6 bytes."""
    kilobytes = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6
