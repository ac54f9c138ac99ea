"""The way from an empty installation to the first permit: five steps, each done as soon as its traces are there."""

from dataclasses import dataclass
from enum import StrEnum


class FirstStep(StrEnum):
    """The steps, in their order."""

    ORGANISATION = "organisation"
    PEOPLE = "people"
    ROLES = "roles"
    REQUIREMENTS = "requirements"
    TRAINING = "training"


@dataclass(frozen=True)
class Traces:
    """What an installation holds.

    teams          units below a site
    queues         queues of live calls
    people         everybody on the roster, administrators included
    role_holders   people who train, assess or manage
    ruled_queues   queues that ask for a certification
    assigned       courses that were ever assigned to somebody
    """

    teams: int = 0
    queues: int = 0
    people: int = 0
    role_holders: int = 0
    ruled_queues: int = 0
    assigned: int = 0


LEAST_PEOPLE = 2  # the administrator who was made at the start, and somebody to train


def steps_left(found: Traces) -> tuple[FirstStep, ...]:
    """Return the steps that aren't done, in their order.

    >>> steps_left(Traces(teams=1, queues=3, people=40, role_holders=4))
    (<FirstStep.REQUIREMENTS: 'requirements'>, <FirstStep.TRAINING: 'training'>)
    """
    done = {
        FirstStep.ORGANISATION: found.teams > 0 and found.queues > 0,
        FirstStep.PEOPLE: found.people >= LEAST_PEOPLE,
        FirstStep.ROLES: found.role_holders > 0,
        FirstStep.REQUIREMENTS: found.ruled_queues > 0,
        FirstStep.TRAINING: found.assigned > 0,
    }
    return tuple(step for step in FirstStep if not done[step])
