"""Server-side sessions: what a browser's cookie stands for lies in the database, where it can be seen and ended.

The cookie holds a random name; the table holds its hash. Pages that change nothing in a session write nothing: a
session is stored when it was changed, and "last seen" at most every five minutes. Writes have a connection of their
own and begin with `BEGIN IMMEDIATE` on SQLite. At the end of a request what it read with goes back first: were as many
requests as there are connections each to wait for a second one, none would ever get it.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast

from flask import Flask, Request, Response, has_request_context, request
from flask.json.tag import TaggedJSONSerializer
from flask_session.base import (
    Serializer,
    ServerSideSession,
    ServerSideSessionInterface,
)
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from lms.kernel import clock
from lms.kernel.db import db, give_back, new_id, reading
from lms.people.models import Account, BrowserSession

SEEN_EVERY: Final = timedelta(minutes=5)
VISITOR_LIFETIME: Final = timedelta(hours=2)
_USER: Final = "_user_id"
_LOAD: Final = select(BrowserSession.data, BrowserSession.expires_at, BrowserSession.last_seen_at)


class StoredSession(ServerSideSession):  # type: ignore[misc]  # the library ships no types
    """A session that remembers what the table knows of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_seen_at: datetime | None = None  # None: not in the table yet
        self.stored_user: str | None = None


class TaggedJson(Serializer):  # type: ignore[misc]  # the library ships no types
    """Flask's own JSON with tags, so that nothing in the table can ever be unpickled."""

    _json = TaggedJSONSerializer()

    def encode(self, session: ServerSideSession) -> bytes:
        """Return the session as bytes."""
        return self._json.dumps(dict(session)).encode()

    def decode(self, serialized_data: bytes) -> dict[str, Any]:
        """Return what a session held."""
        return cast(dict[str, Any], self._json.loads(serialized_data.decode()))


class DatabaseSessions(ServerSideSessionInterface):  # type: ignore[misc]  # the library ships no types
    """Opens and stores sessions in `browser_session`."""

    session_class = StoredSession
    ttl = True  # expired rows are deleted by a periodic task, not by requests

    def __init__(self, app: Flask) -> None:
        super().__init__(app, key_prefix="", permanent=False, sid_length=32)
        self.serializer = TaggedJson()

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Return the session of a request; a fresh one for static files, which never need any."""
        if request.path.startswith(("/static/", "/bootstrap/static/")):
            return StoredSession(sid="")
        name = request.cookies.get(self.get_cookie_name(app))
        row = reading().execute(_LOAD.where(BrowserSession.key == session_key(name))).first() if name else None
        if row is None or row.expires_at <= clock.now():
            return StoredSession(sid=self._generate_sid(self.sid_length))
        session = StoredSession(self.serializer.decode(row.data), sid=name)
        session.last_seen_at, session.stored_user = row.last_seen_at, dict.get(session, _USER)
        return session

    def save_session(self, app: Flask, session: StoredSession, response: Response) -> None:
        """Store a changed session; note that an unchanged one was used, now and then."""
        if not response.is_streamed:
            give_back()
        super().save_session(app, session, response)
        now = clock.now()
        if not session.modified and session.last_seen_at and now - session.last_seen_at >= SEEN_EVERY:
            with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
                connection.execute(
                    update(BrowserSession).where(BrowserSession.key == session_key(session.sid))
                    .values(last_seen_at=now, address=request.remote_addr or "")
                )

    def regenerate(self, session: StoredSession) -> None:
        """Give a session a new name, so that nobody goes on with one they planted."""
        super().regenerate(session)
        session.last_seen_at = None

    def should_set_storage(self, app: Flask, session: StoredSession) -> bool:
        """Tell whether the session has to be written."""
        return bool(session.modified)

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        raise NotImplementedError("open_session reads the row itself")

    def _delete_session(self, store_id: str) -> None:
        with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(delete(BrowserSession).where(BrowserSession.key == session_key(store_id)))

    def _upsert_session(self, session_lifetime: timedelta, session: StoredSession, store_id: str) -> None:
        with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
            write_session(connection, session, self.serializer.encode(session), session_lifetime)


def write_session(connection: Connection, session: StoredSession, data: bytes, lifetime: timedelta) -> None:
    """Write a session's row. A session that was ended meanwhile stays ended: it isn't made again."""
    now, user = clock.now(), session.get(_USER)
    values: dict[str, Any] = {"data": data, "last_seen_at": now, **_client()}
    if session.last_seen_at is not None and user == session.stored_user:
        connection.execute(
            update(BrowserSession).where(BrowserSession.key == session_key(session.sid)).values(**values)
        )
        return
    person = connection.scalar(select(Account.person_id).where(Account.fs_uniquifier == user)) if user else None
    expires_at = now + (lifetime if person else VISITOR_LIFETIME)
    connection.execute(delete(BrowserSession).where(BrowserSession.key == session_key(session.sid)))
    connection.execute(insert(BrowserSession).values(
        id=new_id(), key=session_key(session.sid), person_id=person, created_at=now, expires_at=expires_at, **values
    ))


def session_key(name: str) -> str:
    """Return what the table keeps of a session's name."""
    return sha256(name.encode()).hexdigest()


def _client() -> dict[str, str]:
    if not has_request_context():
        return {}
    return {"address": (request.remote_addr or "")[:64], "device": request.user_agent.string[:300]}
