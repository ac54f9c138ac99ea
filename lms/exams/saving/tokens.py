"""The seat token: what a page in the exam room shows with every save instead of a session cookie.

It names the sitting, the person and the seat's epoch, signed with the installation's key. It opens nothing but the
answer journal of that one sitting, and only while the sitting itself lets answers count.
"""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from itsdangerous import BadSignature, Signer

from lms.kernel.errors import DomainError, NotFound

_SALT = "exams.seat"


class BadToken(DomainError):
    """A token that isn't ours."""

    status = HTTPStatus.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class Seat:
    """Who writes from where: the sitting, its person, and the epoch of the seat (1..)."""

    sitting_id: UUID
    person_id: UUID
    epoch: int


def seat_hash(secret: str) -> str:
    """Return what is kept of a browser's own secret, by which it is known again after a reload."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SeatTokens:
    """Makes and reads seat tokens with one installation's key."""

    def __init__(self, secret_key: str) -> None:
        self._signer = Signer(secret_key, salt=_SALT, digest_method=hashlib.sha256)

    def make(self, seat: Seat) -> str:
        """Return the token of a seat: under 200 ASCII characters."""
        text = f"{seat.sitting_id.hex}-{seat.person_id.hex}-{seat.epoch}"
        return self._signer.sign(text).decode("ascii")

    def read(self, token: str, sitting_id: UUID) -> Seat:
        """Return the seat a token stands for.

        Raises BadToken when it isn't ours, NotFound when it belongs to another sitting.
        """
        try:
            sitting, person, epoch = self._signer.unsign(token).decode("ascii").split("-")
        except (BadSignature, ValueError) as error:
            raise BadToken("sitting.bad_token") from error
        seat = Seat(UUID(hex=sitting), UUID(hex=person), int(epoch))
        if seat.sitting_id != sitting_id:
            raise NotFound
        return seat
