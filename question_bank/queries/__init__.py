"""Reads of the question bank, as frozen dataclasses."""

from question_bank.queries.drawing import (
    Cell,
    Drawn,
    DrawnItem,
    Edition,
    Pick,
    Shortage,
    candidates,
    cells,
    draw,
    editions,
    published,
    retired,
    supply,
)
from question_bank.queries.points import PointNode, point_names, points

__all__ = [
    "Cell",
    "Drawn",
    "DrawnItem",
    "Edition",
    "Pick",
    "PointNode",
    "Shortage",
    "candidates",
    "cells",
    "draw",
    "editions",
    "point_names",
    "points",
    "published",
    "retired",
    "supply",
]
