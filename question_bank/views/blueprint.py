"""The blueprint every page of the question bank hangs on."""

from flask import Blueprint

bp = Blueprint("questions", __name__, url_prefix="/questions")
