"""Whether the edition that a line of a blueprint names may be put on a new paper."""

from enum import StrEnum


class Standing(StrEnum):
    """How an edition stands; only a usable one can be published on a paper."""

    USABLE = "usable"
    NEWER = "newer"  # another edition has been published since
    RETIRED = "retired"
    UNPUBLISHED = "unpublished"
    UNKNOWN = "unknown"


def standing(*, published: bool, retired: bool, newer: bool) -> Standing:
    """Return how an edition in the bank stands.

    published   it is the published edition of its question
    retired     its question was taken out of use
    newer       another edition of its question is published

    >>> standing(published=True, retired=True, newer=False).value
    'retired'
    >>> standing(published=False, retired=False, newer=True).value
    'newer'
    """
    if retired:
        return Standing.RETIRED
    if published:
        return Standing.USABLE
    return Standing.NEWER if newer else Standing.UNPUBLISHED
