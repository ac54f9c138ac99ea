"""What may be shown of a sitting, as of an instant."""

from collections.abc import Mapping
from datetime import datetime

from lms.exams.models import Sitting
from lms.exams.rules.release import Opening, Shown, openings, release_from_json


def openings_of(sitting: Sitting, at: datetime) -> Mapping[Shown, Opening]:
    """Return for each thing whether a candidate may see it at `at`."""
    return openings(
        release_from_json(sitting.edition.release), marked_at=sitting.settled_at, at=at,
        session_ends_at=sitting.session.closes_at if sitting.session else None,
    )


def everything_since(sitting: Sitting) -> dict[Shown, Opening]:
    """Return what those see who may read exams: all of it, as soon as it is marked."""
    return dict.fromkeys(Shown, Opening(sitting.settled_at is not None, sitting.settled_at))
