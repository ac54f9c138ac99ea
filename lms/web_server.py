"""The web server: gunicorn around our application, configured from our settings."""

from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types

from lms.kernel.settings import Settings
from lms.worker import application

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a heartbeat file, no data
KEEP_ALIVE = 15  # seconds; longer than the pause between two polls of the exam room


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """Return what gunicorn wants to know."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "worker_class": "gthread",
        "keepalive": KEEP_ALIVE,
        "timeout": 120,
        "graceful_timeout": 15,
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
        "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
    }


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn around an application that exists already."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        """Take our settings over."""
        for name, value in gunicorn_settings(self.app.extensions["settings"]).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self.app


def serve() -> None:
    """Be the web server until told to stop."""
    WebServer(application()).run()

