"""Pages of the question bank."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
