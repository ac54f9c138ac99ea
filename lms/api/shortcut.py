"""The gate's short cut: a question that its permit answers doesn't pass through sessions, sign-in and page headers.

It serves what telephone systems ask all day: a valid key, a known person, a permit written under the rules in force,
reasons told before. Everything else, every refusal of the question itself included, takes the whole way through
`views.gate`, which gives the same answer to the same question: tests ask both.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError

from lms.api.queries import ask
from lms.api.rules import InvalidInstantError, digest_of, key_in, read_instant
from lms.api.services import NOTED_EVERY
from lms.api.views.gate import body_of, told_before
from lms.certification.queries.rulebook import rulebook_kept
from lms.certification.rules.floor import Case, decide_floor_access
from lms.certification.rules.projection import pack_reasons
from lms.kernel import clock
from lms.web.shortcuts import Shortcut

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DEFAULT_LOCALE: Final = "zh_CN"  # of a request that states none


class GateShortcut(Shortcut):
    """Answers plain questions to the gate itself and hands all others on."""

    prefix = "/api/v1/gate/people/"

    def answer(self, environ: "WSGIEnvironment") -> tuple[str, bytes] | None:
        """Answer from the permit alone."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_ACCEPT_LANGUAGE") or environ.get("HTTP_COOKIE"):
            return None
        staff_no, _, rest = environ["PATH_INFO"].removeprefix(self.prefix).partition("/")
        word, _, queue = rest.partition("/")
        asked = _plain_query(environ.get("QUERY_STRING", ""))
        if word != "queues" or not staff_no or not queue or "/" in queue or asked is None:
            return None
        now = clock.now()
        try:
            at = read_instant(asked["at"]) if asked.get("at") else now
        except InvalidInstantError:
            return None
        key = key_in(environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_X_API_KEY"))
        staff_no, queue = (_text(it) for it in (staff_no, queue))
        try:
            with self.connect() as connection:
                row = ask(connection, digest=digest_of(key), staff_no=staff_no, queue=queue, at=at)
        except SQLAlchemyError:
            return None  # the whole way tells that the database is away
        if row is None or not _is_plain(row, now):
            return None
        packed = row.reasons if row.blank_for is None else self._refusal_of_all(row, at)
        reasons = told_before(packed, DEFAULT_LOCALE, row.rule_version) if packed else None
        if reasons is None:
            return None
        allowed = bool(row.allowed)
        if asked.get("strict") == "1" and allowed:
            return "204 No Content", b""
        status = "403 Forbidden" if asked.get("strict") == "1" else "200 OK"
        return status, body_of(staff_no, queue, at, allowed, row.until, reasons).encode()

    def _refusal_of_all(self, row: Any, at: datetime) -> str | None:
        """Return why the queue is shut to whom nothing ever opened it, packed; None when the rules aren't at hand."""
        book = rulebook_kept(self.engine, row.rule_version, row.blank_for)
        if book is None:
            return None
        decision = decide_floor_access(Case(), book.queues[row.blank_for], book.editions, at=at)
        return None if decision.allowed else json.dumps(pack_reasons(decision.reasons))


def _is_plain(row: Any, now: Any) -> bool:
    """Tell whether a valid key met a permit that may be trusted, or somebody for whom there is none to write."""
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now) or not row.in_scope:
        return False
    if row.last_used_at is None or row.last_used_at < now - NOTED_EVERY:
        return False  # the whole way notes the use of the key
    if row.allowed is None:
        return row.blank_for is not None
    return row.version == row.rule_version and not (row.allowed and row.has_left)


def _plain_query(query: str) -> dict[str, str] | None:
    """Return the query's parameters when there are none but `at` and `strict`, each once; else None."""
    if not query:
        return {}
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    return found if len(found) == len(pairs) and found.keys() <= {"at", "strict"} else None


def _text(part: str) -> str:
    """Return a part of the path as text: WSGI hands its bytes over as Latin-1."""
    return part.encode("latin-1").decode("utf-8", "replace")
