"""The exam room's short cut: how a sitting stands, asked by every page every two seconds.

Five hundred candidates ask 250 times a second; what is left of the server is for those who begin and hand in.
"""

from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from lms.exams.queries.room import standing_of
from lms.exams.saving.messages import receipts_json
from lms.exams.saving.tokens import SeatTokens
from lms.kernel import clock
from lms.kernel.errors import DomainError
from lms.web.shortcuts import Shortcut

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LAST: Final = "/state"


class StateShortcut(Shortcut):
    """Answers a page whose seat token fits a sitting, and hands all others on to `views.saving.state`."""

    prefix = "/exams/sittings/"

    def answer(self, environ: "WSGIEnvironment") -> tuple[str, bytes] | None:
        """Answer from the sitting's row alone."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not path.endswith(LAST):
            return None
        tokens = cast(SeatTokens, self.app.extensions["exams.seat_tokens"])
        try:
            sitting_id = UUID(path.removeprefix(self.prefix).removesuffix(LAST))
            seat = tokens.read(environ.get("HTTP_X_SITTING_TOKEN", ""), sitting_id)
            with self.connect() as connection:
                standing = standing_of(connection, seat)
        except (ValueError, DomainError, SQLAlchemyError):
            return None  # the whole way tells what is wrong
        return None if standing is None else ("200 OK", receipts_json([], standing, now=clock.now()))
