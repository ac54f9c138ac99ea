"""What can go wrong in a use case, as types. Views let these rise; app-wide handlers make pages or JSON of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was handed in.

    where   the field, cell (`B7`) or line (`12:4`) it stands in; empty for the whole
    text    what is wrong and what to do, already translated
    """

    where: str
    text: str


class DomainError(Exception):
    """A use case that could not be carried out. Nothing was written.

    code      stable, for machines: `certificate.already_revoked`
    message   one translated sentence for a person
    """

    status: HTTPStatus = HTTPStatus.BAD_REQUEST

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or this person may not know of it."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, code: str = "not_found", message: str = "") -> None:
        super().__init__(code, message)


class Refused(DomainError):
    """A rule or the policy page says no."""

    status = HTTPStatus.FORBIDDEN


class Conflict(DomainError):
    """Somebody or something else got there first, or the same key came with another body."""

    status = HTTPStatus.CONFLICT


class Invalid(DomainError):
    """What was handed in is wrong, with every problem found, not only the first."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: Sequence[Problem], code: str = "invalid", message: str = "") -> None:
        super().__init__(code, message or "; ".join(problem.text for problem in problems))
        self.problems = tuple(problems)
