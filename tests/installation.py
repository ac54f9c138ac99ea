"""A real installation for tests and measurements: web, worker and beat in processes of their own, on loopback."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Self

from flask import Flask

from lms.app import create_app
from lms.kernel.db import db
from lms.kernel.settings import Settings
from lms.web.pdf_fonts import prepare_fonts

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("web", "worker", "beat")
PATIENCE = 180  # seconds until the web server must listen


class Installation:
    """An installation in a folder of its own; as a context manager it runs inside the block.

    settings   names without the prefix, e.g. {"WEB_WORKERS": "2"}
    """

    def __init__(self, folder: Path, *, database_url: str = "", settings: Mapping[str, str] | None = None) -> None:
        self.folder, self.data_dir = folder, folder / "data"
        self.port = free_port()
        chosen = {
            "DATA_DIR": str(self.data_dir), "DATABASE_URL": database_url, "PORT": str(self.port), "SAMPLE": "true",
            **(settings or {}),
        }
        self.environment = {f"FLOORREADY_{name}": value for name, value in chosen.items()}
        self.process: subprocess.Popen[bytes] | None = None
        self._ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        (self.data_dir / "fonts").symlink_to(shared_fonts())
        self._ready.bind(str(folder / "ready"))

    def application(self) -> Flask:
        """Return an application of this process's own on the installation's database, tables made, to fill it."""
        values = {name.removeprefix("FLOORREADY_").lower(): value for name, value in self.environment.items()}
        app = create_app(Settings.model_validate(values))
        with app.app_context():
            db.create_all()
        return app

    def start(self, *parts: str) -> None:
        """Start the parts (all by default) and wait until the web server listens. TimeoutError when it doesn't."""
        chosen = parts or PARTS
        only = [word for part in chosen for word in ("--only", part)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lms.cli", "run", *only], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, **self.environment, "NOTIFY_SOCKET": str(self.folder / "ready")},
            )
        if "web" in chosen:
            self.wait_until_it_listens()

    def wait_until_it_listens(self) -> None:
        """Wait for the web server's next word that it listens. RuntimeError when the installation ended instead."""
        assert self.process is not None
        self._ready.settimeout(1)
        for _second in range(PATIENCE):
            with suppress(TimeoutError):
                if b"READY=1" in self._ready.recv(1024):
                    return
            if self.process.poll() is not None:
                break
        self.stop()
        raise RuntimeError(f"the web server doesn't listen:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> int:
        """Stop everything in order; return the supervisor's status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait()

    def pid_of(self, part: str) -> int | None:
        """Return the process of a part, None while it isn't running."""
        assert self.process is not None
        for child in children_of(self.process.pid):
            if name_of(child) == f"floor-{part}":
                return child
        return None

    def kill(self, part: str) -> bool:
        """Kill a part without warning, as the kernel would; tell whether it was running."""
        self._hear_everything()
        pid = self.pid_of(part)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def _hear_everything(self) -> None:
        """Take what was said since the start out of the socket: a server whose word nobody takes waits for ever."""
        self._ready.setblocking(False)
        with suppress(BlockingIOError):
            while self._ready.recv(1024):
                pass

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
        self._ready.close()


def shared_fonts() -> Path:
    """Return the folder of the fonts that certificates are printed with: made once in a virtual environment."""
    home = Path(sys.prefix, "share", "floorready")
    prepare_fonts(home)
    return home / "fonts"


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def name_of(pid: int) -> str:
    """Return a process's name, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except FileNotFoundError:
        return ""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], *, within: float = 90.0) -> None:
    """Ask again and again until another process has made the condition true. AssertionError after `within` seconds."""
    end = monotonic() + within
    while not condition():
        assert monotonic() < end, "it never came true"
        select.select([], [], [], 0.05)
