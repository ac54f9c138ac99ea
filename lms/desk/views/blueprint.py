"""The one blueprint of this area."""

from flask import Blueprint

bp = Blueprint("desk", __name__)
