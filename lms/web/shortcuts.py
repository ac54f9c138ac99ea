"""Short cuts: the busiest plain questions, answered before sessions, sign-in and page headers.

A short cut answers what it is sure of and hands everything else on to the view of the same address, refusals included:
tests ask both ways and compare.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask
from sqlalchemy import Connection, Engine

from lms.kernel.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS: Final = [("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff"),
                  ("Cache-Control", "no-store")]


class Shortcut(ABC):
    """A WSGI layer in front of the application for the addresses that begin with `prefix`."""

    prefix: str

    def __init__(self, app: Flask, whole_way: "WSGIApplication") -> None:
        self.app, self._whole_way = app, whole_way
        self._engine: Engine | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self.answer(environ) if environ["PATH_INFO"].startswith(self.prefix) else None
        if answer is None:
            return self._whole_way(environ, start_response)
        status, body = answer
        start_response(status, [*HEADERS, ("Content-Length", str(len(body)))])
        return [body]

    @abstractmethod
    def answer(self, environ: "WSGIEnvironment") -> tuple[str, bytes] | None:
        """Return status and JSON, or None for a question that has to take the whole way."""

    @property
    def engine(self) -> Engine:
        """The application's database."""
        if self._engine is None:
            with self.app.app_context():
                self._engine = db.engine
        return self._engine

    def connect(self) -> Connection:
        """Return a connection for one statement. Use as a context manager."""
        return self.engine.connect().execution_options(lone_statement=True)
