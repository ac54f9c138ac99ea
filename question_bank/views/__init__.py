"""Pages of the question bank."""

from flask import Blueprint

from question_bank.views import (
    bank,
    bulk,
    comparing,
    editing,
    files,
    imports,
    mapping,
    media,
    points,
    previewing,
    trials,
)
from question_bank.views.blueprint import bp

__all__ = [
    "BLUEPRINTS",
    "bank",
    "bulk",
    "comparing",
    "editing",
    "files",
    "imports",
    "mapping",
    "media",
    "points",
    "previewing",
    "trials",
]

BLUEPRINTS: tuple[Blueprint, ...] = (bp,)
