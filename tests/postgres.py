"""A PostgreSQL server of the tests' own: its own folder, a socket of its own and a free loopback port.

PostgreSQL refuses to run as root; root starts it through `su postgres`, anybody else starts it as themselves.
"""

import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LIBRARIES = Path("/usr/lib/postgresql")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class PostgresServer:
    """A running server. As a context manager it stops at the end."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """The server's address, without a database name."""
        return f"postgresql://floorready@127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"floorready_{secrets.token_hex(6)}"
        _sql(self, f"CREATE DATABASE {name} TEMPLATE template0")
        return f"{self.address}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop a database made here, whoever is still connected to it."""
        _sql(self, f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def kill(self) -> None:
        """End the server at once, as a power cut would (no checkpoint)."""
        _as_postgres(_program("pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    @property
    def pid(self) -> int:
        """The process of the server, 0 while it doesn't run."""
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return 0

    def kill_backend(self) -> None:
        """Kill a process that serves a client without warning; the server ends all others and recovers."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                serves = b"floorready floorready_" in (stat.parent / "cmdline").read_bytes()
                if serves and int(stat.read_text().rpartition(")")[2].split()[1]) == self.pid:
                    os.kill(int(stat.parent.name), signal.SIGKILL)
                    return

    def start_again(self) -> None:
        """Start the server on the data it left behind; it recovers from its log by itself."""
        _start(self.folder)

    def stop(self) -> None:
        """End the server and remove its folder."""
        subprocess.run(
            _command(_program("pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop"),
            check=False, capture_output=True,
        )
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(folder: Path | None = None, *, durable: bool = False) -> PostgresServer:
    """Make a cluster, start it and return it.

    folder    empty, and below folders that everybody may pass; by default one of its own under the temporary folder
    durable   keep what it acknowledged across a power cut; off by default, which makes unit tests fast

    Raises FileNotFoundError when PostgreSQL isn't installed, CalledProcessError when it doesn't start.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="floorready-postgres-"))
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _as_postgres(
        _program("initdb"), "-D", str(folder / "data"), "-U", "floorready", "-A", "trust", "-E", "UTF8", "--locale=C",
        *([] if durable else ["--no-sync"]),
    )
    port = _free_port()
    lines = {
        **(DURABLE if durable else FAST),
        "port": str(port),
        "listen_addresses": "'127.0.0.1'",
        "unix_socket_directories": f"'{folder}'",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "timezone": "'UTC'",
    }
    configuration = folder / "data" / "postgresql.conf"
    with configuration.open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in lines.items())
    _start(folder)
    return PostgresServer(folder, port)


def _start(folder: Path) -> None:
    _as_postgres(_program("pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "start")


def _sql(server: PostgresServer, statement: str) -> None:
    _as_postgres(
        _program("psql"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "floorready", "-d", "postgres", "-q",
        "-c", statement,
    )


def _program(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL that is installed."""
    found = sorted(LIBRARIES.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"{name}: PostgreSQL is not installed; ./floorready install test installs it")
    return str(found[-1])


def _as_postgres(*command: str) -> None:
    subprocess.run(_command(*command), check=True, capture_output=True, cwd="/")


def _command(*command: str) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    return ["su", "postgres", "-s", "/bin/sh", "-c", shlex.join(command)]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
