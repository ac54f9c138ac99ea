"""Who studies: the person behind the request."""

from uuid import UUID

from lms.kernel.errors import NotFound
from lms.web.guard import current_identity


def learner_id() -> UUID:
    """Return the id of the person who asks. Raises NotFound for a visitor or the system."""
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return person_id
