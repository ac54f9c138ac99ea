"""Reads of the question bank, as frozen dataclasses."""

from question_bank.queries.drawing import (
    Drawn,
    DrawnItem,
    Edition,
    Pick,
    Shortage,
    candidates,
    draw,
    editions,
    published,
    supply,
)
from question_bank.queries.points import PointNode, point_names, points

__all__ = [
    "Drawn",
    "DrawnItem",
    "Edition",
    "Pick",
    "PointNode",
    "Shortage",
    "candidates",
    "draw",
    "editions",
    "point_names",
    "points",
    "published",
    "supply",
]
